"""The values of the intermediate representation: frozen, in order, nothing hidden."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal, NamedTuple

from snnc.encoder import Encoder
from snnc.graph.cycles import components, cyclic
from snnc.graph.delayed_edge import Past
from snnc.graph.types import Graph, Node
from snnc.readout import Readout
from snnc.shapes import Shape


@dataclass(frozen=True)
class Op:
    """One execution site of a node: what it reads, and the name of what it writes.

    ``times`` is how many textbook executions it stands for.
    """

    node: str
    reads: tuple[str, ...]
    writes: str
    times: int


class Carry(NamedTuple):
    """A state that a scan hands from each step to the next.

    It starts at ``init``: a number, or the neuron's run-time parameter of that name. A delay hands
    on the last ``depth`` values.
    """

    name: str
    init: float | str
    depth: int = 1


@dataclass(frozen=True)
class Once:
    """Operators on [B, ...], executed once: static values, and what follows time."""

    ops: tuple[Op, ...]


@dataclass(frozen=True)
class Fold:
    """Operators without a state on all steps at once, [T*B, ...]."""

    ops: tuple[Op, ...]


@dataclass(frozen=True)
class Scan:
    """A loop over time: ``ops`` at every step, ``carries`` from step to step.

    ``yields`` are the values that later regions read, stacked over time. A "kernel" is a neuron,
    alone or with element-wise feedback, that runs all steps in one call; a "recurrent" kernel
    brings its output back through a weight; a "pooled" one makes one value of every window of its
    output; a "normed" one begins with a batch normalisation of all steps, and may end with windows;
    a "whole" one is a chain of products and neurons and the readout behind it; a "loop" is written
    out.
    """

    ops: tuple[Op, ...]
    carries: tuple[Carry, ...]
    yields: tuple[str, ...]
    form: Literal["kernel", "recurrent", "pooled", "normed", "whole", "loop"]

    @cached_property
    def cyclic(self) -> bool:
        """Whether all values form one cycle."""
        return cyclic({op.writes: op.reads for op in self.ops})

    @cached_property
    def links(self) -> tuple[tuple[Op, ...], ...]:
        """The ops of a chain: alone, and a neuron with the ops of its feedback."""
        by_name = {op.writes: op for op in self.ops}
        groups = components({op.writes: op.reads for op in self.ops})
        return tuple(tuple(by_name[name] for name in group) for group in groups)

    @cached_property
    def link_of(self) -> Mapping[str, tuple[Op, ...]]:
        """The link that writes each value."""
        return {op.writes: link for link in self.links for op in link}


Region = Once | Fold | Scan


@dataclass(frozen=True)
class Program:
    """Regions in the order of execution; the graph says what each op is.

    ``dropped`` are the values that are not computed, each with the reason; ``cropped`` those of
    which only a corner is kept, each with its shape then. ``time_chunk`` is how many steps eval
    mode runs at a time, if not all.
    """

    graph: Graph
    regions: tuple[Region, ...]
    dropped: tuple[tuple[str, str], ...] = ()
    cropped: tuple[tuple[str, Shape], ...] = ()
    time_chunk: int | None = None

    def with_regions(
        self, regions: Iterable[Region], dropped: tuple[tuple[str, str], ...] = ()
    ) -> "Program":
        """The same network in these regions, without empty ones; more of it may be ``dropped``.

        Each loop yields what others read of it.
        """
        kept = tuple(region for region in regions if region.ops)
        readers: dict[str, set[int]] = {}
        for at, region in enumerate(kept):
            for op in region.ops:
                for name in op.reads:
                    readers.setdefault(name, set()).add(at)
        read = tuple(_yielding(region, at, readers) for at, region in enumerate(kept))
        return replace(self, regions=read, dropped=(*self.dropped, *dropped))

    def without(self, region: Region, gone: Collection[str]) -> Region:
        """``region`` without the ops that write these values; a loop loses their states too."""
        ops = tuple(op for op in region.ops if op.writes not in gone)
        if isinstance(region, Scan):
            return Scan(ops, carries(self.graph, ops), (), region.form)
        return replace(region, ops=ops)

    def placed(self) -> Iterator[tuple[Region, Op]]:
        """Every op with its region, in order."""
        return ((region, op) for region in self.regions for op in region.ops)

    def node(self, op: Op) -> Node:
        return self.graph[op.node]

    def shape(self, op: Op) -> Shape:
        """The shape of what an op writes, of one sample, with nothing cropped."""
        reads = op.reads[0].partition("@")[0]
        sunk = op.writes != op.node and isinstance(self.node(op).operator, Readout)
        return self.graph[reads].shape if sunk else self.node(op).shape

    def once(self, region: Region, op: Op) -> bool:
        """Whether an op gives one value for all steps: after time, a kernel's readout too."""
        return isinstance(region, Once) or isinstance(self.node(op).operator, Readout)

    @cached_property
    def whole(self) -> Mapping[str, Shape]:
        """The shape of every value, of one sample, with nothing cropped."""
        return {op.writes: self.shape(op) for _, op in self.placed()}

    @cached_property
    def crops(self) -> Mapping[str, Shape]:
        """``cropped`` by value."""
        return dict(self.cropped)

    @cached_property
    def writers(self) -> Mapping[str, tuple[Op, ...]]:
        """The ops that write each value: one, in a lawful program."""
        return _by_name((op.writes, op) for _, op in self.placed())

    @cached_property
    def readers(self) -> Mapping[str, tuple[Op, ...]]:
        """The ops that read each value, in order; twice, if they read it twice."""
        return _by_name((name, op) for _, op in self.placed() for name in op.reads)

    @cached_property
    def given(self) -> frozenset[str]:
        """The data: what encoders read, and no op writes."""
        return frozenset(map(data, self.graph.inputs))

    @cached_property
    def timed(self) -> frozenset[str]:
        """The values with a time axis: written over time, or data that has one."""
        over_time = {op.writes for r, op in self.placed() if not self.once(r, op)}
        return frozenset(over_time | timed_data(self.graph))


def _by_name(pairs: Iterable[tuple[str, Op]]) -> Mapping[str, tuple[Op, ...]]:
    found: dict[str, list[Op]] = {}
    for name, op in pairs:
        found.setdefault(name, []).append(op)
    return {name: tuple(ops) for name, ops in found.items()}


def carries(graph: Graph, ops: Iterable[Op]) -> tuple[Carry, ...]:
    """The states of ops, in their order."""
    return tuple(carry for op in ops for carry in _carries(graph[op.node]))


def _carries(node: Node) -> Iterable[Carry]:
    operator = node.operator
    depth = operator.steps if isinstance(operator, Past) else 1
    for state, init in operator.carries().items():
        yield Carry(f"{node.path}.{state}" if state else node.path, init, depth)


def _yielding(region: Region, at: int, readers: Mapping[str, set[int]]) -> Region:
    if not isinstance(region, Scan):
        return region
    names = tuple(op.writes for op in region.ops if readers.get(op.writes, set()) - {at})
    return replace(region, yields=names)


def data(name: str) -> str:
    """The value that the encoder of input ``name`` reads."""
    return f"{name}.data"


def timed_data(graph: Graph) -> set[str]:
    """Data that is a sequence already."""
    encoders = ((name, graph[name].operator) for name in graph.inputs)
    return {data(n) for n, e in encoders if isinstance(e, Encoder) and e.timed_data}
