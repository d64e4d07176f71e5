"""Quotients in the CUDA text: a neuron whose input is its time constant fires."""

from typing import Literal

import pytest
import torch

from snnc.kinds import catalog
from snnc.neuron import Neuron
from snnc.number import Value
from templates.snn_runtime.fused.cuda import division
from tests.gpu.cases import Case
from tests.gpu.fake_cupy import install
from tests.gpu.rig import OnCuda, made
from tests.gpu.shim import ShimMachine

STEPS = 3


def case(tau: float, per: Literal["layer", "neuron"], dtype: torch.dtype) -> Case:
    fields = {"kind": "LIF", "tau": Value(value=tau, per=per)}
    neuron = catalog("snnc.neurons")["LIF"].model_validate(fields)
    assert isinstance(neuron, Neuron)
    name = f"{per}_{str(tau).replace('.', '_')}"
    return Case(name, neuron, STEPS, dtype, starts=False, ends=False, shape=(1, 1, 6))


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32], ids=str)
@pytest.mark.parametrize(
    ("tau", "per"),
    [(1.5, "layer"), (3.0, "layer"), (10.0, "layer"), (49.0, "layer"), (49.0, "neuron")],
)
def test_a_time_constant_divides(
    monkeypatch: pytest.MonkeyPatch,
    tau: float,
    per: Literal["layer", "neuron"],
    dtype: torch.dtype,
) -> None:
    install(monkeypatch, ShimMachine)
    one = case(tau, per, dtype)
    kernels = made(one, OnCuda)
    x = torch.full((STEPS, *one.shape), tau, dtype=dtype)
    terms = () if per == "layer" else (torch.full(one.shape[1:], tau, dtype=dtype),)
    call = kernels.call(one.name, (x,), terms, (), STEPS, False, "torch")
    assert {*kernels.forward(call, False)[0].flatten().tolist()} == {1.0}
    assert division(kernels.cuda, f"{one.name}_backward") == (), "a repeated step divides as well"
    assert f"/ R({tau})" in kernels.cuda or "/ tau_" in kernels.cuda
