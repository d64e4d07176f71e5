"""Derivatives: by finite differences where there are any, and against autograd of the steps."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
import torch
from torch import Tensor

from tests.fused.neurons import KINDS, both_ways, by_loop, data, neuron, same

DOUBLE = torch.float64
ONE = (3, 2)


def functional(cell: Any, names: Sequence[str]) -> Callable[..., Any]:
    """A call that ends with states, as a function of its parameters and inputs."""
    count = len(cell.kernels.specs[cell.kernel].start)

    def call(*tensors: Tensor) -> Any:
        numbers = dict(zip(names, tensors, strict=False))
        rest = tensors[len(names) :]
        inputs, states = rest[: len(rest) - count], rest[len(rest) - count :]
        how = {"inputs": inputs, "states": states, "time_steps": None, "end": True}
        return torch.func.functional_call(
            Run(cell), {f"cell.{k}": v for k, v in numbers.items()}, (), how
        )

    return call


class Run(torch.nn.Module):
    """A module whose call is another's run."""

    def __init__(self, cell: Any) -> None:
        super().__init__()
        self.cell = cell

    def forward(self, **how: Any) -> Any:
        return self.cell.run(**how)


def operands(cell: Any, scale: float) -> list[Tensor]:
    """Its parameters, inputs of some steps, and first states."""
    states = len(cell.kernels.specs[cell.kernel].start)
    inputs = [
        (x.detach() * scale).requires_grad_() for x in data(cell, 4, 2, shape=ONE, dtype=DOUBLE)
    ]
    starts = [
        torch.full((2, *ONE), 0.05 * i, dtype=DOUBLE, requires_grad=True) for i in range(states)
    ]
    return [*cell.parameters(), *inputs, *starts]


def test_finite_differences() -> None:
    cell = neuron("smooth", ONE, torch.float64)
    tensors = operands(cell, 1.0)
    call = functional(cell, [name for name, _ in cell.named_parameters()])
    assert torch.autograd.gradcheck(call, tensors, nondet_tol=0.0)


class Spike(torch.autograd.Function):
    """A spike with ATan's slope, for autograd of a loop."""

    @staticmethod
    def forward(ctx: Any, u: Tensor) -> Tensor:
        ctx.save_for_backward(u)
        return u.ge(0).to(u)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Tensor:
        (u,) = ctx.saved_tensors
        slope: Tensor = 1 / (1 + (torch.pi * u) ** 2)
        return grad * slope


def by_hand(tau: Tensor, x: Tensor, v: Tensor) -> list[Tensor]:
    """A leaky neuron as a textbook writes it."""
    outputs = []
    for now in x:
        h = v + (now - v) / tau
        s: Tensor = Spike.apply(h - 0.4)
        v = h * (1 - s)
        outputs.append(s)
    return [torch.stack(outputs), v]


