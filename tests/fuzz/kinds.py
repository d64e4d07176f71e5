"""What the fuzzer draws: the fields of each kind of layer. A new kind is a line here."""

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from snnc.kinds import catalog
from snnc.shapes import Shape
from tests.neurons.test_learned_neurons import neurons as numbers

Fields = st.SearchStrategy[Mapping[str, Any]]
Drawn = st.SearchStrategy[Any]

FEW = st.integers(1, 4)
FLAG = st.booleans()
SMALL = st.integers(1, 3)
HALF = st.integers(0, 1)
MASK = st.sampled_from(["sequence", "step"])
SCALE = st.sampled_from([0.5, 1.0, 2.0])
MOMENTUM = st.sampled_from([0.1, "cumulative"])
LARGEST = 5
"""The size to which an axis may be enlarged."""

START = {
    "weight_init": st.sampled_from(
        [
            *("kaiming_normal", "xavier_uniform", "orthogonal", "zeros", "ones"),
            {"kind": "normal", "std": 0.5},
            {"kind": "constant", "val": 0.3},
            {"kind": "trunc_normal", "std": 0.5, "a": -0.5, "b": 1.0},
        ]
    )
}
"""How a weight may start, if not as in PyTorch."""


def kind(name: str, maybe: Mapping[str, Drawn] | None = None, **fields: Drawn) -> Fields:
    """A layer with drawn fields, those of ``maybe`` only sometimes."""
    return st.fixed_dictionaries({"kind": st.just(name), **fields}, optional={**(maybe or {})})


def conv(name: str, **more: Drawn) -> Fields:
    sizes = {"kernel_size": SMALL, "stride": st.integers(1, 2), "padding": HALF}
    return kind(name, START, out_channels=FEW, bias=FLAG, **sizes, **more)


def norms(inner: int) -> tuple[Fields, ...]:
    """Every batch normalisation; some fix the number of steps."""
    return (
        kind(f"BatchNorm{inner}d", stats=MASK, affine=FLAG, momentum=MOMENTUM),
        kind(f"TDBatchNorm{inner}d", alpha=SCALE, v_threshold=SCALE, affine=FLAG),
        kind(f"TEBN{inner}d", affine=FLAG),
        kind(f"BNTT{inner}d", affine=FLAG, bias=FLAG),
    )


def pools(inner: int) -> tuple[Fields, ...]:
    windows: dict[str, Drawn] = {"kernel_size": st.integers(1, 2), "ceil_mode": FLAG}
    edge: dict[str, Drawn] = {"count_include_pad": FLAG, "ceil_mode": FLAG}
    other = {"divisor_override": SMALL} if inner > 1 else {}
    return (
        kind(f"MaxPool{inner}d", None, **windows),
        kind(f"AvgPool{inner}d", None, **windows),
        kind(f"AvgPool{inner}d", other, kernel_size=SMALL, stride=SMALL, **edge),
        kind(f"AvgPool{inner}d", other, kernel_size=st.just(3), padding=st.just(1), **edge),
        kind(f"AdaptiveAvgPool{inner}d", output_size=SMALL),
        kind(f"AdaptiveMaxPool{inner}d", output_size=SMALL),
    )


def dropout(name: str) -> Fields:
    return kind(name, p=st.sampled_from([0.25, 0.5]), mask=MASK)


def spiking(drawn: Mapping[str, Any]) -> Fields:
    """A neuron with a surrogate, if it has one."""
    if "surrogate" not in catalog("snnc.neurons")[drawn["kind"]].model_fields:
        return st.just(drawn)
    surrogates = st.sampled_from(sorted(catalog("snnc.surrogates")))
    return st.one_of(st.just(drawn), surrogates.map(lambda name: {**drawn, "surrogate": name}))


PLAIN = kind(
    "LIF",
    tau=st.sampled_from([4 / 3, 2.0, 3.0, 49.0]),
    reset=st.sampled_from(["hard", "soft"]),
    decay_input=FLAG,
    detach_reset=FLAG,
    fires=st.sampled_from(["at", "at", "above"]),
)
NEURON = st.one_of(kind("IF"), PLAIN, numbers().flatmap(spiking))
TABLE: Fields = st.fixed_dictionaries(
    {
        "value": st.sampled_from([0.75, 1.25, 2.0]),
        "per": st.sampled_from(["layer", "channel", "neuron"]),
        "learnable": st.just(True),
    },
    optional={"range": st.just((0.5, 2.5))},
)
DELAY = st.one_of(
    kind("Delay", delay=st.sampled_from([0.0, 0.5, 1.0, 1.25, 2.0])),
    kind("Delay", delay=TABLE, max_delay=st.just(3)),
)
ACTIVATION = st.one_of(
    kind("ReLU"),
    kind("Tanh"),
    kind("Sigmoid"),
    kind("SiLU"),
    kind("GELU", approximate=st.sampled_from(["none", "tanh"])),
    kind("ReLU6"),
    kind("ClippedReLU", max=SCALE),
    kind("QCFS", levels=FEW, init=st.sampled_from([0.75, 1.0, 3.0])),
    kind("LeakyReLU", negative_slope=st.sampled_from([0.0, 0.25])),
    kind("Softmax", dim=st.sampled_from([0, -1])),
    kind("LogSoftmax", dim=st.sampled_from([0, -1])),
    kind("Hardswish"),
    kind("Hardsigmoid"),
    kind("ELU", alpha=st.sampled_from([0.5, 1.0])),
    kind("Softplus", beta=st.sampled_from([1.0, 2.0])),
    kind("Normalize", dim=st.sampled_from([0, -1])),
    kind("PReLU", per=st.sampled_from(["layer", "channel"])),
)
ANYWHERE = (NEURON, NEURON, NEURON, dropout("Dropout"), kind("Identity"), DELAY, ACTIVATION)

