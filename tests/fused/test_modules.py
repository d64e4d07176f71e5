"""A module in which somebody has a hand is called: no kernel reads its weights past it.

Each form of kernel that reads another module, and each thing that libraries do to modules.
"""

import warnings
from collections.abc import Callable
from copy import deepcopy
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize

import snnc
from snnc import network
from snnc.reference import Reference
from tests.support.nets import document

HEAD = """
[input]
shape = {shape}
encoder = "{encoder}"
[defaults]
neuron = {{ v_threshold = 0.3 }}
[network]
layers = [{layers}]
[output]
readout = "sequence"
"""
IMAGE, LINE = "[3, 6, 6]", "[5]"
BACK = '{ kind = "IF", name = "cell", feedback = "Linear" }'
JOINED = """
  {{ kind = "Concat", name = "j", from = [{}] }},
  {{ kind = "Linear", name = "mix", out_features = 4 }},
  {{ kind = "LIF", name = "cell" }}"""
CONV_BACK = BACK.replace(
    '"Linear"', '{ kind = "Conv2d", out_channels = 3, kernel_size = 3, padding = 1 }'
)
CONV = '{ kind = "Conv2d", out_channels = 4, kernel_size = 3, name = "conv" }, '
NORM = f'{CONV}{{ kind = "BatchNorm2d", name = "bn" }}, {{ kind = "LIF", name = "cell" }}'
STEPS = NORM.replace('name = "bn"', 'name = "bn", stats = "step"')
POOL = ', { kind = "MaxPool2d", kernel_size = 2, name = "pool" }'
FORMS: dict[str, tuple[str, str, str]] = {
    "linear feedback": (LINE, "none", BACK),
    "of a static input": (LINE, "direct", BACK),
    "side by side": (LINE, "none", JOINED.format('"input", "cell@-1"')),
    "the other side": (LINE, "none", JOINED.format('"cell@-1", "input"')),
    "a convolution back": (IMAGE, "none", CONV_BACK),
    "normed": (IMAGE, "none", NORM),
    "normed once": (IMAGE, "direct", NORM),
    "normed and pooled": (IMAGE, "none", NORM + POOL),
    "pooled": (IMAGE, "none", CONV + '{ kind = "LIF", name = "cell" }' + POOL),
    "a norm of steps": (IMAGE, "direct", STEPS),
}
READ: dict[str, tuple[str, ...]] = {
    "linear feedback": ("cell.feedback",),
    "of a static input": ("cell.feedback",),
    "side by side": ("mix",),
    "the other side": ("mix",),
    "a convolution back": ("cell.feedback",),
    "normed": ("bn",),
    "normed once": ("bn",),
    "normed and pooled": ("bn", "pool"),
    "pooled": ("pool",),
    "a norm of steps": ("bn",),
}
"""The modules that a kernel reads, or would."""


class Lora(nn.Module):
    """A wrapper as PEFT makes it: the attributes of what it wraps, and an output of its own."""

    def __init__(self, base: nn.Module) -> None:
        super().__init__()
        self.base = base

    def __getattr__(self, name: str) -> Any:
        own = super().__getattr__
        return own(name) if name == "base" else getattr(own("base"), name)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = 0.6 * self.base(x) + 0.1
        return y


class Halved(nn.Module):
    def forward(self, weight: Tensor) -> Tensor:
        return weight / 2


def wrapped(net: nn.Module, path: str) -> None:
    put(net, path, Lora(net.get_submodule(path)))


def hooked(net: nn.Module, path: str) -> None:
    net.get_submodule(path).register_forward_hook(lambda _, __, y: 0.6 * y + 0.1)


def hooked_before(net: nn.Module, path: str) -> None:
    net.get_submodule(path).register_forward_pre_hook(lambda _, x: (0.6 * x[0] + 0.1,))


def parametrised(net: nn.Module, path: str) -> None:
    layer = net.get_submodule(path)
    if hasattr(layer, "weight"):
        parametrize.register_parametrization(layer, "weight", Halved())


