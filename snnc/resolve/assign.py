"""``--set KEY=VALUE``: one value of the document, from the command line.

The key is a dotted path, with integers for the items of an array. The value is TOML if it can be
and a string if it cannot. What was set remembers the setting as its place.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial, reduce

from snnc.resolve.collect import collect
from snnc.resolve.extends import merge
from snnc.source.diagnostic import Diagnostic, Findings, Note, Place, Span
from snnc.source.source import parse
from snnc.source.tree import Tree

SETTING = re.compile(r"\s*([\w-]+(?:\.[\w-]+)*)\s*=\s*(\S.*)", re.DOTALL)
"""Of a text without blanks at its end."""
DEEPEST = 16


@dataclass(frozen=True)
class PathStep:
    """One part of a dotted key, and the key as far as this part."""

    name: str
    place: Place
    so_far: str


@dataclass(frozen=True)
class Setting:
    """A key that was understood, and its value."""

    steps: tuple[PathStep, ...]
    value: Tree


def assign(tree: Tree, settings: Sequence[str]) -> Tree:
    """The document with every setting made, in order: a later one wins."""
    parsed = collect(partial(_parse, text) for text in settings)
    return reduce(lambda node, setting: _set(node, setting.steps, setting.value), parsed, tree)


def _parse(text: str) -> Setting:
    whole = Place("--set", text, Span(0, len(text)))
    if any(0xD800 <= ord(char) <= 0xDFFF for char in text):
        raise _bad(whole, "the setting is not UTF-8")
    match = SETTING.fullmatch(text, 0, len(text.rstrip()))
    if not match:
        raise _bad(whole, f"`{text}` is not KEY=VALUE", "for example train.epochs=2")
    if (first := match[1].split(".")[0]) in ("extends", "abstract"):
        raise _bad(whole, f"`{first}` cannot be set", "--set applies after `extends`")
    if match[1].count(".") >= DEEPEST:
        raise _bad(whole, f"a key has at most {DEEPEST} parts")
    steps = tuple(
        PathStep(part[0], whole.within(*part.span()), text[match.start(1) : part.end()])
        for part in re.compile(r"[\w-]+").finditer(text, match.start(1), match.end(1))
    )
    return Setting(steps, _tree(text, match.start(2), steps[-1].place))


def _tree(text: str, start: int, key: Place) -> Tree:
    """TOML's value, if the text from ``start`` on is exactly one; else that text.

    A short key, padded, goes before it: so the parser's columns are those of the setting.
    """
    value = text[start:].rstrip()
    try:
        document = parse("--set", f"v{'=':>{start - 1}}{value}").tree.table
    except Findings:
        document = {}
    if set(document) == {"v"}:
        return replace(_moved(document["v"], text), key=key)
    return Tree(value, key, Place("--set", text, Span(start, start + len(value))))


def _moved(tree: Tree, text: str) -> Tree:
    """The same columns of the setting itself."""
    here = replace(tree, key=replace(tree.key, text=text), place=replace(tree.place, text=text))
    if isinstance(tree.value, dict):
        return here.with_value({name: _moved(child, text) for name, child in tree.table.items()})
    if isinstance(tree.value, list):
        return here.with_value([_moved(item, text) for item in tree.items])
    return here


def _set(node: Tree, steps: Sequence[PathStep], value: Tree) -> Tree:
    """The node with ``value`` below it; tables on the way are made where they are missing."""
    if not steps:
        return merge(node, value)
    if isinstance(node.value, list):
        return _set_item(node, steps, value)
    if not isinstance(node.value, dict):
        raise _below_scalar(node, steps[0])
    name, place = steps[0].name, steps[0].place
    child = node.value.get(name) or Tree({}, place, place)
    return node.with_value({**node.value, name: _set(child, steps[1:], value)})


def _set_item(node: Tree, steps: Sequence[PathStep], value: Tree) -> Tree:
    """Arrays have a length: a setting changes an item and adds none."""
    step, last = steps[0], len(node.items) - 1
    index = int(step.name) if re.fullmatch(r"[0-9]{1,9}", step.name) else last + 1
    if index > last:
        message = f"`{_parent(step)}` is an array: `{step.name}` is not one of its items"
        raise _bad(step.place, message, _range(last), _defined(node, step))
    items = node.items
    changed = _set(items[index], steps[1:], value)
    return node.with_value([*items[:index], changed, *items[index + 1 :]])


def _range(last: int) -> str:
    return f"its items are numbered 0 to {last}" if last >= 0 else "it is empty"


def _below_scalar(node: Tree, step: PathStep) -> Findings:
    parent = _parent(step)
    message = f"`{parent}` is not a table, so `{step.so_far}` cannot be set"
    return _bad(step.place, message, _whole(node, parent), _defined(node, step))


def _whole(node: Tree, parent: str) -> str | None:
    """A kind written as a bare string has no fields to set; its table has."""
    if not isinstance(node.value, str):
        return None
    return f"set the whole table: --set '{parent}={{ kind = \"{node.value}\", … }}'"


def _parent(step: PathStep) -> str:
    return step.so_far[: -len(step.name) - 1].rstrip()


def _defined(node: Tree, step: PathStep) -> tuple[Note, ...]:
    return (Note(node.place, f"`{_parent(step)}` is defined here"),)


def _bad(
    place: Place, message: str, hint: str | None = None, notes: tuple[Note, ...] = ()
) -> Findings:
    return Findings(Diagnostic("SNN102", "bad-set", message, place, hint, notes))
