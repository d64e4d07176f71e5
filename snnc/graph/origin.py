"""The origin of a shape that does not fit: layers that are read, sections of a document."""

from collections.abc import Iterator, Sequence
from math import isqrt

from snnc.document import Document
from snnc.graph.draft import Draft
from snnc.graph.shapes import Shapes, fits
from snnc.layer import Operator
from snnc.shapes import Shape, show
from snnc.source.diagnostic import Note
from snnc.source.tree import Path

_MOST = 3
_CHANNELS = (1, 2, 3)
_AXES = (2, 3, 4)


def section(document: Document, singular: str, name: str) -> Path:
    """The section of an input or an output: ``[input]`` or ``[inputs.NAME]``."""
    plural = f"{singular}s"
    return (plural, name) if plural in document.tree.table else (singular,)


def explicit(document: Document, at: Path) -> bool:
    """Whether a layer or an output says itself what it reads."""
    node = document.tree.find(at)[0]
    source = node.get("from")
    return source is not None and source.place != node.place


def origins(document: Document, read: Sequence[Draft], found: Shapes) -> Iterator[Note]:
    """Notes at what a layer reads: where its shape is stated, or which layer gives it."""
    for entry in [e for e in read if e.data or e.name in found.output][:_MOST]:
        if entry.data:
            node = document.tree.find((*entry.at, "shape"))[0]
            yield Note(node.place, f"the shape of `{entry.name}` is stated here")
        else:
            place = document.place(*entry.at, "kind")
            yield Note(place, f"`{entry.name}` gives {show(found.output[entry.name])}")


def input_instead(shape: Shape, operator: Operator, data: Shape | None) -> str | None:
    """The shape to state in [input], so that a layer can read it."""
    if shape == data:
        return None
    for better in (data, *_likely(shape)):
        if better and better != shape and fits(operator, better):
            return f"write `shape = {show(better)}` in [input]{_why(better, shape, data)}"
    return None


def _likely(shape: Shape) -> Iterator[Shape]:
    """Shapes of samples that somebody may have meant by another."""
    if len(shape) == 3 and shape[-1] in _CHANNELS and shape[0] not in _CHANNELS:
        yield (shape[-1], *shape[:-1])
    elif len(shape) in _AXES and len(shape) < 4 and shape[0] not in _CHANNELS:
        yield (1, *shape)
    if len(shape) == 1 and (side := isqrt(shape[0])) ** 2 == shape[0]:
        yield (1, side, side)
    if len(shape) > 3:
        yield from (shape[-count:] for count in (3, 4) if count < len(shape))
    elif len(shape) == 2:
        yield shape[-1:]


def _why(better: Shape, shape: Shape, data: Shape | None) -> str:
    if better == data:
        return ": so are the samples of the dataset"
    if len(better) < len(shape):
        return ": a sample has neither time nor batch axis"
    return ": one channel" if len(better) > len(shape) else ": channels come first"
