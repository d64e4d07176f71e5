"""Errors to plant in the CUDA text, and the rung that is there to notice each."""

from dataclasses import dataclass

import torch

from tests.gpu.cases import LIF, Case, lif

ODD = Case("odd", LIF.neuron.model_copy(update={"tau": 3.0}), 40)
CHOSEN = {"reset": "hard", "detach_reset": False, "decay_input": True}
AT = "x_data[t * stride + i]"
LEARNT = Case("learnt", lif({**CHOSEN, "tau": "channel", "threshold": "neuron"}), 20)
STATIC = Case("static", LIF.neuron, 20, static=True)
FAR = Case("far", LIF.neuron, 3, torch.bfloat16, starts=False, ends=False)


KEEP = "v_kept[step] = v_;"
STEP = "\n            learnt_step(LOAD(x_data[in]), tau_inverse_, v_threshold_, &v_, &out);"


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
    Mutant("syntax", "#pragma unroll", "#pragma unroll\n oops;", "compile"),
    Mutant("host call", "STORE(output[t * n + i], out);", "abort();", "compile"),
    Mutant("no bounds check", "if (i >= n) return;", "", "ptx"),
    Mutant("bounds off by one", "if (i >= n)", "if (i > n)", "ptx"),
    Mutant("neighbour written", "output[t * n + i]", "output[t * n + i / 2]", "ptx"),
    Mutant("misaligned", f"LOAD({AT})", "LOAD(*(io *)(1 + (char *)(x_data + i)))", "ptx"),
    Mutant("no segment mark", "kept[segment * n + i] = v_;", "", "ptx"),
    Mutant("wrong mark", "kept[(segment - 1) * n + i]", "kept[segment * n + i]", "ptx"),
    Mutant("last state not written", "if (v_end) v_end[i] = v_;", "", "ptx"),
    Mutant("one step too many", "t < steps;", "t <= steps;", "ptx"),
    Mutant("one step too few", "t < steps;", "t < steps - 1;", "ptx"),
    Mutant("segment too long", "if (step == m) break;", "", "ptx"),
    Mutant("gradient of all steps in one place", "g_x_data[at]", "g_x_data[i]", "ptx"),
    Mutant("first state ignored", "v_start ? v_start[i] : R(0.0)", "R(0.0)", "values"),
    Mutant("wrong index", AT, "x_data[t * stride + (i ^ 1) % n]", "values"),
    Mutant("above instead of at the threshold", ">= R(0.0)", "> R(0.0)", "values"),
    Mutant("operands swapped", "(x_ - v_)", "(v_ - x_)", "values"),
    Mutant("sign of the adjoint", "d_s_ = g_output_ - ", "d_s_ = g_output_ + ", "values"),
    Mutant("gradients do not meet", "*g_v_at = d_v_;", "*g_v_at = d_v_ - g_v_;", "values"),
    Mutant("state after for state before", f"{KEEP}{STEP}", STEP + KEEP, "values", LEARNT),
    Mutant("last state's gradient lost", "g_v_end ? g_v_end[i] : R(0.0)", "R(0.0)", "values"),
    Mutant("gradient not summed", "tau_inverse_sum += ", "tau_inverse_sum = ", "values", LEARNT),
    Mutant("number of another channel", "i / tau_inverse_stride %", "i %", "values", LEARNT),
    Mutant("static stride ignored", "in += stride", "in += n", "ptx", STATIC),
    Mutant("static gradient not summed", "g_x_sum += ", "g_x_sum = ", "values", STATIC),
    Mutant("float64 constant", "((real)(constant))", "(constant)", "values"),
    Mutant("contraction", "--fmad=false", "--fmad=true", "options"),
    Mutant("thread of 32 bits", "const i64 i = ", "const int i = ", "far", FAR),
    Mutant("offset of 32 bits", "output[t * n + i]", "output[(int)(t * n + i)]", "far", FAR),
)  # fmt: skip
