"""Random numbers as a function of what they are for, never of the order of execution."""

from hashlib import sha256
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

_LOW = 0xFFFFFFFF


def key(path: str) -> int:
    """The part of a Philox key that belongs to the node ``path``: 62 bits."""
    return int.from_bytes(sha256(path.encode()).digest()[:8]) >> 2


def literal(path: str) -> str:
    """:func:`key` as generated code writes it."""
    return f"0x{key(path):016X}"


def philox(counter: "tuple[Any, Any, Any, Any]", key: tuple[int, int]) -> "tuple[Any, ...]":
    """Philox4x32-10 (Salmon et al., SC 2011) of four 32-bit words, Python's or NumPy's uint64."""
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(10):
        p0, p1 = 0xD2511F53 * c0, 0xCD9E8D57 * c2
        c0, c1 = (p1 >> 32) ^ c1 ^ k0, p1 & _LOW
        c2, c3 = (p0 >> 32) ^ c3 ^ k1, p0 & _LOW
        k0, k1 = (k0 + 0x9E3779B9) & _LOW, (k1 + 0xBB67AE85) & _LOW
    return c0, c1, c2, c3


def uniform(seed: int, key: int, count: int, t: int) -> "np.ndarray[Any, np.dtype[np.float32]]":
    """The first ``count`` numbers in [0, 1) of step ``t``, one for each logical position.

    The counter holds the position and t // 4, and t % 4 chooses the word; of its 32 bits the
    upper 24 become the number.
    """
    import numpy as np

    position = np.arange(count, dtype=np.uint64)
    zero = np.zeros_like(position)
    mixed = seed ^ key
    words = philox(
        (position & np.uint64(_LOW), position >> np.uint64(32), zero + np.uint64(t // 4), zero),
        (mixed & _LOW, mixed >> 32 & _LOW),
    )
    upper = words[t % 4] >> np.uint64(8)
    return np.asarray(upper * 2.0**-24, dtype=np.float32)
