"""Where a kind of each catalogue stands in a spec that can be trained: candidates, simplest first.

A new catalogue is a function of its name here. A kind is written as in its ``example``, or else
with the fewest fields that the linter takes.
"""

import tomllib
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from snnc.datasets import Dataset
from snnc.kinds import Kind, catalog
from snnc.layer import Layer
from tests.faults.hosts import host_of, toml

Tree = dict[str, Any]
SHAPES = ([8], [8, 8], [8, 8, 8], [4, 8, 8, 8], [3, 32, 32])
CLASSES = 3
NEURON: Tree = {"kind": "LIF", "name": "n", "v_threshold": 0.25}
NPZ: Tree = {"kind": "npz", "path": "a.npz"}
CLASSIFYING: Tree = {
    "dataset": NPZ, "loss": "cross_entropy", "epochs": 1, "batch_size": 4,
    "optimizer": {"kind": "SGD", "lr": 0.1},
}  # fmt: skip
A_STEP: Tree = {"kind": "cross_entropy", "over": "steps"}
BACK: Tree = {"kind": "mse", "target": "input"}


def linear(size: int = CLASSES) -> Tree:
    return {"kind": "Linear", "out_features": size}


def net(layers: Iterable[Any], shape: Iterable[int] = (8,), **more: Any) -> Tree:
    """A spec with these layers between the input and one number for each class."""
    ends = ["Flatten", linear()] if len([*shape]) > 1 else [linear()]
    return {
        "format": 1, "name": "net", "time_steps": 3,
        "input": {"shape": [*shape], "encoder": "none"},
        "network": {"layers": [*layers, *ends]}, "train": CLASSIFYING,
    } | more  # fmt: skip


def train(**more: Any) -> Tree:
    return CLASSIFYING | more


def layers(kind: type[Kind]) -> Iterator[Tree]:
    """Between the input and a neuron, reading the input under each name that the example reads."""
    table = spelt(kind)
    assert issubclass(kind, Layer)
    read = table.get("from", [])
    names = dict.fromkeys([read] if isinstance(read, str) else read)
    feeding = [{"kind": "Identity", "name": name, "from": "input"} for name in names]
    for shape in SHAPES:
        ends = [] if len(shape) == 1 else ["Flatten"]
        yield net([*feeding, table, NEURON, *ends], shape)
        yield net([*feeding, table, "Flatten", NEURON], shape)


def neurons(kind: type[Kind]) -> Iterator[Tree]:
    yield net([linear(4), spelt(kind)])


def surrogates(kind: type[Kind]) -> Iterator[Tree]:
    yield net([linear(4), NEURON | {"surrogate": spelt(kind)}])


def initializers(kind: type[Kind]) -> Iterator[Tree]:
    yield net([linear(4) | {"weight_init": spelt(kind)}, NEURON])


def encoders(kind: type[Kind]) -> Iterator[Tree]:
    for shape, steps in product(([8], [3, 5], [1, 6, 6]), (3, 5, 6, 8)):
        given = {"shape": shape, "encoder": spelt(kind)}
        ends = ["Flatten", linear(4), NEURON, linear()]
        yield net([], shape, time_steps=steps, input=given) | {"network": {"layers": ends}}


def readouts(kind: type[Kind]) -> Iterator[Tree]:
    for loss in ("cross_entropy", A_STEP):
        yield net([NEURON], output={"readout": spelt(kind)}, train=train(loss=loss))


def losses(kind: type[Kind]) -> Iterator[Tree]:
    for readout in ("mean", "sequence"):
        yield net([NEURON], output={"readout": readout}, train=train(loss=spelt(kind)))
    yield segmenting(train(loss=spelt(kind)))


def segmenting(section: Tree) -> Tree:
    """A class for every place of an image."""
    conv = {"kind": "Conv2d", "out_channels": CLASSES, "kernel_size": 3, "padding": 1}
    given = {"shape": [1, 6, 6], "encoder": "direct"}
    made = net([], (6,), input=given, train=section)
    return made | {"network": {"layers": [conv, NEURON, conv]}}


