"""The entries of a spec as they are made, and the order in which they are written."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from torch import Tensor, fx

from snnc.exchange import Refused
from snnc.exchange.entry import SpecLine
from snnc.exchange.torch_fx.definitions import OwnKindsMade
from snnc.exchange.torch_fx.fitting import (
    group_of,
    kind_of,
    off_default,
    path_of,
    shape_of,
)
from snnc.exchange.torch_fx.naming import LayerNames
from snnc.exchange.torch_fx.types import MadeLayer, TracedValue

Amend = Callable[[MadeLayer], MadeLayer]
"""Changes a layer before it is added."""


def _same(made: MadeLayer) -> MadeLayer:
    return made


class Entries:
    """Layers by name, with the tensors of each."""

    def __init__(self) -> None:
        self.lines: dict[str, SpecLine] = {}
        self.state: dict[str, Mapping[str, Tensor]] = {}
        self.names, self.definitions = LayerNames(), OwnKindsMade()

    def add(self, line: SpecLine, state: Mapping[str, Tensor]) -> None:
        self.lines[line.name], self.state[line.name] = line, state

    def layers(self, node: fx.Node, made: Sequence[MadeLayer], amend: Amend = _same) -> TracedValue:
        """The value of a call's layers: the last one. Raises Refused.

        The layer that has the weights is called as the module is, or the first.
        """
        main = next((one for one in made if one.state), made[0] if made else None)
        found: dict[int, TracedValue] = {}
        value: TracedValue | None = None
        for one in made:
            read = tuple(found[id(i)] if isinstance(i, MadeLayer) else i for i in one.inputs)
            value = found[id(one)] = self.layer(node, amend(one), read or (value,), one is main)
        if value is None:
            raise Refused("it has no layer")
        return value

    def layer(
        self, node: fx.Node, made: MadeLayer, inputs: Sequence[Any], main: bool = True
    ) -> TracedValue:
        """A layer of a call. Raises Refused if it does not fit what it reads."""
        if made.equations is not None:
            return self._own(node, made, inputs, main)
        kind = kind_of(made.kind)
        fields = off_default(kind, made.fields)
        shape = shape_of(kind, fields, inputs)
        name = self.names.new(path_of(node, kind.stem, main), kind.stem)
        sources = tuple(value.name for value in inputs)
        self.add(SpecLine(name, made.kind, fields, sources, group_of(node)), made.state)
        return TracedValue(name, shape)

    def _own(
        self, node: fx.Node, made: MadeLayer, inputs: Sequence[Any], main: bool
    ) -> TracedValue:
        """A layer by equations, of each element."""
        kind = self.definitions.kind(made, "y")
        name = self.names.new(path_of(node, kind.lower(), main), kind.lower())
        fields = self.definitions.stated(kind, made.fields)
        sources = tuple(value.name for value in inputs)
        self.add(SpecLine(name, kind, fields, sources, group_of(node)), made.state)
        return TracedValue(name, inputs[0].shape)

    def live(self, needed: set[str]) -> tuple[SpecLine, ...]:
        """The entries that others need, each behind what it reads. Raises Refused in a circle."""
        live, todo = set(needed), list(needed)
        while todo:
            entry = self.lines.get(todo.pop())
            found = {s.partition("@")[0] for s in entry.sources} - live if entry else set()
            live |= found
            todo += found
        return tuple(_ordered([line for name, line in self.lines.items() if name in live]))


def _ordered(entries: Sequence[SpecLine]) -> Iterator[SpecLine]:
    left = {entry.name: entry for entry in entries}
    while left:
        ready = (e for e in left.values() if not any(s in left for s in e.sources))
        entry = next(ready, None)
        if entry is None:
            raise Refused(f"{', '.join(left)} depend on each other in the same time step")
        yield left.pop(entry.name)


def outputs_of(returned: Any) -> Iterator[tuple[str, Any]]:
    """The outputs of a network by name: of a dict its keys, of a tuple ``output1`` and so on."""
    if isinstance(returned, dict):
        named = [(str(key), node) for key, node in returned.items()]
    elif isinstance(returned, tuple | list):
        many = [node for node in returned if node is not None]
        named = [(f"output{at}" if len(many) > 1 else "output", n) for at, n in enumerate(many, 1)]
    else:
        named = [("output", returned)]
    names = LayerNames()
    yield from ((names.new(name, "output"), node) for name, node in named)
