"""A spec while it is drawn: its layers so far, and what may be put behind them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from snnc.kinds import catalog
from snnc.layer import Layer
from snnc.shapes import Shape, ShapeError
from tests.support.beside import toml

Fields = Mapping[str, Any]


@dataclass
class Sketch:
    """Layers as they are written, and the shape of every value that they may read."""

    shapes: dict[str, Shape]
    layers: list[str] = field(default_factory=list)
    tables: list[str] = field(default_factory=list)
    above: str = ""

    def add(self, fields: Fields, sources: Sequence[str], shape: Shape) -> str:
        """Writes a layer of that shape; its name."""
        name = f"n{len(self.shapes)}"
        reads = {} if [*sources] == [self.above] else {"from": tuple(sources)}
        self.layers.append(toml({**fields, "name": name, **reads}))
        self.shapes[name], self.above = shape, name
        return name

    def behind(self, fields: Fields, sources: Sequence[str]) -> str | None:
        """Writes a layer if its inputs fit, by its kind's own rule; None if they do not."""
        try:
            shape = layer(fields).shape(*(self.shapes[source] for source in sources))
        except ShapeError:
            return None
        return self.add(fields, sources, shape)

    def like(self, name: str) -> list[str]:
        """The values of the same shape."""
        return [other for other, shape in self.shapes.items() if shape == self.shapes[name]]

    def beside(self, name: str) -> list[str]:
        """The values that differ in their first axis at most."""
        rest = self.shapes[name][1:]
        return [n for n, s in self.shapes.items() if s[1:] == rest and s]


def layer(fields: Fields) -> Layer:
    """A built-in layer, without its name and sources."""
    kinds = {**catalog("snnc.layers"), **catalog("snnc.neurons")}
    found = kinds[fields["kind"]].model_validate(fields)
    assert isinstance(found, Layer)
    return found
