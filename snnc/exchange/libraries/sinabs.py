"""Sinabs 3.1: neurons with exact decays, and as many spikes a time step as the potential holds."""

from typing import Any

import torch
from torch import nn

from snnc.exchange import Refused
from snnc.exchange.libraries.types import (
    Equations,
    Library,
    SpikingLayer,
    Weights,
    linear,
    lines,
    unlearned,
)
from snnc.shapes import Shape

_SINGLE = "s = spike(h - v_threshold)"
_MULTI = lines(
    "g = spike(h - v_threshold)",
    "s = g + detach(floor(max(h, 0.0) / v_threshold) - g)",
)
"""As many spikes as the threshold fits in; backwards the surrogate at the first of them."""
_EXPONENTIAL = Equations(
    "Sinabs' SingleExponential.",
    {"width": 0.5, "height": 2.0},
    gradient="height * exp(-abs(u) / width)",
)


def _decay(n: nn.Module, which: str) -> float:
    """The share of a state that a step keeps. Raises Refused if it is one a neuron."""
    alpha = getattr(n, f"alpha_{which}_calculated")
    return unlearned(alpha, f"alpha_{which}")


def _double(n: Any, which: str) -> float:
    """The decay as float64 computes it of the time constant, which is how it is proved."""
    tau = getattr(n, f"tau_{which}", None)
    if n.train_alphas or tau is None:
        return _decay(n, which)
    return float(torch.exp(-1.0 / tau.detach().double()))


def _surrogate(n: Any, threshold: float) -> tuple[dict[str, object], Equations | None]:
    function = n.surrogate_grad_fn
    name = type(function).__name__
    if name != "SingleExponential":
        raise Refused(f"its surrogate {name} has no kind: SingleExponential has one")
    width = threshold * float(function.grad_width)
    fields = {"width": width, "height": float(function.grad_scale) / width}
    return {"surrogate": {"kind": "SingleExponential", **fields}}, _EXPONENTIAL


def _reset(n: Any) -> dict[str, object]:
    name = type(n.reset_fn).__name__
    if name == "MembraneReset" and float(n.reset_fn.reset_value) == 0.0:
        return {"reset": "hard", "detach_reset": True}
    if name == "MembraneSubtract" and n.reset_fn.subtract_value is None:
        return {"reset": "soft"}
    raise Refused(f"its reset {n.reset_fn} is none of MembraneSubtract() and MembraneReset()")


def _spikes(n: Any) -> tuple[str, dict[str, object]]:
    """The equations of spike and reset, and the keys that they need."""
    rule, fields = getattr(n.spike_fn, "__name__", type(n.spike_fn).__name__), _reset(n)
    if rule == "SingleSpike":
        return lines(_SINGLE, "v = reset(h, s)"), fields
    if rule != "MultiSpike" or fields["reset"] != "soft":
        raise Refused(f"it has `spike_fn = {rule}` with `reset_fn = {n.reset_fn}`")
    return lines(_MULTI, "v = reset(h, s)"), fields


def _floor(n: Any) -> str:
    """The least potential, which the library keeps after the reset."""
    if n.min_v_mem is None:
        return ""
    least = unlearned(n.min_v_mem, "min_v_mem")
    return f"v = relu(v - {least!r}) + {least!r}".replace("- -", "+ ").replace("+ -", "- ")


def _charge(n: Any, feed: str) -> tuple[str, dict[str, float], dict[str, float]]:
    """The equations up to the potential, the numbers and the states that they need."""
    mem, numbers, states = "v", {}, {"v": 0.0}
    current = feed
    steps = []
    if n.alpha_syn_calculated is not None:
        numbers["alpha_syn"], states["i"] = _double(n, "syn"), 0.0
        steps, current = [f"i = alpha_syn * (i + {feed})"], "i"
    if type(n).__name__.startswith("IAF"):
        return lines(*steps, f"h = v + {current}"), numbers, states
    numbers["alpha"] = _double(n, "mem")
    scaled = f"(1 - alpha) * {current}" if n.norm_input else current
    return lines(*steps, f"h = alpha * {mem} + {scaled}"), numbers, states


def _fixed(n: nn.Module) -> None:
    """Refuses time constants that are trained: they are exponents here."""
    learned = [k for k, p in n.named_parameters(recurse=False) if p.requires_grad and p.numel() > 1]
    if learned:
        raise Refused(f"its `{learned[0]}` is one a neuron, where one a layer is supported")


