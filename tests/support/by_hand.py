"""Every neuron as a loop written by hand from the literature's formulas, without snnc."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor

Field = float | bool | str
State = dict[str, Tensor]
Step = Callable[[SimpleNamespace, Tensor, State], tuple[Tensor, State]]
Slope = Callable[[Tensor], Tensor]


def atan(u: Tensor) -> Tensor:
    return 1 / (1 + (math.pi * u) ** 2)


class Spike(torch.autograd.Function):
    """1 from the threshold on, or above it; backwards a given slope."""

    @staticmethod
    def forward(ctx: Any, u: Tensor, slope: Slope, above: bool = False) -> Tensor:
        ctx.save_for_backward(u)
        ctx.slope = slope
        return (u > 0 if above else u >= 0).to(u)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None, None]:
        return grad * ctx.slope(ctx.saved_tensors[0]), None, None


class Whole(torch.autograd.Function):
    """round(clip(h / threshold, 0, top)); backwards 1 / threshold where nothing is clipped."""

    @staticmethod
    def forward(ctx: Any, h: Tensor, threshold: float, top: int) -> Tensor:
        ctx.inside = (h / threshold >= 0) & (h / threshold <= top)
        ctx.threshold = threshold
        return torch.round(torch.clamp(h / threshold, 0, top))

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None, None]:
        return torch.where(ctx.inside, grad / ctx.threshold, 0.0), None, None


@dataclass(frozen=True)
class Twin:
    """A neuron: its fields' defaults, where its states start, one step."""

    step: Step
    defaults: Mapping[str, Field]
    start: Mapping[str, float | str]

    def numbers(self, fields: Mapping[str, Any]) -> SimpleNamespace:
        found = SimpleNamespace(**{"slope": atan, "reset": "soft", **self.defaults, **fields})
        if found.reset == "soft":
            found.v_reset = 0.0
        return found

    def run(self, fields: Mapping[str, Any], x: Tensor) -> tuple[Tensor, State]:
        """The output at every step of x [T, ...], and the states after the last."""
        n = self.numbers(fields)
        starts = {k: getattr(n, v) if isinstance(v, str) else v for k, v in self.start.items()}
        state = {name: torch.zeros_like(x[0]) + value for name, value in starts.items()}
        outputs = []
        for x_t in x:
            y, state = self.step(n, x_t, state)
            outputs.append(y)
        return torch.stack(outputs), state


def spike(n: SimpleNamespace, u: Tensor) -> Tensor:
    found: Tensor = Spike.apply(u, n.slope, n.fires == "above")
    return found


def leak(n: SimpleNamespace, v: Tensor, x: Tensor) -> Tensor:
    rest = v - n.v_reset
    charged: Tensor = v + (x - rest) / n.tau if n.decay_input else v - rest / n.tau + x
    return charged


def after(n: SimpleNamespace, h: Tensor, s: Tensor, amount: Tensor | float | None = None) -> Tensor:
    r = s.detach() if n.detach_reset else s
    amount = n.v_threshold if amount is None else amount
    v: Tensor = h - r * amount if n.reset == "soft" else r * n.v_reset + (1 - r) * h
    return v


def fire(n: SimpleNamespace, h: Tensor) -> tuple[Tensor, State]:
    s = spike(n, h - n.v_threshold)
    return s, {"v": after(n, h, s)}


def integrate(n: SimpleNamespace, x: Tensor, z: State) -> tuple[Tensor, State]:
    return fire(n, z["v"] + x)


def lif(n: SimpleNamespace, x: Tensor, z: State) -> tuple[Tensor, State]:
    return fire(n, leak(n, z["v"], x))


def qif(n: SimpleNamespace, x: Tensor, z: State) -> tuple[Tensor, State]:
    v = z["v"]
    return fire(n, v + (x + n.a0 * (v - n.v_rest) * (v - n.v_c)) / n.tau)


def eif(n: SimpleNamespace, x: Tensor, z: State) -> tuple[Tensor, State]:
    v = z["v"]
    return fire(n, v + (x + n.v_rest - v + n.dT * torch.exp((v - n.theta_rh) / n.dT)) / n.tau)


def izhikevich(n: SimpleNamespace, x: Tensor, z: State) -> tuple[Tensor, State]:
    v, w = z["v"], z["w"]
    h = v + (x + n.a0 * (v - n.v_rest) * (v - n.v_c) - w) / n.tau
    s, z = fire(n, h)
    return s, {**z, "w": w + (n.a * (h - n.v_rest) - w) / n.tau_w + n.b * s}


def klif(n: SimpleNamespace, x: Tensor, z: State) -> tuple[Tensor, State]:
    return fire(n, torch.relu(n.k * leak(n, z["v"], x)))


def cubalif(n: SimpleNamespace, x: Tensor, z: State) -> tuple[Tensor, State]:
    c = z["c"] * n.c_decay + x
    s, z = fire(n, z["v"] * n.v_decay + c)
    return s, {"c": c, **z}


