"""snnTorch 1.0: neurons that fire above their threshold and reset one time step late."""

import math
from collections.abc import Mapping

from torch import Tensor, nn

from snnc.exchange import Refused
from snnc.exchange.libraries.types import (
    FIRES_ABOVE,
    Equations,
    Library,
    SpikingLayer,
    Weights,
    joined,
    linear,
    lines,
    number,
    only,
    unlearned,
)
from snnc.shapes import Shape

_SURROGATES = {
    "atan": ("ATan", "alpha"),
    "fast_sigmoid": ("SuperSpike", "alpha"),
    "sigmoid": ("Sigmoid", "alpha"),
    "straight_through_estimator": ("StraightThrough", ""),
}
"""By function: the kind, and the key of its one number."""
_RESETS = ("subtract", "zero", "none")


def _surrogate(function: object) -> Mapping[str, object]:
    name = getattr(function, "__qualname__", type(function).__name__).partition(".")[0]
    if name == "SpikingNeuron":
        raise Refused("it has `surrogate_disable = True`, so nothing can be learned through it")
    if name not in _SURROGATES:
        known = ", ".join(_SURROGATES)
        raise Refused(f"its surrogate {name} has no kind: those of {known} have one")
    kind, key = _SURROGATES[name]
    cells = [cell.cell_contents for cell in getattr(function, "__closure__", None) or ()]
    numbers = [float(c) for c in cells if isinstance(c, int | float)]
    return {"kind": kind, **({key: numbers[0]} if key and numbers else {})}


def _tensor(n: nn.Module, key: str) -> Tensor | float:
    found = getattr(n, key)
    return found if isinstance(found, Tensor) else float(found)


def _checked(n: nn.Module) -> str:
    """The kind of the reset. Raises Refused for what no equations are known for."""
    only(n, {"state_quant": False, "inhibition": False, "graded_spikes_factor": 1.0})
    return _RESETS[int(n.reset_mechanism_val)]  # type: ignore[arg-type]


def _fires(
    n: nn.Module, shape: Shape, **numbers: object
) -> tuple[dict[str, object], dict[str, Tensor]]:
    """The keys and tensors of a neuron with these numbers."""
    given = {**numbers, "v_threshold": n.threshold}
    parts = [number(value, shape, key) for key, value in given.items()]  # type: ignore[arg-type]
    fields, state = joined(parts, *given)
    return {**fields, **FIRES_ABOVE, "surrogate": _surrogate(n.spike_grad)}, state


def _clamped(key: str, tensor: Tensor) -> str:
    """A decay, which the library keeps between 0 and 1 as it reads it."""
    inside = bool(((tensor >= 0) & (tensor <= 1)).all())
    fixed = not isinstance(tensor, nn.Parameter) and inside
    return key if fixed else f"clip({key}, 0.0, 1.0)"


def _body(n: nn.Module, charge: str, before: str = "") -> str:
    """The equations of a step; ``charge`` is the potential, of the one before as ``{v}``."""
    rule = _checked(n)
    now = {"subtract": "{c} - r * v_threshold", "zero": "{c}", "none": "{c}"}[rule]
    old = "((1 - r) * v)" if rule == "zero" else "v"
    late = rule == "none" or bool(getattr(n, "reset_delay", True))
    after = {"subtract": "h - (s - r) * v_threshold", "zero": "h - (s - r) * h", "none": "h"}[rule]
    return lines(
        "" if rule == "none" else "r = detach(spike(v - v_threshold))",
        before,
        f"h = {now.replace('{c}', charge.replace('{v}', old))}",
        "s = spike(h - v_threshold)",
        f"v = {'h' if late else after}",
    )


def _doc(n: nn.Module) -> str:
    late = "" if getattr(n, "reset_delay", True) else ", reset_delay=False"
    rule = _RESETS[int(n.reset_mechanism_val)]  # type: ignore[arg-type]
    return f'snnTorch\'s {type(n).__name__}, reset_mechanism="{rule}"{late}.'


