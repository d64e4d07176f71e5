"""Kinds that do not exist, and tables that do not say which they are."""

from collections.abc import Mapping, Sequence

from snnc.choice import NONE, Choice
from snnc.kinds import catalog, keys_of
from snnc.source.diagnostic import Diagnostic
from snnc.source.nearest import LISTED, advisable, closest, nearest, one_of, same
from snnc.source.tree import Tree
from snnc.source.words import fold, said, usual
from snnc.validation import places
from snnc.validation.calls import table, written_out
from snnc.validation.decays import converted
from snnc.validation.refusal import Refusal
from snnc.validation.words import name, toml

_ELSEWHERE = {
    "surrogate": "of a neuron",
    "encoder": "of [input]",
    "readout": "of [output]",
    "loss": "of [train]",
    "optimizer": "of [train]",
    "scheduler": "of [train]",
    "dataset": "of [train]",
}
"""Other sorts of kinds, and where they stand."""
_FOLDERS = {"loss": "losses"}


def missing(refusal: Refusal) -> Diagnostic:
    """A table without ``kind`` where a kind is expected."""
    known = refusal.telling[0].context["expected"]
    message = f"{_article(_sort(refusal))} needs `kind`"
    help = _kind_of_table(refusal, known) if advisable() else None
    return refusal.say("SNN203", "missing-key", message, help)


def _kind_of_table(refusal: Refusal, known: Sequence[str]) -> str:
    """The key that stands for ``kind`` in a table, or the kinds."""
    stated, sort = refusal.node.table, places.of_kinds(refusal.key)
    called = next((key for key in stated if same(key, ("kind",), "key")), None)
    called = called or nearest("kind", stated)
    if called:
        kind = nearest(str(stated[called].value), known, sort)
        if kind:
            return f'write `kind = "{kind}"` for `{called}`'
        return f"did you mean `kind` by `{called}`?"
    for key, node in stated.items():
        if len(stated) == 1 and (inner := node.get("kind")):
            return f'a name is a key of its own: {{ kind = "{inner.value}", name = "{key}", … }}'
        if isinstance(node.value, str) and node.value in known:
            return f'write `kind = "{node.value}"` for `{key}`'
    if refusal.key == "layers" and _of_a_base(refusal):
        return _patch(stated)
    return _list("", sort, known)


def _patch(stated: Mapping[str, Tree]) -> str:
    """The way to change one layer of a base."""
    told = "an array replaces that of a base: state all layers"
    name = stated.get("name")
    if name is None:
        return f"{told}, or vary [vars] or [defaults]"
    keys = [f"{key} = {toml(n)}" for key, n in stated.items() if key != "name" and not n.items]
    change = f" with `{keys[0]}`" if keys else ""
    return f"{told}, or change one by [network.patch.{name.value}]{change}"


def _of_a_base(refusal: Refusal) -> bool:
    """Whether the spec extends another: parts of it then stand in other files."""
    here = refusal.node.place.path
    return any(node.place.path != here for node in refusal.tree.table.values())


def neither(refusal: Refusal) -> Diagnostic:
    """Neither the name of a kind nor a table."""
    items, help = refusal.node.items, None
    if items and isinstance(kind := items[0].value, str):
        values = [toml(item) for item in items[1:]]
        help = (made := table(kind, values)) and f"values have names: {made}"
    message = "expected the name of a kind or a table"
    return refusal.say("SNN204", "bad-value", message, help or None)


def unknown(refusal: Refusal) -> Diagnostic:
    """A name that is no kind's."""
    word, known = refusal.node.value, refusal.telling[0].context["expected"]
    if not isinstance(word, str):
        message = f"`kind` must be a string, not {toml(refusal.node)}"
        return refusal.say("SNN205", "wrong-type", message)
    message = f"there is no {_sort(refusal)} {name(word)}"
    return refusal.say("SNN202", "unknown-kind", message, _advice(refusal, word, known))