def alif(n: SimpleNamespace, x: Tensor, z: State) -> tuple[Tensor, State]:
    h, rho = leak(n, z["v"], x), math.exp(-1 / n.tau_a)
    threshold = n.v_threshold + n.beta * z["a"]
    s = spike(n, h - threshold)
    return s, {"v": after(n, h, s, threshold), "a": rho * z["a"] + (1 - rho) * s}


def clif(n: SimpleNamespace, x: Tensor, z: State) -> tuple[Tensor, State]:
    h = z["v"] - z["v"] / n.tau + x
    s = spike(n, h - n.v_threshold)
    m = z["m"] * torch.sigmoid(h / n.tau) + s
    return s, {"v": after(n, h, s, n.v_threshold + torch.sigmoid(m)), "m": m}


def ilif(n: SimpleNamespace, x: Tensor, z: State) -> tuple[Tensor, State]:
    h = (1 - 1 / n.tau) * z["v"] + x
    s: Tensor = Whole.apply(h, n.v_threshold, n.D)
    return s, {"v": after(n, h, s)}


def ternary(n: SimpleNamespace, h: Tensor) -> tuple[Tensor, State]:
    s = spike(n, h - n.v_threshold) - spike(n, -h - n.v_threshold)
    return s, {"v": after(n, h, s if n.reset == "soft" else s.abs())}


def resonate(n: SimpleNamespace, x: Tensor, z: State) -> tuple[Tensor, State]:
    shrink, cos, sin = math.exp(n.b * n.dt), math.cos(n.w * n.dt), math.sin(n.w * n.dt)
    u = shrink * (z["u"] * cos - z["v"] * sin) + x
    v = shrink * (z["u"] * sin + z["v"] * cos)
    s = spike(n, v - n.v_threshold)
    r = s.detach() if n.detach_reset else s
    return s, {"u": (1 - r) * u, "v": r * n.v_threshold + (1 - r) * v}


def add(n: SimpleNamespace, x: Tensor, z: State) -> tuple[Tensor, State]:
    return z["v"] + x, {"v": z["v"] + x}


def li(n: SimpleNamespace, x: Tensor, z: State) -> tuple[Tensor, State]:
    v = leak(n, z["v"], x)
    return v, {"v": v}


def synapse(n: SimpleNamespace, x: Tensor, z: State) -> tuple[Tensor, State]:
    i = z["i"] - (1 - x) * z["i"] / n.tau + x
    return i, {"i": i}


GRADED: dict[str, Field] = {"v_threshold": 1.0, "detach_reset": False}
FIRE: dict[str, Field] = {**GRADED, "fires": "at"}
RESET: dict[str, Field] = {**FIRE, "reset": "hard", "v_reset": 0.0}
LEAK: dict[str, Field] = {"tau": 2.0, "decay_input": True}
UP: dict[str, Field] = {**RESET, "tau": 2.0, "v_rest": 0.0, "v_reset": -0.1}
SQUARE: dict[str, Field] = {"v_c": 0.8, "a0": 1.0}
V: dict[str, float | str] = {"v": "v_reset"}

TWINS: dict[str, Twin] = {
    "IF": Twin(integrate, RESET, V),
    "LIF": Twin(lif, {**RESET, **LEAK}, V),
    "PLIF": Twin(lif, {**RESET, **LEAK}, V),
    "QIF": Twin(qif, {**UP, **SQUARE}, V),
    "EIF": Twin(eif, {**UP, "dT": 1.0, "theta_rh": 0.8}, V),
    "Izhikevich": Twin(
        izhikevich,
        {**UP, **SQUARE, "v_rest": -0.1, "v_reset": 0.0, "tau_w": 2.0, "a": 0.0, "b": 0.0},
        {**V, "w": 0.0},
    ),
    "KLIF": Twin(klif, {**RESET, **LEAK, "k": 1.0}, V),
    "CUBALIF": Twin(
        cubalif, {**RESET, "c_decay": 0.5, "v_decay": 0.75, "v_threshold": 0.5}, {"c": 0.0, **V}
    ),
    "ALIF": Twin(alif, {**RESET, **LEAK, "tau_a": 200.0, "beta": 1.8}, {**V, "a": 0.0}),
    "CLIF": Twin(clif, {**FIRE, "tau": 2.0}, {"v": 0.0, "m": 0.0}),
    "ILIF": Twin(ilif, {**GRADED, "tau": 4 / 3, "D": 4}, {"v": 0.0}),
    "TernaryIF": Twin(lambda n, x, z: ternary(n, z["v"] + x), RESET, V),
    "TernaryLIF": Twin(lambda n, x, z: ternary(n, leak(n, z["v"], x)), {**RESET, **LEAK}, V),
    "ResonateAndFire": Twin(
        resonate, {**FIRE, "b": -0.2, "w": 1.0, "dt": 1.0}, {"u": 0.0, "v": 0.0}
    ),
    "LI": Twin(li, LEAK, {"v": 0.0}),
    "I": Twin(add, {}, {"v": 0.0}),
    "SynapseFilter": Twin(synapse, {"tau": 100.0}, {"i": 0.0}),
}
"""Every neuron by its kind."""
