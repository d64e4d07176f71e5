"""A document without its mistakes, so that further ones can be told in the same run.

A refused key goes, or gets a value that changes nothing else; a layer that is wrong without it is
opaque, a section that is goes as a whole.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from snnc.choice import Own, joined, own
from snnc.opaque import Opaque
from snnc.source.diagnostic import Diagnostic
from snnc.source.tree import Path, Tree
from snnc.spec import Spec
from snnc.validation import refusals
from snnc.validation.keys import certain as certain_key
from snnc.validation.kinds import certain as certain_kind
from snnc.validation.kinds import converted_beside
from snnc.validation.refusal import Excused, Refusal, collect

_ROUNDS = 8
_MEANT = 3
"""Rounds of other words: a kind, a key beside it, the kind that stands there."""
_MOST = 1_000
"""Mistakes after which no more are looked for."""
_UNKNOWN = "?"
_LAYERS = ("network", "layers")
_HEAD = ("name", "from")
_INPUTS = ("input", "inputs")
_NEUTRAL: Mapping[str, Any] = {
    "format": 1,
    "name": "net",
    "time_steps": 1,
    "epochs": 1,
    "batch_size": 1,
    "optimizer": "Adam",
    "loss": "mse",
}
"""Values that stand for refused ones at the top and in [train], where there has to be one."""
_Change = tuple[Path, Any]
_Changes = dict[str | int, Any]


class _Delete:
    """A mark in place of a value: the key goes."""


@dataclass(frozen=True)
class Repaired:
    """The spec that is left, if any, its tree, what was wrong, and the keys at the top of it."""

    spec: Spec | None
    tree: Tree
    findings: tuple[Diagnostic, ...] = ()
    doubt: frozenset[str] = frozenset()


def repaired(tree: Tree, broken: frozenset[str], excused: Excused) -> Repaired:
    """The spec that a flat document states, as far as it is right."""
    try:
        with joined(_with(broken)):
            return Repaired(Spec.model_validate(tree.plain()), tree)
    except ValidationError as error:
        findings = tuple(refusals(error, tree, Spec, excused))
        refused = collect(error, tree, Spec)
        findings, tree, refused = _further(findings, tree, refused, broken, excused)
    if len(refused) > _MOST:
        return Repaired(None, tree, findings)
    doubt = {str(step) for refusal in refused for step in refusal.path[:1]}
    doubt |= {str(e.last) for r in refused for e in r.errors if not r.path}
    with joined(_with({*broken, _UNKNOWN})):
        for _ in range(_ROUNDS):
            tree = _without(tree, refused)
            try:
                spec = Spec.model_validate(tree.plain())
                return Repaired(spec, tree, findings, frozenset(doubt))
            except ValidationError as error:
                refused = collect(error, tree, Spec)
    return Repaired(None, tree, findings, frozenset(doubt))


def _further(
    findings: tuple[Diagnostic, ...],
    tree: Tree,
    refused: list[Refusal],
    broken: frozenset[str],
    excused: Excused,
) -> tuple[tuple[Diagnostic, ...], Tree, list[Refusal]]:
    """The document with the kinds and keys that were certainly meant, and what else is wrong there.

    Such a kind may lack keys: they stand in its call, or in a default of the right name.
    """
    tables: set[Path] = set()
    for _ in range(_MEANT):
        if len(refused) > _MOST:
            break
        meant = _meant(tree, refused, tables)
        if meant is tree:
            break
        tree = meant
        try:
            with joined(_with(broken)):
                Spec.model_validate(tree.plain())
        except ValidationError as error:
            rest = refusals(error, tree, Spec, lambda at, key: at in tables or excused(at, key))
            told = {(d.place, d.code) for d in findings}
            findings += tuple(d for d in rest if (d.place, d.code) not in told)
            refused = collect(error, tree, Spec)
        else:
            return findings, tree, []
    return findings, tree, refused


def _meant(tree: Tree, refused: list[Refusal], tables: set[Path]) -> Tree:
    """The document with other kinds and keys; ``tables`` gets the paths of such kinds."""
    changes: _Changes = {}
    for refusal in refused:
        path = refusal.path
        if kind := certain_kind(refusal):
            tables.add(path[:-1] if path[-1] == "kind" else path)
            _put(changes, path, kind)
            for key in converted_beside(refusal, kind):
                _put(changes, (*path[:-1], key), _Delete)
        elif other := certain_key(refusal):
            _put(changes, path, _Delete)
            _put(changes, (*path[:-1], other), refusal.node)
    return _changed(tree, changes) if changes else tree


def _with(opaque: Collection[str]) -> Own:
    """The document's own kinds, and opaque ones of these names."""
    return {**own(), "snnc.layers": dict.fromkeys(opaque, Opaque)}


def _without(tree: Tree, refused: list[Refusal]) -> Tree:
    """The document without what is refused in it."""
    changes: _Changes = {}
    for path, value in (change for refusal in refused for change in _changes(refusal)):
        _put(changes, path, value)
    return _changed(tree, changes)


def _put(changes: _Changes, path: Path, value: Any) -> None:
    for step in path[:-1]:
        inner = changes.setdefault(step, {})
        if not isinstance(inner, dict):
            return  # the whole of it is changed
        changes = inner
    changes[path[-1]] = value


def _changes(refusal: Refusal) -> Iterator[_Change]:
    """The answer to a refusal: the smallest part that may go, goes."""
    path, lacking = refusal.path, [str(error.last) for error in refusal.errors]
    if refusal.type != "missing":
        yield from _of_value(path)
    elif not path or path == ("train",):
        if path and not {*lacking} <= _NEUTRAL.keys():
            yield path, _Delete
        else:
            yield from (((*path, key), _NEUTRAL[key]) for key in lacking if key in _NEUTRAL)
    elif path[:2] == _LAYERS and len(path) > 2:
        yield path[:3], _UNKNOWN
    elif path[0] in _INPUTS and "shape" in lacking:
        yield (*path, "shape"), [1]
    else:
        yield path[:1], _Delete


def _of_value(path: Path) -> Iterator[_Change]:
    if path[:2] == _LAYERS and len(path) > 2:
        of_key = len(path) > 3 and path[3] not in ("kind", *_HEAD)
        yield (path[:4], _Delete) if of_key else (path[:3], _UNKNOWN)
    elif len(path) == 1 and path[0] in _NEUTRAL:
        yield path, _NEUTRAL[str(path[0])]
    elif path[0] in ("inputs", "outputs") and len(path) > 2:
        yield path[:3], _Delete
    elif path:
        yield path[:2], _Delete


def _changed(node: Tree, changes: _Changes) -> Tree:
    if isinstance(node.value, list):
        items = enumerate(node.items)
        return node.with_value(
            [_part(item, changes[i]) if i in changes else item for i, item in items]
        )
    kept = {key: child for key, child in node.table.items() if changes.get(key) is not _Delete}
    for key, change in changes.items():
        if change is not _Delete:
            kept[str(key)] = _part(kept.get(str(key), node), change)
    return node.with_value(kept)


def _part(node: Tree, change: Any) -> Tree:
    if isinstance(change, dict):
        return _changed(node, change)
    if isinstance(change, Tree):
        return change
    if change is _UNKNOWN:
        head = {key: child for key, child in node.table.items() if key in _HEAD}
        return node.with_value({"kind": node.with_value(_UNKNOWN), **head})
    if isinstance(change, list):
        return node.with_value([node.with_value(item) for item in change])
    return node.with_value(change)