def _advice(refusal: Refusal, word: str, known: Sequence[str]) -> str | None:
    """The right kind, the right place, or the kinds that there are."""
    if not advisable():
        return None
    sort = places.of_kinds(_place(refusal))
    known = [kind for kind in known if (sort, kind) != ("loss", NONE)]  # some loss is needed
    if answer := said(word, (sort,)) or _of_a_layer(refusal, word):
        return answer
    guess = nearest(word, known, sort)
    if guess and "(" in word and (call := _call(word, guess, sort)):
        return f"write {call}"
    if guess:
        return f"did you mean `{guess}`?{_numbers(refusal, guess)}"
    return _elsewhere(word, sort) or _list(word, sort, known)


def _of_a_layer(refusal: Refusal, word: str) -> str:
    """The answer to a feedback that names a layer, where a kind belongs."""
    layers = refusal.tree.find(("network", "layers"))[0].items
    named = {str(name.value) for layer in layers if (name := layer.get("name"))}
    if word not in named or refusal.node.key.quoted != "feedback":
        return ""
    own = '`feedback = "add"` is its own value, and { kind = "Linear" } has weights'
    return f'{own}; another layer reads `from = ["…", "{word}@-1"]`'


def _call(word: str, kind: str, sort: str) -> str:
    """The call of a kind as a table."""
    neuron = kind in catalog("snnc.neurons") and sort == "layer"
    place = "neuron" if neuron else "layers" if sort == "layer" else sort
    return written_out(word, kind, _keys(sort, kind), place)


def _keys(sort: str, kind: str) -> Sequence[str]:
    kinds = Choice(*_catalogs(sort)).kinds()
    return [key for key in (kinds[kind].model_fields if kind in kinds else {}) if key != "kind"]


def _catalogs(sort: str) -> tuple[str, ...]:
    if sort == "layer":
        return ("snnc.layers", "snnc.neurons")
    return (f"snnc.{_FOLDERS.get(sort, f'{sort}s')}",) if sort in _ELSEWHERE else ()


def certain(refusal: Refusal) -> str | None:
    """The kind that a word of another library, or with its prefix, can only mean."""
    word, known = refusal.node.value, refusal.telling[0].context.get("expected", ())
    sort = places.of_kinds(_place(refusal))
    if refusal.type != "unknown_kind" or not isinstance(word, str) or said(word, (sort,)):
        return None
    return same(word, known, sort) if "(" not in word else None


def converted_beside(refusal: Refusal, kind: str) -> Mapping[str, str]:
    """The numbers beside the kind of another library, by their keys, as this one has them."""
    beside = refusal.tree.find(refusal.path[:-1])[0].table if refusal.path[-1:] == ("kind",) else {}
    kinds = Choice("snnc.neurons").kinds()
    owner = keys_of(kinds[kind]) if kind in kinds else frozenset()
    numbers = {k: n.value for k, n in beside.items() if isinstance(n.value, int | float)}
    told = {k: converted(k, n, owner, beside) for k, n in numbers.items() if k not in owner}
    return {key: text for key, text in told.items() if text}


def _numbers(refusal: Refusal, kind: str) -> str:
    return "".join(f" its {text}" for text in converted_beside(refusal, kind).values())


def _elsewhere(word: str, sort: str) -> str:
    """The place of a kind of another sort."""
    for other, where in _ELSEWHERE.items() if fold(word) != NONE else ():
        found = same(word, catalog(*_catalogs(other)), other) if other != sort else None
        if found and fold(found) != NONE:
            return f'{name(found)} is {_article(other)}: write `{other} = "{found}"`, {where}'
    return ""


def _list(word: str, sort: str, known: Sequence[str]) -> str:
    """All of a few kinds; of many, those that most specs use."""
    most = [kind for kind in usual(sort) if kind in known] if len(known) > LISTED else []
    rest = [kind for kind in known if kind not in most]
    listed = [*most, *rest] if most else closest(word, known)
    return f"expected {'one of ' * (len(listed) > 1)}{one_of(listed)}"


def _place(refusal: Refusal) -> str:
    """The key that holds the kind, or the array with it."""
    words = [str(s) for s in reversed(refusal.path) if isinstance(s, str) and s != "kind"]
    return "losses" if "losses" in words else next(iter(words), "kind")


def _sort(refusal: Refusal) -> str:
    """The sort of a kind, in words."""
    return places.of_kinds(_place(refusal))


def _article(word: str) -> str:
    return f"{'an' if word[0] in 'aeiou' else 'a'} {word}"
