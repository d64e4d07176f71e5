"""Lint rules, one per file: suspicious constructs in valid specs."""

import importlib
import pkgutil
from collections.abc import Iterator
from functools import cache
from typing import ClassVar, Protocol

from snnc.document import Document
from snnc.graph.types import Graph
from snnc.source.diagnostic import Diagnostic
from snnc.source.tree import Tree


class LintRule(Protocol):
    """A lint rule. Its docstring says what it finds, why that is bad, and what to write instead.

    ``example`` is a piece of a spec in which the rule finds something. ``instead`` is the same
    piece, corrected.
    """

    code: ClassVar[str]
    name: ClassVar[str]
    example: ClassVar[str]
    instead: ClassVar[str]

    def check(self, document: Document, graph: Graph) -> Iterator[Diagnostic]:
        """The findings of the rule in a valid document."""
        ...


@cache
def rules() -> tuple[LintRule, ...]:
    """Every rule, by code."""
    modules = (
        importlib.import_module(f"{__name__}.{found.name}")
        for found in pkgutil.iter_modules(__path__)
    )
    made: list[LintRule] = [module.RULE for module in modules]
    return tuple(sorted(made, key=lambda rule: rule.code))


def findings(document: Document, graph: Graph) -> list[Diagnostic]:
    """The findings of all rules, in as much of a document as is right."""
    if "time_steps" in document.doubt:
        return []
    return [finding for rule in rules() for finding in rule.check(document, graph)]


def warning(rule: LintRule, node: Tree, message: str, help: str | None = None) -> Diagnostic:
    """A finding of ``rule`` at the key of ``node``."""
    return Diagnostic(rule.code, rule.name, message, node.key, help, node.notes, "warning")
