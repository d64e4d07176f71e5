"""Mutations of a spec's tree: keys and values deleted, copied, moved, retyped, renamed, nested."""

import random
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from tests.fuzz.strange.tokens import EQUATIONS, KEYS, KINDS, NAMES, STRINGS, VALUES

Container = Any
"""A dict or a list."""


@dataclass(frozen=True)
class At:
    """A value where it stands."""

    inside: Container
    key: str | int

    @property
    def value(self) -> Any:
        return self.inside[self.key]

    def put(self, value: Any) -> None:
        self.inside[self.key] = value


Mutate = Callable[[random.Random, At, At], None]


def deleted(draw: random.Random, at: At, other: At) -> None:
    del at.inside[at.key]


def copied(draw: random.Random, at: At, other: At) -> None:
    """The value once more or many times, beside itself."""
    for number in range(draw.choice([1, 1, 1, 3, 40])):
        if isinstance(at.inside, list):
            at.inside.insert(int(at.key), deepcopy(at.value))
        else:
            at.inside[f"{at.key}{number}"] = deepcopy(at.value)


def swapped(draw: random.Random, at: At, other: At) -> None:
    """Another value of the same spec, ``other`` being of it half of the time."""
    mine = deepcopy(at.value)
    at.put(deepcopy(other.value))
    other.put(mine)


def grafted(draw: random.Random, at: At, other: At) -> None:
    at.put(deepcopy(other.value))


def added(draw: random.Random, at: At, other: At) -> None:
    """A subtree more, under its own key or a strange one."""
    value = deepcopy(other.value) if draw.random() < 0.6 else draw.choice(VALUES)
    if isinstance(at.inside, list):
        at.inside.insert(draw.randrange(len(at.inside) + 1), value)
    else:
        at.inside[draw.choice([str(other.key), draw.choice(KEYS), draw.choice(NAMES)])] = value


def extreme(draw: random.Random, at: At, other: At) -> None:
    at.put(draw.choice(VALUES))


def nudged(draw: random.Random, at: At, other: At) -> None:
    """A number a little or much larger or smaller; a string with something else in it."""
    value = at.value
    if isinstance(value, bool):
        at.put(not value)
    elif isinstance(value, int | float):
        at.put(draw.choice([value + 1, value - 1, value * 2, -value, 0, value // 2, value * 1000]))
    elif isinstance(value, str):
        at.put(_string(draw, value))
    else:
        extreme(draw, at, other)


def near(draw: random.Random, at: At, other: At) -> None:
    """A number that is next to it, or another word that stands where such a word may."""
    value = at.value
    if isinstance(value, bool) or not isinstance(value, int | float):
        nudged(draw, at, other)
    elif isinstance(value, int):
        at.put(max(0, value + draw.choice([-1, 1, 1, 2, value])))
    else:
        at.put(value * draw.choice([0.5, 0.75, 1.25, 2.0, 1e3, 1e-3, -1.0]))


def swapped_alike(draw: random.Random, at: At, other: At) -> None:
    """What stands in the same list, or under the same key elsewhere."""
    if isinstance(at.inside, list):
        place = draw.randrange(len(at.inside))
        swapped(draw, at, At(at.inside, place))
    elif other.key == at.key or type(other.value) is type(at.value):
        grafted(draw, at, other)


def copied_in_place(draw: random.Random, at: At, other: At) -> None:
    """A list with an item more."""
    if isinstance(at.inside, list):
        copied(draw, at, other)
    elif isinstance(at.value, list) and at.value:
        at.value.append(deepcopy(draw.choice(at.value)))


def _string(draw: random.Random, text: str) -> str:
    where, what = draw.randrange(len(text) + 1), draw.choice([*STRINGS, *EQUATIONS])
    return draw.choice(
        [
            *(what, text[:where] + what + text[where:], text[:where] + text[where + 1 :], text * 2),
            *(f"{text}\n{what}", f"{text}@-{where}", f"${{{text}}}", text.swapcase(), f"{text}."),
        ]
    )


def retyped(draw: random.Random, at: At, other: At) -> None:
    value = at.value
    at.put(draw.choice([[value], [value, value], {"kind": value}, {"value": value}, str(value)]))


def renamed(draw: random.Random, at: At, other: At) -> None:
    if isinstance(at.inside, dict):
        value = at.inside.pop(at.key)
        at.inside[draw.choice([draw.choice(NAMES), draw.choice(KEYS), f"{at.key}s"])] = value
    else:
        draw.shuffle(at.inside)


def kind(draw: random.Random, at: At, other: At) -> None:
    """Another kind, with the fields of this one."""
    if isinstance(at.value, dict):
        at.value["kind"] = draw.choice(KINDS)
    elif isinstance(at.value, str):
        at.put(draw.choice(KINDS))
    else:
        at.put({"kind": draw.choice(KINDS)})


def nested(draw: random.Random, at: At, other: At) -> None:
    value = at.value
    for _ in range(draw.choice([2, 10, 40, 80])):
        value = draw.choice([[value], {"a": value}, {"kind": "LIF", "initial": value}])
    at.put(value)


MUTATIONS: tuple[Mutate, ...] = (
    *(deleted, copied, swapped, grafted, added, added, extreme, extreme, nudged, nudged, nudged),
    *(retyped, renamed, kind, kind, nested),
)


GENTLE: tuple[Mutate, ...] = (deleted, near, near, kind, swapped_alike, copied_in_place)
"""Those that often leave a spec fine, so that it is built and called."""
_GENTLY = 0.5


def mutated(draw: random.Random, tree: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """A tree after one to four mutations, with parts of itself and of another spec's."""
    tree = deepcopy(tree)
    for _ in range(draw.choice([1, 1, 1, 2, 2, 3, 4])):
        places, others = [*_places(tree)], [*_places(draw.choice([tree, deepcopy(other)]))]
        if not places or not others:
            break
        mutate = draw.choice(GENTLE if draw.random() < _GENTLY else MUTATIONS)
        mutate(draw, draw.choice(places), draw.choice(others))
    return tree


def _places(node: Container) -> Iterator[At]:
    """Every value of a tree, without recursion: it may be deep."""
    ahead = [node]
    while ahead:
        inside = ahead.pop()
        for key, value in inside.items() if isinstance(inside, dict) else enumerate(inside):
            yield At(inside, key)
            if isinstance(value, dict | list):
                ahead.append(value)
