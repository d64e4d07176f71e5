"""A NIR file, read from HDF5: only what a graph needs, each thing checked before it is read."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import prod
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from snnc.escape import word
from snnc.exchange import Unusable
from snnc.exchange.nir.primitives import FIELDS, Stored
from snnc.source.nearest import nearest

DEEPEST = 16
"""Graphs inside graphs."""
MOST_NODES, MOST_EDGES = 2_000, 20_000
MOST_BYTES = 2**29
"""Bytes of all numbers of a file together, uncompressed."""
_LONGEST = 256
"""Characters of a name."""


@dataclass(frozen=True)
class FileNode:
    """A node of a file: its kind, its fields, and, of a graph, its nodes and edges."""

    kind: str
    fields: Mapping[str, Stored] = field(default_factory=dict)
    nodes: Mapping[str, "FileNode"] = field(default_factory=dict)
    edges: tuple[tuple[str, str], ...] = ()


def read(path: Path) -> FileNode:
    """The graph in a file. Follows no link and reads no other file.

    Raises:
        Unusable: the file is no HDF5, holds no NIR graph, or something in it is wrong or too large.
    """
    try:
        with h5py.File(path, "r", locking=False) as file:
            if not isinstance(_inside(file, "node"), h5py.Group):
                raise Unusable("is HDF5 but holds no NIR graph: there is no group `node`")
            return _Reader().graph(file["node"], "")
    except Unusable as error:
        raise Unusable(f"{path}: {error}") from error
    except (OSError, RuntimeError, ValueError, KeyError, TypeError, MemoryError) as error:
        raise Unusable(
            f"{path}: is no HDF5 file that can be read, or only a part of one"
        ) from error


def _inside(group: Any, name: str) -> Any:
    """An entry of a group itself, or None. Raises Unusable if it is a link."""
    link = group.get(name, getlink=True)
    if link is None:
        return None
    if not isinstance(link, h5py.HardLink):
        raise Unusable(f"{word(name)} is a link to another place: links are not followed")
    return group.get(name)


class _Reader:
    """Counts what was read so far, so that no file takes more than a bounded file may."""

    def __init__(self) -> None:
        self.nodes, self.bytes = 0, 0
        self.above: list[tuple[int, int]] = []

    def graph(self, group: Any, at: str) -> FileNode:
        kind = self._kind(group, at)
        if kind == "NIRGraph":
            return self._graph(group, at)
        if not at:
            raise Unusable(f"its `node` is a {word(kind)}, expected a NIRGraph")
        return FileNode(kind, dict(self._fields(group, kind, at)))

    def _graph(self, group: Any, at: str) -> FileNode:
        info = h5py.h5o.get_info(group.id)
        place = (info.fileno, info.addr)
        if place in self.above:
            raise Unusable(f"graph {_name(at)} is inside itself")
        if len(self.above) == DEEPEST:
            raise Unusable(f"more than {DEEPEST} graphs inside each other")
        self.above.append(place)
        inside = self._group(group, "nodes", at)
        nodes = {str(name): self._node(inside, str(name), at) for name in inside}
        edges = tuple(self._edges(group, at))
        self.above.pop()
        return FileNode("NIRGraph", {}, nodes, edges)

    def _node(self, group: Any, name: str, above: str) -> FileNode:
        at = f"{above}.{name}" if above else name
        self.nodes += 1
        if self.nodes > MOST_NODES:
            raise Unusable(f"more than {MOST_NODES:,} nodes")
        if len(name) > _LONGEST or not name.isprintable():
            raise Unusable(f"{word(at[:_LONGEST])} is no name of a node")
        return self.graph(self._group(group, name, above), at)

    def _group(self, group: Any, name: str, at: str) -> Any:
        found = _inside(group, name)
        if not isinstance(found, h5py.Group):
            raise Unusable(f"graph {_name(at)} has no group {word(name)}")
        return found

    def _kind(self, group: Any, at: str) -> str:
        kind = self._text(_dataset(group, "type", at), "type", at)
        if kind not in FIELDS and kind != "NIRGraph":
            guess = nearest(kind, [*FIELDS])
            hint = f": did you mean {guess}?" if guess else ""
            raise Unusable(f"node {_name(at)} is a {word(kind)}, which NIR does not have{hint}")
        return kind

    def _fields(self, group: Any, kind: str, at: str) -> Iterator[tuple[str, Stored]]:
        for name, needed in FIELDS[kind].items():
            if _inside(group, name) is None:
                if needed:
                    raise Unusable(f"node {_name(at)} ({kind}) has no {name}")
                continue
            found = _dataset(group, name, at)
            if found.shape is None:
                continue
            text = name == "padding" and found.dtype.kind in "OS"
            yield name, self._text(found, name, at) if text else self._numbers(found, name, at)

    def _numbers(self, found: Any, name: str, at: str) -> NDArray[Any]:
        if found.dtype.kind not in "fiub":
            raise Unusable(f"{name} of node {_name(at)} holds no numbers: it is {found.dtype}")
        self._fits(prod(found.shape) * found.dtype.itemsize, name, at)
        value = np.asarray(found[()])
        if value.dtype.kind != "f":
            value = value.astype(np.int64)
        elif value.dtype.itemsize not in (4, 8):
            value = value.astype(np.float64)
        if not np.isfinite(value).all():
            raise Unusable(f"{name} of node {_name(at)} holds NaN or infinity")
        return value

    def _text(self, found: Any, name: str, at: str) -> str:
        if found.shape != () or found.dtype.kind not in "OS":
            raise Unusable(f"{name} of node {_name(at)} is no text")
        value = found[()]
        text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
        if len(text) > _LONGEST:
            raise Unusable(f"{name} of node {_name(at)} is longer than {_LONGEST} characters")
        return text

    def _edges(self, group: Any, at: str) -> Iterator[tuple[str, str]]:
        found = _dataset(group, "edges", at)
        if found.shape in ((0,), None):
            return
        if len(found.shape) != 2 or found.shape[1] != 2 or found.dtype.kind not in "OS":
            raise Unusable(f"edges of graph {_name(at)} are no pairs of names")
        if found.shape[0] > MOST_EDGES:
            raise Unusable(f"graph {_name(at)} has more than {MOST_EDGES:,} edges")
        for pair in found[()]:
            source, target = (_decoded(end) for end in pair)
            yield source, target

    def _fits(self, size: int, name: str, at: str) -> None:
        self.bytes += size
        if self.bytes > MOST_BYTES:
            most = MOST_BYTES // 2**20
            raise Unusable(f"{name} of node {_name(at)}: its numbers are more than {most} MB")


def _dataset(group: Any, name: str, at: str) -> Any:
    """A dataset that lies in the file itself."""
    found = _inside(group, name)
    if not isinstance(found, h5py.Dataset):
        raise Unusable(f"node {_name(at)} has no dataset `{name}`")
    if found.is_virtual or found.external:
        raise Unusable(f"{name} of node {_name(at)} lies in another file: that is not read")
    return found


def _decoded(end: Any) -> str:
    return end.decode("utf-8", "replace") if isinstance(end, bytes) else str(end)


def _name(at: str) -> str:
    return word(at) if at else "`node`"
