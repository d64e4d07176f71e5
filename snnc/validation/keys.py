"""Keys that a table may not have, and those that it needs."""

from snnc.source.diagnostic import Diagnostic
from snnc.source.nearest import nearest, one_of
from snnc.validation.refusal import Refusal
from snnc.validation.schema import sections
from snnc.validation.words import join, name

_NOT_YET = {
    "plasticity": "plasticity",
}  # fmt: skip
"""Keys of the language, format 1, that are still to come."""


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


def _advice(refusal: Refusal) -> str:
    known = sorted(refusal.within.keys - {"kind"})
    guess = nearest(refusal.key, known)
    if guess:
        return f"did you mean `{guess}`?"
    if elsewhere := _elsewhere(refusal):
        return elsewhere
    if not known:
        return f"{refusal.within.title} has no keys of its own"
    return f"expected {'one of ' * (len(known) > 1)}{one_of(known, 12)}"


def _elsewhere(refusal: Refusal) -> str:
    """The section that a misplaced key belongs to."""
    key, inside = refusal.key, sections(refusal.model)
    if len(refusal.path) > 1 and key in refusal.model.model_fields:
        return f"`{key}` belongs at the top, above the first [table]"
    return next(
        (f"`{key}` belongs in [{name}]" for name, keys in inside.items() if key in keys), ""
    )


def missing(refusal: Refusal) -> Diagnostic | None:
    """The keys that a table needs, less those that it has misspelt."""
    owner, written = refusal.itself, refusal.node
    strange = written.table.keys() - owner.keys
    misspelt = {nearest(key, sorted(owner.keys)) for key in strange}
    wanted = [_short(str(error.last)) for error in refusal.errors]
    lacking = [key for key in wanted if key not in misspelt]
    if not lacking:
        return None
    names = join([f"`{key}`" for key in lacking], "and")
    help = "a spec begins with `format = 1`" if "format" in lacking else None
    kind = written.get("kind")
    at = kind.place if kind else written.place
    return refusal.say("SNN203", "missing-key", f"{owner.title} needs {names}", help, at)


def _short(key: str) -> str:
    """The short form that most people write."""
    return {"inputs": "input", "outputs": "output"}.get(key, key)
