"""Names of layers: those of the original as far as a spec allows."""

import re
from collections.abc import Iterator

from pydantic_core import PydanticCustomError

from snnc.exchange.entry import INPUT
from snnc.names import LONGEST, identifier


class LayerNames:
    """Gives every layer a name of its own."""

    def __init__(self) -> None:
        self.taken = {INPUT}

    def new(self, path: str, stem: str) -> str:
        """``layer1.0.conv1`` as ``layer1_0_conv1``; ``stem`` where that is no name."""
        name = next(n for n in _candidates(path, stem) if n not in self.taken and _allowed(n))
        self.taken.add(name)
        return name


def _candidates(path: str, stem: str) -> Iterator[str]:
    words = [re.sub(r"\W|^_+", "", part, flags=re.ASCII) for part in path.split(".")]
    parts = [word for word in words if word] or [stem]
    if not parts[0][0].isalpha():
        parts.insert(0, stem)
    yield _short(parts)
    if not _allowed(_short(parts)):
        parts.append(stem)
        yield _short(parts)
    number = 2
    while True:
        yield _numbered(_short(parts), number)
        number += 1


def _short(parts: list[str]) -> str:
    """The last parts that fit: the first ones tell least."""
    while len(parts) > 1 and (len("_".join(parts)) > LONGEST or not parts[0][0].isalpha()):
        parts = parts[1:]
    return "_".join(parts)[:LONGEST]


def _numbered(name: str, number: int) -> str:
    digits = f"_{number}" if name[-1].isdigit() else str(number)
    return name[: LONGEST - len(digits)] + digits


def _allowed(name: str) -> bool:
    try:
        return bool(identifier(name))
    except PydanticCustomError:
        return False
