"""The meaning of a change of a spec: layers, their place in time, costs, kernels, checkpoints."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import product
from typing import Literal

from snnc.analysis.memory import kept
from snnc.analysis.tensors import Tensors, tensors
from snnc.graph.types import Graph
from snnc.layer import Operator
from snnc.program.placement import Placed, placement
from snnc.program.types import Program
from snnc.shapes import show

_MOST_PAIRS = 4_000_000
"""Of layers that are compared; beyond, renamed ones are told as gone and new."""
_NOT_TOLD = frozenset({"kind", "name", "from"})
"""Fields that are no number of a layer: two are told otherwise, and edges show in shapes."""


@dataclass(frozen=True)
class ChangedValue:
    """Something that differs, as text: before and after."""

    what: str
    old: str
    new: str


@dataclass(frozen=True)
class ChangedLayer:
    """A layer that one network alone has, or that differs; ``why`` is the reason for its place."""

    layer: str
    kind: str
    state: Literal["added", "removed", "changed"]
    changes: tuple[ChangedValue, ...] = ()
    why: str = ""


@dataclass(frozen=True)
class CheckpointFit:
    """Layers whose tensors a checkpoint of the old network has, or lacks, for the new one."""

    loads: tuple[str, ...]
    renamed: Mapping[str, str]
    reshaped: tuple[str, ...]
    gone: tuple[str, ...]
    new: tuple[str, ...]

    @property
    def whole(self) -> bool:
        """Whether the new network takes the checkpoint as it is."""
        return not (self.renamed or self.reshaped or self.gone or self.new)


@dataclass(frozen=True)
class SpecDifference:
    """Two networks, the old one first."""

    totals: tuple[ChangedValue, ...]
    layers: tuple[ChangedLayer, ...]
    weights: CheckpointFit

    @property
    def empty(self) -> bool:
        """Whether the networks are the same."""
        return not self.totals and not self.layers and self.weights.whole


@dataclass(frozen=True)
class PlacedNetwork:
    """A compiled network, and the kernel of each layer that one runs."""

    program: Program
    kernels: Mapping[str, str]


def difference(old: PlacedNetwork, new: PlacedNetwork) -> SpecDifference:
    """All that differs between two networks."""
    weights = checkpoint_fit(old.program.graph, new.program.graph)
    return SpecDifference(tuple(_totals(old, new)), tuple(_layers(old, new)), weights)


def checkpoint_fit(old: Graph, new: Graph) -> CheckpointFit:
    """The layers of which a checkpoint of the old network fits the new one, by their tensors."""
    return _weights(_tensors(old), _tensors(new))


def _totals(old: PlacedNetwork, new: PlacedNetwork) -> Iterator[ChangedValue]:
    for (what, before), (_, after) in zip(
        _numbers(old.program), _numbers(new.program), strict=True
    ):
        if before != after:
            yield ChangedValue(what, f"{before:,}", f"{after:,}")


def _numbers(program: Program) -> Iterator[tuple[str, int]]:
    rows = placement(program)
    yield "time steps", program.graph.time_steps
    yield "parameters", sum(row.parameters for row in rows)
    yield "MACs a sample as written", sum(row.macs_before for row in rows)
    yield "MACs a sample as compiled", sum(row.macs_after for row in rows)
    yield "bytes a sample that training keeps (an estimate)", sum(kept(program.graph).values())


def _layers(old: PlacedNetwork, new: PlacedNetwork) -> Iterator[ChangedLayer]:
    before, after = ({r.name: r for r in placement(side.program)} for side in (old, new))
    for name in _merged([*before], [*after]):
        if name not in after:
            yield ChangedLayer(name, before[name].kind, "removed")
        elif name not in before:
            yield ChangedLayer(name, after[name].kind, "added", (), after[name].reason)
        elif changes := tuple(_of_layer(name, old, new, before[name], after[name])):
            moved = any(change.what == "computed" for change in changes)
            why = after[name].reason if moved else ""
            yield ChangedLayer(name, after[name].kind, "changed", changes, why)


def _merged(old: Sequence[str], new: Sequence[str]) -> list[str]:
    """The names of both, those of the old network where they stood."""
    found: list[str] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        found += old[a:b] if tag != "insert" else []
        found += new[c:d] if tag in ("insert", "replace") else []
    return list(dict.fromkeys(found))


def _of_layer(
    name: str, old: PlacedNetwork, new: PlacedNetwork, before: Placed, after: Placed
) -> Iterator[ChangedValue]:
    yield from _differing("kind", before.kind, after.kind)
    if before.kind == after.kind:
        pair = old.program.graph[name].operator, new.program.graph[name].operator
        yield from _fields(*pair)
    yield from _differing("shape", show(before.shape), show(after.shape))
    yield from _differing("computed", before.region, after.region)
    yield from _differing("kernel", old.kernels.get(name, "none"), new.kernels.get(name, "none"))


def _fields(old: Operator, new: Operator) -> Iterator[ChangedValue]:
    before, after = old.model_dump(by_alias=True), new.model_dump(by_alias=True)
    for key in sorted(before.keys() & after.keys() - _NOT_TOLD):
        yield from _differing(key, str(before[key]), str(after[key]))


def _differing(what: str, old: str, new: str) -> Iterator[ChangedValue]:
    if old != new:
        yield ChangedValue(what, old, new)


def _tensors(graph: Graph) -> dict[str, Tensors]:
    """The tensors of each layer that has some, in the order of the network."""
    found = ((node.path, tensors(node)) for node in graph.nodes)
    return {path: own for path, own in found if own}


def _weights(old: Mapping[str, Tensors], new: Mapping[str, Tensors]) -> CheckpointFit:
    pairs = dict(_aligned([*old.items()], [*new.items()]))
    moved = old.keys() & new.keys() - {*pairs} - {*pairs.values()}
    pairs |= {name: name for name in sorted(moved) if old[name] == new[name]}
    left = [name for name in old if name not in pairs]
    fresh = [name for name in new if name not in pairs.values()]
    other = tuple(name for name in left if name in fresh)
    return CheckpointFit(
        tuple(name for name in old if pairs.get(name) == name),
        {a: b for a, b in pairs.items() if a != b},
        other,
        tuple(name for name in left if name not in other),
        tuple(name for name in fresh if name not in other),
    )


def _aligned(
    old: Sequence[tuple[str, Tensors]], new: Sequence[tuple[str, Tensors]]
) -> Iterator[tuple[str, str]]:
    """The longest common sequence of layers of equal tensors; equal names decide between equals."""
    if len(old) * len(new) > _MOST_PAIRS:
        return
    best = [[0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i, j in product(reversed(range(len(old))), reversed(range(len(new)))):
        pair = best[i + 1][j + 1] + _worth(old[i], new[j])
        best[i][j] = max(best[i + 1][j], best[i][j + 1], pair)
    i = j = 0
    while i < len(old) and j < len(new):
        if best[i][j] == best[i + 1][j]:
            i += 1
        elif best[i][j] == best[i][j + 1]:
            j += 1
        else:
            yield old[i][0], new[j][0]
            i, j = i + 1, j + 1


def _worth(old: tuple[str, Tensors], new: tuple[str, Tensors]) -> int:
    """The worth of taking two layers for one; a name counts less than any other pair."""
    return (old[1] == new[1]) * (_MOST_PAIRS + (old[0] == new[0]))