def _leaky(n: nn.Module, shape: Shape) -> SpikingLayer:
    body = _body(n, f"{_clamped('beta', n.beta)} * {{v}} + x")  # type: ignore[arg-type]
    fields, state = _fires(n, shape, beta=n.beta)
    equations = Equations(_doc(n), {"beta": 0.9, "v_threshold": 1.0}, {"v": 0.0}, step=body)
    return SpikingLayer("Leaky", fields, state, equations, results=("s", "v"))


def _lapicque(n: nn.Module, shape: Shape) -> SpikingLayer:
    r, c, dt = (unlearned(_tensor(n, key), key) for key in ("R", "C", "time_step"))
    rule = _checked(n)
    charge = "x * R * (1 / (R * C)) * dt + (1 - dt / (R * C)) * v"
    reset = {"subtract": " - r * v_threshold", "zero": "", "none": ""}[rule]
    body = lines(
        "" if rule == "none" else "r = detach(spike(v - v_threshold))",
        f"g = {charge}" if rule == "zero" else "",
        "h = g - r * g" if rule == "zero" else f"h = {charge}{reset}",
        "s = spike(h - v_threshold)",
        "v = h",
    )
    fields, state = _fires(n, shape)
    own = {"R": r, "C": c, "dt": dt}
    equations = Equations(_doc(n), {**own, "v_threshold": 1.0}, {"v": 0.0}, step=body)
    return SpikingLayer("Lapicque", {**own, **fields}, state, equations, results=("s", "v"))


def _current_body(n: nn.Module, charge: str) -> str:
    """The equations of a step of a current ``c`` and a potential that it charges."""
    rule = _checked(n)
    beta = _clamped("beta", n.beta)  # type: ignore[arg-type]
    if rule != "zero":
        return _body(n, f"{beta} * {{v}} + c", f"c = {charge}")
    late = bool(getattr(n, "reset_delay", True))
    return lines(  # the charge of the potential is taken away, the current stays
        "r = detach(spike(v - v_threshold))",
        f"c = {charge}",
        f"g = {beta} * v + c",
        "h = g - g * r",
        "s = spike(h - v_threshold)",
        "v = h" if late else "v = h - (s - r) * h",
    )


def _synaptic(n: nn.Module, shape: Shape) -> SpikingLayer:
    alpha = _clamped("alpha", n.alpha)  # type: ignore[arg-type]
    body = _current_body(n, f"{alpha} * c + x")
    fields, state = _fires(n, shape, alpha=n.alpha, beta=n.beta)
    numbers = {"alpha": 0.9, "beta": 0.8, "v_threshold": 1.0}
    equations = Equations(_doc(n), numbers, {"c": 0.0, "v": 0.0}, step=body)
    return SpikingLayer("Synaptic", fields, state, equations, results=("s", "c", "v"))


def _alpha(n: nn.Module, shape: Shape) -> SpikingLayer:
    rule = _checked(n)
    a, b = unlearned(n.alpha, "alpha"), unlearned(n.beta, "beta")  # type: ignore[arg-type]
    if any(isinstance(p, nn.Parameter) for p in (n.alpha, n.beta)):
        raise Refused("it learns its decays, and its factor is a quotient of their logarithms")
    k = math.log(a) / (math.log(b) - math.log(a)) + 1
    back = {
        "subtract": ("v_threshold", "j", "(-i)"),
        "zero": ("e2", "i2", "h2"),
        "none": ("",) * 3,
    }[rule]
    body = lines(
        "" if rule == "none" else "r = detach(spike(v - v_threshold))",
        "e2 = alpha * e + x",
        "i2 = beta * i - x",
        "j = beta * i - x" if rule == "subtract" else "",
        "h2 = k * (e2 + i2)",
        f"h = h2 - {back[2]} * r" if rule != "none" else "h = h2",
        f"i = i2 - {back[1]} * r" if rule != "none" else "i = i2",
        f"e = e2 - {back[0]} * r" if rule != "none" else "e = e2",
        "s = spike(h - v_threshold)",
        "v = h",
    )
    fields, state = _fires(n, shape)
    own = {"alpha": a, "beta": b, "k": k}
    states = {"e": 0.0, "i": 0.0, "v": 0.0}
    equations = Equations(_doc(n), {**own, "v_threshold": 1.0}, states, step=body)
    return SpikingLayer(
        "AlphaNeuron", {**own, **fields}, state, equations, results=("s", "e", "i", "v")
    )


