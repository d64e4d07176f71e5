"""A block's layers in the place of its use: messages point at the use and note the definition."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from snnc.resolve.scope import alias, limit
from snnc.source.diagnostic import Diagnostic, Note, Origin, Place
from snnc.source.tree import Tree


@dataclass(frozen=True)
class Frame:
    """A use of ``block``: its place, what leads there, and the parameters that it gives."""

    block: str
    place: Place
    notes: tuple[Note, ...]
    given: Mapping[str, Tree]


def placed(raw: Tree, done: Tree, frame: Frame) -> Tree:
    """``done``, which was ``raw`` before its references were replaced, as a part of the use.

    A value that the use itself gives stands where it gives it.
    """
    given = _given(raw, frame)
    if given is not None:
        note = Note(raw.place, _where(frame))
        return replace(done, key=frame.place, place=given.place, notes=limit((note, *given.notes)))
    notes = _chain(raw.place, done.notes, frame)
    value = done.value
    if isinstance(raw.value, dict):
        value = {key: placed(node, done.table[key], frame) for key, node in raw.table.items()}
    if isinstance(raw.value, list):
        items = zip(raw.items, done.items, strict=True)
        value = [placed(node, other, frame) for node, other in items]
    return Tree(value, frame.place, frame.place, notes)


def blamed(findings: Iterable[Diagnostic], frame: Frame) -> list[Diagnostic]:
    """Findings inside a block's text, reported at the use."""
    return [replace(d, place=frame.place, notes=_chain(d.place, d.notes, frame)) for d in findings]


def _given(raw: Tree, frame: Frame) -> Tree | None:
    if not isinstance(raw.value, str) or "$" not in raw.value:
        return None
    name = alias(raw)
    return frame.given.get(name) if name else None


def _chain(origin: Place, notes: tuple[Note, ...], frame: Frame) -> tuple[Note, ...]:
    return limit((Origin(origin, _where(frame)), *notes, *frame.notes))


def _where(frame: Frame) -> str:
    return f"in block `{frame.block}`, defined here"
