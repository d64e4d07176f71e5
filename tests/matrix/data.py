"""Small data for a spec's input, in the form that its dataset reads."""

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np

import snnc
from snnc.document import Document

SAMPLES, TESTS = 12, 6


def write(document: Document, folder: Path, a_step: bool) -> None:
    """Arrays for an [input] of its own; with labels [N, T] if ``a_step``."""
    train, classes = document.spec.train, classes_of(document)
    assert train
    if train.dataset.kind not in ("npz", "npy"):
        return
    white = train.dataset.scale
    draw, found = np.random.RandomState(0), {}
    for split, count in (("train", SAMPLES), ("test", TESTS)):
        x = samples(document, count, draw)
        found[f"x_{split}"] = (x * white).astype(np.uint8) if white else x
        steps = (document.spec.time_steps,) * a_step
        found[f"y_{split}"] = labels(document, (count, *steps), classes, draw)
    path = folder / train.dataset.model_dump()["path"]
    if train.dataset.kind == "npy":
        path.mkdir()
        for name, array in found.items():
            np.save(path / f"{name}.npy", array)
        return
    with path.open("wb") as file:
        np.savez(file, allow_pickle=False, **found)  # under its own name, whatever that ends in


def labels(
    document: Document, size: tuple[int, ...], classes: int, draw: np.random.RandomState
) -> Any:
    """Labels of the form that the losses compare with."""
    graph = snnc.link(document)
    shape, form = graph[graph.outputs[0]].shape, document.spec.train and document.spec.train.form
    if form == "values":
        return draw.rand(*size, *shape).astype(np.float32)
    if form == "sequence":
        return draw.randint(1, classes, (size[0], 2))
    if form == "several":
        return draw.randint(0, 2, (*size, *shape))
    return draw.randint(0, classes, (*size, *(shape[1:] if form == "map" else ())))


def samples(document: Document, count: int, draw: np.random.RandomState) -> Any:
    """Numbers that the encoder takes: [N, ...], or [N, T, ...] if time is theirs."""
    (given,) = document.spec.inputs.values()
    encoder = given.encoder
    low, high = getattr(encoder, "low", 0.0), getattr(encoder, "high", 1.0)
    timed = (document.spec.time_steps,) if getattr(encoder, "timed_data", False) else ()
    x = draw.rand(count, *timed, *given.shape).astype(np.float32)
    return low + 0.99 * (high - low) * x


def classes_of(document: Document) -> int:
    """As many as each output has numbers."""
    graph = snnc.link(document)
    return min(graph[name].shape[0] for name in graph.outputs)


def stand_in(data: ModuleType, document: Document) -> None:
    """Lets data.py read made-up samples where its files would be somebody else's."""
    train = document.spec.train
    assert train
    sys.modules["data"] = own = ModuleType("data")  # in which functions are called load
    vars(own)["load"] = load
    if train.dataset.kind in ("npz", "npy"):
        return
    if train.dataset.recorded:
        vars(data)["find"] = lambda _: (recordings(data, SAMPLES), recordings(data, TESTS))
        vars(data)["events"] = lambda recording: recording.made
    else:
        vars(data)["read"] = lambda _, *steps: tuple(splits(data, document, *steps))


def load(y: Any, labels: Any) -> Any:
    """A loss, and a metric, of one's own."""
    import torch.nn.functional as F

    return F.cross_entropy(y, labels)


def splits(data: ModuleType, document: Document, *steps: int) -> Iterator[Any]:
    import torch

    draw, white = np.random.RandomState(0), getattr(data, "WHITE", 0)
    for count in (SAMPLES, TESTS):
        x = torch.from_numpy(samples(document, count, draw))
        labels = torch.from_numpy(draw.randint(0, len(data.LABELS), count))
        yield data.checked((x * white).byte() if white else x, labels, *steps)


def recordings(data: ModuleType, count: int) -> list[Any]:
    """Events at random times and places."""
    draw = np.random.RandomState(count)
    made = []
    for number in range(count):
        times = np.sort(draw.rand(30) * 1000)
        address = tuple(draw.randint(0, size, 30) for size in data.SHAPE)
        label = int(draw.randint(len(data.LABELS)))
        made.append(SimpleNamespace(name=f"{number}", label=label, made=(times, address)))
    return made
