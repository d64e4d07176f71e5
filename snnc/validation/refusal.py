"""Everything that pydantic refused at one place of the document, and what it concerns."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from snnc.source.diagnostic import Diagnostic, Place
from snnc.source.tree import Path, Tree
from snnc.validation.schema import Owner

_TELLING = (
    ("extra_forbidden", "missing", "missing_kind", "unknown_kind", "bad_name"),
    ("greater_than", "greater_than_equal", "less_than", "less_than_equal", "finite_number"),
    ("missing_item", "too_long", "too_short"),
    ("literal_error",),
)
"""Where the branches of a union refuse for several reasons, the first of these is told."""


@dataclass(frozen=True)
class PydanticError:
    """One of pydantic's errors. ``last`` is the end of its location: a missing key, an index."""

    type: str
    path: Path
    last: str | int
    message: str
    context: Mapping[str, Any]


@dataclass(frozen=True)
class Refusal:
    """All errors at ``path``: one, or one for each branch of a union."""

    path: Path
    errors: tuple[PydanticError, ...]
    tree: Tree
    model: type[BaseModel]
    excused: "Excused"

    @property
    def type(self) -> str:
        """The type of the errors that say most."""
        return self.telling[0].type

    @property
    def telling(self) -> list[PydanticError]:
        """The errors that say most; all of them, if none says more than "wrong type"."""
        for types in _TELLING:
            if found := [error for error in self.errors if error.type in types]:
                words = types == ("literal_error",) and not isinstance(self.node.value, str)
                return list(self.errors) if words else found
        return list(self.errors)

    @property
    def node(self) -> Tree:
        """The part of the document that was refused."""
        return self.tree.find(self.path)[0]

    @property
    def key(self) -> str:
        """The key at which it stands, or at which the array stands whose item it is."""
        return next((str(step) for step in reversed(self.path) if isinstance(step, str)), "")

    @property
    def subject(self) -> str:
        """The subject of the message: a key or an item of its array."""
        if self.path and isinstance(self.path[-1], int):
            return "a layer" if self.key == "layers" else f"an item of `{self.key}`"
        return f"`{self.key}`"

    @property
    def within(self) -> Owner:
        """The model of the table that holds the value."""
        return Owner.at(self.path[:-1], self.tree, self.model)

    @property
    def itself(self) -> Owner:
        """The model of the table that is the value itself."""
        return Owner.at(self.path, self.tree, self.model)

    def say(
        self, code: str, name: str, message: str, help: str | None = None, at: Place | None = None
    ) -> Diagnostic:
        """A diagnostic at ``at``, or else at the value."""
        return Diagnostic(code, name, message, at or self.node.place, help, self.node.notes)


Excused = Callable[[Path, str], bool]
"""Whether a key may be missing in the table at a path, since it was lost by another mistake."""


def nobody(*_: Path | str) -> bool:
    """No key may be missing."""
    return False


def collect(
    error: ValidationError, tree: Tree, model: type[BaseModel], excused: Excused = nobody
) -> list[Refusal]:
    """The refusals of a document, place by place.

    A value whose inside is refused is itself the right thing: what other branches of a union say
    of it is left out.
    """
    found: dict[tuple[Path, bool], list[PydanticError]] = {}
    for detail in error.errors(include_url=False):
        made = _error(detail, tree)
        found.setdefault((made.path, made.type == "missing"), []).append(made)
    around = {path[:length] for path, _ in found for length in range(len(path))}
    return [
        Refusal(path, tuple(errors), tree, model, excused)
        for (path, missing), errors in found.items()
        if missing or errors[0].type in _TELLING[0] or path not in around
    ]


def _error(detail: ErrorDetails, tree: Tree) -> PydanticError:
    path, last = tuple(_path(detail["loc"], tree)), (detail["loc"] or ("",))[-1]
    item = detail["type"] == "missing" and isinstance(last, int)
    kind = "missing_item" if item else detail["type"]
    return PydanticError(kind, path, last, detail["msg"], detail.get("ctx", {}))


def _path(loc: Path, tree: Tree) -> Iterator[str | int]:
    """The steps of a location that the document has: unions add some of their own.

    ``[input]`` is validated as ``[inputs.input]``.
    """
    short = loc[:2] in (("inputs", "input"), ("outputs", "output")) and loc[0] not in tree.table
    node = tree
    for step in loc[1:] if short else loc:
        child = node.get(step)
        if child is not None:
            node = child
            yield step
