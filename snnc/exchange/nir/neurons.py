"""Neurons of NIR by equations: forward Euler, one time step of dt; and those of Sinabs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from snnc.escape import word
from snnc.exchange import Refused, Unusable
from snnc.exchange.nir.options import NirOptions
from snnc.exchange.nir.primitives import FIRING
from snnc.exchange.nir.reading import FileNode

Numbers = NDArray[np.float64]
_CHARGE = {
    "I": "v = v + r * x",
    "IF": "h = v + r * x",
    "LI": "v = v + k * (v_leak - v + r * x)",
    "LIF": "h = v + k * (v_leak - v + r * x)",
    "CubaLI": "c = c + k_syn * (w_in * x - c)\nv = v + k * (v_leak - v + r * c)",
    "CubaLIF": "c = c + k_syn * (w_in * x - c)\nh = v + k * (v_leak - v + r * c)",
}
_DECAY = {"LI": "v = decay * v + x", "LIF": "h = decay * v + x", "IF": "h = v + r * x"}
_DOC = {
    "I": "dv/dt = r x; r is r dt",
    "IF": "dv/dt = r x; r is r dt",
    "LI": "tau dv/dt = (v_leak - v) + r x; k is dt / tau",
    "LIF": "tau dv/dt = (v_leak - v) + r x; k is dt / tau",
    "CubaLI": "tau_syn dc/dt = w_in x - c, tau_mem dv/dt = (v_leak - v) + r c; k is dt / tau",
    "CubaLIF": "tau_syn dc/dt = w_in x - c, tau_mem dv/dt = (v_leak - v) + r c; k is dt / tau",
    "Scale": "y = scale x",
    "Threshold": "1 above the threshold",
}


@dataclass(frozen=True)
class NeuronKind:
    """A section ``[neurons.X]``."""

    name: str
    doc: str
    parameters: Sequence[str]
    states: Sequence[str]
    step: str
    output: str


def kind(node: str, options: NirOptions) -> NeuronKind:
    """The equations of a primitive that works on each element. Raises Refused."""
    if node == "Scale":
        return NeuronKind("NIRScale", _doc(node), ("scale",), (), "y = scale * x", "y")
    if node == "Threshold":
        step = "y = spike(x - threshold)"
        return NeuronKind("NIRThreshold", _doc(node), ("threshold",), (), step, "y")
    if options.profile == "sinabs":
        return _of_sinabs(node)
    states = ("c", "v") if node.startswith("Cuba") else ("v",)
    parameters = _PARAMETERS[node]
    if node not in FIRING:
        return NeuronKind(f"NIR{node}", _doc(node), parameters, states, _CHARGE[node], "v")
    step = f"{_CHARGE[node]}\ns = spike(h - v_threshold)\nv = reset(h, s)"
    return NeuronKind(f"NIR{node}", _doc(node), (*parameters, "v_threshold"), states, step, "s")


def _doc(node: str) -> str:
    return f"NIR's {node}: {_DOC[node]}"


_PARAMETERS = {
    **dict.fromkeys(("I", "IF"), ("r",)),
    **dict.fromkeys(("LI", "LIF"), ("k", "v_leak", "r")),
    **dict.fromkeys(("CubaLI", "CubaLIF"), ("k_syn", "w_in", "k", "v_leak", "r")),
}


def _of_sinabs(node: str) -> NeuronKind:
    """Several spikes a step, reset by subtraction; the IF has a floor at minus its threshold."""
    if node not in _DECAY:
        raise Refused(f"the profile sinabs has no {node}: Sinabs imports IF, LIF and LI")
    parameters = ("r",) if node == "IF" else ("decay",)
    doc = f"NIR's {node} as Sinabs runs it"
    if node == "LI":
        return NeuronKind("SinabsLI", doc, parameters, ("v",), _DECAY[node], "v")
    left = "h - s * v_threshold"
    last = f"v = max({left}, -v_threshold)" if node == "IF" else f"v = {left}"
    step = f"{_DECAY[node]}\ns = floor(max(h, 0) / v_threshold)\n{last}"
    return NeuronKind(f"Sinabs{node}", doc, (*parameters, "v_threshold"), ("v",), step, "s")


def numbers(name: str, node: FileNode, options: NirOptions) -> Mapping[str, Numbers]:
    """The parameters of a node's layer by name, in the units of the equations.

    Raises Unusable of a time constant that is none, Refused of what a profile cannot be.
    """
    stated = {key: np.asarray(value, np.float64) for key, value in node.fields.items()}
    if node.kind in ("Scale", "Threshold"):
        return stated
    for key in ("tau", "tau_mem", "tau_syn"):
        if key in stated and not (stated[key] > 0).all():
            raise Unusable(f"node {word(name)} ({node.kind}): {key} must be greater than 0")
    made = _in_steps(name, stated, options)
    if node.kind in ("I", "IF"):
        made["r"] = stated["r"] * options.dt
    if node.kind in FIRING:
        made["v_threshold"] = stated["v_threshold"]
    if node.kind in FIRING and options.reset == "hard" and options.profile == "nir":
        made["v_reset"] = stated.get("v_reset", np.zeros(()))
    return made


def _in_steps(name: str, stated: Mapping[str, Numbers], options: NirOptions) -> dict[str, Numbers]:
    tau = stated.get("tau", stated.get("tau_mem"))
    if tau is None:
        return {}
    if options.profile == "sinabs":
        if (stated["v_leak"] != 0).any() or (stated["r"] != 1).any():
            raise Refused(f"{name}: the profile sinabs needs v_leak = 0 and r = 1")
        return {"decay": np.exp(-options.dt / tau)}
    made = {"k": options.dt / tau, "v_leak": stated["v_leak"], "r": stated["r"]}
    if "tau_syn" in stated:
        made["k_syn"] = options.dt / stated["tau_syn"]
        made["w_in"] = stated.get("w_in", np.ones(()))
    return made
