"""Planted errors die, each at the rung that is there for it."""

import subprocess
from collections.abc import Callable
from dataclasses import dataclass

import pytest
import torch

from templates.fused import Tensors, cuda
from templates.fused.launch import io_macro
from tests.gpu import nvrtc, shim
from tests.gpu.cases import LIF, Case, lif
from tests.gpu.fake_cupy import Machine, install
from tests.gpu.memory import MemoryFault
from tests.gpu.ptx import PtxMachine
from tests.gpu.rig import OnCuda, both_ways, differences, firing, made
from tests.gpu.sanitizer import program
from tests.gpu.test_text import far

ODD = Case("odd", LIF.neuron.model_copy(update={"tau": 3.0}), 40)
CHOSEN = {"reset": "hard", "detach_reset": False, "decay_input": True}
LEARNT = Case("learnt", lif({**CHOSEN, "tau": "channel", "threshold": "neuron"}), 20)
STATIC = Case("static", LIF.neuron, 20, static=True)
FAR = Case("far", LIF.neuron, 3, torch.bfloat16, starts=False, ends=False)


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
    Mutant("misaligned", "LOAD(x[t * stride + i])", "LOAD(*(io *)((char *)(x + t * stride + i) + 1))", "ptx"),
    Mutant("no segment mark", "kept[segment * n + i] = v;", "", "ptx"),
    Mutant("wrong mark", "kept[(segment - 1) * n + i]", "kept[segment * n + i]", "ptx"),
    Mutant("last state not written", "if (v_end) v_end[i] = v;", "", "ptx"),
    Mutant("one step too many", "t < steps;", "t <= steps;", "ptx"),
    Mutant("one step too few", "t < steps;", "t < steps - 1;", "ptx"),
    Mutant("segment too long", "if (step == m) break;", "", "ptx"),
    Mutant("gradient of all steps in one place", "g_x[at]", "g_x[i]", "ptx"),
    Mutant("first state ignored", "v_start ? v_start[i] : R(0.0)", "R(0.0)", "values"),
    Mutant("wrong index", "LOAD(x[t * stride + i])", "LOAD(x[t * stride + (i ^ 1) % n])", "values"),
    Mutant("above instead of at the threshold", ">= R(0.0)", "> R(0.0)", "values"),
    Mutant("operands swapped", "(x - v)", "(v - x)", "values"),
    Mutant("sign of the adjoint", "const real d_s = g_output - ", "const real d_s = g_output + ", "values"),
    Mutant("gradients do not meet", "*g_v_at = d_v;", "*g_v_at = d_v - g_v;", "values"),
    Mutant("state after for state before", "v_kept[step] = v;\n            learnt_step(LOAD(x[in]), tau_inverse_, v_threshold_, &v, &out);",
           "learnt_step(LOAD(x[in]), tau_inverse_, v_threshold_, &v, &out);\n            v_kept[step] = v;", "values", LEARNT),
    Mutant("last state's gradient lost", "g_v_end ? g_v_end[i] : R(0.0)", "R(0.0)", "values"),
    Mutant("gradient not summed", "g_tau_inverse_sum += ", "g_tau_inverse_sum = ", "values", LEARNT),
    Mutant("number of another channel", "i / tau_inverse_stride % tau_inverse_size", "i % tau_inverse_size", "values", LEARNT),
    Mutant("static stride ignored", "in += stride", "in += n", "ptx", STATIC),
    Mutant("static gradient not summed", "g_x_sum += ", "g_x_sum = ", "values", STATIC),
    Mutant("float64 constant", "R(constant) ((real)(constant))", "R(constant) (constant)", "values"),
    Mutant("contraction", "--fmad=false", "--fmad=true", "options"),
    Mutant("thread of 32 bits", "const i64 i = ", "const int i = ", "far", FAR),
    Mutant("offset of 32 bits", "output[t * n + i]", "output[(int)(t * n + i)]", "far", FAR),
)  # fmt: skip


def climbed(case: Case, machine: Callable[[str, tuple[str, ...]], Machine], edit: Callable[[str], str]) -> Tensors:
    """The case on a machine, with an error in its text."""
    with pytest.MonkeyPatch.context() as patch:
        install(patch, machine)
        return both_ways(case, made(case, OnCuda, edit), firing(case)[0])


@pytest.mark.parametrize("mutant", [m for m in MUTANTS if m.rung == "compile"], ids=str)
def test_compiler_refuses(mutant: Mutant) -> None:
    text = mutant.plant(made(mutant.case, OnCuda).cuda)
    with pytest.raises(nvrtc.CompileError):
        nvrtc.ptx(text, 80, (*cuda.OPTIONS, f"-D{io_macro(mutant.case.dtype)}"))


@pytest.mark.parametrize("mutant", [m for m in MUTANTS if m.rung == "ptx"], ids=str)
def test_memory_is_guarded(mutant: Mutant) -> None:
    """The interpreter stops at the access itself, whatever the values."""
    with pytest.raises(MemoryFault):
        climbed(mutant.case, PtxMachine, mutant.plant)


@pytest.mark.parametrize("machine", [PtxMachine, shim.ShimMachine])
@pytest.mark.parametrize("mutant", [m for m in MUTANTS if m.rung == "values"], ids=str)
def test_values_differ(mutant: Mutant, machine: Callable[[str, tuple[str, ...]], Machine]) -> None:
    """Both ways of running the text notice it."""
    got = climbed(mutant.case, machine, mutant.plant)
    assert differences(mutant.case, got, firing(mutant.case)[1])


@pytest.mark.parametrize("mutant", [m for m in MUTANTS if m.rung == "options"], ids=str)
def test_options_matter(mutant: Mutant, monkeypatch: pytest.MonkeyPatch) -> None:
    options = tuple(option.replace(mutant.old, mutant.new) for option in cuda.OPTIONS)
    monkeypatch.setattr(cuda, "OPTIONS", options)
    case = Case("contracted", mutant.case.neuron, 40)
    got = climbed(case, PtxMachine, str)
    assert differences(case, got, firing(case)[1])


@pytest.mark.parametrize("mutant", [m for m in MUTANTS if m.rung == "far"], ids=str)
def test_indices_overflow(mutant: Mutant) -> None:
    """In another process: some of these write where nothing is."""
    text = made(mutant.case, OnCuda).cuda
    assert far(mutant.case, text) == []
    assert broken(mutant.case, mutant.plant(text))


def broken(case: Case, text: str) -> bool:
    """Whether a text crashes or goes wrong far out."""
    from multiprocessing import get_context

    process = get_context("fork").Process(target=_exit_with, args=(case, text))
    process.start()
    process.join()
    return process.exitcode != 0


def _exit_with(case: Case, text: str) -> None:
    raise SystemExit(len(far(case, text)))


def test_sanitizer_stops() -> None:
    """The address sanitizer sees a missing bounds check too."""
    mutant = next(m for m in MUTANTS if m.what == "no bounds check")
    text = mutant.plant(made(mutant.case, OnCuda).cuda)
    done: subprocess.CompletedProcess[str] = shim.sanitized(
        text, (f"-D{io_macro(mutant.case.dtype)}",), program(text)
    )
    assert done.returncode != 0
    assert "heap-buffer-overflow" in done.stderr


def test_controls_pass() -> None:
    """The same cases without an error."""
    for case in (ODD, LEARNT, STATIC):
        for machine in (PtxMachine, shim.ShimMachine, shim.ReversedMachine):
            got = climbed(case, machine, str)
            assert differences(case, got, firing(case)[1]) == []
