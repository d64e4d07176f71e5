"""Words of other libraries and papers that a comparison of spelling would not find.

The table is ``words.toml``. A word is looked up by the place where it stands, as it is, then
without what its library puts around it.
"""

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_ENDINGS = ("node", "cell", "loss", "layer", "encoder", "squeeze", "module", "surrogate", "dataset")
_CALL = re.compile(r"\(.*", re.DOTALL)
_DEEP = re.compile(r"\A.*[./:]", re.DOTALL)


def forms(word: str) -> Iterator[str]:
    """The folded word, without its prefixes and its call, and without an ending.

    ``torch.nn.CrossEntropyLoss()`` is ``crossentropyloss`` and ``crossentropy``.
    """
    plain = fold(_DEEP.sub("", _CALL.sub("", word)))
    yield from dict.fromkeys((fold(word), plain))
    for ending in _ENDINGS:
        if plain.endswith(ending) and plain != ending:
            yield plain.removesuffix(ending)


def exactly(word: str, known: Collection[str], places: Collection[str]) -> str | None:
    """The same, for a word that means something else with its underscores than without."""
    plain = _DEEP.sub("", _CALL.sub("", word)).casefold()
    found = (_words().called.get(place, {}).get(plain, ()) for place in places if "_" in plain)
    return next((right for all in found for right in all if right in known), None)


def called(word: str, known: Collection[str], places: Collection[str]) -> str | None:
    """The one of the known words that ``word`` means at these places, the first of which wins."""
    for form in forms(word):
        found = (_words().called.get(place, {}).get(form, ()) for place in places)
        if meant := next((right for all in found for right in all if right in known), None):
            return meant
    return None


def said(word: str, places: Collection[str], **slots: str) -> str | None:
    """The sentence that answers a word for which there is no single other one."""
    for form in forms(word):
        for place in places:
            if found := _words().said.get(place, {}).get(form):
                return _filled(found, slots)
    return None


def usual(place: str) -> tuple[str, ...]:
    """The kinds that most specs use, where there are more than a message can list."""
    return _words().usual.get(place, ())


def fold(word: str) -> str:
    """Spelling without case and separators: batch_norm2d is BatchNorm2d."""
    return word.casefold().replace("_", "").replace("-", "")


def _filled(sentence: str, slots: Mapping[str, str]) -> str:
    for name, text in slots.items():
        sentence = sentence.replace(f"{{{name}}}", text)
    return sentence


@dataclass(frozen=True)
class _Words:
    """The table by place and word: the right words, or a sentence; and usual kinds."""

    called: Mapping[str, Mapping[str, tuple[str, ...]]]
    said: Mapping[str, Mapping[str, str]]
    usual: Mapping[str, tuple[str, ...]]


@cache
def _words() -> _Words:
    """The table, read when the first finding needs it."""
    read = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
    usual = {place: tuple(text.split()) for place, text in read["usual"].items()}
    called = {place: _by_word(rows) for place, rows in read["called"].items()}
    return _Words(called, read["said"], usual)


def _by_word(rows: Mapping[str, str]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for right, text in rows.items():
        for word in text.split():
            found[word] = (*found.get(word, ()), right)
    return found
