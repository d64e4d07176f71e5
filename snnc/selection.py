"""The lint rules that run for a spec, and what becomes of their findings.

The configuration of the spec's project says so, or a flag that stands for one of its keys.
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from snnc.flags import unconfigured
from snnc.rules import LintRule, defaults, rules
from snnc.source.diagnostic import Diagnostic, Findings, Place, Severity
from snnc.source.nearest import nearest
from snnc.source.reading import project
from snnc.source.tree import Tree

ALL = "all"
_LISTS = ("select", "extend-select", "ignore")
_LEAST = len("SNN4")


class UnknownRule(Exception):
    """A selector that names no rule; the message is a sentence, ``help`` the nearest right one."""

    def __init__(self, selector: str) -> None:
        super().__init__(f"there is no rule `{selector}`")
        guess = nearest(selector, [word for rule in rules() for word in (rule.name, rule.code)])
        self.help = f"did you mean `{guess}`?" if guess else "`snnc rules` lists them"


def selected(selectors: Iterable[str]) -> frozenset[str]:
    """The codes of the rules that selectors name. Raises UnknownRule."""
    return frozenset(code for selector in selectors for code in _codes(selector))


def _codes(selector: str) -> list[str]:
    if selector == ALL:
        return [rule.code for rule in rules()]
    prefix = selector if len(selector) >= _LEAST else None
    found = [
        rule.code
        for rule in rules()
        if selector in (rule.name, rule.code) or (prefix and rule.code.startswith(prefix))
    ]
    if not found:
        raise UnknownRule(selector)
    return found


if TYPE_CHECKING:
    from snnc.configuration import Configured
    from snnc.patterns import Patterns
    from snnc.project_settings import ProjectSettings


@dataclass(frozen=True)
class RuleSelection:
    """The rules that run, the severities of others, and patterns of files that rules pass over."""

    running: tuple[LintRule, ...]
    severities: Mapping[str, Severity]
    passed_over: "tuple[tuple[Patterns, frozenset[str]], ...]"

    @cached_property
    def silent(self) -> frozenset[str]:
        """The names and codes of the rules that do not run."""
        return frozenset(
            word for rule in rules() if rule not in self.running for word in (rule.code, rule.name)
        )

    def judged(self, found: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
        """The findings with their severities, without those of files that rules pass over."""
        for each in found:
            if not self._passes_over(each):
                severity = self.severities.get(each.code)
                yield replace(each, severity=severity) if severity else each

    def _passes_over(self, finding: Diagnostic) -> bool:
        about = [each for each, codes in self.passed_over if finding.code in codes]
        path = os.path.realpath(finding.place.path) if about else ""
        return any(_names(patterns, path) for patterns in about)


def _names(patterns: "Patterns", path: str) -> bool:
    """Whether a pattern names a file or a folder that it is in."""
    above = (str(folder) for folder in Path(path).parents if str(folder) != "/")
    return bool(patterns.names(path)) or any(patterns.names(folder, True) for folder in above)


def selection(path: Path) -> RuleSelection:
    """The selection for the spec at ``path``.

    Raises:
        Findings: the configuration is wrong.
        UnknownRule: a flag names no rule.
    """
    root = project(path)
    if unconfigured(root):
        return RuleSelection(defaults(), {}, ())
    from snnc.configuration import configured

    found = configured(root)
    _check_names(found)
    settings = found.settings
    chosen = selected(settings.select) if settings.select is not None else _defaults()
    chosen = (chosen | selected(settings.extend_select)) - selected(settings.ignore)
    severities = {code: s for word, s in settings.severity.items() for code in _codes(word)}
    from snnc.patterns import Patterns

    passed = [
        (Patterns.of(root, (pattern,)), selected(words))
        for pattern, words in settings.per_file_ignores.items()
    ]
    running = tuple(_limited(rule, settings) for rule in rules() if rule.code in chosen)
    return RuleSelection(running, severities, tuple(passed))


def _defaults() -> frozenset[str]:
    return frozenset(rule.code for rule in rules() if not rule.opt_in)


def _limited(rule: LintRule, settings: "ProjectSettings") -> LintRule:
    return rule.limited(settings.limits.training_memory)


def _check_names(found: "Configured") -> None:
    """Tells every rule of the configuration that does not exist, at its place."""
    wrong = [
        Diagnostic("SNN202", "unknown-kind", str(error), place, error.help)
        for word, place in _named(found.tree)
        if (error := _unknown(word))
    ]
    if wrong:
        raise Findings(*wrong)


def _unknown(word: str) -> UnknownRule | None:
    try:
        _codes(word)
    except UnknownRule as error:
        return error
    return None


def _named(tree: Tree | None) -> Iterator[tuple[str, Place]]:
    """Every selector of a configuration."""
    table = tree.table if tree else {}
    lists: list[Tree] = [
        table[key] for key in ("select", "extend-select", "ignore") if key in table
    ]
    lists += table["per-file-ignores"].table.values() if "per-file-ignores" in table else []
    yield from ((str(item.value), item.place) for each in lists for item in each.items)
    if "severity" in table:
        yield from ((word, node.key) for word, node in table["severity"].table.items())
