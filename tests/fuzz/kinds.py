"""What the fuzzer draws: the fields of each kind of layer. A new kind is a line here."""

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from snnc.kinds import catalog
from tests.test_learned_neurons import neurons as numbers

Fields = st.SearchStrategy[Mapping[str, Any]]

FEW = st.integers(1, 4)
FLAG = st.booleans()
SMALL = st.integers(1, 3)
HALF = st.integers(0, 1)


def kind(name: str, **fields: st.SearchStrategy[Any]) -> Fields:
    """A layer with drawn fields."""
    return st.fixed_dictionaries({"kind": st.just(name), **fields})


def conv(name: str) -> Fields:
    sizes = {"kernel_size": SMALL, "stride": st.integers(1, 2), "padding": HALF}
    return kind(name, out_channels=FEW, bias=FLAG, **sizes)


def norm(name: str) -> Fields:
    return kind(name, stats=st.sampled_from(["sequence", "step"]), affine=FLAG)


def spiking(drawn: Mapping[str, Any]) -> Fields:
    """A neuron with a surrogate, if it has one."""
    if "surrogate" not in catalog("snnc.neurons")[drawn["kind"]].model_fields:
        return st.just(drawn)
    surrogates = st.sampled_from(sorted(catalog("snnc.surrogates")))
    return st.one_of(st.just(drawn), surrogates.map(lambda name: {**drawn, "surrogate": name}))


PLAIN = kind(
    "LIF",
    tau=st.sampled_from([4 / 3, 2.0, 3.0]),
    reset=st.sampled_from(["hard", "soft"]),
    decay_input=FLAG,
    detach_reset=FLAG,
)
NEURON = st.one_of(kind("IF"), PLAIN, numbers().flatmap(spiking))
DROPOUT = kind(
    "Dropout", p=st.sampled_from([0.25, 0.5]), mask=st.sampled_from(["sequence", "step"])
)
ANYWHERE = (NEURON, NEURON, NEURON, DROPOUT, kind("ReLU"), kind("Identity"))
POOL = {"kernel_size": st.integers(1, 2), "ceil_mode": FLAG}

BY_RANK: Mapping[int, tuple[Fields, ...]] = {
    1: (*ANYWHERE, kind("Linear", out_features=FEW, bias=FLAG), norm("BatchNorm1d")),
    2: (*ANYWHERE, conv("Conv1d"), norm("BatchNorm1d"), kind("Flatten")),
    3: (
        *ANYWHERE,
        conv("Conv2d"),
        norm("BatchNorm2d"),
        kind("MaxPool2d", **POOL),
        kind("AvgPool2d", **POOL),
        kind("AdaptiveAvgPool2d", output_size=SMALL),
        kind("Flatten"),
    ),
}
"""The layers that take one input, by the number of its axes."""

ENCODERS: Mapping[int, tuple[str, ...]] = {
    1: ("direct", "direct", "poisson", "none"),
    2: ("direct", "direct", "poisson", "none"),
    3: ("direct", "direct", "poisson", "none", "rows", "columns"),
}
READOUTS = ("mean", "mean", "sum", "last", "max", "sequence")

OWN = '''
[neurons.Pair]
inputs = ["x", "gate"]
parameters = { tau = 2.0, theta = { value = 0.5, learnable = true, per = "channel" } }
state = { v = 0.0, a = 0.25 }
step = """
h = v + (x * sigmoid(gate) - v) / tau
s = spike(h - theta - 0.1 * a)
v = reset(h, s, theta)
a = 0.5 * a + s
"""
output = "s"

[neurons.Filter]
parameters = { keep = 0.75 }
state = { i = 0.0 }
step = "i = keep * i + max(x, 0.0)"
output = "i"

[neurons.Gate]
inputs = ["a", "b"]
step = "y = (1 - a) * b"
output = "y"
'''
"""Neurons of a spec's own: two inputs and two states, a synapse, an element-wise merge."""
