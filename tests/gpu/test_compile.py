"""The text compiles for every architecture in use, and stays in registers."""

from dataclasses import replace
from itertools import product

import pytest
import torch

from templates.snn_runtime.fused import Kernels
from templates.snn_runtime.fused.cuda import OPTIONS, division
from tests.gpu import nvrtc
from tests.gpu.cases import EDGES, FED_BACK, LIFS, NEURONS, SURROGATES, Case
from tests.gpu.rig import known, made

ARCHITECTURES = (75, 80, 90, 100, 120)
COMMON = (80, 90)
LIMIT = 240
"""Registers: a block of 256 threads starts with 255, and each of them has 16 steps in flight."""


def usage(case: Case, direction: str, arch: int) -> nvrtc.Usage:
    """What ptxas says about a case, compiled as fused/cuda.py has it compiled."""
    text, name = made(case, Kernels).cuda, f"{case.name}_{direction}"
    options = (*OPTIONS, *division(text, name), *known(case, name))
    (found,) = nvrtc.usages(text, arch, options)
    assert found.kernel == name
    return found


@pytest.mark.parametrize("arch", ARCHITECTURES)
@pytest.mark.parametrize("case", NEURONS, ids=str)
def test_neuron(case: Case, arch: int) -> None:
    found = usage(case, "backward", arch)
    assert found.stack == found.spilled == 0
    assert found.registers <= LIMIT


@pytest.mark.parametrize("case", [*SURROGATES, *LIFS, *FED_BACK], ids=str)
def test_variant(case: Case) -> None:
    arch = COMMON[case.steps % 2]
    for direction in ("forward", "backward"):
        found = usage(case, direction, arch)
        assert found.stack == found.spilled == 0
        assert found.registers <= LIMIT


def test_forward_divides_exactly() -> None:
    """The forward is compiled from the same text with other options."""
    assert division(made(LIFS[0], Kernels).cuda, f"{LIFS[0].name}_forward") == ()


def test_variants_are_bounded() -> None:
    """Up to K steps each number of them is one; of more, only what is left over counts."""
    case = LIFS[0]
    most = case.kernel.segment
    name, dtype = f"{case.name}_forward", torch.float32
    every = {
        known(replace(case, steps=steps, static=static, dtype=dtype), name, pack)
        for steps, static, pack in product(range(200), (False, True), (1, 2))
    }
    assert most == 16
    assert len(every) == 2 * 2 * (most + most - 1)


def test_error_is_reported() -> None:
    with pytest.raises(nvrtc.CompileError, match="undefined"):
        nvrtc.usages("__global__ void f() { undefined(); }", 80, OPTIONS)


def test_edges_are_cases() -> None:
    assert {case.shape for case in EDGES} == {(1, 1), (1, 257)}
