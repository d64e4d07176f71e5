"""The text compiles for every architecture in use, and stays in registers."""

import pytest

from templates.snn_runtime.fused import Kernels
from templates.snn_runtime.fused.cuda import OPTIONS, division
from templates.snn_runtime.fused.launch import io_macro
from tests.gpu import nvrtc
from tests.gpu.cases import EDGES, FED_BACK, LIFS, NEURONS, SURROGATES, Case
from tests.gpu.rig import made

ARCHITECTURES = (75, 80, 90, 100, 120)
COMMON = (80, 90)
LIMIT = {4: 64, 8: 96}
"""Registers by the size of a number: at 64 a multiprocessor holds half of its threads."""


def usages(case: Case, direction: str, arch: int) -> list[nvrtc.Usage]:
    """What ptxas says about a case, compiled as fused/cuda.py has CuPy compile it."""
    text = made(case, Kernels).cuda
    how = division(text, f"{case.name}_{direction}")
    found = nvrtc.usages(text, arch, (*OPTIONS, *how, f"-D{io_macro(case.dtype)}"))
    assert [u.kernel for u in found] == [f"{case.name}_backward", f"{case.name}_forward"]
    return found


@pytest.mark.parametrize("arch", ARCHITECTURES)
@pytest.mark.parametrize("case", NEURONS, ids=str)
def test_neuron(case: Case, arch: int) -> None:
    for usage in usages(case, "backward", arch):
        assert usage.stack == usage.spilled == 0
        if arch in COMMON:
            assert usage.registers <= LIMIT[size(case)]


@pytest.mark.parametrize("case", [*SURROGATES, *LIFS, *FED_BACK], ids=str)
def test_variant(case: Case) -> None:
    arch = COMMON[case.steps % 2]
    for usage in usages(case, "backward", arch):
        assert usage.stack == usage.spilled == 0
        assert usage.registers <= LIMIT[size(case)]


def test_forward_divides_exactly() -> None:
    """The forward is compiled from the same text with other options."""
    case = LIFS[0]
    assert division(made(case, Kernels).cuda, f"{case.name}_forward") == ()
    for usage in usages(case, "forward", 80):
        assert usage.stack == usage.spilled == 0


def test_error_is_reported() -> None:
    with pytest.raises(nvrtc.CompileError, match="undefined"):
        nvrtc.usages("__global__ void f() { undefined(); }", 80, OPTIONS)


def size(case: Case) -> int:
    """Bytes of a number in a register."""
    return max(4, case.dtype.itemsize)


def test_edges_are_cases() -> None:
    assert {case.shape for case in EDGES} == {(1, 1), (1, 257)}
