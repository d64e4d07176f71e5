"""The CUDA text itself, run by a C++ compiler's code, gives what the loop over tensors gives."""

import ctypes
import mmap
from dataclasses import replace
from itertools import product

import pytest
import torch

from templates.snn_runtime.fused.loop import replayed
from tests.gpu import shim
from tests.gpu.cases import ALL, IF, LIF, LIFS, Case
from tests.gpu.fake_cupy import install
from tests.gpu.rig import OnCuda, both_ways, differences, drawn, firing, known, made
from tests.gpu.sanitizer import program

SANITIZED = ((1, False, 1), (16, False, 2), (17, True, 2), (33, False, 1), (35, False, 2))
SPARSE = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x4000  # MAP_NORESERVE


@pytest.mark.parametrize("case", ALL, ids=str)
def test_equals_loop(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """In either order of threads."""
    operands, want = firing(case)
    for machine in (shim.ShimMachine, shim.ReversedMachine):
        with monkeypatch.context() as patch:
            install(patch, machine)
            got = both_ways(case, made(case, OnCuda), operands)
        assert differences(case, got, want) == []


@pytest.mark.parametrize("case", [IF, LIF], ids=str)
def test_thresholds_are_hit_exactly(case: Case) -> None:
    """Operands hold potentials of exactly the threshold: >= and > differ there."""
    operands = firing(case)[0]
    kernels = made(case, OnCuda)
    parts = operands.inputs, operands.terms, operands.starts
    call = kernels.call(case.name, *parts, case.steps, case.static, "torch")
    hits = sum(int((values[-1] == 1.0).sum()) for values in replayed(call))
    assert hits > 20


def test_indices_beyond_32_bits() -> None:
    """More elements than an int counts, in memory that exists only where it is touched."""
    case = next(case for case in LIFS if case.dtype == torch.bfloat16 and not case.kernel.terms)
    case = replace(case, static=False)
    assert far(case, made(case, OnCuda).cuda) == []


def far(case: Case, text: str) -> list[str]:
    """What goes wrong in the last threads of a launch over 2**31 + 77 elements and 3 steps."""
    n, steps, name = 2**31 + 77, 3, f"{case.name}_forward"
    machine = shim.ShimMachine(text, known(replace(case, steps=steps), name, 1))
    x, output = sparse(2 * n * steps), sparse(2 * n * steps)
    inputs, outputs = words(x), words(output)
    for t in range(steps):
        inputs[t * n + n - 1] = 0x40A0  # 5.0
    grid = -(-n // 256)
    address = [ctypes.addressof(inputs), 0, ctypes.addressof(outputs), 0, steps, n, n]
    machine.run_from(grid - 1, name, grid, 256, address)
    found = [outputs[t * n + n - 1] for t in range(steps)]
    before = [outputs[t * n + n - 2] for t in range(steps)]
    return [] if (found, before) == ([0x3F80] * 3, [0] * 3) else [f"{found} {before}"]


def sparse(size: int) -> mmap.mmap:
    """Memory of this many bytes, none of it there yet."""
    return mmap.mmap(-1, size, flags=SPARSE)


def words(memory: mmap.mmap) -> "ctypes.Array[ctypes.c_uint16]":
    """Memory as 16-bit words."""
    return (ctypes.c_uint16 * (len(memory) // 2)).from_buffer(memory)


def test_sanitizers() -> None:
    """Neither bounds nor undefined behaviour, at sizes that do not fill a block."""
    found = [c for c in LIFS if c.kernel.terms and c.dtype == torch.float32][:2]
    for case, (steps, static, pack) in product(found, SANITIZED):
        own = replace(case, steps=steps, static=static)
        text, name = made(own, OnCuda).cuda, own.name
        both = {*known(own, f"{name}_forward", pack), *known(own, f"{name}_backward", pack)}
        done = shim.sanitized(text, sorted(both), program(text, own, pack))
        assert (done.returncode, done.stderr) == (0, "")


def test_operands_are_drawn_alike() -> None:
    """The rungs compare the same numbers."""
    case = LIFS[0]
    assert torch.equal(drawn(case, 1.0).inputs[0], drawn(case, 1.0).inputs[0])
