"""Whole specs, drawn: legal by construction, a dozen layers at most, any graph of them."""

from dataclasses import dataclass
from math import gcd
from typing import Any

from hypothesis import strategies as st

from snnc.encoder import Encoder
from snnc.kinds import catalog
from snnc.shapes import Shape
from tests.fuzz.features import GROW
from tests.fuzz.kinds import (
    ACTIVATION,
    ENCODERS,
    FEW,
    LARGEST,
    NEURON,
    OWN,
    READOUTS,
    divisors,
    fitting,
)
from tests.fuzz.sketch import Fields, Sketch
from tests.support.beside import toml

SIZE = st.integers(1, LARGEST)
MAP = st.integers(LARGEST, 9)
"""The axes of what is large enough for windows behind windows."""
MOST = 12
HEAD = 'format = 1\nname = "net"\ntime_steps = {steps}\n'


@dataclass(frozen=True)
class Input:
    """An input and its encoder."""

    name: str
    shape: Shape
    encoder: Fields

    @property
    def kind(self) -> Encoder:
        found = catalog("snnc.encoders")[self.encoder["kind"]].model_validate(self.encoder)
        assert isinstance(found, Encoder)
        return found

    @property
    def steps(self) -> int | None:
        return self.kind.steps(self.shape)

    @property
    def text(self) -> str:
        shape = [*self.shape]
        return f"[inputs.{self.name}]\nshape = {shape}\nencoder = {toml(self.encoder)}\n"


@st.composite
def specs(draw: st.DrawFn) -> str:
    """A spec as text."""
    inputs = draw(_inputs())
    free = draw(st.integers(1, LARGEST))
    steps = next((given.steps for given in inputs if given.steps), free)
    sketch = Sketch({given.name: given.kind.shape(given.shape) for given in inputs})
    sketch.above = inputs[0].name if len(inputs) == 1 else ""
    for _ in range(draw(st.integers(1, MOST))):
        if len(sketch.layers) < MOST:
            _grow(draw, sketch)
    if not sketch.layers:  # whatever was to grow had no place
        sketch.behind({"kind": "ReLU"}, [[*sketch.shapes][-1]])
    layers = "".join(f"  {layer},\n" for layer in sketch.layers)
    own = OWN if any(f'"{kind}"' in layers for kind in ("Pair", "Filter", "Gate", "Scaled")) else ""
    data = [given.text for given in inputs]
    network = f"[network]\nlayers = [\n{layers}]\n"
    head = HEAD.format(steps=steps)
    return "\n".join([head, *data, *sketch.tables, network, draw(_outputs(sketch)), own])


@st.composite
def _inputs(draw: st.DrawFn) -> list[Input]:
    """One or, if none of them fixes the number of steps, sometimes two."""
    rank = draw(st.sampled_from([1, 2, 3, 3, 3, 4]))
    first, second = (_input(draw, name, rank) for name in ("image", "events"))
    several = draw(st.sampled_from([False, False, True])) and not (first.steps or second.steps)
    return [first, second] if several else [first]


def _input(draw: st.DrawFn, name: str, rank: int) -> Input:
    """Of as many axes, but for that of the period."""
    encoder = draw(st.one_of(*ENCODERS[rank]))
    axes = rank + (encoder["kind"] == "periodic")
    inner = draw(st.sampled_from([SIZE, MAP if rank < 4 else SIZE]))
    return Input(name, tuple(draw(inner if at else SIZE) for at in range(axes)), encoder)


@st.composite
def _outputs(draw: st.DrawFn, sketch: Sketch) -> str:
    """One of the last layer or, sometimes, several of any values."""
    sources = [[*sketch.shapes][-1]]
    if draw(st.sampled_from([False, False, True])):
        sources = draw(st.lists(st.sampled_from([*sketch.shapes]), min_size=1, max_size=3))
    kinds = [draw(st.sampled_from(READOUTS)) for _ in sources]
    return "".join(
        f'[outputs.out{i}]\nfrom = "{source}"\nreadout = "{kind}"\n'
        for i, (source, kind) in enumerate(zip(sources, kinds, strict=True))
    )


