"""Do all of several things and report everything that is wrong with them, not the first only."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import TypeVar

from snnc.source.diagnostic import Diagnostic, Findings
from snnc.source.tree import Tree

T = TypeVar("T")


def collect(tasks: Iterable[Callable[[], T]]) -> list[T]:
    """The results of all tasks. Raises their findings together, if there are any."""
    outcomes = [attempt(task) for task in tasks]
    wrong = [d for o in outcomes if isinstance(o, Findings) for d in o.diagnostics]
    if wrong:
        raise Findings(*wrong)
    return [outcome for outcome in outcomes if not isinstance(outcome, Findings)]


def attempt(task: Callable[[], T]) -> T | Findings:
    try:
        return task()
    except Findings as findings:
        return findings


def diagnostics(outcome: object) -> tuple[Diagnostic, ...]:
    """The findings of an attempt; none if it succeeded."""
    return outcome.diagnostics if isinstance(outcome, Findings) else ()


def each_entry(tree: Tree, change: Callable[[str, Tree], Tree]) -> Tree:
    """A table with every entry changed."""
    changed = collect(partial(change, key, child) for key, child in tree.table.items())
    return tree.with_value(dict(zip(tree.table, changed, strict=True)))


def each_item(tree: Tree, change: Callable[[Tree], Tree]) -> Tree:
    """An array with every item changed."""
    return tree.with_value(collect(partial(change, item) for item in tree.items))


def without(tree: Tree, name: str) -> Tree:
    """A table without one of its entries."""
    return tree.with_value({key: child for key, child in tree.table.items() if key != name})
