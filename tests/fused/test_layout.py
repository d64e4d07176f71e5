"""Any dense layout is kept and never copied; any other is right too."""

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
import torch
from torch import Tensor

from tests.fused.neurons import KINDS, both_ways, by_loop, data, neuron, same

T, B, C, H, W = 5, 3, 4, 6, 7
DENSE: dict[str, tuple[int, ...]] = {
    "contiguous": (0, 1, 2, 3, 4),
    "channels last": (0, 1, 3, 4, 2),
    "columns": (0, 1, 2, 4, 3),
    "a channel innermost of rows": (0, 1, 3, 2, 4),
}


def laid_out(x: Tensor, order: tuple[int, ...]) -> Tensor:
    """The same numbers with the axes in that order in memory."""
    return x.permute(order).contiguous().permute(*(order.index(i) for i in range(x.dim())))


@contextmanager
def rooms() -> Iterator[list[int]]:
    """The sizes of what is made by strides meanwhile: outputs, and copies in another layout."""
    found, before = [], torch.empty_strided

    def watched(size: Sequence[int], *arguments: Any, **more: Any) -> Tensor:
        found.append(math.prod(size))
        return before(size, *arguments, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(torch, "empty_strided", watched)
        yield found


@pytest.mark.parametrize("name", DENSE)
@pytest.mark.parametrize("kind", KINDS)
def test_a_dense_layout_is_kept(kind: str, name: str) -> None:
    cell = neuron(kind, (C, H, W))
    plain = [x.detach() for x in data(cell, T, B, shape=(C, H, W))]
    inputs = [laid_out(x, DENSE[name]).requires_grad_() for x in plain]
    with rooms() as made:
        output, *grads = both_ways(cell, inputs)
    # the output and, if the layout is another one, a copy of the gradient that the test hands in
    assert made.count(T * B * C * H * W) == 1 + (name != "contiguous")
    for result in (output, *grads[: len(inputs)]):
        assert result.stride() == inputs[0].stride()
    same([output, *grads], both_ways(cell, [x.requires_grad_() for x in plain]), exact=False)


@pytest.mark.parametrize("kind", KINDS)
def test_a_static_input_in_channels_last(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    cell = neuron(kind, (C, H, W))
    inputs = data(cell, B, shape=(C, H, W))
    last = [x.detach().to(memory_format=torch.channels_last).requires_grad_() for x in inputs]
    got = both_ways(cell, last, time_steps=T)
    assert got[0][0].is_contiguous(memory_format=torch.channels_last)
    assert got[1].is_contiguous(memory_format=torch.channels_last)
    same(got, by_loop(monkeypatch, cell, last, T), exact=kind != "smooth")
    same(got, both_ways(cell, inputs, T), exact=False)


def test_states_take_the_layout_of_the_input() -> None:
    cell, last = neuron("plain", (C, H, W)), torch.channels_last
    x, v = torch.rand(B, C, H, W).to(memory_format=last), torch.rand(B, C, H, W)
    output, after = cell.step([x], [v])
    assert output.is_contiguous(memory_format=last)
    assert after.is_contiguous(memory_format=last)
    same([output, after], cell.step([x.contiguous()], [v]))


SPARSE: dict[str, Callable[[Tensor], Tensor]] = {
    "every second": lambda x: x.repeat_interleave(2, -1)[..., ::2],
    "every second sample": lambda x: x.repeat_interleave(2, 1)[:, ::2],
    "every second step": lambda x: x.repeat_interleave(2, 0)[::2],
    "the batch inside": lambda x: laid_out(x, (0, 2, 3, 4, 1)),
    "time inside": lambda x: laid_out(x, (1, 0, 2, 3, 4)),
    "time innermost": lambda x: laid_out(x, (1, 2, 3, 4, 0)),
    "one sample for all": lambda x: x[:, :1].expand(x.shape),
    "one step for all": lambda x: x[:1].expand(x.shape),
    "one number for all": lambda x: x[:1, :1, :1, :1, :1].expand(x.shape),
    "flipped and back": lambda x: x.flip(-1).flip(-1),
    "with a sign bit": lambda x: torch._neg_view(-x),
    "an offset": lambda x: torch.cat([x.flatten()[:3], x.flatten()])[3:].view(x.shape),
}


@pytest.mark.parametrize("name", SPARSE)
@pytest.mark.parametrize("kind", ["plain", "twin", "channel", "neuron"])
def test_any_other_layout_is_right(kind: str, name: str) -> None:
    cell = neuron(kind, (C, H, W))
    inputs = data(cell, T, B, shape=(C, H, W))
    strange = [SPARSE[name](x.detach()).requires_grad_() for x in inputs]
    plain = [x.detach().clone(memory_format=torch.contiguous_format) for x in strange]
    got = both_ways(cell, strange)
    same(got, both_ways(cell, [x.requires_grad_() for x in plain]))


@pytest.mark.parametrize(("at", "to"), [(3, 9), (2, 8), (1, 7), (4, 4)])
def test_sizes_of_one_may_have_any_stride(
    monkeypatch: pytest.MonkeyPatch, at: int, to: int
) -> None:
    sizes = [T, B, C, H, W]
    sizes[at] = 1
    strides = list(torch.empty(sizes).stride())
    strides[at] = to
    cell = neuron("twin", tuple(sizes[2:]))
    inputs = data(cell, *sizes[:2], shape=tuple(sizes[2:]))
    odd = [x.detach().as_strided(sizes, strides).requires_grad_() for x in inputs]
    same(both_ways(cell, odd), by_loop(monkeypatch, cell, inputs))


@pytest.mark.parametrize("kind", ["plain", "twin", "start"])
@pytest.mark.parametrize("static", [True, False])
@pytest.mark.parametrize(
    ("steps", "batch", "shape"),
    [
        (0, 3, (2, 5)), (1, 3, (2, 5)), (4, 0, (2, 5)), (0, 0, (2, 5)),
        (4, 1, (1,)), (3, 1, (511,)), (3, 1, (512,)), (3, 1, (513,)), (37, 1, (7,)), (2, 9, (997,)),
    ],
)  # fmt: skip
def test_sizes(
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    static: bool,
    steps: int,
    batch: int,
    shape: tuple[int, ...],
) -> None:
    cell = neuron(kind, shape)
    inputs = data(cell, *(() if static else (steps,)), batch, shape=shape)
    time_steps = steps if static else None
    got = both_ways(cell, inputs, time_steps)
    assert got[0].shape == (steps, batch, *shape)
    same(got, by_loop(monkeypatch, cell, inputs, time_steps))


def test_no_steps_leave_the_state_as_it_was() -> None:
    cell, v = neuron("plain"), torch.rand(2, 3, 4, 5, requires_grad=True)
    for backend in ("c", "torch"):
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("SNNC_BACKEND", backend)
            output, after = cell.run([torch.zeros(0, 2, 3, 4, 5)], [v], None, end=True)
        (grad,) = torch.autograd.grad(after.sum(), v)
        assert output.numel() == 0
        assert after.data_ptr() != v.data_ptr()
        same([after, grad], [v, torch.ones_like(v)])


def test_sixteen_million_neurons(monkeypatch: pytest.MonkeyPatch) -> None:
    cell, n = neuron("plain", (2**24,)), 2**24
    x = torch.linspace(0, 1.5, n).expand(1, n).contiguous().requires_grad_()
    same(both_ways(cell, [x], 2), by_loop(monkeypatch, cell, [x], 2))
