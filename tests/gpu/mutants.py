"""Errors to plant in the CUDA text, and the rung that is there to notice each."""

from dataclasses import dataclass

import torch

from tests.gpu.cases import LIF, Case, lif

ODD = Case("odd", LIF.neuron.model_copy(update={"tau": 3.0}), 40)
CHOSEN = {"reset": "hard", "detach_reset": False, "decay_input": True}
AT = "x_data + t * STRIDE"
LEARNT = Case("learnt", lif({**CHOSEN, "tau": "channel", "threshold": "neuron"}), 20)
STATIC = Case("static", LIF.neuron, 20, static=True)
FAR = Case("far", LIF.neuron, 3, torch.bfloat16, starts=False, ends=False)


KEEP = "v_kept[t][j] = v_.a[j];"
STEP = (
    "\n            learnt_step(LOAD(x_now[t].a[j]), tau_inverse_.a[j], v_threshold_.a[j], &v_.a[j],"
    " &out);"
)
BOUND, OUT = "if (i >= n) return;", "*(pack *)(output + t * n) = to;"
ADD, PLACE = "tau_inverse_sum.a[j] +=", "(i + j) / tau_inverse_stride %"


@dataclass(frozen=True)
class Mutant:
    """An error in the CUDA text of a case, and the first rung that must notice it."""

    what: str
    old: str
    new: str
    rung: str
    case: Case = ODD

    def __str__(self) -> str:
        return self.what.replace(" ", "_")

    def plant(self, text: str) -> str:
        """The text with the error; planting must change something."""
        assert self.old in text, self.old
        return text.replace(self.old, self.new)


MUTANTS = (
    Mutant("syntax", "#pragma unroll\n", "#pragma unroll\n oops;", "compile"),
    Mutant("host call", "STORE(to.a[j], out);", "abort();", "compile"),
    Mutant("no bounds check", BOUND, "", "ptx"),
    Mutant("bounds off by one", "if (i >= n)", "if (i > n)", "ptx"),
    Mutant("neighbour written", OUT, "*(pack *)(output + t * n - PACK) = to;", "ptx"),
    Mutant("misaligned", f"*(const pack *)({AT})", "*(const pack *)(1 + (char *)x_data)", "ptx"),
    Mutant("between two threads", AT, f"{AT} + 1", "ptx"),
    Mutant("too wide", "sizeof(io) * PACK) pack { io a[PACK]", "16) pack { io a[4]", "ptx"),
    Mutant("one lane not written", OUT, "output[t * n] = to.a[0];", "ptx"),
    Mutant("no segment mark", "*(reals *)(kept + block * n + i) = v_;", "", "ptx"),
    Mutant("wrong mark", "kept + (block - 1) * n", "kept + block * n", "ptx"),
    Mutant("last state not written", "if (v_end) *(reals *)(v_end + i) = v_;", "", "ptx"),
    Mutant("one block too many", "block < steps / K;", "block <= steps / K;", "ptx"),
    Mutant("one block too few", "block < steps / K;", "block < steps / K - 1;", "ptx"),
    Mutant("rest forgotten", "#if REST\n    odd_run", "#if 0\n    odd_run", "ptx"),
    Mutant("rest before the last block", "--block;", "", "ptx"),
    Mutant("gradient of all steps in one place", "g_x_data + t * n", "g_x_data", "ptx"),
    Mutant("first state ignored", "if (v_start)", "if (false)", "values"),
    Mutant("wrong lane", "LOAD(x_now[t].a[j])", "LOAD(x_now[t].a[PACK - 1 - j])", "values"),
    Mutant("wrong step", "LOAD(x_now[t].a[j])", "LOAD(x_now[L - 1 - t].a[j])", "values"),
    Mutant("above instead of at the threshold", ">= R(0.0)", "> R(0.0)", "values"),
    Mutant("operands swapped", "(x_ - v_)", "(v_ - x_)", "values"),
    Mutant("sign of the adjoint", "d_s_ = g_output_ - ", "d_s_ = g_output_ + ", "values"),
    Mutant("gradients do not meet", "*g_v_at = d_v_;", "*g_v_at = d_v_ - g_v_;", "values"),
    Mutant("state after for state before", f"{KEEP}{STEP}", STEP + KEEP, "values", LEARNT),
    Mutant("last state's gradient lost", "if (g_v_end)", "if (false)", "values"),
    Mutant("gradient not summed", ADD, ADD.replace("+", ""), "values", LEARNT),
    Mutant("number of another channel", PLACE, "(i + j) %", "values", LEARNT),
    Mutant("number of the other lane", PLACE, PLACE.replace(" + j", ""), "values", LEARNT),
    Mutant("static stride ignored", "(STATIC ? 0 : n)", "n", "ptx", STATIC),
    Mutant("static gradient not summed", "g_x_sum.a[j] +=", "g_x_sum.a[j] =", "values", STATIC),
    Mutant("float64 constant", "((real)(constant))", "(constant)", "values"),
    Mutant("contraction", "--fmad=false", "--fmad=true", "options", LEARNT),
    Mutant("thread of 32 bits", "const i64 i = ", "const int i = ", "far", FAR),
    Mutant("offset of 32 bits", "output + t * n", "output + (int)(t * n)", "far", FAR),
)  # fmt: skip
