"""``[blocks.X]``: the definitions of a document."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from graphlib import CycleError, TopologicalSorter
from keyword import iskeyword
from typing import Annotated, Any, NamedTuple

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from snnc.kinds import Kind
from snnc.lazy import LazyMapping
from snnc.names import FIXED, class_name, container, odd, symbol, taken
from snnc.neuron import Neuron
from snnc.resolve.collect import attempt, diagnostics
from snnc.resolve.scope import mentioned
from snnc.resolve.syntax import LITERALS
from snnc.source.diagnostic import Diagnostic, Findings
from snnc.source.tree import Tree
from snnc.validation import refusals
from snnc.validation.refusal import collect


def _parameter(name: str) -> str:
    if not PARAMETER.fullmatch(name):
        raise odd(name, "cannot name a parameter: letters, digits and _, not starting with a digit")
    if iskeyword(name) or name in LITERALS:
        raise taken(name, "a word of expressions", "cannot name a parameter: it is")
    if name in FIXED:
        raise taken(name, "every layer has that key", "cannot name a parameter:")
    return name


BlockName = Annotated[str, AfterValidator(container)]
Port = Annotated[str, AfterValidator(symbol)]
Parameter = Annotated[str, AfterValidator(_parameter)]
PARAMETER = re.compile(r"[^\W\d]\w*")


class Stated(BaseModel):
    """The keys of a definition; its layers have a meaning only at a use."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid", strict=True)

    doc: str = ""
    inputs: Annotated[tuple[Port, ...], Field(min_length=1)] = ("input",)
    required: tuple[Parameter, ...] = ()
    parameters: dict[Parameter, Any] = Field(default_factory=dict)
    layers: Annotated[tuple[Any, ...], Field(min_length=1)]


class Blocks(BaseModel):
    """The part of a document that defines blocks."""

    model_config = ConfigDict(defer_build=True, frozen=True, strict=True, extra="ignore")

    blocks: dict[BlockName, Stated] = Field(default_factory=dict)


@dataclass(frozen=True)
class Block:
    """A definition: its ports, the parameters that a use has to give, and the layers as written.

    ``order`` is one in which the other parameters' defaults can be computed.
    """

    name: str
    inputs: tuple[str, ...]
    required: tuple[str, ...]
    parameters: tuple[str, ...]
    order: tuple[str, ...]
    tree: Tree

    @property
    def layers(self) -> list[Tree]:
        """The layers of the block, with references not yet replaced."""
        return self.tree.table["layers"].items

    def default(self, name: str) -> Tree:
        """The default of a parameter, as written."""
        return self.tree.table["parameters"].table[name]


class Definitions(NamedTuple):
    """The blocks of a document, the names of those that are wrong, and what is wrong."""

    blocks: dict[str, Block]
    broken: frozenset[str]
    findings: tuple[Diagnostic, ...]


def blocks(tree: Tree, kinds: Mapping[str, type[Kind]]) -> Definitions:
    """The blocks of a document, whose layers have these kinds."""
    node = tree.get("blocks")
    if node is None:
        return Definitions({}, frozenset(), ())
    stated, findings = _stated(tree, node)
    findings += _classes(node, LazyMapping(kinds, lambda name: _neuron(kinds[name])))
    made: dict[str, Block] = {}
    for name in stated:
        wrong = _twice(stated[name], node.table[name])
        found = attempt(partial(_block, name, stated[name], node.table[name]))
        findings += [*wrong, *diagnostics(found)]
        if not wrong and not isinstance(found, Findings):
            made[name] = found
    return Definitions(made, frozenset(node.table.keys() - made.keys()), tuple(findings))


def _neuron(kind: type[Kind]) -> type[Neuron] | None:
    return kind if issubclass(kind, Neuron) else None


def _stated(tree: Tree, node: Tree) -> tuple[dict[str, Stated], list[Diagnostic]]:
    """The definitions that have the right form, and what is wrong with the others."""
    try:
        return Blocks.model_validate({"blocks": node.plain()}).blocks, []
    except ValidationError as error:
        wrong = {str(step) for r in collect(error, tree, Blocks) for step in r.path[1:2]}
        kept = {name: child.plain() for name, child in node.table.items() if name not in wrong}
        sound = Blocks.model_validate({"blocks": kept}).blocks
        return sound, refusals(error, tree, Blocks)


def _classes(node: Tree, neurons: Collection[str]) -> Iterator[Diagnostic]:
    """Blocks and neurons become classes of one module, and neurons of a kind are numbered."""
    classes: dict[str, str] = {}
    for name, tree in node.table.items():
        if name in neurons:
            continue  # a kind, which is told already
        made, free = class_name(name), f"for example `{name}_block`"
        if made.rstrip("0123456789") in neurons:
            message = f"`{name}` is taken: the class of a neuron is called {made}"
            yield Diagnostic("SNN206", "bad-name", message, tree.key, free)
        elif made in classes:
            message = f"`{name}` is taken: the class of block `{classes[made]}` is called {made}"
            yield Diagnostic("SNN206", "bad-name", message, tree.key, free)
        classes.setdefault(made, name)


def _block(name: str, stated: Stated, tree: Tree) -> Block:
    parameters = tuple(stated.parameters)
    return Block(name, stated.inputs, stated.required, parameters, _order(tree), tree)


def _order(tree: Tree) -> tuple[str, ...]:
    """Defaults after those that they use; one that has its own name means a variable."""
    node = tree.get("parameters")
    defaults = node.table if node else {}
    uses = {name: (mentioned(at) & defaults.keys()) - {name} for name, at in defaults.items()}
    try:
        return tuple(TopologicalSorter({n: sorted(uses[n]) for n in uses}).static_order())
    except CycleError as error:
        names = list(reversed(error.args[1]))
        around = " → ".join(f"`{name}`" for name in names)
        message = f"a parameter's default cannot use itself: {around}"
        place = defaults[names[0]].place
        raise Findings(Diagnostic("SNN106", "bad-variable", message, place)) from None


def _twice(stated: Stated, tree: Tree) -> list[Diagnostic]:
    """Ports and parameters that are named twice."""
    lists = (("inputs", stated.inputs), ("required", (*stated.parameters, *stated.required)))
    found = []
    for key, names in lists:
        skipped = len(names) - len(tree.table[key].items) if key in tree.table else len(names)
        for at, name in enumerate(names):
            if name in names[:at] and at >= skipped:
                place = tree.table[key].items[at - skipped].place
                found.append(Diagnostic("SNN302", "duplicate-name", f"`{name}` is taken", place))
    return found
