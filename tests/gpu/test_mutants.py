"""Planted errors die, each at the rung that is there for it."""

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from templates.snn_runtime.fused import Tensors, cuda
from tests.gpu import nvrtc, shim
from tests.gpu.cases import Case
from tests.gpu.fake_cupy import Machine, install
from tests.gpu.memory import MemoryFault
from tests.gpu.mutants import LEARNT, MUTANTS, ODD, STATIC, Mutant
from tests.gpu.ptx import PtxMachine
from tests.gpu.rig import OnCuda, both_ways, differences, firing, known, made
from tests.gpu.sanitizer import program
from tests.gpu.test_text import far
from tests.support import crashes

ROOT = Path(__file__).parents[2]


def climbed(
    case: Case, machine: Callable[[str, tuple[str, ...]], Machine], edit: Callable[[str], str]
) -> Tensors:
    """The case on a machine, with an error in its text."""
    with pytest.MonkeyPatch.context() as patch:
        install(patch, machine)
        return both_ways(case, made(case, OnCuda, edit), firing(case)[0])


@pytest.mark.parametrize("mutant", [m for m in MUTANTS if m.rung == "compile"], ids=str)
def test_compiler_refuses(mutant: Mutant) -> None:
    text = mutant.plant(made(mutant.case, OnCuda).cuda)
    with pytest.raises(nvrtc.CompileError):
        nvrtc.ptx(text, 80, (*cuda.OPTIONS, *known(mutant.case, f"{mutant.case.name}_forward")))


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
    crashes.expected()
    raise SystemExit(len(far(case, text)))


def test_a_planted_crash_is_quiet() -> None:
    """A log in which planted errors look like real ones is a log that nobody reads."""
    crash = "ctypes.string_at(0)"
    for told, loud in (
        ("", True),
        ("from tests.support import crashes; crashes.expected()", False),
    ):
        lines = f"import ctypes\n{told}\n{crash}"
        command = [sys.executable, "-X", "faulthandler", "-c", lines]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == -signal.SIGSEGV
        assert ("Segmentation fault" in done.stderr) is loud


def test_sanitizer_stops() -> None:
    """The address sanitizer sees a missing bounds check too."""
    mutant = next(m for m in MUTANTS if m.what == "no bounds check")
    text = mutant.plant(made(mutant.case, OnCuda).cuda)
    names = known(mutant.case, f"{mutant.case.name}_forward")
    done = shim.sanitized(text, names, program(text, mutant.case, 2))
    assert done.returncode != 0
    assert "heap-buffer-overflow" in done.stderr


def test_controls_pass() -> None:
    """The same cases without an error."""
    for case in (ODD, LEARNT, STATIC):
        for machine in (PtxMachine, shim.ShimMachine, shim.ReversedMachine):
            got = climbed(case, machine, str)
            assert differences(case, got, firing(case)[1]) == []
