"""Lint rules, one per file: suspicious constructs in valid specs."""

import importlib
import pkgutil
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import ClassVar, Protocol

from snnc.document import Document
from snnc.graph.types import Graph, Node
from snnc.rules._text import example, instead, sections
from snnc.source.diagnostic import Diagnostic, Fix, Severity
from snnc.source.suppress import suppress
from snnc.source.tree import Tree


class LintRule(Protocol):
    """A lint rule. Its docstring says all about it, under the headings of ``_text.HEADINGS``.

    ``opt_in``: it only runs where somebody asks for it. ``shared``: it tells of a definition that
    nothing uses, and several specs of a run may have that one of a common base.
    """

    code: ClassVar[str]
    name: ClassVar[str]
    severity: ClassVar[Severity] = "warning"
    opt_in: ClassVar[bool] = False
    shared: ClassVar[bool] = False

    @property
    def example(self) -> str:
        """A piece of a spec in which the rule finds something."""
        return example(type(self))

    @property
    def instead(self) -> str:
        """The same piece, corrected."""
        return instead(type(self))

    def limited(self, memory: float) -> "LintRule":
        """The rule for a training memory in GiB, which few ask for."""
        return self

    def check(self, document: Document, graph: Graph) -> Iterator[Diagnostic]:
        """The findings of the rule in a valid document."""
        ...


def documentation(rule: LintRule) -> Mapping[str, str]:
    """The docstring of a rule: the texts under its headings, the first under ""."""
    return sections(type(rule))


@cache
def rules() -> tuple[LintRule, ...]:
    """Every rule, by code."""
    names = (found.name for found in pkgutil.iter_modules(__path__) if found.name[0] != "_")
    modules = (importlib.import_module(f"{__name__}.{name}") for name in names)
    made: list[LintRule] = [module.RULE for module in modules]
    return tuple(sorted(made, key=lambda rule: rule.code))


def defaults() -> tuple[LintRule, ...]:
    """The rules that run unless somebody chooses others."""
    return tuple(rule for rule in rules() if not rule.opt_in)


def lint(
    document: Document, graph: Graph, chosen: Iterable[LintRule] | None = None
) -> tuple[Diagnostic, ...]:
    """The findings of rules in a valid document, without those that its comments ignore.

    A rule tells a place once, that of a block for the first of its uses.
    """
    return suppress(document.source, findings(document, graph, chosen))


def findings(
    document: Document, graph: Graph, chosen: Iterable[LintRule] | None = None
) -> list[Diagnostic]:
    """The findings of rules in as much of a document as is right, whatever its comments ignore."""
    if "time_steps" in document.doubt:
        return []
    every = defaults() if chosen is None else chosen
    found = [finding for rule in every for finding in rule.check(document, graph)]
    told = {(finding.code, finding.origin): finding for finding in reversed(found)}
    return [*reversed(told.values())]


def finding(
    rule: LintRule,
    node: Tree,
    message: str,
    help: str | None = None,
    fixes: tuple[Fix, ...] = (),
) -> Diagnostic:
    """A finding of ``rule`` at the key of ``node``."""
    place, notes = node.key, node.notes
    return Diagnostic(rule.code, rule.name, message, place, help, notes, rule.severity, fixes=fixes)


def at(document: Document, node: Node, *keys: str) -> Tree:
    """The place of the first of ``keys`` that a layer, an input or an output states; else of it."""
    found = (document.tree.find((*node.at, key)) for key in keys)
    deep = len(node.at) + 1
    return next((tree for tree, depth in found if depth == deep), document.tree.find(node.at)[0])
