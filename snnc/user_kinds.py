"""``[neurons.X]`` and ``[surrogates.X]`` of a document into kinds; mistakes at their column."""

from pydantic import ValidationError

from snnc.choice import Choice, Own, joined
from snnc.kinds import Kind
from snnc.sections.user_kinds import OwnKinds, OwnNeuron, OwnSurrogate
from snnc.source.diagnostic import Diagnostic, Findings, Place
from snnc.source.tree import Tree
from snnc.step.parse import StepError
from snnc.validation import refusals

_PACKAGES = {"neurons": ("snnc.neurons", "step"), "surrogates": ("snnc.surrogates", "gradient")}
_SECTIONS = ("blocks", *_PACKAGES)
_BUILT_IN = ("snnc.layers", "snnc.neurons", "snnc.surrogates", "snnc.encoders")


def own_kinds(tree: Tree) -> Own:
    """The kinds that a resolved document defines.

    Raises:
        Findings: a definition is wrong; all that could be told apart.
    """
    if not any(section in tree.table for section in _SECTIONS):
        return {}
    try:
        stated = OwnKinds.model_validate(tree.plain())
    except ValidationError as error:
        raise Findings(*refusals(error, tree, OwnKinds)) from None
    findings: list[Diagnostic] = [*_collisions(tree)]
    surrogates = _made(tree, "surrogates", stated.surrogates, findings)
    with joined({"snnc.surrogates": surrogates}):
        neurons = _made(tree, "neurons", stated.neurons, findings)
    if findings:
        raise Findings(*findings)
    return {"snnc.neurons": neurons, "snnc.surrogates": surrogates}


def _made(
    tree: Tree,
    section: str,
    stated: "dict[str, OwnNeuron] | dict[str, OwnSurrogate]",
    findings: list[Diagnostic],
) -> dict[str, type[Kind]]:
    kinds: dict[str, type[Kind]] = {}
    for name, own in stated.items():
        try:
            kinds[name] = own.kind(name)
        except StepError as error:
            key = _PACKAGES[section][1]
            at = tree.find((section, name))[0]
            findings.append(_bad_equation(at, key, error))
    return kinds


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
