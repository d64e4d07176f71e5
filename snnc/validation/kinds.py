"""Kinds that do not exist, and tables that do not say which they are."""

from snnc.source.diagnostic import Diagnostic
from snnc.source.nearest import nearest, one_of
from snnc.validation.refusal import Refusal
from snnc.validation.words import name, toml

_LIST = 20
_ONE_OF = {"layers": "layer", "augment": "augmentation", "compare": "rule"}


def missing(refusal: Refusal) -> Diagnostic:
    """A table without ``kind`` where a kind is expected."""
    expected = one_of(refusal.telling[0].context["expected"], _LIST)
    message = f"{_article(_sort(refusal))} needs `kind`"
    misspelt = nearest("kind", refusal.node.table)
    help = f"did you mean `kind` by `{misspelt}`?" if misspelt else f"expected one of {expected}"
    return refusal.say("SNN203", "missing-key", message, help)


def unknown(refusal: Refusal) -> Diagnostic:
    """A name that is no kind's."""
    word, known = refusal.node.value, refusal.telling[0].context["expected"]
    if not isinstance(word, str):
        message = f"`kind` must be a string, not {toml(refusal.node)}"
        return refusal.say("SNN205", "wrong-type", message)
    guess = nearest(word, known)
    help = f"did you mean `{guess}`?" if guess else f"expected one of {one_of(known, _LIST)}"
    return refusal.say("SNN202", "unknown-kind", f"there is no {_sort(refusal)} {name(word)}", help)


def _sort(refusal: Refusal) -> str:
    """The sort of a kind: the key that holds it, or one item of an array's key."""
    words = (str(s) for s in reversed(refusal.path) if isinstance(s, str) and s != "kind")
    word = next(words, "kind")
    return _ONE_OF.get(word, word)


def _article(word: str) -> str:
    return f"{'an' if word[0] in 'aeiou' else 'a'} {word}"
