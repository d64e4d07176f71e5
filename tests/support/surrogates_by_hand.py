"""Every surrogate gradient and its primitive, written by hand from their papers, without snnc."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

Numbers = dict[str, float]
Function = Callable[..., Tensor]


def sigmoid(u: Tensor, alpha: float) -> Tensor:
    return torch.exp(-alpha * u) / (1 + torch.exp(-alpha * u)) ** 2 * alpha


def q_primitive(u: Tensor, alpha: float) -> Tensor:
    tail = (1 + 2 * u.abs() / (alpha - 1)) ** (1 - alpha) / 2
    return torch.where(u < 0, tail, 1 - tail)


def leaky_box(u: Tensor, w: float, c: float) -> Tensor:
    inside = u / (2 * w) + 0.5
    return torch.where(u < -w, c * (u + w), torch.where(u > w, c * (u - w) + 1, inside))


def nowhere(_: Numbers) -> tuple[float, ...]:
    return ()


def at_zero(_: Numbers) -> tuple[float, ...]:
    return (0.0,)


@dataclass(frozen=True)
class Surrogate:
    """A gradient, what it is the derivative of, its defaults, other numbers, where it jumps."""

    slope: Function
    primitive: Function
    defaults: Numbers
    other: Numbers
    jumps: Callable[[Numbers], tuple[float, ...]] = nowhere
    symmetric: bool = True


KINDS: dict[str, Surrogate] = {
    "ATan": Surrogate(
        lambda u, alpha: alpha / 2 / (1 + (math.pi / 2 * alpha * u) ** 2),
        lambda u, alpha: torch.atan(math.pi / 2 * alpha * u) / math.pi + 0.5,
        {"alpha": 2.0},
        {"alpha": 0.7},
    ),
    "Sigmoid": Surrogate(
        sigmoid, lambda u, alpha: torch.sigmoid(alpha * u), {"alpha": 4.0}, {"alpha": 1.5}
    ),
    "FastSigmoid": Surrogate(
        lambda u, alpha: alpha / (1 + alpha * u.abs()) ** 2,
        lambda u, alpha: alpha * u / (1 + alpha * u.abs()),
        {"alpha": 1.0},
        {"alpha": 25.0},
    ),
    "SuperSpike": Surrogate(
        lambda u, alpha, scale: scale / (1 + alpha * u.abs()) ** 2,
        lambda u, alpha, scale: scale * u / (1 + alpha * u.abs()),
        {"alpha": 25.0, "scale": 1.0},
        {"alpha": 3.0, "scale": 2.5},
    ),
    "PiecewiseQuadratic": Surrogate(
        lambda u, alpha: torch.clamp(alpha - alpha**2 * u.abs(), min=0),
        lambda u, alpha: torch.where(
            u.abs() < 1 / alpha,
            alpha * u - torch.sign(u) * alpha**2 * u**2 / 2,
            torch.sign(u) / 2,
        ),
        {"alpha": 1.0},
        {"alpha": 1.7},
    ),
    "PiecewiseExp": Surrogate(
        lambda u, alpha: alpha / 2 * torch.exp(-alpha * u.abs()),
        lambda u, alpha: torch.sign(u) / 2 * (1 - torch.exp(-alpha * u.abs())),
        {"alpha": 1.0},
        {"alpha": 2.3},
    ),
    "SoftSign": Surrogate(
        lambda u, alpha: 1 / (2 * alpha * (1 / alpha + u.abs()) ** 2),
        lambda u, alpha: (alpha * u / (1 + (alpha * u).abs()) + 1) / 2,
        {"alpha": 2.0},
        {"alpha": 0.6},
    ),
    "Erf": Surrogate(
        lambda u, alpha: alpha / math.sqrt(math.pi) * torch.exp(-(alpha**2) * u**2),
        lambda u, alpha: torch.erfc(-alpha * u) / 2,
        {"alpha": 2.0},
        {"alpha": 0.9},
    ),
    "Rect": Surrogate(
        lambda u, alpha: torch.where(u.abs() < 0.5 / alpha, torch.full_like(u, alpha), 0),
        lambda u, alpha: torch.clamp(alpha * u, -0.5, 0.5),
        {"alpha": 1.0},
        {"alpha": 0.4},
        lambda n: (-0.5 / n["alpha"], 0.5 / n["alpha"]),
    ),
    "LeakyKReLU": Surrogate(
        lambda u, leak, k: torch.where(u >= 0, torch.full_like(u, k), leak),
        lambda u, leak, k: torch.where(u >= 0, k * u, leak * u),
        {"leak": 0.0, "k": 1.0},
        {"leak": 0.1, "k": 0.7},
        at_zero,
        symmetric=False,
    ),
    "LogTailedReLU": Surrogate(
        lambda u, alpha: torch.where(u > 0, 1 / u.clamp(min=1), alpha),
        lambda u, alpha: torch.where(
            u > 0, torch.where(u > 1, 1 + u.clamp(min=1).log(), u), alpha * u
        ),
        {"alpha": 0.0},
        {"alpha": 0.2},
        at_zero,
        symmetric=False,
    ),
    "S2NN": Surrogate(
        lambda u, alpha, beta: torch.where(u < 0, sigmoid(u, alpha), beta / (u.abs() + 1)),
        lambda u, alpha, beta: torch.where(
            u < 0, torch.sigmoid(alpha * u), beta * (u.abs() + 1).log() + 0.5
        ),
        {"alpha": 4.0, "beta": 1.0},
        {"alpha": 2.0, "beta": 0.3},
        lambda n: (0.0,) if n["alpha"] != 4 * n["beta"] else (),
        symmetric=False,
    ),
    "QPseudoSpike": Surrogate(
        lambda u, alpha: (1 + 2 / (alpha - 1) * u.abs()) ** -alpha,
        q_primitive,
        {"alpha": 2.0},
        {"alpha": 1.6},
    ),
    "NonzeroSignLogAbs": Surrogate(
        lambda u, alpha: alpha / (1 + alpha * u.abs()),
        lambda u, alpha: torch.sign(u) * (1 + alpha * u.abs()).log(),
        {"alpha": 1.0},
        {"alpha": 3.0},
    ),
    "PiecewiseLeakyReLU": Surrogate(
        lambda u, w, c: torch.where(u.abs() < w, torch.full_like(u, 1 / (2 * w)), c),
        leaky_box,
        {"w": 1.0, "c": 0.01},
        {"w": 0.7, "c": 0.2},
        lambda n: (-n["w"], n["w"]),
    ),
    "StraightThrough": Surrogate(torch.ones_like, lambda u: u, {}, {}),
}
"""Every surrogate by its kind."""
