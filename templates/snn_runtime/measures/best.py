"""Which epoch is the best."""

from collections.abc import Collection, Mapping


def judge(splits: Collection[str]) -> str:
    """The split that decides: samples held out for that, or else the test samples."""
    return "validation" if "validation" in splits else "test"


def better(value: float, best: float | None, sign: int) -> bool:
    """Whether an epoch becomes the best; of equals, the last one is.

    ``sign`` is 1 for a metric of which more is better, -1 for one of which less is.
    """
    return best is None or sign * (value - best) >= 0


def best_epoch(curve: Mapping[int, float], sign: int) -> int:
    """The best epoch of a metric, {epoch: value}. Raises ValueError if there is none."""
    found: int | None = None
    for epoch in sorted(curve):
        if better(curve[epoch], None if found is None else curve[found], sign):
            found = epoch
    if found is None:
        raise ValueError("there is no epoch")
    return found
