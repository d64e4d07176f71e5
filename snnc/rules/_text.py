"""The docstring of a rule as data: headings, paragraphs, and pieces of specs in fences."""

import re
from collections.abc import Mapping

from snnc.docstrings import docstring

WHY, EXAMPLE, INSTEAD = "Why is this bad?", "Example", "Use instead"
FIX, REFERENCES = "Fix", "References"
HEADINGS = (WHY, EXAMPLE, INSTEAD, FIX, REFERENCES)
"""What a docstring has after the first sentence, which says what the rule finds.

A fix begins with "None", "Safe" (nothing that is computed changes) or "Unsafe", and says what else
changes.
"""
_FENCED = re.compile(r"```toml\n(.*?)```", re.DOTALL)


def sections(rule: type) -> Mapping[str, str]:
    """The text under each heading; under "" what stands before the first."""
    head, *rest = re.split(r"^## (.+)\n", docstring(rule), flags=re.MULTILINE)
    parts = zip(rest[::2], rest[1::2], strict=True)
    return {"": head.strip(), **{heading: text.strip() for heading, text in parts}}


def example(rule: type) -> str:
    """The piece of a spec under "Example"; "" where docstrings are not there."""
    return _piece(rule, EXAMPLE)


def instead(rule: type) -> str:
    """The piece of a spec under "Use instead"."""
    return _piece(rule, INSTEAD)


def _piece(rule: type, heading: str) -> str:
    found = _FENCED.search(sections(rule).get(heading, ""))
    return found[1] if found else ""