@pytest.mark.parametrize("wrt_states_alone", [False, True])
@pytest.mark.parametrize("kind", ["scalar", "channel"])
def test_autograd_of_a_loop_that_fires(kind: str, wrt_states_alone: bool) -> None:
    cell = neuron(kind, ONE, torch.float64)
    tensors = operands(cell, 1.5)
    got, want = functional(cell, ["tau"])(*tensors), by_hand(*tensors)
    assert 0.05 < got[0].mean() < 0.95
    pairs = [(got, want), (got[1:], want[1:])][wrt_states_alone]
    losses = [torch.cat([r.sin().flatten() for r in results]).sum() for results in pairs]
    grads = [torch.autograd.grad(loss, tensors) for loss in losses]
    torch.testing.assert_close([*got, *grads[0]], [*want, *grads[1]], rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("backend", ["c", "torch"])
def test_steps_are_the_whole(monkeypatch: pytest.MonkeyPatch, kind: str, backend: str) -> None:
    monkeypatch.setenv("SNNC_BACKEND", backend)
    cell = neuron(kind, dtype=torch.float64)
    inputs = data(cell, 6, 2, dtype=DOUBLE)
    whole = cell(*inputs)
    spec, outputs = cell.kernels.specs[cell.kernel], []
    states: Sequence[Any] = cell.starts() or spec.start
    for t in range(6):
        output, *states = cell.step([x[t] for x in inputs], states)
        outputs.append(output)
    weights = torch.randn_like(whole)
    wrt = [*inputs, *cell.parameters()]
    got = torch.autograd.grad(torch.stack(outputs), wrt, weights)
    same([torch.stack(outputs), *got], [whole, *torch.autograd.grad(whole, wrt, weights)], False)


def test_two_forwards_before_one_backward() -> None:
    cell = neuron("twin")
    first, second = data(cell, 3, 2), data(cell, 7, 4, seed=9)
    apart = [both_ways(cell, inputs) for inputs in (first, second)]
    together = [cell(*first), cell(*second)]
    weights = [torch.randn(y.shape, generator=torch.manual_seed(3)) for y in together]
    wrt = [*first, *second, *cell.parameters()]
    got = torch.autograd.grad(together, wrt, weights)
    numbers = [a + b for a, b in zip(apart[0][3:], apart[1][3:], strict=True)]
    same(got, [*apart[0][1:3], *apart[1][1:3], *numbers], exact=False)


def test_the_backend_of_a_forward_is_that_of_its_backward(monkeypatch: pytest.MonkeyPatch) -> None:
    cell = neuron("plain")
    (x,) = data(cell, 3, 2)
    y = cell(x)
    monkeypatch.setenv("SNNC_BACKEND", "cuda")  # which is not there
    torch.autograd.grad(y.sum(), x)


@pytest.mark.parametrize("weighted", [True, False])
def test_a_second_derivative_is_an_error(weighted: bool) -> None:
    cell = neuron("scalar", dtype=torch.float64)
    (x,) = data(cell, 3, 2, dtype=DOUBLE)
    y = cell(x)
    loss = (y * x).sum() if weighted else y.sum()
    (grad,) = torch.autograd.grad(loss, x, create_graph=True)
    with pytest.raises(RuntimeError, match="a neuron has no second derivative"):
        torch.autograd.grad(loss + grad.square().sum(), x)


def test_only_what_needs_a_gradient_has_one() -> None:
    cell = neuron("twin")
    x, y = data(cell, 3, 2)
    x.requires_grad_(False)
    cell.g.requires_grad_(False)
    torch.autograd.backward(cell(x, y).sum())
    assert x.grad is None
    assert cell.g.grad is None
    assert y.grad is not None
    assert cell.tau_raw.grad is not None
    for p in (y, *cell.parameters()):
        p.requires_grad_(False)
    assert not cell(x, y).requires_grad


@pytest.mark.parametrize("kind", KINDS)
def test_twice_over_one_graph(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    cell = neuron(kind)
    inputs = data(cell, 5, 3)
    wrt, loss = [*inputs, *cell.parameters()], cell(*inputs).square().sum()
    first = torch.autograd.grad(loss, wrt, retain_graph=True)
    same(first, torch.autograd.grad(loss, wrt))
    same(both_ways(cell, inputs), by_loop(monkeypatch, cell, inputs), exact=kind != "smooth")


def kept(call: Callable[[], Any]) -> list[Tensor]:
    """What a forward saves for its backward."""
    saved: list[Tensor] = []

    def pack(t: Tensor) -> Tensor:
        saved.append(t)
        return t

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda t: t):
        call()
    return saved


@pytest.mark.parametrize("static", [True, False])
def test_the_backward_keeps_the_input_and_nothing_more(static: bool) -> None:
    cell = neuron("plain", (4, 6, 7))
    (x,) = data(cell, *(() if static else (8,)), 3, shape=(4, 6, 7))
    saved = kept(lambda: cell(x, time_steps=8 if static else None))
    assert [t.data_ptr() for t in saved] == [x.data_ptr()]


def test_the_backward_keeps_inputs_and_numbers() -> None:
    cell = neuron("twin")
    x, y = data(cell, 8, 3)
    large = {t.data_ptr() for t in kept(lambda: cell(x, y)) if t.numel() > 60}
    assert large == {x.data_ptr(), y.data_ptr()}
