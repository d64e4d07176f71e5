"""Another name for a layer, a variable or whatever a spec names, in all files that use it.

A new name is tried before it is offered: the specs are looked at as they would be, so that a name
that is taken is refused, and keys of checkpoints that change are told.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic_core import PydanticCustomError

from snnc import names
from snnc.analysis.tensors import tensors
from snnc.fixes import edited
from snnc.graph.types import Graph
from snnc.lsp.analysis import Analysis, analysed
from snnc.lsp.family import at, every
from snnc.lsp.symbols import Occurrence, Symbol
from snnc.lsp.workspace import OpenSpec, OpenSpecs, real_path
from snnc.resolve.merging import as_table
from snnc.source.diagnostic import Edit
from snnc.source.reading import unsaved

_LISTED = 4


class CannotRename(Exception):
    """A name cannot be changed, or not to that."""


@dataclass(frozen=True)
class Renaming:
    """The edits of files. ``keys`` are those of checkpoints that would be called otherwise."""

    edits: tuple[Edit, ...]
    keys: tuple[str, ...]

    @property
    def warning(self) -> str:
        """One sentence on checkpoints; "" if they still load."""
        if not self.keys:
            return ""
        listed = ", ".join(self.keys[:_LISTED])
        more = f" and {len(self.keys) - _LISTED} more" if len(self.keys) > _LISTED else ""
        return f"keys of checkpoints are renamed: {listed}{more}"


def nameable(open: OpenSpecs, spec: OpenSpec, offset: int) -> Occurrence:
    """The name at an offset, which can be changed. Raises CannotRename."""
    found = at(open, spec, offset)
    if found is None:
        raise CannotRename("no name stands here that the spec gives to something")
    if not any(each.defines for each in every(open, spec, found.symbol)):
        raise CannotRename(f"`{found.symbol.name}` has its name from the language")
    return found


def renamed(open: OpenSpecs, spec: OpenSpec, offset: int, name: str) -> Renaming:
    """The edits that give another name to what stands at an offset. Raises CannotRename."""
    found = nameable(open, spec, offset)
    _check(found.symbol, name)
    edits = tuple(_edit(each, name) for each in every(open, spec, found.symbol))
    paths = dict.fromkeys([spec.path.as_posix(), *(edit.place.path for edit in edits)])
    with open.unsaved():
        before = {path: analysed(Path(path)) for path in paths}
    with unsaved({**open.texts, **_texts(edits)}):
        after = {path: analysed(Path(path)) for path in paths}
    _check_same(before, after)
    lost = (key for path in before for key in sorted(_keys(before[path]) - _keys(after[path])))
    return Renaming(edits, tuple(dict.fromkeys(lost)))


def _check(symbol: Symbol, name: str) -> None:
    if name == symbol.name:
        raise CannotRename(f"it is called `{name}` already")
    try:
        if symbol.sort in ("layer", "port", "output", "block", "kind"):
            names.identifier(name)
    except PydanticCustomError as error:
        raise CannotRename(f"`{name}` {error.message()}") from None
    if not name.isidentifier():
        raise CannotRename(f"`{name}` is not a name: letters, digits and _, no digit first")


def _edit(found: Occurrence, name: str) -> Edit:
    """The edit of one place; an unnamed layer gets its name behind its kind."""
    if found.implied is None:
        return Edit(found.place, name)
    kind = (as_table(found.implied) or {})["kind"].place
    if kind == found.implied.place:
        return Edit(kind, f'{{ kind = {kind.quoted}, name = "{name}" }}')
    return Edit(kind, f'{kind.quoted}, name = "{name}"')


def _texts(edits: Sequence[Edit]) -> dict[Path, str]:
    """The files as they would be."""
    by_file: dict[str, list[Edit]] = {}
    for edit in edits:
        by_file.setdefault(edit.place.path, []).append(edit)
    return {
        real_path(Path(path)): edited(each[0].place.text, each) for path, each in by_file.items()
    }


def _check_same(before: Mapping[str, Analysis], after: Mapping[str, Analysis]) -> None:
    """Whether nothing is wrong that was right. Raises CannotRename."""
    for path, analysis in after.items():
        known = [d.code for d in before[path].findings if d.severity == "error"]
        wrong = [d for d in analysis.findings if d.severity == "error"]
        if len(wrong) > len(known):
            new = next((d for d in wrong if d.code not in known), wrong[0])
            raise CannotRename(f"{Path(path).name} would be wrong: {new.message}")


def _keys(analysis: Analysis) -> set[str]:
    """The keys of the ``state_dict`` of a network."""
    graph: Graph | None = analysis.graph
    nodes = graph.nodes if graph else ()
    return {f"{node.path}.{name}" for node in nodes for name in tensors(node)}
