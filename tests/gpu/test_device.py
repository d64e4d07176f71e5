"""The real thing, where there is a GPU: values, streams, graphs, torch.compile."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

from templates.snn_runtime.fused import FusedNeuron, Kernels
from templates.snn_runtime.fused.selfcheck import selfcheck
from tests.gpu.cases import ALL, LIF, Case
from tests.gpu.rig import Operands, both_ways, differences, firing, made

pytestmark = pytest.mark.gpu


def moved(operands: Operands) -> Operands:
    """The same on the GPU."""
    parts = operands.inputs, operands.terms, operands.starts, operands.end_grads
    inputs, terms, starts, ends = (tuple(x.cuda() for x in part) for part in parts)
    return Operands(inputs, terms, starts, operands.grad.cuda(), ends)


@pytest.fixture
def neuron(monkeypatch: pytest.MonkeyPatch) -> FusedNeuron:
    """A LIF whose backend is CUDA and nothing else."""
    monkeypatch.setenv("SNNC_BACKEND", "cuda")
    fields = {"kernels": made(LIF, Kernels), "kernel": LIF.name}
    made_class: Any = type("LIF", (FusedNeuron,), fields)
    found: FusedNeuron = made_class()
    return found


def gradients(run: Callable[[Tensor], Tensor], x: Tensor) -> tuple[Tensor, Tensor]:
    """The output and the gradient of its sum of squares."""
    x = x.clone().requires_grad_()
    output = run(x)
    (grad,) = torch.autograd.grad((output * output).sum(), x)
    return output.detach(), grad


def looped(
    x: Tensor, monkeypatch: pytest.MonkeyPatch, neuron: FusedNeuron
) -> tuple[Tensor, Tensor]:
    with monkeypatch.context() as patch:
        patch.setenv("SNNC_BACKEND", "torch")
        return gradients(neuron, x)


@pytest.fixture
def x() -> Tensor:
    return torch.rand(20, 5, 1003, device="cuda") * 2


@pytest.mark.parametrize("case", ALL, ids=str)
def test_equals_loop(case: Case) -> None:
    """Forward bit for bit, backward as far as the device's approximate division allows."""
    operands, want = firing(case)
    given, kernels = moved(operands), made(case, Kernels)
    parts = given.inputs, given.terms, given.starts
    call = kernels.call(case.name, *parts, case.steps, case.static, "cuda")
    forward = kernels.forward(call, case.ends)
    got = (*forward, *kernels.backward(call, given.grad, given.end_grads))
    assert differences(case, tuple(r.cpu() for r in got), want, 64) == []
    assert both_ways(case, kernels, given)[0].is_cuda


def test_other_stream(neuron: FusedNeuron, x: Tensor, monkeypatch: pytest.MonkeyPatch) -> None:
    """A launch goes to the stream that is current, behind work that is still running there."""
    want = looped(x, monkeypatch, neuron)
    cuda: Any = torch.cuda  # not typed
    stream = cuda.Stream()
    with torch.cuda.stream(stream):
        late = torch.zeros_like(x)
        cuda._sleep(50_000_000)
        late.copy_(x)
        got = gradients(neuron, late)
    stream.synchronize()
    torch.testing.assert_close(got, want)


def test_graph(neuron: FusedNeuron, x: Tensor, monkeypatch: pytest.MonkeyPatch) -> None:
    """Captured once, replayed on other data."""
    gradients(neuron, x)  # compiles
    given = x.clone()
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        output = neuron(given)
    given.copy_(x.flip(0))
    graph.replay()
    torch.cuda.synchronize()
    assert torch.equal(output, looped(x.flip(0), monkeypatch, neuron)[0])


def test_compiled(neuron: FusedNeuron, x: Tensor, monkeypatch: pytest.MonkeyPatch) -> None:
    """torch.compile sees one operator and no graph break."""
    compiled = torch.compile(neuron, fullgraph=True)
    torch.testing.assert_close(gradients(compiled, x), looped(x, monkeypatch, neuron))


def test_channels_last(neuron: FusedNeuron) -> None:
    x = torch.rand(4, 8, 6, 6, device="cuda").contiguous(memory_format=torch.channels_last)
    assert neuron(x, time_steps=3)[0].is_contiguous(memory_format=torch.channels_last)


def test_selfcheck(capsys: pytest.CaptureFixture[str]) -> None:
    assert selfcheck(made(LIF, Kernels), []) == 0
    assert " cuda " in capsys.readouterr().out
