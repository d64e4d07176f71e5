"""Slopes: what surrogate gradients do to a gradient on its way back.

A gradient that passes a neuron is multiplied by the slope at its potential. Potentials are taken
for normally distributed around 0, with a deviation of 0.45 thresholds, as after a batch norm.
"""

from functools import lru_cache
from math import exp, nan, pi, sqrt

from snnc.step.evaluate import run
from snnc.surrogate import Surrogate

_DEVIATION = 0.45
_STEPS = 24
"""On each side of the threshold, each 1.5 times as far from it as the last."""
_GROWTH, _NEAREST = 1.5, 1e-3


@lru_cache(maxsize=64)
def slope(surrogate: Surrogate, u: float) -> float:
    """The slope where the potential is ``u`` above the threshold; nan where it has none."""
    return _slopes(surrogate, (u,))[0]


@lru_cache(maxsize=64)
def passed(surrogate: Surrogate, threshold: float) -> float:
    """The root mean square of the slope over potentials: an estimate; nan where it has none."""
    far = [threshold * _NEAREST * _GROWTH**k for k in range(_STEPS)]
    points = (*(-u for u in reversed(far)), 0.0, *far)
    slopes = zip(points, _slopes(surrogate, points), strict=True)
    powers = [value**2 * _density(u, threshold) for u, value in slopes]
    pairs = zip(points, points[1:], powers, powers[1:], strict=False)
    return sqrt(sum((b - a) * (p + q) / 2 for a, b, p, q in pairs))


def _slopes(surrogate: Surrogate, points: tuple[float, ...]) -> list[float]:
    try:
        step = surrogate.derivative()
        return [run(step.body, {"u": u})[step.output] for u in points]
    except (ArithmeticError, ValueError):  # a StepError is one
        return [nan] * len(points)


def _density(u: float, threshold: float) -> float:
    deviation = _DEVIATION * threshold
    return exp(-(((u + threshold) / deviation) ** 2) / 2) / deviation / sqrt(2 * pi)
