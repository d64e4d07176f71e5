"""Operators that are to be placed in a graph, before their shapes are known."""

from collections.abc import Mapping
from dataclasses import dataclass

from snnc.blocks.uses import InferredSize
from snnc.layer import Operator
from snnc.shapes import Shape
from snnc.sizes import affordable
from snnc.source.tree import Path


@dataclass(frozen=True)
class Draft:
    """An operator to be placed: its name, what it reads, where it is stated.

    ``data`` is the shape of the data that an encoder reads; ``size`` a size of the operator that
    is that of another value.
    """

    name: str
    operator: Operator
    sources: tuple[str, ...]
    at: Path
    data: Shape | None = None
    size: InferredSize | None = None

    @property
    def needs(self) -> tuple[str, ...]:
        """The values that its own shape depends on."""
        return self.sources if self.size is None else (*self.sources, self.size.source)

    def sized(self, known: Mapping[str, Shape]) -> Operator:
        """The operator, its inferred size put in."""
        if self.size is None:
            return self.operator
        return self.operator.model_copy(update={self.size.key: known[self.size.source][0]})

    def inputs(self, known: Mapping[str, Shape]) -> tuple[Shape, ...]:
        """The shapes that it reads."""
        return (self.data,) if self.data else tuple(known[source] for source in self.sources)

    def shape(self, known: Mapping[str, Shape]) -> Shape:
        """The shape of its output, once all that it needs is known. Raises ShapeError."""
        operator, shapes = self.sized(known), self.inputs(known)
        output = operator.shape(*shapes)
        affordable(operator, output, *shapes)
        return output

    def told(self, known: Mapping[str, Shape]) -> Shape | None:
        """The shape of its output as far as it is certain; None if it is not. Raises ShapeError."""
        if all(name in known for name in self.needs):
            return self.shape(known)
        return self.operator.told(*(known.get(source) for source in self.sources))