def quantised(net: nn.Module, path: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        layer = net.get_submodule(path)
        if isinstance(layer, nn.Linear):
            quantise: Any = torch.ao.quantization.quantize_dynamic
            put(net, path, quantise(nn.Sequential(layer), {nn.Linear})[0])


def derived(net: nn.Module, path: str) -> None:
    """A class of one's own, with its own forward."""
    layer = net.get_submodule(path)
    forward = type(layer).forward
    own = {"forward": lambda self, x: 0.6 * forward(self, x) + 0.1}
    layer.__class__ = type("Own", (type(layer),), own)


def patched(net: nn.Module, path: str) -> None:
    """Another forward in the place of its own, as accelerate does."""
    layer = net.get_submodule(path)
    forward = layer.forward
    layer.forward = lambda x: 0.6 * forward(x) + 0.1


def put(net: nn.Module, path: str, layer: nn.Module) -> None:
    parent, _, name = path.rpartition(".")
    setattr(net.get_submodule(parent), name, layer)


CHANGES: list[Callable[[nn.Module, str], None]] = [
    wrapped, hooked, hooked_before, parametrised, quantised, derived, patched,
]  # fmt: skip


@cache
def classes(form: str) -> Any:
    shape, encoder, layers = FORMS[form]
    with TemporaryDirectory() as folder:
        doc = document(Path(folder), HEAD.format(shape=shape, encoder=encoder, layers=layers))
        return network(doc), snnc.link(doc)


def made(form: str, training: bool) -> tuple[Any, Reference, Tensor]:
    """A network of this form, the reference with its weights, and data."""
    torch.manual_seed(1)
    kind, graph = classes(form)
    net, reference = kind().train(training), Reference(graph).train(training)
    for parameter in net.parameters():
        parameter.data.mul_(2)
    reference.load_state_dict(net.state_dict())
    lead = (4, 3) if FORMS[form][1] == "none" else (3,)
    return net, reference, torch.rand(*lead, *graph[graph.inputs[0]].shape)


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
@pytest.mark.parametrize("form", FORMS)
def test_what_is_changed_is_called(
    form: str, change: Callable[[nn.Module, str], None], training: bool
) -> None:
    net, reference, x = made(form, training)
    before, kind = deepcopy(net)(x), {path: type(net.get_submodule(path)) for path in READ[form]}
    for path in READ[form]:
        change(net, path)
        change(reference, path)
    torch.testing.assert_close(net(x), reference(input=x)["output"])
    unlike = any(type(net.get_submodule(path)) is not kind[path] for path in kind)
    assert not unlike or change is quantised or not torch.equal(net(x), before)


def test_a_feedback_may_be_any_module() -> None:
    """Without a bias, of several layers; streamed, it goes on where it was."""
    for layer in (nn.Linear(5, 5, bias=False), nn.Sequential(nn.Linear(5, 5), nn.Tanh())):
        net, reference, x = made("linear feedback", training=False)
        net.cell.feedback = layer
        put(reference, "cell.feedback", layer)
        whole = net(x)
        torch.testing.assert_close(whole, reference(input=x)["output"])
        state: dict[str, Tensor] = {}
        torch.testing.assert_close(
            torch.cat([net(part, state=state) for part in (x[:1], x[1:3], x[3:])]), whole
        )
        (y, state), *_ = (net.step(x[0]),)
        torch.testing.assert_close(y, whole[0])


def test_a_hook_on_a_recurrent_neuron_sees_its_output() -> None:
    net, _, x = made("linear feedback", training=False)
    seen: list[Tensor] = []
    net.cell.register_forward_hook(lambda _, __, y: seen.append(y))
    torch.testing.assert_close(net(x), seen[0])


def test_averages_without_a_momentum_are_those_of_all_batches() -> None:
    """PyTorch's cumulative average, also where one step stands for all."""
    for form in ("normed", "normed once", "a norm of steps"):
        net, reference, x = made(form, training=True)
        other: Any = reference.get_submodule("bn")
        net.bn.momentum = other.momentum = None
        for _ in range(2):
            net(x), reference(input=x)
        torch.testing.assert_close(dict(net.named_buffers()), dict(reference.named_buffers()))
