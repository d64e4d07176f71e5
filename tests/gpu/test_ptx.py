"""NVRTC's own PTX, run on NumPy, gives what the loop over tensors gives."""

import pytest

from tests.gpu.cases import ALL, LIFS, Case
from tests.gpu.fake_cupy import install
from tests.gpu.ptx import PtxMachine
from tests.gpu.rig import OnCuda, both_ways, differences, firing, made


@pytest.mark.parametrize("case", ALL, ids=str)
def test_equals_loop(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    driver = install(monkeypatch, PtxMachine)
    operands, want = firing(case)
    got = both_ways(case, made(case, OnCuda), operands)
    assert differences(case, got, want) == []
    machines = [m for m in driver.modules.values() if isinstance(m, PtxMachine)]
    assert len(machines) == len(set(driver.options.values()))
    if case in LIFS:
        partings = sum(machine.partings for machine in machines)
        assert partings <= 2, "threads part at the last element, nowhere else"
