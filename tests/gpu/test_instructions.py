"""Which instructions run: what a card would have to issue, whatever the values are."""

import dataclasses

import numpy as np
import pytest
import torch

from templates.snn_runtime.fused.cuda import PLAIN
from tests.gpu import alu, nvrtc
from tests.gpu.cases import Case, lif
from tests.gpu.fake_cupy import install
from tests.gpu.memory import MemoryFault
from tests.gpu.ptx import PtxMachine, check_aligned
from tests.gpu.rig import OnCuda, both_ways, firing, known, made

OPTIONS = {"reset": "hard", "detach_reset": False, "decay_input": True, "threshold": "constant"}
DIVISIONS = {"div.s64", "rem.s64", "div.u64", "rem.u64", "div.u32", "rem.u32"}


def executed(case: Case, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The instructions that both kernels of a case ran."""
    driver = install(monkeypatch, PtxMachine)
    both_ways(case, made(case, OnCuda), firing(case)[0])
    machines = (m for m in driver.modules.values() if isinstance(m, PtxMachine))
    return set().union(*(machine.executed for machine in machines))


@pytest.mark.parametrize("per", ["layer", "channel"])
def test_one_number_a_layer_is_found_without_dividing(
    per: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = Case(f"place_{per}", lif({**OPTIONS, "tau": per}), 4)
    divided = DIVISIONS & executed(case, monkeypatch)
    assert bool(divided) is (per == "channel")


@pytest.mark.parametrize(("arch", "count"), [(75, 0), (80, 4), (90, 4)])
def test_bfloat16_is_rounded_by_one_instruction(arch: int, count: int) -> None:
    """Cards since sm_80 have it: no additions and shifts stand in for it."""
    case = Case("rounded", lif({**OPTIONS, "tau": "constant"}), 4, torch.bfloat16)
    text = nvrtc.ptx(
        made(case, OnCuda).cuda, arch, ("--std=c++17", *known(case, f"{case.name}_forward"))
    )
    found = text.count("cvt.rn.bf16.f32")
    assert found >= count
    assert (found > 0) is (count > 0)


def test_it_rounds_as_pytorch_does() -> None:
    """Every upper half, with lower halves around a tie."""
    upper = np.arange(0, 2**16, 7, dtype=np.uint32) << 16
    bits = np.concatenate([upper | low for low in (0, 0x7FFF, 0x8000, 0x8001, 0xFFFF)])
    value = bits.view(np.float32)
    got = alu.bfloat16(value)
    want = torch.from_numpy(value).bfloat16()
    assert (
        torch.from_numpy(got.view(np.int16))
        .view(torch.bfloat16)
        .allclose(want, rtol=0, atol=0, equal_nan=True)
    )


def test_the_old_way_rounds_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cards before sm_80 give the same bits."""
    case = Case("rounded_alike", lif({**OPTIONS, "tau": "constant"}), 4, torch.bfloat16)
    results = []
    for arch in (75, 80):
        monkeypatch.setattr("tests.gpu.ptx.ARCH", arch)
        install(monkeypatch, PtxMachine)
        results.append(both_ways(case, made(case, OnCuda), firing(case)[0]))
    assert all(torch.equal(a, b) for a, b in zip(*results, strict=True))


def test_vectors_are_aligned() -> None:
    check_aligned(np.array([8, 16]), 8)
    with pytest.raises(MemoryFault, match="misaligned access of 8 bytes"):
        check_aligned(np.array([8, 12]), 8)


VECTORS = r"""
extern "C" __global__ void copy(const io *restrict x, io *restrict output, i64 n)
{
    const i64 i = (blockIdx.x * (i64)blockDim.x + threadIdx.x) * %d;
    if (i < n) *(%s *)(output + i) = *(const %s *)(x + i);
}
"""


@pytest.mark.parametrize(("lanes", "kind"), [(2, "float2"), (4, "float4")])
@pytest.mark.parametrize("away", [0, 1])
def test_vector_accesses_run(
    lanes: int, kind: str, away: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They move every lane; where memory begins between vectors, they stop."""
    from tests.gpu.memory import watch

    case = dataclasses.replace(Case("lif", lif({**OPTIONS, "tau": "constant"})))
    head = made(case, OnCuda).cuda.partition("STEP void")[0]
    machine = PtxMachine(
        head + VECTORS % (lanes, kind, kind), ("--std=c++17", "-DIO_FLOAT32", *PLAIN)
    )
    room = torch.arange(16.0)[away : away + 8]
    x, output = room.as_strided((8,), (1,)), torch.empty(8)
    with watch([x, output]):
        arguments = x.data_ptr(), output.data_ptr(), 8
        if away:
            with pytest.raises(MemoryFault):
                machine.run("copy", 1, 8, arguments)
            return
        machine.run("copy", 1, 8, arguments)
    assert torch.equal(output, x)
    assert any(f"v{lanes}" in name for name in machine.executed)
