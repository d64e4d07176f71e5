"""Errors of pydantic, in the words of snnc, at the place where they were written.

pydantic's wording never reaches a person. One of the functions in ``_TELL`` words each type of
error, from the document and from the model.
"""

from collections.abc import Callable

from pydantic import BaseModel, ValidationError

from snnc.source.diagnostic import Diagnostic
from snnc.source.tree import UNKNOWN, Tree
from snnc.validation import keys, kinds, lacking, values
from snnc.validation.refusal import Excused, Refusal, collect, nobody

_TELL: dict[str, Callable[[Refusal], Diagnostic | None]] = {
    "extra_forbidden": keys.unknown,
    "missing": lacking.missing,
    "missing_kind": kinds.missing,
    "unknown_kind": kinds.unknown,
    "kind_type": kinds.neither,
    "bad_name": values.bad_name,
    "literal_error": values.literal,
    "too_short": values.length,
    "too_long": values.length,
    "missing_item": values.length,
    "greater_than": values.bound,
    "greater_than_equal": values.bound,
    "less_than": values.bound,
    "less_than_equal": values.bound,
    "finite_number": values.bound,
}
"""Anything else is a value of the wrong type, or refused by a kind in its own words."""


def refusals(
    error: ValidationError, tree: Tree, model: type[BaseModel], excused: Excused = nobody
) -> list[Diagnostic]:
    """One diagnostic for each mistake; the same one in a default or a block, once for all uses.

    What is unknown is wrong elsewhere; ``excused`` says what may be missing for that.
    """
    told = [_tell(refusal) for refusal in collect(error, tree, model, excused)]
    found = {(d.origin, d.code): d for d in reversed(told) if d}
    return list(reversed(found.values()))


def _tell(refusal: Refusal) -> Diagnostic | None:
    if refusal.node.value is UNKNOWN:
        return None
    return _TELL.get(refusal.type, values.other)(refusal)
