"""What a neuron computes in, and what it refuses before any pointer is taken."""

from typing import Any

import pytest
import torch
from torch import Tensor, nn

from tests.fused.neurons import KINDS, SHAPE, both_ways, by_loop, data, neuron, same

FLOATS = (torch.float32, torch.float64, torch.bfloat16, torch.float16)


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("kind", KINDS)
def test_every_type_of_storage(
    monkeypatch: pytest.MonkeyPatch, kind: str, dtype: torch.dtype
) -> None:
    cell = neuron(kind, dtype=torch.promote_types(dtype, torch.float32))
    inputs = data(cell, 5, 3, dtype=dtype)
    got, want = both_ways(cell, inputs), by_loop(monkeypatch, cell, inputs)
    assert {g.dtype for g in got[: 1 + len(inputs)]} == {dtype}
    assert 0.02 < got[0].float().mean() < 0.98
    same(got, want, exact=kind != "smooth")


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_states_are_at_least_float32(dtype: torch.dtype) -> None:
    cell = neuron("leaky")
    output, v = cell.run([torch.full((9, 1, *SHAPE), 0.01, dtype=dtype)], [0.0], None, end=True)
    assert (output.dtype, v.dtype) == (dtype, torch.float32)
    sixteen = v.to(dtype).float()
    assert not torch.equal(v, sixteen)


def test_inputs_of_two_types_are_promoted() -> None:
    cell = neuron("twin")
    x, y = data(cell, 4, 2)
    mixed = cell(x.bfloat16(), y)
    assert mixed.dtype == torch.float32
    assert torch.equal(mixed, cell(x.bfloat16().float(), y))


@pytest.mark.parametrize("dtype", [torch.int64, torch.bool, torch.complex64])
@pytest.mark.parametrize("backend", ["c", "torch"])
def test_other_types_are_refused(
    monkeypatch: pytest.MonkeyPatch, dtype: torch.dtype, backend: str
) -> None:
    monkeypatch.setenv("SNNC_BACKEND", backend)
    with pytest.raises(ValueError, match=r"inputs\[0\] is torch\..*, not float32, float64"):
        neuron("plain")(torch.zeros(2, 3, *SHAPE).to(dtype))


OVER = r"torch\.float32 on cpu that broadcasts over \[2, 3, 4, 5\]"
SIZE = r"state\['cell\.v'\] must be \[2, 3, 4, 5\], not"
WRONG: dict[str, tuple[Any, str]] = {
    "shape": (torch.zeros(3, 4, 5, 4), rf"{SIZE} \[3, 4, 5, 4\]"),
    "axes": (torch.zeros(2, 3), rf"{SIZE} \[2, 3\]"),
    "device": (
        torch.zeros(2, *SHAPE, device="meta"),
        rf"if: starts\[0\] is .*\[2, 3, 4, 5\] on meta, not {OVER}",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_states_that_do_not_fit(name: str) -> None:
    state, message = WRONG[name]
    with pytest.raises(ValueError, match=message):
        neuron("plain").step([torch.zeros(2, *SHAPE)], [state])


def test_operands_that_do_not_fit() -> None:
    plain, twin, x = neuron("plain"), neuron("twin"), torch.zeros(2, *SHAPE)
    with pytest.raises(ValueError, match=r"1 inputs, 0 terms and 1 starts, not .* 2 starts"):
        plain.step([x], [0.0, 0.0])
    with pytest.raises(ValueError, match="takes 2 inputs"):
        twin.step([x], [0.0, 0.0])
    with pytest.raises(ValueError, match=r"inputs\[1\] is torch.float32 \[1, .*, not .* \[2, "):
        twin.step([x, x[:1]], [0.0, 0.0])
    with pytest.raises(ValueError, match=r"inputs\[0\] is .* \[7\] on cpu, not \[T, B, ...\]"):
        plain(torch.zeros(7))
    with pytest.raises(ValueError, match="steps is -1, not 0 or more"):
        plain(x, time_steps=-1)
    with pytest.raises(ValueError, match=r"terms\[0\] is .* \[3, 1, 1\] .* over \[4, 3, 5\]"):
        neuron("channel")(torch.zeros(2, 2, 4, 3, 5))


def test_gradients_that_do_not_fit() -> None:
    cell, x = neuron("plain"), torch.zeros(2, 3, *SHAPE)
    call = cell.kernels.call("if", [x], [], [], 2, False, "c")
    for grad, ends in ((x[:1], []), (x, [x]), (x, [x[0], x[0]]), (x.to("meta"), [])):
        with pytest.raises(ValueError, match=r"if: (grad|end_grads)\b"):
            cell.kernels.backward(call, grad, ends)


class Small(nn.Module):
    """Two convolutions, and neurons between them."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = nn.Conv2d(1, 3, 3, padding=1), nn.Conv2d(3, 3, 3, padding=1)
        self.norm, self.head = nn.BatchNorm2d(3), nn.Linear(3, 2)
        self.a, self.b = neuron("channel", (3, 8, 8)), neuron("twin", (3, 8, 8))

    def forward(self, x: Tensor) -> Tensor:
        y = self.norm(self.first(x))
        spikes = self.a(y, time_steps=4)
        z = self.second(spikes.flatten(0, 1)).unflatten(0, (4, -1))
        return self.head(self.b(z, spikes + y).mean((0, 3, 4)))  # type: ignore[no-any-return]


def test_a_convolutional_network_trains_under_autocast() -> None:
    torch.manual_seed(0)
    net, x = Small(), torch.rand(16, 1, 8, 8)
    labels = (x.mean((1, 2, 3)) > 0.5).long()
    optimizer, losses = torch.optim.Adam(net.parameters(), lr=0.02), []
    for _ in range(30):
        with torch.autocast("cpu", torch.bfloat16):
            loss = nn.functional.cross_entropy(net(x).float(), labels)
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        optimizer.step()
        losses.append(float(loss.detach()))
    assert losses[-1] < losses[0]
    assert all(bool(p.isfinite().all()) for p in net.parameters())
