"""SpikingJelly 2.0: its neurons are kinds here, with another name for some numbers."""

from collections.abc import Mapping

from torch import nn

from snnc.exchange import Refused
from snnc.exchange.libraries.types import Library, Recipe, SpikingLayer, only
from snnc.shapes import Shape

_ALPHA = frozenset(
    "ATan Sigmoid Erf PiecewiseQuadratic PiecewiseExp SoftSign Rect NonzeroSignLogAbs QPseudoSpike "
    "LogTailedReLU".split()
)
_OTHERS = {"PiecewiseLeakyReLU": ("w", "c"), "S2NN": ("alpha", "beta"), "LeakyKReLU": ("leak", "k")}


def _surrogate(function: object) -> Mapping[str, object]:
    name = type(function).__name__
    if not getattr(function, "spiking", True):
        raise Refused(f"its surrogate {name} has `spiking = False`: it returns no spikes")
    if name == "SuperSpike":
        return {"kind": name, "alpha": 1.0, "scale": float(getattr(function, "alpha", 1.0))}
    keys = ("alpha",) if name in _ALPHA else _OTHERS.get(name)
    if keys is None:
        raise Refused(f"its surrogate {name} has no kind: {', '.join(sorted(_ALPHA))} have one")
    return {"kind": name, **{key: float(getattr(function, key)) for key in keys}}


def _fires(n: nn.Module) -> dict[str, object]:
    """The keys that every neuron has."""
    found: dict[str, object] = {
        "v_threshold": float(n.v_threshold),  # type: ignore[arg-type]
        "surrogate": _surrogate(n.surrogate_function),
    }
    if n.detach_reset:
        found["detach_reset"] = True
    return found


def _resets(n: nn.Module) -> dict[str, object]:
    if n.v_reset is None:
        return {**_fires(n), "reset": "soft"}
    return {**_fires(n), "v_reset": float(n.v_reset)}  # type: ignore[arg-type]


def _numbers(kind: str, **names: str) -> Recipe:
    """A kind whose keys are attributes of the module, by key."""

    def made(n: nn.Module, shape: Shape) -> SpikingLayer:
        own = {key: _plain(getattr(n, attribute)) for key, attribute in names.items()}
        return SpikingLayer(kind, {**own, **_resets(n)})

    return made


def _plain(value: object) -> object:
    return value if isinstance(value, bool) else float(value)  # type: ignore[arg-type]


def _parametric(n: nn.Module, shape: Shape) -> SpikingLayer:
    fields = {"decay_input": bool(n.decay_input), **_resets(n)}
    return SpikingLayer("PLIF", fields, {"tau_raw": n.w})  # type: ignore[dict-item]


def _klif(n: nn.Module, shape: Shape) -> SpikingLayer:
    only(n, {"scale_reset": False})
    fields = {"tau": float(n.tau), "decay_input": bool(n.decay_input), **_resets(n)}  # type: ignore[arg-type]
    return SpikingLayer("KLIF", fields, {"k": n.k})  # type: ignore[dict-item]


def _complementary(n: nn.Module, shape: Shape) -> SpikingLayer:
    only(n, {"v_reset": None})
    return SpikingLayer("CLIF", {"tau": float(n.tau), **_fires(n)})  # type: ignore[arg-type]


def _integer(n: nn.Module, shape: Shape) -> SpikingLayer:
    only(n, {"v_reset": None, "decay_input": False})
    counts = n.surrogate_function
    most = getattr(counts, "max_spike_count", None)
    if type(counts).__name__ != "MultiLevelSpikeCount" or most is None:
        raise Refused(f"its surrogate {type(counts).__name__} has no number of levels")
    window = getattr(counts, "grad_window", None)
    if window is not None and tuple(window) != (0.0, float(most)):
        raise Refused(f"it has `grad_window = {window}`, where ILIF has [0, D]")
    fields = {"tau": float(n.tau), "v_threshold": float(n.v_threshold), "D": int(most)}  # type: ignore[arg-type]
    return SpikingLayer("ILIF", {**fields, "detach_reset": bool(n.detach_reset)})


def _leaky(n: nn.Module, shape: Shape) -> SpikingLayer:
    fields = {"tau": float(n.tau), "decay_input": bool(getattr(n, "decay_input", True))}  # type: ignore[arg-type]
    return SpikingLayer("LI", fields, spikes=False)