def _neuron(
    n: Any, kind: str, inputs: tuple[str, ...], before: tuple[Weights, ...]
) -> SpikingLayer:
    _fixed(n)
    threshold = unlearned(n.spike_threshold, "spike_threshold")
    charge, numbers, states = _charge(
        n, " + ".join(inputs) if len(inputs) == 1 else f"({' + '.join(inputs)})"
    )
    fire, fields = _spikes(n)
    surrogate, own = _surrogate(n, threshold)
    numbers["v_threshold"] = threshold
    equations = Equations(
        f"Sinabs' {type(n).__name__}.", numbers, states, inputs, lines(charge, fire, _floor(n))
    )
    return SpikingLayer(
        kind, {**numbers, **fields, **surrogate}, {}, equations, own, ("s",), before
    )


def _leaky(n: Any, shape: Shape) -> SpikingLayer:
    return _neuron(n, f"Sinabs{type(n).__name__.removesuffix('Squeeze')}", ("x",), ())


def _recurrent(n: Any, shape: Shape) -> SpikingLayer:
    back = n.rec_connect
    if not isinstance(back, nn.Linear):
        raise Refused(
            f"it feeds its spikes back through a {type(back).__name__}: nn.Linear is known"
        )
    if back.bias is not None:
        raise Refused("it feeds its spikes back with a bias, which the first step leaves out")
    return _neuron(
        n, f"Sinabs{type(n).__name__}", ("x", "y"), (linear(back.weight, recurrent=True),)
    )


def _integrator(n: Any, shape: Shape) -> SpikingLayer:
    _fixed(n)
    alpha = _double(n, "mem")
    scaled = "(1 - alpha) * x" if n.norm_input else "x"
    step = lines(f"v = alpha * v + {scaled}", _floor(n))
    equations = Equations("Sinabs' ExpLeak.", {"alpha": alpha}, {"v": 0.0}, step=step)
    if n.min_v_mem is not None:
        raise Refused("it has `min_v_mem`, which holds behind its output: write it by equations")
    return SpikingLayer(
        "SinabsExpLeak", {"alpha": alpha}, {}, equations, results=("v",), spikes=False
    )


def _adaptive(n: Any, shape: Shape) -> SpikingLayer:
    _fixed(n)
    base, scale = unlearned(n.b0, "spike_threshold"), unlearned(n.adapt_scale, "adapt_scale")
    if getattr(n.spike_fn, "__name__", "") != "SingleSpike" or _reset(n)["reset"] != "soft":
        raise Refused(
            "it has another `spike_fn` than SingleSpike or another reset than MembraneSubtract()"
        )
    charge, numbers, states = _charge(n, "x")
    numbers |= {"alpha_adapt": _double(n, "adapt"), "scale": scale, "v_threshold": base}
    step = lines(
        charge, "theta = v_threshold + scale * b", "s = spike((h - detach(theta)) / detach(theta))",
        "v = reset(h, s, theta)",
        "b = alpha_adapt * b + (1 - alpha_adapt) * s", _floor(n),
    )  # fmt: skip
    if n.norm_input and n.alpha_syn_calculated is not None:
        raise Refused("it has `tau_syn` and `norm_input`, which scales its current at each step")
    surrogate, own = _surrogate(n, 1.0)  # its width follows the threshold
    equations = Equations("Sinabs' ALIF.", numbers, {**states, "b": 0.0}, step=step)
    fields = {**numbers, "reset": "soft", **surrogate}
    return SpikingLayer("SinabsALIF", fields, {}, equations, own)


LIBRARY = Library(
    package="sinabs.layers",
    name="Sinabs",
    known={
        "iaf.IAF": _leaky,
        "iaf.IAFSqueeze": _leaky,
        "iaf.IAFRecurrent": _recurrent,
        "lif.LIF": _leaky,
        "lif.LIFSqueeze": _leaky,
        "lif.LIFRecurrent": _recurrent,
        "alif.ALIF": _adaptive,
        "exp_leak.ExpLeak": _integrator,
        "exp_leak.ExpLeakSqueeze": _integrator,
    },
    refused={},
    stateful=("iaf", "lif", "alif", "exp_leak", "stateful_layer"),
)
