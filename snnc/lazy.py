"""A mapping whose values are made when they are asked for."""

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Generic, TypeVar

V = TypeVar("V")


class LazyMapping(Mapping[str, V], Generic[V]):
    """Some of the names, each with what ``make`` makes of it; a name that has None is not in it.

    A value is made at most once. Iterating makes all of them, unless ``every``: then none is None.
    """

    def __init__(
        self, names: Collection[str], make: Callable[[str], V | None], *, every: bool = False
    ) -> None:
        self._names = names
        self._make = make
        self._every = every
        self._made: dict[str, V | None] = {}

    def __getitem__(self, name: str) -> V:
        if name not in self._made:
            if name not in self._names:
                raise KeyError(name)
            self._made[name] = self._make(name)
        found = self._made[name]
        if found is None:
            raise KeyError(name)
        return found

    def __iter__(self) -> Iterator[str]:
        return (name for name in self._names if self._every or name in self)

    def __len__(self) -> int:
        return len(self._names) if self._every else sum(1 for _ in self)

    def __contains__(self, name: object) -> bool:
        if not isinstance(name, str) or name not in self._names:
            return False
        return self._every or self.get(name) is not None
