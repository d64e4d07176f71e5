"""Parameters by patterns of their names: groups of an optimizer, and frozen ones."""

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from typing import Any

from torch import nn

from .settings import RunError, Table

Named = dict[str, nn.Parameter]


def grouped(
    net: nn.Module, groups: Sequence[Table], frozen: Sequence[str]
) -> list[dict[str, Any]]:
    """The parameters to train: first all that no group takes, then each group's.

    Frozen ones get no gradient. Raises RunError for a pattern without a match.
    """
    every = dict(net.named_parameters())
    known(every, [*frozen, *(p for group in groups for p in group["parameters"])])
    for parameter in taken(every, frozen).values():
        parameter.requires_grad_(False)
    left = {name: each for name, each in every.items() if each.requires_grad}
    if every and not left:
        raise RunError(f"{', '.join(frozen)}: nothing is left that would be trained.")
    made = []
    for group in groups:
        own = taken(left, group["parameters"])
        left = {name: each for name, each in left.items() if name not in own}
        made.append({**group, "params": [*own.values()]})
    for group in made:
        del group["parameters"]
    return [{"params": [*left.values()]}, *(group for group in made if group["params"])]


def known(every: Named, patterns: Sequence[str]) -> None:
    """Raises RunError for a pattern that matches no parameter."""
    for pattern in patterns:
        if not taken(every, [pattern]):
            raise RunError(f"No parameter is called {pattern}.")


def taken(every: Named, patterns: Sequence[str]) -> Named:
    """The parameters that one of the patterns matches."""
    return {
        name: parameter
        for name, parameter in every.items()
        if any(fnmatchcase(one, each) for one in names(name) for each in patterns)
    }


def names(name: str) -> Iterator[str]:
    """A parameter's names: its own, that of its number, and those of what holds it."""
    yield from (name, name.removesuffix("_raw"))
    parts = name.split(".")
    yield from (".".join(parts[:count]) for count in range(1, len(parts)))
