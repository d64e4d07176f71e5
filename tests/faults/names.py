"""Every word in every role: refused by lint in one clear sentence, or right to the last digit.

Each pair is linted alone. What lint takes is built in batches, in which each name has a branch of
its own, and compared with the reference interpreter; a batch that fails is halved until it names
who is to blame.

    python -m tests.faults.names
"""

import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tests.faults.comparing import findings, wrong
from tests.faults.roles import ROLES, Role
from tests.faults.words import every

SHORT = 12
"""Words of a role in the short form, where each role begins elsewhere."""
_LONGEST = 140


@dataclass
class Counts:
    """What was tried."""

    pairs: int = 0
    refused: int = 0
    built: int = 0
    failures: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        told = f"{self.refused} refused, {self.pairs - self.refused} built in {self.built} specs"
        return f"names: {self.pairs} pairs, {told}, {len(self.failures)} failures"


def run(short: bool) -> list[str]:
    """The failures, one sentence each; prints how many pairs there were.

    ``short``: a few words in each role, spread over all words.
    """
    counts, words = Counts(), every()
    for at, role in enumerate(ROLES):
        chosen = words[at % len(ROLES) :: len(words) // SHORT] if short else words
        check(role, chosen, counts, ruff=not short)
    print(counts)
    return counts.failures


def check(role: Role, words: Sequence[str], counts: Counts, ruff: bool = False) -> None:
    """Adds one role of some words to what was tried."""
    taken = []
    for word in words:
        counts.pairs += 1
        found = [*_refused(role, word)]
        if found == [""]:
            taken.append(word)
        else:
            counts.refused += 1
            counts.failures += found
    for first in range(0, len(taken), role.most):
        counts.failures += _built(role, taken[first : first + role.most], counts, ruff)


def _refused(role: Role, word: str) -> Iterator[str]:
    """What is wrong with the refusal of a word in a role; "" if it is taken."""
    try:
        text = role.spec([word])
        found = findings(text)
    except Exception as error:  # noqa: BLE001 - lint raises nothing
        yield f"{role} {word}: lint raises {type(error).__name__}: {error}"
        return
    if not found:
        yield ""
    for finding in found:
        line = text.splitlines()[finding.place.start.line - 1]
        if not re.search(rf"\b{re.escape(word)}\b", f"{finding.message} {line}"):
            yield f"{role} {word}: {finding.message!r} is of something else"
    clear = (f for f in found if f.help and len(f.message) < _LONGEST)
    if found and not any(clear):
        yield f"{role} {word}: {found[0].message!r} is no sentence with a suggestion"


def _built(role: Role, words: Sequence[str], counts: Counts, ruff: bool) -> list[str]:
    """What is wrong with a spec of all these words, and which of them are to blame.

    Words that the linter takes one by one and refuses beside one another (blocks ``v`` and ``v_``
    would both have the class ``V``) are compared apart.
    """
    counts.built += 1
    text = role.spec(words)
    together = [f"refused together: {f.message}" for f in findings(text)]
    found = together or [*wrong(text, ruff)]
    if not found or len(words) == 1:
        return [f"{role} {', '.join(words)}: {one}" for one in found]
    half = len(words) // 2
    parts = (words[:half], words[half:])
    blamed = [one for part in parts for one in _built(role, part, counts, ruff)]
    if together:
        return blamed
    return blamed or [f"{role} {', '.join(words)}: {one}" for one in found]


def main() -> int:
    """Exit code 1 if something failed."""
    failures = run("--short" in sys.argv)
    print("\n".join(failures))
    return bool(failures)


if __name__ == "__main__":
    sys.exit(main())