def _grow(draw: st.DrawFn, sketch: Sketch) -> None:
    """One more layer, or what a feature puts there, behind any value: mostly behind the last."""
    source = [*sketch.shapes][-1]
    if draw(st.sampled_from([False, False, True])):
        source = draw(st.sampled_from([*sketch.shapes]))
    grow: Any = draw(
        st.sampled_from([_layer, _layer, _layer, _join, _attention, _matmul, _own, _stage, *GROW])
    )
    grow(draw, sketch, source)


def _layer(draw: st.DrawFn, sketch: Sketch, source: str) -> None:
    fields = draw(fitting(sketch.shapes[source]))
    if sketch.behind(fields, [source]) is None:
        sketch.behind({"kind": "ReLU"}, [source])


def _stage(draw: st.DrawFn, sketch: Sketch, source: str) -> None:
    """A convolution, mostly something behind it, and a pooling that may leave out an edge."""
    inner = len(sketch.shapes[source]) - 1
    if inner not in (1, 2):
        return _layer(draw, sketch, source)
    window = {"kernel_size": draw(st.integers(1, 3)), "padding": draw(st.sampled_from([0, 0, 1]))}
    sketch.behind({"kind": f"Conv{inner}d", "out_channels": draw(FEW), **window}, [source])
    between = draw(st.sampled_from([None, NEURON, NEURON, ACTIVATION]))
    if between is not None:
        sketch.behind(draw(between), [[*sketch.shapes][-1]])
    pool, size = draw(st.sampled_from(["Max", "Avg"])), draw(st.integers(2, 3))
    sketch.behind({"kind": f"{pool}Pool{inner}d", "kernel_size": size}, [[*sketch.shapes][-1]])
    return None


def _join(draw: st.DrawFn, sketch: Sketch, source: str) -> None:
    """A residual: by Add or Mul, or side by side."""
    kind = draw(st.sampled_from(["Add", "Mul", "Concat"]))
    values = sketch.beside(source) if kind == "Concat" else sketch.like(source)
    others = draw(st.lists(st.sampled_from(values), min_size=1, max_size=2))
    sketch.behind({"kind": kind}, [source, *others])


def _attention(draw: st.DrawFn, sketch: Sketch, source: str) -> None:
    """Queries of ``source``, keys of as many channels, values of as many tokens as the keys."""
    if len(sketch.shapes[source]) != 2:
        return _layer(draw, sketch, source)
    tokens = {name: shape for name, shape in sketch.shapes.items() if len(shape) == 2}
    channels = tokens[source][0]
    key = draw(st.sampled_from([n for n, s in tokens.items() if s[0] == channels]))
    value = draw(st.sampled_from([n for n, s in tokens.items() if s[1] == tokens[key][1]]))
    heads = draw(divisors(gcd(channels, tokens[value][0])))
    more = draw(st.sampled_from([{}, {"scale": 0.25}]))
    fields = {"kind": "Attention", "heads": heads, "softmax": draw(st.booleans()), **more}
    sketch.behind(fields, [source, key, value])
    return None


def _matmul(draw: st.DrawFn, sketch: Sketch, source: str) -> None:
    """``source`` with as many columns as some value has rows; if none has, its transpose."""
    shape = sketch.shapes[source]
    if len(shape) < 2:
        return _layer(draw, sketch, source)
    rows = [n for n, s in sketch.shapes.items() if s[:-2] == shape[:-2] and s[-2:-1] == shape[-1:]]
    if not rows:
        turned = (*range(len(shape) - 2), len(shape) - 1, len(shape) - 2)
        sketch.behind({"kind": "Permute", "dims": turned}, [source])
        rows = [sketch.above]
    sketch.behind({"kind": "MatMul"}, [source, draw(st.sampled_from(rows))])
    return None


def _own(draw: st.DrawFn, sketch: Sketch, source: str) -> None:
    """A neuron of the spec's own: Pair and Gate take two inputs of one shape, the others one."""
    kind = draw(st.sampled_from(["Filter", "Scaled", "Pair", "Gate"]))
    more = [] if kind in ("Filter", "Scaled") else [draw(st.sampled_from(sketch.like(source)))]
    sketch.add({"kind": kind}, [source, *more], sketch.shapes[source])