def _recurrent(n: nn.Module, shape: Shape) -> SpikingLayer:
    rule = _checked(n)
    only(n, {"reset_delay": True})
    charge = f"{_clamped('beta', n.beta)} * v + x + {_fed(n)}"  # type: ignore[arg-type]
    body = lines(
        "" if rule == "none" else "r = detach(spike(v - v_threshold))",
        f"g = {charge}" if rule == "zero" else "",
        {
            "subtract": f"h = {charge} - r * v_threshold",
            "zero": "h = g - r * g",
            "none": f"h = {charge}",
        }[rule],
        "s = spike(h - v_threshold)",
        "v = h",
    )
    return _with_feedback(n, shape, "RLeaky", body, {"v": 0.0}, beta=n.beta)


def _recurrent_synaptic(n: nn.Module, shape: Shape) -> SpikingLayer:
    only(n, {"reset_delay": True})
    alpha = _clamped("alpha", n.alpha)  # type: ignore[arg-type]
    body = _current_body(n, f"{alpha} * c + x + {_fed(n)}")
    states = {"c": 0.0, "v": 0.0}
    return _with_feedback(n, shape, "RSynaptic", body, states, alpha=n.alpha, beta=n.beta)


def _alone(n: nn.Module) -> bool:
    """Whether each neuron reads its own spike alone."""
    return type(n.recurrent).__name__ == "RecurrentOneToOne"


def _fed(n: nn.Module) -> str:
    """The value that comes back, of the spikes of the step before."""
    return "p * V" if _alone(n) else "y"


def _with_feedback(
    n: nn.Module, shape: Shape, kind: str, body: str, states: dict[str, float], **decays: object
) -> SpikingLayer:
    """A neuron that reads its spikes of the step before, each its own or through a layer."""
    numbers = {**dict.fromkeys(decays, 0.9), "v_threshold": 1.0}
    results = ("s", *states)
    if not _alone(n):
        fields, state = _fires(n, shape, **decays)
        equations = Equations(_doc(n), numbers, states, ("x", "y"), body)
        before = (_back(n.recurrent),)  # type: ignore[arg-type]
        return SpikingLayer(kind, fields, state, equations, results=results, before=before)
    fields, state = _fires(n, shape, **decays, V=n.recurrent.V)  # type: ignore[union-attr]
    own = Equations(_doc(n), {**numbers, "V": 1.0}, {**states, "p": 0.0}, step=lines(body, "p = s"))
    return SpikingLayer(f"{kind}Alone", fields, state, own, results=results)


def _back(module: nn.Module) -> Weights:
    if isinstance(module, nn.Linear):
        return linear(module.weight, module.bias, recurrent=True)
    if not isinstance(module, nn.Conv2d):
        raise Refused(f"it feeds its spikes back through a {type(module).__name__}")
    fields = {"out_channels": module.out_channels, "kernel_size": list(module.kernel_size)}
    fields |= {"padding": list(module.padding), "bias": module.bias is not None}
    state = dict(module.named_parameters())
    return Weights("Conv2d", fields, state, recurrent=True)


_CELL = "it is a cell of an LSTM, which a spec has no kind for"
LIBRARY = Library(
    package="snntorch",
    name="snnTorch",
    known={
        "_neurons.leaky.Leaky": _leaky,
        "_neurons.lapicque.Lapicque": _lapicque,
        "_neurons.synaptic.Synaptic": _synaptic,
        "_neurons.alpha.Alpha": _alpha,
        "_neurons.rleaky.RLeaky": _recurrent,
        "_neurons.rsynaptic.RSynaptic": _recurrent_synaptic,
    },
    refused={"_neurons.slstm.SLSTM": _CELL, "_neurons.sconv2dlstm.SConv2dLSTM": _CELL},
    stateful=("_neurons",),
)
