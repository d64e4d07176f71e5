"""A neuron in which somebody has a hand is called, in each form in which a network runs it."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize

from snnc import network
from tests.fused.test_modules import FORMS, HEAD, made, put
from tests.support.nets import document

CALLED = [form for form in FORMS if "cell" in FORMS[form][2] and "pool" not in form] + ["pooled"]
AROUND = ["normed", "normed once", "normed and pooled", "pooled", "a norm of steps"]
"""Forms whose neuron hands nothing back to itself."""


class Wrapper(nn.Module):
    """Of another module, whose attributes it has, as DDP-like and fake-quantising ones do it."""

    def __init__(self, module: nn.Module) -> None:
        super().__init__()
        self.module = module

    def __getattr__(self, name: str) -> Any:
        own = super().__getattr__
        return own(name) if name == "module" else getattr(own("module"), name)

    def forward(self, *args: Any, **kwargs: Any) -> Tensor:
        y: Tensor = self.module(*args, **kwargs)
        return (8 * y).round() / 8 * 0.6 + 0.1


def wrapped(net: nn.Module) -> None:
    put(net, "cell", Wrapper(net.get_submodule("cell")))


def hooked(net: nn.Module) -> None:
    net.get_submodule("cell").register_forward_hook(lambda _, __, y: 0.6 * y + 0.1)


def derived(net: nn.Module) -> None:
    cell: Any = net.get_submodule("cell")
    kind = type(cell)

    def forward(self: Any, *args: Any, **kwargs: Any) -> Tensor:
        return 0.6 * kind.forward(self, *args, **kwargs) + 0.1  # type: ignore[no-any-return]

    cell.__class__ = type("Own", (kind,), {"forward": forward})


def patched(net: nn.Module) -> None:
    cell: Any = net.get_submodule("cell")
    forward = cell.forward
    cell.forward = lambda *args, **kwargs: 0.6 * forward(*args, **kwargs) + 0.1


CHANGES = [wrapped, hooked, derived, patched]


def apart(net: Any, form: str, x: Tensor) -> Tensor:
    """The layers called one after the other."""
    steps, x = (4, x) if FORMS[form][1] != "none" else (len(x), x.flatten(0, 1))
    x = net.conv(x)
    x = net.bn(x) if "norm" in form else x
    static = FORMS[form][1] != "none"
    x = x.expand(steps, *x.shape) if static else x.unflatten(0, (steps, -1))
    y: Tensor = net.cell(x)
    return net.pool(y.flatten(0, 1)).unflatten(0, y.shape[:2]) if "pool" in form else y


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
@pytest.mark.parametrize("form", AROUND)
def test_a_touched_neuron_is_called(form: str, change: Callable[[nn.Module], None]) -> None:
    net, _, x = made(form, training=False)
    before = net(x)
    change(net)
    after = net(x)
    torch.testing.assert_close(after, apart(net, form, x))
    assert not torch.equal(after, before)
    state: dict[str, Tensor] = {}
    torch.testing.assert_close(net(x, state=state), after)
    assert [*state] == ["cell.v"]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_touched_neuron_in_a_loop_is_called_at_each_step(
    change: Callable[[nn.Module], None],
) -> None:
    """Its output is what comes back; gradients flow through the calls."""
    net, _, x = made("a convolution back", training=False)
    before = net(x)
    change(net)
    xs = [x.clone().requires_grad_() for _ in range(2)]
    state: dict[str, Tensor] = {}
    y, outputs = torch.zeros_like(x[0]), []
    for x_t in xs[0]:
        y = net.cell((x_t + net.cell.feedback(y))[None], state=state)[0]
        outputs.append(y)
    hand, after = torch.stack(outputs), net(xs[1])
    torch.testing.assert_close(after, hand)
    weights = torch.rand_like(hand)
    ways = zip((hand, after), xs, strict=True)
    grads = [torch.autograd.grad((y * weights).sum(), x)[0] for y, x in ways]
    torch.testing.assert_close(*grads)
    assert not torch.equal(after, before)


class Doubled(nn.Module):
    def forward(self, numbers: Tensor) -> Tensor:
        return 2 * numbers


@pytest.mark.parametrize("form", ["normed and pooled", "pooled", "a convolution back"])
def test_parametrised_numbers_of_a_neuron_are_read_as_they_are(form: str, tmp_path: Any) -> None:
    shape, encoder, layers = FORMS[form]
    layers = layers.replace('kind = "LIF"', 'kind = "PLIF"').replace('kind = "IF"', 'kind = "PLIF"')
    text = HEAD.format(shape=shape, encoder=encoder, layers=layers)
    kind: Any = network(document(tmp_path, text))
    torch.manual_seed(1)
    net, plain = kind().eval(), kind().eval()
    plain.load_state_dict(net.state_dict())
    (name, numbers), *_ = net.cell.named_parameters(recurse=False)
    parametrize.register_parametrization(net.cell, name, Doubled())
    getattr(plain.cell, name).data.copy_(2 * numbers.detach())
    x = torch.rand(4, 3, 3, 6, 6)
    torch.testing.assert_close(net(x), plain(x))


class Own(Tensor):
    """A tensor that computes in its own way."""


@pytest.mark.parametrize("name", ["weight", "bias", "running_mean"])
def test_numbers_of_a_norm_that_are_no_plain_tensors_are_left_to_it(name: str) -> None:
    net, _, x = made("normed and pooled", training=False)
    before, calls = net(x), 0
    numbers = getattr(net.bn, name).detach().as_subclass(Own)
    setattr(net.bn, name, nn.Parameter(numbers) if "running" not in name else numbers)
    original = nn.BatchNorm2d.forward

    def forward(self: nn.BatchNorm2d, given: Tensor) -> Tensor:
        nonlocal calls
        calls += 1
        return original(self, given)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nn.BatchNorm2d, "forward", forward)
        torch.testing.assert_close(net(x).as_subclass(Tensor), before)
    assert calls == 1
