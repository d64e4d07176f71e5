"""Neurons as NIR's, with their numbers in its units: seconds for steps, r for the input."""

from collections.abc import Callable, Mapping
from typing import Any

import nir
import numpy as np

from snnc.exchange.nir import neurons as imported
from snnc.exchange.nir.options import NirOptions
from snnc.exchange.nir.primitives import NEURONS
from snnc.exchange.nir_export.numbers import Array, number
from snnc.exchange.states import State
from snnc.exchange.unsaid import Unsaid
from snnc.graph.types import Node


def neuron(node: Node, state: State, dt: float) -> nir.NIRNode:
    """The primitive that computes what a neuron does. Raises Unsaid."""
    operator: Any = node.operator
    _resets_hard(operator)
    own = _own().get(operator.step.strip())
    write = _ours(own) if own else _WRITERS.get(operator.kind)
    if operator.helps:
        raise Unsaid("a converted ANN subtracts the threshold at a spike: NIR has no soft reset")
    if write is None:
        raise Unsaid(f"NIR has no {operator.kind}", "IF, LIF, PLIF, CUBALIF, LI and I are in NIR")
    if operator.initial:
        raise Unsaid("NIR has no start of a potential: `initial` cannot be said")
    return write(_Numbers(node, state, dt))


def _resets_hard(operator: Any) -> None:
    if getattr(operator, "reset", "hard") == "soft":
        raise Unsaid(
            "NIR sets the potential to v_reset: a soft reset cannot be said",
            'train with reset = "hard", or tell who reads the file to subtract the threshold',
        )


class _Numbers:
    """Numbers of one neuron for each element, float64."""

    def __init__(self, node: Node, state: State, dt: float) -> None:
        self.node, self.state, self.dt = node, state, dt
        self.operator: Any = node.operator

    def __getitem__(self, name: str) -> Array:
        return number(self.node, name, self.state)

    def full(self, value: float) -> Array:
        return np.full(self.node.shape, value)

    def fires(self) -> dict[str, Array]:
        return {"v_threshold": self["v_threshold"].copy(), "v_reset": self["v_reset"].copy()}


def _if(of: _Numbers) -> nir.NIRNode:
    return nir.IF(of.full(1 / of.dt), **of.fires())


def _leaky(of: _Numbers) -> dict[str, Array]:
    tau = of["tau"]
    return {"tau": tau * of.dt, "r": of.full(1.0) if of.operator.decay_input else tau.copy()}


def _lif(of: _Numbers) -> nir.NIRNode:
    return nir.LIF(**_leaky(of), v_leak=of["v_reset"].copy(), **of.fires())


def _li(of: _Numbers) -> nir.NIRNode:
    return nir.LI(**_leaky(of), v_leak=of.full(0.0))


def _i(of: _Numbers) -> nir.NIRNode:
    return nir.I(of.full(1 / of.dt))


def _cubalif(of: _Numbers) -> nir.NIRNode:
    left, kept = 1 - of["c_decay"], 1 - of["v_decay"]
    if not (left > 0).all() or not (kept > 0).all():
        raise Unsaid("NIR's currents and potentials decay: c_decay and v_decay must be below 1")
    return nir.CubaLIF(
        tau_syn=of.dt / left,
        tau_mem=of.dt / kept,
        r=1 / kept,
        v_leak=of.full(0.0),
        w_in=1 / left,
        **of.fires(),
    )


_WRITERS: Mapping[str, Callable[[_Numbers], nir.NIRNode]] = {
    "IF": _if,
    "LIF": _lif,
    "PLIF": _lif,
    "LI": _li,
    "I": _i,
    "CUBALIF": _cubalif,
}


def _own() -> Mapping[str, str]:
    """Primitives by the equations that an import gives them."""
    options = NirOptions(1.0)
    kinds = (*NEURONS, "Scale", "Threshold")
    return {imported.kind(kind, options).step: kind for kind in kinds}


def _ours(kind: str) -> Callable[[_Numbers], nir.NIRNode]:
    """The primitive that was imported, with its numbers back in NIR's units."""

    def write(of: _Numbers) -> nir.NIRNode:
        fields = {name: of[name] for name in imported.kind(kind, NirOptions(of.dt)).parameters}
        made: dict[str, Array] = {k: v.copy() for k, v in fields.items() if k not in ("k", "k_syn")}
        current = kind.startswith("Cuba")
        if "k" in fields:
            made["tau_mem" if current else "tau"] = of.dt / fields["k"]
        if "k_syn" in fields:
            made["tau_syn"] = of.dt / fields["k_syn"]
        if kind in ("I", "IF"):
            made["r"] = fields["r"] / of.dt
        if "v_threshold" in fields:
            made["v_reset"] = of["v_reset"].copy()
        return getattr(nir, kind)(**made)

    return write
