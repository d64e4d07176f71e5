"""torch.func: gradients, per-sample gradients, ensembles."""

from typing import Any, cast

import pytest
import torch
import torch.autograd.forward_ad as forward
from torch import Tensor
from torch.func import functional_call, grad, jacrev, stack_module_state, vmap

from tests.fused.neurons import KINDS, both_ways, data, neuron, part, same


def loss(cell: Any, numbers: dict[str, Tensor], inputs: list[Tensor]) -> Tensor:
    y = functional_call(cell, numbers, tuple(inputs))
    weights = torch.arange(y.numel(), dtype=y.dtype).view(y.shape)
    total: Tensor = (y * weights).sum() / y.numel()
    return total


@pytest.mark.parametrize("kind", KINDS)
def test_grad_is_backward(kind: str) -> None:
    cell = neuron(kind)
    numbers, inputs = dict(cell.named_parameters()), data(cell, 4, 2)
    got = grad(lambda n, i: loss(cell, n, i), argnums=(0, 1))(numbers, inputs)
    wrt = [*numbers.values(), *inputs]
    same([*got[0].values(), *got[1]], torch.autograd.grad(loss(cell, numbers, inputs), wrt))


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("kind", KINDS)
def test_vmap_is_call_by_call(kind: str, axis: int) -> None:
    cell = neuron(kind)
    calls = [[x.detach() for x in data(cell, 4, 2, seed=seed)] for seed in range(3)]
    stacked = [torch.stack(xs, axis) for xs in zip(*calls, strict=True)]
    same(vmap(cell, axis)(*stacked), [cell(*inputs) for inputs in calls])


@pytest.mark.parametrize("kind", KINDS)
def test_gradients_of_every_sample(kind: str) -> None:
    cell = neuron(kind)
    numbers = {name: p.detach() for name, p in cell.named_parameters()}
    calls = [[x.detach() for x in data(cell, 4, 1, seed=seed)] for seed in range(3)]
    stacked = [torch.stack(xs) for xs in zip(*calls, strict=True)]
    both = grad(lambda n, i: loss(cell, n, i), argnums=(0, 1))
    got = vmap(both, (None, 0))(numbers, stacked)
    for i, inputs in enumerate(calls):
        want = both(numbers, inputs)
        same([g[i] for g in got[0].values()], list(want[0].values()))
        same([g[i] for g in got[1]], want[1])


def test_an_ensemble() -> None:
    cells = [neuron("twin") for _ in range(3)]
    for i, cell in enumerate(cells):
        torch.nn.init.constant_(cell.v_threshold, 0.3 + 0.1 * i)
    numbers, _ = stack_module_state(cells)
    inputs = [x.detach() for x in data(cells[0], 4, 2)]
    call = vmap(lambda n: functional_call(cells[0], n, tuple(inputs)))
    same(call(numbers), [cell(*inputs) for cell in cells])


def test_jacobians() -> None:
    cell = neuron("plain", (2,), torch.float64)
    (x,) = data(cell, 3, 1, shape=(2,), dtype=torch.float64)
    rows = [torch.autograd.grad(cell(x).flatten()[i], x)[0] for i in range(6)]
    same([jacrev(cell)(x).view(6, 3, 1, 2)], [torch.stack(rows)])


def test_a_second_derivative_is_an_error() -> None:
    cell = neuron("plain")
    inputs = data(cell, 3, 2)

    def once(x: Tensor) -> Tensor:
        return grad(lambda x: loss(cell, {}, [x]))(x).square().sum()  # type: ignore[no-any-return]

    with pytest.raises(RuntimeError, match="second derivative"):
        grad(once)(inputs[0])


@pytest.mark.filterwarnings("ignore:`torch.jit:FutureWarning")  # torch.func's own
def test_forward_mode_is_an_error() -> None:
    cell = neuron("plain")
    (x,) = data(cell, 3, 2)
    with pytest.raises(RuntimeError, match="jvp"):
        torch.func.jvp(cell, (x,), (x,))


def test_under_inference_mode() -> None:
    cell = neuron("channel")
    inputs = data(cell, 3, 2)
    with torch.inference_mode():
        got = cell(*inputs)
    same([got], both_ways(cell, inputs)[:1])


@pytest.mark.parametrize("grads", [True, False])
def test_forward_mode_is_refused(grads: bool) -> None:
    cell, dual = neuron("plain"), cast(Any, forward.make_dual)
    with torch.set_grad_enabled(grads), forward.dual_level():
        duals = [dual(x.detach(), torch.ones_like(x)) for x in data(cell, 4, 2)]
        with pytest.raises(NotImplementedError, match="jvp"):
            cell(*duals)


@pytest.mark.parametrize("kind", KINDS)
def test_both_forms_of_a_function_are_alike(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    cell = neuron(kind)
    want = both_ways(cell, data(cell, 4, 2))
    autograd = part(cell, "autograd")
    monkeypatch.setattr(autograd, "transforming", lambda: True)
    monkeypatch.setattr(autograd, "quick", None)
    same(both_ways(cell, data(cell, 4, 2)), want)