def metrics(kind: type[Kind]) -> Iterator[Tree]:
    yield net([NEURON], train=train(metric=spelt(kind)))
    for loss in ("bce", "l1"):
        yield net([NEURON], train=train(metric=spelt(kind), loss=loss))
    aligned = {"readout": "sequence"}
    yield net([NEURON], output=aligned, train=train(metric=spelt(kind), loss="ctc"))
    yield segmenting(train(metric=spelt(kind), loss="dice"))
    yield giving_back(train(metric=spelt(kind), loss=BACK))


def giving_back(section: Tree) -> Tree:
    """An autoencoder."""
    given = {"shape": [4], "encoder": "direct"}
    return net([NEURON], (4,), input=given, train=section) | {
        "network": {"layers": [linear(4), NEURON, linear(4)]}
    }


def penalties(kind: type[Kind]) -> Iterator[Tree]:
    yield net([linear(4), NEURON], train=train(penalties=[spelt(kind) | {"of": "n"}]))


def datasets(kind: type[Kind]) -> Iterator[Tree]:
    """With an input and an output of its own."""
    assert issubclass(kind, Dataset)
    shape, size = kind.shape or (8,), len(kind.labels or "abc")
    given = {"shape": [*shape], "encoder": "none" if kind.timed else "direct"}
    ends = ["Flatten", linear(4), NEURON, linear(size)]
    made = net([], shape, input=given, train=train(dataset=spelt(kind)))
    yield made | {"network": {"layers": ends}}


def augmentations(kind: type[Kind]) -> Iterator[Tree]:
    for shape, white in product(([3, 8, 8], [3, 32, 32]), (255, 1)):
        given = {"shape": shape, "encoder": "direct"}
        data = NPZ | {"white": white, "augment": [spelt(kind)]}
        yield net([NEURON], shape, input=given, train=train(dataset=data))


def optimizers(kind: type[Kind]) -> Iterator[Tree]:
    yield net([linear(4), NEURON], train=train(optimizer=spelt(kind)))


def schedulers(kind: type[Kind]) -> Iterator[Tree]:
    yield net([linear(4), NEURON], train=train(scheduler=spelt(kind)))


def threshold_rules(kind: type[Kind]) -> Iterator[Tree]:
    yield converting(rule=spelt(kind))


def converting(**keys: Any) -> Tree:
    """An ANN of two activations with [convert]."""
    given = {"shape": [1, 6, 6], "encoder": "direct"}
    conv = {"kind": "Conv2d", "out_channels": 2, "kernel_size": 3}
    ann = [conv, "BatchNorm2d", "ReLU", {"kind": "MaxPool2d", "kernel_size": 2}, "Flatten"]
    return net([*ann, linear(4), "ReLU"], (4,), input=given, convert=keys)


PLACES: dict[str, Callable[[type[Kind]], Iterator[Tree]]] = {
    f"snnc.{place.__name__}": place
    for place in (
        *(layers, neurons, surrogates, initializers, encoders, readouts, losses, metrics),
        *(penalties, datasets, augmentations, optimizers, schedulers, threshold_rules),
    )
}


def placed(package: str, kind: type[Kind]) -> Iterator[Tree]:
    """The specs to try for a kind; none if nobody has said where its catalogue stands."""
    if package in PLACES:
        yield from PLACES[package](kind)


def feedbacks() -> Iterator[tuple[str, Iterator[Tree]]]:
    """Each layer on the way back that fits somewhere, and "add" for every neuron."""
    for name, kind in catalog("snnc.neurons").items():
        ways: list[Any] = ["add", {"kind": "Linear"}]
        for way in ways:
            fed = spelt(kind) | {"feedback": way}
            yield f"feedback {toml(way)} {name}", iter([net([linear(4), fed])])


@cache
def spelling(kind: type[Kind]) -> str:
    """A kind as TOML: its example, or what the linter takes."""
    example = getattr(kind, "example", "")
    if example:
        return str(example)
    with TemporaryDirectory() as folder:
        host = host_of(_package(kind), kind.model_fields["kind"].default, kind, Path(folder))
    return host.table if host else toml({"kind": kind.model_fields["kind"].default})


def spelt(kind: type[Kind]) -> Tree:
    """A kind as a table."""
    found: Tree = tomllib.loads(f"it = {spelling(kind)}")["it"]
    return found


def _package(kind: type[Kind]) -> str:
    return kind.__module__.rpartition(".")[0]
