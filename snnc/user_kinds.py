"""``[neurons.X]`` and ``[surrogates.X]`` of a document into kinds; mistakes at their column."""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from pydantic import ValidationError

from snnc.choice import Choice, Own, joined
from snnc.kinds import Kind
from snnc.opaque import OpaqueNeuron, OpaqueSurrogate
from snnc.sections.user_kinds import OwnKinds, OwnNeuron, OwnSurrogate
from snnc.source.diagnostic import Diagnostic, Place
from snnc.source.tree import Tree
from snnc.step.parse import StepError, parse_on
from snnc.validation import refusals
from snnc.validation.refusal import collect

_PACKAGES = {"neurons": ("snnc.neurons", "step"), "surrogates": ("snnc.surrogates", "gradient")}
_SECTIONS = ("blocks", *_PACKAGES)
MOST = 1_000
"""Definitions of a section: each becomes a model, which takes milliseconds."""
_BUILT_IN = ("snnc.layers", "snnc.neurons", "snnc.surrogates", "snnc.encoders")


class Made(NamedTuple):
    """The kinds that a document defines, what is wrong with them, and the document without that.

    A kind whose definition is wrong is opaque.
    """

    kinds: Own
    findings: tuple[Diagnostic, ...]
    tree: Tree


def own_kinds(tree: Tree) -> Made:
    """The kinds that a resolved document defines."""
    if not any(section in tree.table for section in _SECTIONS):
        return Made({}, (), tree)
    few, beyond, many = _few(tree)
    sound, findings, broken = _sound(few)
    findings += [*many, *_unreadable(few, broken["neurons"]), *_collisions(few)]
    stated = OwnKinds.model_validate(sound.plain())
    surrogates = _made(sound, "surrogates", stated.surrogates, findings)
    broken["surrogates"] |= beyond["surrogates"] | stated.surrogates.keys() - surrogates.keys()
    surrogates |= dict.fromkeys(broken["surrogates"], OpaqueSurrogate)
    with joined({"snnc.surrogates": surrogates}):
        neurons = _made(sound, "neurons", stated.neurons, findings)
    broken["neurons"] |= beyond["neurons"] | stated.neurons.keys() - neurons.keys()
    neurons |= dict.fromkeys(broken["neurons"], OpaqueNeuron)
    kinds = {"snnc.neurons": neurons, "snnc.surrogates": surrogates}
    return Made(kinds, tuple(findings), _without(sound, broken))


def _few(tree: Tree) -> tuple[Tree, dict[str, set[str]], list[Diagnostic]]:
    """The document without the definitions beyond ``MOST``, their names, and a finding of each."""
    beyond, findings = dict[str, set[str]](), list[Diagnostic]()
    for section in _PACKAGES:
        names = [*tree.table[section].table] if section in tree.table else []
        beyond[section] = {*names[MOST:]}
        if names[MOST:]:
            at = tree.table[section].table[names[MOST]]
            message = f"[{section}] has {len(names):,} definitions: {MOST:,} are the most"
            findings.append(Diagnostic("SNN212", "too-large", message, at.key, None, at.notes))
    return _without(tree, beyond), beyond, findings


def _sound(tree: Tree) -> tuple[Tree, list[Diagnostic], dict[str, set[str]]]:
    """The document without the definitions that no model takes, and their names."""
    broken: dict[str, set[str]] = {section: set() for section in _PACKAGES}
    try:
        OwnKinds.model_validate(tree.plain())
    except ValidationError as error:
        for refusal in collect(error, tree, OwnKinds):
            section, *names = (str(step) for step in refusal.path)
            broken[section] |= {*names[:1]} or {*tree.table[section].table}
        return _without(tree, broken), refusals(error, tree, OwnKinds), broken
    return tree, [], broken


def _without(tree: Tree, broken: Mapping[str, Collection[str]]) -> Tree:
    """The document without these definitions; a section that is no table is empty."""
    changed = {
        section: node.with_value({k: n for k, n in node.table.items() if k not in broken[section]})
        for section, node in tree.table.items()
        if section in broken
    }
    return tree.with_value({**tree.table, **changed})


def _made(
    tree: Tree,
    section: str,
    stated: "dict[str, OwnNeuron] | dict[str, OwnSurrogate]",
    findings: list[Diagnostic],
) -> dict[str, type[Kind]]:
    """The kinds whose equations are right."""
    kinds: dict[str, type[Kind]] = {}
    for name, own in stated.items():
        try:
            kinds[name] = own.kind(name)
        except StepError as error:
            key = _PACKAGES[section][1]
            at = tree.find((section, name))[0]
            every = own.faults(name) if isinstance(own, OwnNeuron) else []
            findings += [_bad_equation(at, key, fault) for fault in every or [error]]
    return kinds


def _unreadable(tree: Tree, names: Collection[str]) -> list[Diagnostic]:
    """The equations that are wrong by themselves, of definitions about which more is wrong."""
    found = list[Diagnostic]()
    for name in sorted(names):
        own = tree.find(("neurons", name))[0]
        step = own.get("step")
        wrong = parse_on(step.value).wrong if step and isinstance(step.value, str) else ()
        found += [_bad_equation(own, "step", fault) for fault in wrong]
    return found


def _collisions(tree: Tree) -> list[Diagnostic]:
    """Built-in and own kinds and blocks share one namespace."""
    known = {*Choice(*_BUILT_IN).kinds()}
    neurons = tree.get("neurons")
    found = []
    for section in _SECTIONS:
        own = neurons.table.keys() if neurons and section == "blocks" else ()
        taken = known.union(own)
        entries = tree.table[section].table if section in tree.table else {}
        found += [_taken(name, node) for name, node in entries.items() if name in taken]
    return found


def _taken(name: str, node: Tree) -> Diagnostic:
    help = f"for example `My{name}`"
    return Diagnostic("SNN210", "taken-kind", f"`{name}` is a kind already", node.key, help)


def _bad_equation(own: Tree, key: str, error: StepError) -> Diagnostic:
    node = own.find(error.beside or (key,))[0]
    place = (node.key if "state" in error.beside else node.place) if error.beside else None
    at = place or _at(node, error)
    return Diagnostic("SNN208", "bad-equation", error.message, at, error.help, node.notes)


def _at(node: Tree, error: StepError) -> Place:
    """The place inside the string, if it stands in the file as it is; else the whole string."""
    text, (line, column) = str(node.value), error.at
    start = node.place.quoted.find(text)
    lines = text.split("\n")
    if start < 0 or line > len(lines):
        return node.place
    # Python counts columns in bytes
    before = len(lines[line - 1].encode()[:column].decode(errors="ignore"))
    offset = start + sum(len(other) + 1 for other in lines[: line - 1]) + before
    return node.place.within(offset, offset + max(1, _width(lines[line - 1], before)))


def _width(line: str, before: int) -> int:
    """The name or sign that stands there."""
    rest = line[before:]
    word = next((i for i, c in enumerate(rest) if not (c.isalnum() or c == "_")), len(rest))
    return word or 1