def _synapse(n: nn.Module, shape: Shape) -> SpikingLayer:
    if n.learnable:
        tau = {"value": 2.0, "learnable": True, "range": [1.0, float("inf")]}
        return SpikingLayer("SynapseFilter", {"tau": tau}, {"tau_raw": n.w}, spikes=False)  # type: ignore[dict-item]
    return SpikingLayer("SynapseFilter", {"tau": float(n.tau)}, spikes=False)  # type: ignore[arg-type]


def _simple(n: nn.Module, shape: Shape) -> SpikingLayer:
    """The library's short forms of IF and LIF, which start at 0."""
    if n.v_reset not in (None, 0.0):
        raise Refused(f"it has `v_reset = {n.v_reset}`, and rounds in another order than LIFNode")
    if not hasattr(n, "tau"):
        return SpikingLayer("IF", _resets(n))
    if n.v_reset is None:
        raise Refused("it has `v_reset = None`, which it cannot compute")
    return SpikingLayer("LIF", {**{key: _plain(getattr(n, key)) for key in _LEAK}, **_resets(n)})


def _delay(n: nn.Module, shape: Shape) -> SpikingLayer:
    return SpikingLayer("Delay", {"delay": n.delay_steps}, spikes=False)


def _voting(n: nn.Module, shape: Shape) -> SpikingLayer:
    return SpikingLayer("Voting", {"voters": n.voting_size}, spikes=False)


def _dropout(kind: str) -> Recipe:
    def made(n: nn.Module, shape: Shape) -> SpikingLayer:
        return SpikingLayer(kind, {"p": float(n.p)}, spikes=False)  # type: ignore[arg-type]

    return made


_LEAK = {"tau": "tau", "decay_input": "decay_input"}
_KNOWN: dict[str, Recipe] = {
    "neuron.integrate_and_fire.IFNode": _numbers("IF"),
    "neuron.lif.LIFNode": _numbers("LIF", **_LEAK),
    "neuron.integrate_and_fire.SimpleIFNode": _simple,
    "neuron.lif.SimpleLIFNode": _simple,
    "neuron.plif.ParametricLIFNode": _parametric,
    "neuron.lif_variants.KLIFNode": _klif,
    "neuron.lif_variants.ComplementaryLIFNode": _complementary,
    "neuron.lif_variants.CUBALIFNode": _numbers("CUBALIF", c_decay="c_decay", v_decay="v_decay"),
    "neuron.nonlinear_if.QIFNode": _numbers("QIF", tau="tau", v_c="v_c", a0="a0", v_rest="v_rest"),
    "neuron.nonlinear_if.EIFNode": _numbers(
        "EIF", tau="tau", dT="delta_T", theta_rh="theta_rh", v_rest="v_rest"
    ),
    "neuron.adapt.IzhikevichNode": _numbers(
        "Izhikevich", tau="tau", v_c="v_c", a0="a0", v_rest="v_rest", tau_w="tau_w", a="a", b="b"
    ),
    "neuron.ilif.ILIFNode": _integer,
    "neuron.lif.NonSpikingLIFNode": _leaky,
    "layer.misc.SynapseFilter": _synapse,
    "layer.misc.Delay": _delay,
    "layer.misc.VotingLayer": _voting,
    "layer.dropout.Dropout": _dropout("Dropout"),
    "layer.dropout.Dropout2d": _dropout("Dropout2d"),
}
_MIXES = "it mixes all time steps by a matrix, so it is no step that repeats"
_STEPS = "it takes another number at each time step, where the equations of a step are the same"
_REFUSED = {
    "neuron.lif_variants.GatedLIFNode": _STEPS,
    "neuron.psn.PSN": _MIXES,
    "neuron.psn.MaskedPSN": _MIXES,
    "neuron.psn.SlidingPSN": _MIXES,
    "neuron.few_spike.FewSpikeNode": _STEPS,
    "neuron.spikezip.STBIFNode": "it counts its own spikes to take them back, which no kind does",
}

LIBRARY = Library(
    package="spikingjelly.activation_based",
    name="SpikingJelly",
    known=_KNOWN,
    refused=_REFUSED,
    stateful=("neuron", "layer.misc"),
    stateless=("layer.misc.VotingLayer", "layer.dropout.Dropout", "layer.dropout.Dropout2d"),
    plain=(
        "layer.stateless_wrapper",
        "layer.bn.BatchNorm1d",
        "layer.bn.BatchNorm2d",
        "layer.bn.BatchNorm3d",
    ),
)
