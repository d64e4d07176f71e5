"""Numbers decide what a layer computes, not strides: of its input, and of its output's gradient.

PyTorch 2.14.1 misreads the gradient of a batch norm where an axis has size 1. Every layer of the
catalogue is called here as generated code calls it, with every layout of what it is given.
"""

import json
import runpy
import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from snnc.emit.runtime import defined
from snnc.kinds import catalog
from snnc.layer import Call, Layer, Site
from snnc.neuron import Neuron
from snnc.reference.parameters import resolve
from snnc.shapes import Shape, ShapeError
from tests.runtime.runtime import module
from tests.support.layouts import canonical, inmost, layouts, repeated
from tests.support.nets import document, pair, same

SHAPES: tuple[Shape, ...] = ((8,), (8, 1), (8, 6), (8, 6, 1), (8, 6, 6), (8, 6, 1, 6), (8, 6, 6, 6))
"""Samples with axes of size 1, and without; the kernels and groups of all examples fit in one."""
LAYERS = {
    name: kind
    for name, kind in catalog("snnc.layers").items()
    if issubclass(kind, Layer) and not issubclass(kind, Neuron)
}
Every = Callable[[Tensor], Iterator[Tensor]]
STEPS = 2
SEED = torch.tensor(5)


@dataclass(frozen=True)
class Printed:
    """A layer for inputs of one shape, as a network has it: its module and the printed call."""

    net: nn.Module
    call: Callable[..., Tensor]
    ports: int
    shape: Shape
    over_time: bool

    def answer(self, x: Tensor, g: Tensor) -> list[Tensor]:
        """The output and every gradient."""
        x = x.detach().requires_grad_()
        y = self.output(x)
        wrt = [x, *self.net.parameters()]
        return [y.detach(), *torch.autograd.grad(y, wrt, g, materialize_grads=True)]

    def output(self, x: Tensor) -> Tensor:
        torch.manual_seed(1)
        return self.call(self.net, *[x] * self.ports)


def printed(layer: Layer, shape: Shape, site: Site, folder: Path) -> Printed:
    """The layer as code at that place."""
    ports = layer.ports or 2
    made, net = layer.attribute("layer", *[shape] * ports), nn.Module()
    torch.manual_seed(0)
    if made is not None:
        net.layer = built(made).double()
    names = [f"x{port}" for port in range(ports)]
    text = f"def call(self, {', '.join(names)}):\n    return {layer.call('layer', names, site)}\n"
    path = folder / "printed.py"
    path.write_text(text)
    scope: dict[str, Any] = {"torch": torch, "time_steps": STEPS, "first": 0, "t": 0}
    scope |= {"seed": SEED, "state": None}
    scope |= {name: named(name) for name in layer.uses(site) if name in defined()}
    call = runpy.run_path(str(path), scope)["call"]
    return Printed(net, call, ports, shape, site == "fold" and layer.over_time)


def named(name: str) -> Any:
    """What the runtime or PyTorch has under a name."""
    return getattr(module(defined()[name]), name) if name in defined() else resolve(Call(name))


def built(call: Call) -> Any:
    found = named(call.target)
    return found(*(built(a) if isinstance(a, Call) else a for a in call.args), **call.keywords)


def example(name: str) -> Layer:
    """A kind as its page shows it."""
    fields = tomllib.loads(f"layer = {LAYERS[name].example}")["layer"]
    fields.pop("from", None)
    return LAYERS[name].model_validate_json(json.dumps(fields)).bound(STEPS)


def cases(layer: Layer, folder: Path) -> Iterator[Printed]:
    """The layer for every shape that it takes."""
    for shape in SHAPES:
        try:
            layer.shape(*[shape] * (layer.ports or 2))
        except ShapeError:
            continue
        yield printed(layer, shape, "fold", folder)
        if layer.over_time and not defined().keys().isdisjoint(layer.uses("step")):
            yield printed(layer, shape, "step", folder)


def wrong(case: Printed) -> Iterator[str]:
    """Where strides change what is computed."""
    lead = (2,) if 1 in case.shape or len(case.shape) == 1 else (1,)
    sizes = (STEPS, *lead) if case.over_time else lead
    x = torch.rand(*sizes, *case.shape, dtype=torch.float64)
    g = torch.randn_like(canonical(case.output(x).detach()))
    want = case.answer(x, g)
    for a, b in pairs(x, g, layouts):
        if apart(case.answer(a, b), want) > 1e-9:
            yield f"{[*a.shape]} with {a.stride()}, gradient with {b.stride()}"
    for a, b in pairs(x, g, repeated):
        if apart(case.answer(a, b), case.answer(canonical(a), canonical(b))) > 1e-9:
            yield f"{[*a.shape]} with {a.stride()}, gradient with {b.stride()}"


def pairs(x: Tensor, g: Tensor, every: Every) -> Iterator[tuple[Tensor, Tensor]]:
    """One of them in every layout, the other plain or with its channels innermost."""
    for like in (canonical, inmost):
        yield from ((a, like(g)) for a in every(x))
        yield from ((like(x), b) for b in every(g))


def apart(got: Sequence[Tensor], want: Sequence[Tensor]) -> float:
    assert [x.shape for x in got] == [x.shape for x in want]
    return max(float((a - b).abs().max()) for a, b in zip(got, want, strict=True))


def modes(layer: Layer) -> list[bool]:
    """Training and, if the layer then behaves otherwise, eval mode."""
    return [True] if layer.traits(True) == layer.traits(False) else [True, False]


@pytest.mark.parametrize("name", LAYERS)
def test_strides_change_nothing(name: str, tmp_path: Path) -> None:
    layer = example(name)
    found = [*cases(layer, tmp_path)]
    assert found
    for case in found:
        for training in modes(layer):
            case.net.train(training)
            assert [*wrong(case)] == []


IMAGES = """
[input]
shape = [3, 7, 6]
encoder = "{encoder}"
[network]
layers = [
  {{ kind = "Conv2d", out_channels = 4, kernel_size = 3 }}, {{ kind = "{norm}" }},
  {{ kind = "LIF", v_threshold = 0.4 }}, {{ kind = "{norm}" }},
  {{ kind = "Add", from = ["lif1", "bn2"] }},
]
[build]
schedule = "{schedule}"
"""


@pytest.mark.parametrize("schedule", ["fold", "step"])
@pytest.mark.parametrize("encoder", ["none", "direct"])
@pytest.mark.parametrize("norm", ["BatchNorm2d", "TEBN2d", "BNTT2d", "TDBatchNorm2d"])
def test_one_sample_in_channels_last(
    norm: str, encoder: str, schedule: str, tmp_path: Path
) -> None:
    text = IMAGES.format(norm=norm, encoder=encoder, schedule=schedule)
    both = pair(document(tmp_path, text), batch=1)
    both.module.to(memory_format=torch.channels_last)
    (name,) = both.data
    x = both.data[name].detach()
    last = x.movedim(-3, -1).contiguous().movedim(-1, -3).requires_grad_()
    for training in (True, False):
        both.module.train(training), both.reference.train(training)
        same(replace(both, data={name: last}))
