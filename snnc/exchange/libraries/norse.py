"""Norse 1.1: neurons that fire above their threshold, with inverse time constants in 1/s.

``dt`` times an inverse time constant is one number here. It is rounded as Norse rounds it.
"""

from typing import Any

from torch import Tensor, nn

from snnc.exchange import Refused
from snnc.exchange.libraries.types import (
    FIRES_ABOVE,
    Equations,
    Library,
    Recipe,
    SpikingLayer,
    Weights,
    linear,
    lines,
    unlearned,
)
from snnc.shapes import Shape

Numbers = dict[str, float]


def _scaled(p: Any, key: str, dt: float) -> float:
    inverse = getattr(p, key)
    return float((dt * inverse).double()) if isinstance(inverse, Tensor) else dt * float(inverse)


def _one(p: Any, key: str) -> float:
    return unlearned(getattr(p, key), key)


def _fires(p: Any) -> dict[str, object]:
    if p.method not in ("super", "heaviside"):
        raise Refused(f"its `method = {p.method}` has no surrogate here: `super` has one")
    return {**FIRES_ABOVE, "surrogate": {"kind": "SuperSpike", "alpha": 1.0}}


def _threshold(p: Any) -> Numbers:
    return {"v_threshold": _one(p, "v_th"), "v_rest": _one(p, "v_leak")}


def _layer(
    kind: str, n: nn.Module, p: Any, numbers: Numbers, states: Numbers, step: str, **more: Any
) -> SpikingLayer:
    inputs = more.pop("inputs", ("x",))
    equations = Equations(f"Norse's {type(n).__name__}.", numbers, states, inputs, step)
    reset: dict[str, object] = {"v_reset": _one(p, "v_reset")}
    return SpikingLayer(
        kind, {**numbers, **reset, **_fires(p)}, {}, equations, results=("s", None), **more
    )


_CHARGE = "h = v + k_mem * ((v_rest - v) + j)"
_DECAY = "i = j - k_syn * j"
_SPIKE = "s = spike(h - v_threshold)"
_RESET = "v = reset(h, s)"


def _current(n: Any) -> Numbers:
    p = n.p
    return {
        "k_syn": _scaled(p, "tau_syn_inv", n.dt),
        "k_mem": _scaled(p, "tau_mem_inv", n.dt),
        **_threshold(p),
    }


def _lif(n: Any, shape: Shape) -> SpikingLayer:
    step = lines("j = i + x", _CHARGE, _DECAY, _SPIKE, _RESET)
    return _layer("NorseLIF", n, n.p, _current(n), {"i": 0.0, "v": _one(n.p, "v_leak")}, step)


def _lif_recurrent(n: Any, shape: Shape) -> SpikingLayer:
    step = lines("j = i + x + y", _CHARGE, _DECAY, _SPIKE, "v = reset(h, s)")
    before = (linear(n.input_weights), linear(n.recurrent_weights, recurrent=True))
    states = {"i": 0.0, "v": _one(n.p, "v_leak")}
    made = _layer(
        "NorseLIFRecurrent", n, n.p, _current(n), states, step, inputs=("x", "y"), before=before
    )
    return SpikingLayer(
        made.kind,
        {**made.fields, "detach_reset": True},
        {},
        made.equations,
        None,
        made.results,
        before,
    )


def _lif_box(n: Any, shape: Shape) -> SpikingLayer:
    if getattr(n.p.reset_method, "__name__", "") != "reset_value":
        raise Refused(f"it has `reset_method = {n.p.reset_method}`, where `reset_value` is known")
    numbers = {"k_mem": _scaled(n.p, "tau_mem_inv", n.dt), **_threshold(n.p)}
    step = lines("h = v + k_mem * ((x + v_rest) - v)", _SPIKE, _RESET)
    return _layer("NorseLIFBox", n, n.p, numbers, {"v": _one(n.p, "v_leak")}, step)


def _iaf(n: Any, shape: Shape) -> SpikingLayer:
    fields = {"v_threshold": _one(n.p, "v_th"), "v_reset": _one(n.p, "v_reset"), **_fires(n.p)}
    return SpikingLayer("IF", {**fields, "initial": {"v": 0.0}}, results=("s", None))