BY_RANK: Mapping[int, tuple[Fields, ...]] = {
    1: norms(1),
    2: (*norms(1), *pools(1), dropout("Dropout1d"), kind("Flatten")),
    3: (*norms(2), *pools(2), dropout("Dropout2d"), kind("Flatten", start_dim=HALF)),
    4: (norms(3)[0], *pools(3), kind("Flatten", start_dim=HALF), kind("Flatten", end_dim=HALF)),
}
"""The layers that take one input and fit by the number of its axes."""
WEIGHTED: Mapping[int, tuple[Fields, ...]] = {
    1: (kind("Linear", START, out_features=FEW, bias=FLAG),),
    2: (conv("Conv1d"),),
    3: (conv("Conv2d"), conv("Conv2d"), conv("WSConv2d", gain=FLAG), conv("ConvTranspose2d")),
    4: (conv("Conv3d"),),
}
"""Those of them that multiply by a weight."""


def divisors(size: int) -> Drawn:
    return st.sampled_from([n for n in range(1, size + 1) if size % n == 0])


def fitting(shape: Shape) -> Fields:
    """A layer that takes an input of this shape."""
    groups = [ANYWHERE, BY_RANK[len(shape)], WEIGHTED[len(shape)], _by_size(shape)]
    return st.sampled_from(groups).flatmap(lambda group: st.one_of(*group))


def _by_size(shape: Shape) -> tuple[Fields, ...]:
    """Those whose fields follow from the sizes."""
    rank = len(shape)
    axes = st.integers(1, rank).map(lambda count: shape[rank - count :])
    found = [
        kind("LayerNorm", {"normalized_shape": axes}, elementwise_affine=FLAG, bias=FLAG),
        kind("GroupNorm", num_groups=divisors(shape[0]), affine=FLAG),
        kind("Permute", dims=st.permutations(range(rank)).map(tuple)),
        kind("Slice", dim=st.integers(-rank, rank - 1), step=st.sampled_from([1, 2])),
        kind("Slice", {"stop": st.integers(1, 3)}, start=st.integers(-2, 1)),
    ]
    if rank == 3:
        found.append(kind("Unfold", kernel_size=st.integers(1, 2), padding=st.integers(0, 1)))
    if rank > 1:
        sides = st.tuples(*[st.integers(0, 1)] * (2 * (rank - 1)))
        filled = st.sampled_from([0.0, 0.5])
        found.append(kind("Pad", padding=st.just(1) | sides, value=filled))
        how = st.sampled_from(["reflect", "replicate", "circular"])
        found.append(kind("Pad", padding=st.just(1) | sides, mode=how))
    if rank == 1:
        found.append(kind("Voting", voters=divisors(shape[0])))
    if rank < max(BY_RANK):
        parts = divisors(shape[0]).map(lambda part: (part, -1))
        found.append(kind("Unflatten", unflattened_size=parts))
    return (*found, *(_enlarged(shape) if rank > 1 else ()))


def _enlarged(shape: Shape) -> list[Fields]:
    """Upsample, in every way that says by how much."""
    interpolating = {2: ["linear"], 3: ["bilinear", "bicubic"], 4: ["trilinear"]}[len(shape)]
    smooth = {"mode": st.sampled_from(interpolating), "align_corners": FLAG}
    near = {"mode": st.sampled_from(["nearest", "nearest-exact"])}
    found = [kind("Upsample", size=st.integers(1, LARGEST), **how) for how in (near, smooth)]
    if 2 * max(shape[1:]) <= LARGEST:
        factor = st.sampled_from([1.5, 2.0])
        found += [kind("Upsample", scale_factor=factor, **how) for how in (near, smooth)]
    return found


STATIC = (
    kind("direct"),
    kind("direct"),
    kind("poisson"),
    kind("none"),
    kind("latency", mode=st.sampled_from(["linear", "log"])),
    kind("weighted_phase", phases=st.just(3)),
    kind("periodic"),
    kind("population", neurons=st.integers(2, 3), spikes=st.sampled_from(["none", "poisson"])),
)
ENCODERS: Mapping[int, tuple[Fields, ...]] = {
    1: STATIC,
    2: STATIC,
    3: (*STATIC, kind("rows"), kind("columns")),
    4: STATIC,
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

[neurons.Scaled]
parameters = { factor = { value = 0.75, per = "channel" } }
step = "y = (x - 0.1) / 3 * factor"
output = "y"
'''
"""Neurons of a spec's own: two inputs and two states, a synapse, a merge, a constant operand."""
