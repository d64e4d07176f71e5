"""Names of layers after those of nodes: ``lif1.lif`` as ``lif1_lif``, ``0`` as ``lif_0``."""

import re

from pydantic_core import PydanticCustomError

from snnc import names
from snnc.names import LONGEST


class NodeNames:
    """Gives every node a name that a spec allows, each a different one."""

    def __init__(self) -> None:
        self.taken = {"input", "output"}

    def new(self, node: str, stem: str) -> str:
        """A name for a node of this name; ``stem`` stands before or for what is no name."""
        plain = re.sub(r"\W+", "_", node, flags=re.ASCII).strip("_")
        base = plain if plain[:1].isalpha() else f"{stem}_{plain}".strip("_")
        base = base[-LONGEST:].lstrip("_0123456789") or stem
        if not _allowed(base):
            base = f"{base}_{stem}"[:LONGEST]
        name, number = base, 1
        while name in self.taken or not _allowed(name):
            number += 1
            name = f"{base[: LONGEST - 1 - len(str(number))]}_{number}"
        self.taken.add(name)
        return name


def _allowed(name: str) -> bool:
    try:
        return bool(names.identifier(name))
    except PydanticCustomError:
        return False