def _refractory(n: Any, shape: Shape) -> SpikingLayer:
    p = n.p.lif
    numbers = {
        "k_syn": _scaled(p, "tau_syn_inv", n.dt), "k_mem": _scaled(p, "tau_mem_inv", n.dt),
        **_threshold(p), "rho_reset": _one(n.p, "rho_reset"),
    }  # fmt: skip
    step = lines(
        "j = i + x", _CHARGE, _DECAY, "z = spike(h - v_threshold)", "m = spike(rho)",
        "v = (1 - m) * ((1 - z) * h + z * v_reset) + m * v", "s = (1 - m) * z",
        "rho = (1 - s) * relu(rho - m) + s * rho_reset",
    )  # fmt: skip
    states = {"i": 0.0, "v": _one(p, "v_leak"), "rho": 0.0}
    return _layer("NorseLIFRefrac", n, p, numbers, states, step)


def _lsnn(n: Any, shape: Shape) -> SpikingLayer:
    p = n.p
    numbers = {**_current(n), "k_adapt": _scaled(p, "tau_adapt_inv", n.dt), "beta": _one(p, "beta")}
    step = lines(
        "h = v + k_mem * ((v_rest - v) + i)", "g = i - k_syn * i",
        "a = b + k_adapt * (v_threshold - b)", "s = spike(h - a)", _RESET,
        "b = a + s * beta", "i = g + x",
    )  # fmt: skip
    states = {"i": 0.0, "v": _one(p, "v_leak"), "b": _one(p, "v_th")}
    return _layer("NorseLSNN", n, p, numbers, states, step)


def _integrator(current: bool) -> Recipe:
    """A leaky integrator, with a current of its own or without."""

    def made(n: Any, shape: Shape) -> SpikingLayer:
        return _li(n, current, n.p, ("x",), ())

    return made


def _li(
    n: Any, current: bool, p: Any, inputs: tuple[str, ...], before: tuple[Weights, ...]
) -> SpikingLayer:
    numbers = {"k_mem": _scaled(p, "tau_mem_inv", n.dt), "v_rest": _one(p, "v_leak")}
    states = {"v": _one(p, "v_leak")}
    step = "v = v + k_mem * ((v_rest - v) + x)"
    if current:
        numbers["k_syn"], states["i"] = _scaled(p, "tau_syn_inv", n.dt), 0.0
        step = lines("j = i + x", "v = v + k_mem * ((v_rest - v) + j)", _DECAY)
    equations = Equations(f"Norse's {type(n).__name__}.", numbers, states, inputs, step)
    kind = "NorseLI" if current else "NorseLIBox"
    return SpikingLayer(kind, dict(numbers), {}, equations, None, ("v", None), before, spikes=False)


def _li_linear(n: Any, shape: Shape) -> SpikingLayer:
    return _li(n, True, n.p, ("x",), (linear(n.input_weights),))


LIBRARY = Library(
    package="norse.torch.module",
    name="Norse",
    known={
        "lif.LIFCell": _lif,
        "lif.LIF": _lif,
        "lif.LIFRecurrentCell": _lif_recurrent,
        "lif.LIFRecurrent": _lif_recurrent,
        "lif_box.LIFBoxCell": _lif_box,
        "iaf.IAFCell": _iaf,
        "iaf.IAF": _iaf,
        "lif_refrac.LIFRefracCell": _refractory,
        "lsnn.LSNNCell": _lsnn,
        "lsnn.LSNN": _lsnn,
        "leaky_integrator.LICell": _integrator(current=True),
        "leaky_integrator.LI": _integrator(current=True),
        "leaky_integrator.LILinearCell": _li_linear,
        "leaky_integrator_box.LIBoxCell": _integrator(current=False),
    },
    refused={},
    stateful=(
        "coba_lif", "iaf", "izhikevich", "leaky_integrator", "leaky_integrator_box", "lif",
        "lif_adex", "lif_adex_refrac", "lif_box", "lif_correlation", "lif_ex", "lif_mc",
        "lif_mc_refrac", "lif_refrac", "lsnn", "exp_filter",
    ),
)  # fmt: skip
