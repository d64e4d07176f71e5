"""Two views of a network compared: how far apart, and where."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from snnc.verify.observe import Observed

What = Literal["outputs", "values", "gradients", "statistics"]

_SMALL = 1e-3  # smaller numbers than that are compared with it


@dataclass(frozen=True)
class Limits:
    """The limits of equality: the largest difference, relative to a tensor's largest number.

    ``floor`` is added to that number: for gradients, as a share of the largest one anywhere, or of
    1. Rounding leaves noise where the true gradient is 0, as at a bias before a batch norm.
    ``only`` names the values that are compared, if not all are.
    """

    forward: float = 1e-9
    gradients: float = 1e-9
    floor: float = 1e-3
    only: frozenset[str] | None = None


@dataclass(frozen=True)
class Difference:
    """The distance of one tensor from the reference's; ``limit`` is the largest allowed one.

    ``note`` says what is wrong if it is not a number. ``how`` says how the tensor was computed, if
    not by a call.
    """

    what: What
    name: str
    amount: float
    limit: float
    note: str = ""
    how: str = ""

    @property
    def equal(self) -> bool:
        return self.amount <= self.limit

    def __str__(self) -> str:
        subject = f"gradient of {self.name}" if self.what == "gradients" else self.name
        how = f", {self.how}," if self.how else ""
        return f"{subject}{how} {self.note or f'differs by {self.amount:.1e}'}"


def differences(got: Observed, want: Observed, limits: Limits) -> tuple[Difference, ...]:
    """The differences of every tensor, values first and in the order of the network."""
    return tuple(_differences(got, want, limits))


def _differences(got: Observed, want: Observed, limits: Limits) -> Iterator[Difference]:
    forward = limits.forward
    yield from _each("values", got.values, want.values, forward, _SMALL, limits.only)
    yield from _each("outputs", got.outputs, want.outputs, forward, _SMALL, limits.only)
    if limits.only is not None and not limits.only.issuperset(want.values):
        return
    largest = max((float(g.abs().max()) for g in want.gradients.values() if g.numel()), default=0)
    floor = limits.floor * max(1.0, largest)
    yield from _each("gradients", got.gradients, want.gradients, limits.gradients, floor)
    yield from _each("statistics", got.statistics, want.statistics, forward, _SMALL)


def _each(
    what: What,
    got: Mapping[str, Tensor],
    want: Mapping[str, Tensor],
    limit: float,
    floor: float,
    only: frozenset[str] | None = None,
) -> Iterator[Difference]:
    for name, tensor in want.items():
        if only is not None and name.removesuffix(" of the second call") not in only:
            continue
        if name not in got:
            yield Difference(what, name, float("inf"), limit, "is missing")
        else:
            yield _one(what, name, got[name], tensor, limit, floor)
    for name in got.keys() - want.keys():
        yield Difference(what, name, float("inf"), limit, "is not the reference's")


def _one(
    what: What, name: str, got: Tensor, want: Tensor, limit: float, floor: float
) -> Difference:
    if what == "values" and got.ndim == want.ndim - 1:
        got = got.expand(want.shape)  # a static value has to be that of every step
    if got.shape != want.shape or got.dtype != want.dtype:
        note = f"is {_like(got)}, not {_like(want)}"
        return Difference(what, name, float("inf"), limit, note)
    return Difference(what, name, distance(got, want, floor), limit)


def _like(x: Tensor) -> str:
    return f"{str(x.dtype).removeprefix('torch.')} {[*x.shape]}"


def distance(got: Tensor, want: Tensor, floor: float) -> float:
    """The largest difference over the largest number plus ``floor``; what is not finite must agree.

    0.0 means that every number is equal.
    """
    got, want = got.double(), want.double()
    same = (got == want) | (got.isnan() & want.isnan())
    if bool(same.all()):
        return 0.0
    if not bool(torch.isfinite(got[~same]).all() and torch.isfinite(want[~same]).all()):
        return float("inf")
    apart = float((got - want)[~same].abs().max())
    scale = float(want[want.isfinite()].abs().max()) + floor
    return apart / scale if scale else float("inf")
