"""The uses of blocks in a flat document, for containers of modules and for messages."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Use:
    """A block where it is used; the layers that it became are those below its path.

    ``parameters`` has all of them, in the order of the definition: the required ones first.
    ``inputs`` is what each port reads, ``value`` the layer that is its value, as edges say it
    (``"conv1"``, ``"hidden@-1"``).
    """

    block: str
    parameters: Mapping[str, object]
    inputs: Mapping[str, str] = field(default_factory=dict)
    value: str = ""


@dataclass(frozen=True)
class Repeat:
    """A numbered list, whose parts have the paths ``PATH.0``, ``PATH.1`` and so on."""

    length: int


Container = Use | Repeat


@dataclass(frozen=True)
class InferredSize:
    """A size that is inferred: ``key`` of a feedback layer is the first size of ``source``.

    Until shapes are known the key has the value 1.
    """

    key: str
    source: str
