"""Quotients in the CUDA text: a neuron whose input is its time constant fires."""

import pytest
import torch

from snnc.kinds import catalog
from snnc.neuron import Neuron
from templates.snn_runtime.fused.cuda import division
from tests.gpu.cases import Case
from tests.gpu.fake_cupy import install
from tests.gpu.rig import OnCuda, known, made
from tests.gpu.shim import ShimMachine

STEPS = 3


def case(tau: float, dtype: torch.dtype) -> Case:
    neuron = catalog("snnc.neurons")["LIF"].model_validate({"kind": "LIF", "tau": tau})
    assert isinstance(neuron, Neuron)
    name = f"lif_{str(tau).replace('.', '_')}"
    return Case(name, neuron, STEPS, dtype, starts=False, ends=False, shape=(1, 1, 6))


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32], ids=str)
@pytest.mark.parametrize("tau", [1.5, 3.0, 10.0, 49.0, 103.0])
def test_a_time_constant_divides(
    monkeypatch: pytest.MonkeyPatch, tau: float, dtype: torch.dtype
) -> None:
    install(monkeypatch, ShimMachine)
    one = case(tau, dtype)
    kernels = made(one, OnCuda)
    x = torch.full((STEPS, *one.shape), tau, dtype=dtype)
    call = kernels.call(one.name, (x,), (), (), STEPS, False, "torch")
    assert {*kernels.forward(call, False)[0].flatten().tolist()} == {1.0}
    assert division(kernels.cuda, f"{one.name}_backward") == (), "a repeated step divides as well"
    assert f"/ R({tau})" in kernels.cuda
    assert known(one, f"{one.name}_forward")
