"""Keys that a table may not have."""

from collections.abc import Mapping

from snnc.kinds import catalog, keys_of
from snnc.source.diagnostic import Diagnostic
from snnc.source.nearest import advisable, closest, nearest, one_of, same
from snnc.source.tree import Tree
from snnc.source.words import said
from snnc.validation import places
from snnc.validation.decays import converted
from snnc.validation.refusal import Refusal
from snnc.validation.schema import Owner, sections
from snnc.validation.words import join, name, toml

_NOT_YET = {
    "plasticity": "plasticity",
}  # fmt: skip
"""Keys of the language, format 1, that are still to come."""
_FEW = ("snnc.optimizers", "snnc.schedulers", "snnc.losses", "snnc.encoders", "snnc.datasets")


def unknown(refusal: Refusal) -> Diagnostic:
    """A key that its table does not have: misspelt, misplaced, or still to come."""
    key, owner = refusal.key, refusal.within
    at = refusal.node.key
    if key in _NOT_YET:
        message = f"`{key}`: this version of snnc does not build {_NOT_YET[key]} yet"
        return refusal.say("SNN207", "not-yet", message, at=at)
    if key in owner.keys:  # [input] beside [inputs.image]
        message = f"`[{key}]` is short for `[{key}s.{key}]` and cannot stand beside `[{key}s]`"
        return refusal.say("SNN201", "unknown-key", message, "write the long form", at)
    where = f"{'of' if owner.kind else 'in'} {owner.title}" if owner.path else "at the top"
    message = f"unknown key {name(key)} {where}"
    return refusal.say("SNN201", "unknown-key", message, _advice(refusal), at)


def _advice(refusal: Refusal) -> str | None:
    """The right key, the right place, or the keys that there are."""
    if not advisable():
        return None
    key, owner = refusal.key, refusal.within
    beside = refusal.tree.find(refusal.path[:-1])[0].table
    told = converted(key, refusal.node.value, owner.keys, beside) or _said(refusal)
    own = same(key, owner.keys, *places.of_keys(owner))
    if told or (not own and (told := _inside(refusal, beside))):
        return told
    if guess := guessed(key, owner, refusal.node):
        return f"did you mean `{guess}`?"
    told = _layer(refusal) or _elsewhere(refusal) or _of_another(key, owner)
    return told or _variable(refusal) or _list(key, owner)


def certain(refusal: Refusal) -> str | None:
    """The key that a word of another library can only mean, if the table does not have it yet."""
    key, owner = refusal.key, refusal.within
    beside = refusal.tree.find(refusal.path[:-1])[0].table
    if len(refusal.path) < 2 or refusal.type != "extra_forbidden" or key in owner.keys:
        return None
    if _said(refusal) or converted(key, refusal.node.value, owner.keys, beside):
        return None
    own = same(key, owner.keys, *places.of_keys(owner))
    return own if own not in beside else None


def _said(refusal: Refusal) -> str | None:
    value = "…" if refusal.node.table else str(refusal.node.value)
    return said(refusal.key, places.of_keys(refusal.within), value=value)


def _inside(refusal: Refusal, beside: Mapping[str, Tree]) -> str:
    """The kind beside it that the key belongs to, written with it."""
    for at, kinds in refusal.within.inner if len(refusal.key) > 1 else ():
        stated = beside.get(at)
        chosen = str((stated.get("kind") or stated).value) if stated else ""
        chosen = nearest(chosen, kinds, places.of_kinds(at)) or ""
        for kind in (chosen, *kinds) if chosen else kinds:
            if own := same(refusal.key, keys_of(kinds[kind]), at, "key"):
                if own == "kind":
                    return f"delete `{refusal.key}`: `{at}` names the kind"
                table = f'{at} = {{ kind = "{kind}", {own} = {toml(refusal.node)} }}'
                return f"`{own}` belongs in the {at}: {table}"
    return ""


def guessed(key: str, owner: Owner, node: Tree) -> str | None:
    """The key that was meant; a kind is no key of a table that has one."""
    table = ("table",) if node.table and not owner.path else ()
    return nearest(key, owner.sorted_keys, *table, *places.of_keys(owner))


def _of_another(key: str, owner: Owner) -> str:
    """The kind of the same sort that has the key, if they are few."""
    package = owner.model.__module__.rpartition(".")[0] if owner.kind else ""
    kinds = catalog(package) if package in _FEW else {}
    found = [f"`{name}`" for name, kind in kinds.items() if key in keys_of(kind)]
    return f"{join(found, 'and')} {'has' if len(found) == 1 else 'have'} `{key}`" if found else ""


def _layer(refusal: Refusal) -> str:
    """A layer as a table of its own: [network.conv1]."""
    key = refusal.key
    if refusal.path[:-1] != ("network",) or not refusal.node.table:
        return ""
    here = refusal.node.place.path
    if any(node.place.path != here for node in refusal.tree.table.values()):
        return f"a layer of a base is changed by [network.patch.{key}]"
    return f'write it as `[[network.layers]]`, with `name = "{key}"` in it'


def _variable(refusal: Refusal) -> str:
    """A number at the top, to be used by its name."""
    key, value = refusal.key, refusal.node.value
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if len(refusal.path) > 1 or not number or not key.isidentifier():
        return ""
    return f'a variable belongs in [vars]: there `{key} = {value}`, and "${key}" where it is used'


def _list(key: str, owner: Owner) -> str:
    if not owner.sorted_keys:
        return f"{owner.title} has no keys of its own"
    known = closest(key, owner.sorted_keys)
    return f"expected {'one of ' * (len(known) > 1)}{one_of(known)}"


def _elsewhere(refusal: Refusal) -> str:
    """The section that a misplaced key belongs to."""
    key, inside = refusal.key, sections(refusal.model)
    if len(refusal.path) > 1 and key in refusal.model.model_fields:
        return f"`{key}` belongs at the top, above the first [table]"
    return next(
        (f"`{key}` belongs in [{name}]" for name, keys in inside.items() if key in keys), ""
    )
