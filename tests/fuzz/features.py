"""What the language is still to learn, drawn as soon as its name stands in FEATURES."""

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from snnc.shapes import Shape
from tests.fuzz.kinds import NEURON
from tests.fuzz.sketch import Fields, Sketch, layer
from tests.support.beside import toml

FEATURES: tuple[str, ...] = ("delays", "feedback", "resizing", "choices", "blocks")
"""Of those below: what this snnc builds."""

Grow = Callable[[st.DrawFn, Sketch, str], None]


def delays(draw: st.DrawFn, sketch: Sketch, source: str) -> None:
    """A value some steps ago, or a neuron that reads itself a step ago through a join."""
    shape = sketch.shapes[source]
    late = f"{source}@-{draw(st.integers(1, 3))}"
    if draw(st.booleans()):
        sketch.add({"kind": "Add"}, [source, late], shape)
    elif len(shape) == 1 and draw(st.booleans()):
        _concatenated(draw, sketch, source)
    else:
        neuron = f"n{len(sketch.shapes) + 1}"
        sketch.add({"kind": "Add"}, [source, f"{neuron}@-{draw(st.integers(1, 3))}"], shape)
        sketch.add(draw(NEURON), [sketch.above], shape)


def _concatenated(draw: st.DrawFn, sketch: Sketch, source: str) -> None:
    """The tutorials' recurrence: one Linear over the input and the neuron's last output."""
    size, hidden = sketch.shapes[source][0], draw(st.integers(1, 4))
    neuron = f"n{len(sketch.shapes) + 2}"
    sketch.add({"kind": "Concat"}, [source, f"{neuron}@-1"], (size + hidden,))
    sketch.add({"kind": "Linear", "out_features": hidden}, [sketch.above], (hidden,))
    sketch.add(draw(NEURON), [sketch.above], (hidden,))


def feedback(draw: st.DrawFn, sketch: Sketch, source: str) -> None:
    """A neuron whose own output comes back: added, or through a layer of its own."""
    shape = sketch.shapes[source]
    ways: list[object] = ["add"]
    if len(shape) == 1:
        ways.append({"kind": "Linear", "out_features": shape[0], "bias": draw(st.booleans())})
    fields = {**draw(NEURON), "feedback": draw(st.sampled_from(ways))}
    sketch.add(fields, [source], shape)


def resizing(draw: st.DrawFn, sketch: Sketch, source: str) -> None:
    """A cycle in which sizes change and change back, joined by Add, Mul, Concat or a neuron."""
    shape = sketch.shapes[source]
    smaller, larger = draw(st.sampled_from(_there_and_back(shape)))
    small = layer(smaller).shape(shape)
    own = f"n{len(sketch.shapes) + 3}"  # the neuron behind three layers
    back = sketch.add(larger, [f"{own}@-{draw(st.integers(1, 2))}"], layer(larger).shape(small))
    weighted = "out_channels" in smaller or "out_features" in smaller
    join = draw(st.sampled_from(["Add", "Mul", "Gate", *["Concat"] * weighted]))
    joined = (2 * shape[0], *shape[1:]) if join == "Concat" else shape
    sketch.add({"kind": join}, draw(st.permutations([source, back])), joined)
    sketch.add(smaller, [sketch.above], small)
    sketch.add(draw(NEURON), [sketch.above], small)


def _there_and_back(shape: Shape) -> list[tuple[Fields, Fields]]:
    """Pairs of layers of which the second undoes the sizes of the first."""
    rank, inner = len(shape), len(shape) - 1
    turn = tuple(reversed(range(rank)))
    found: list[tuple[Fields, Fields]] = [
        ({"kind": "Permute", "dims": turn}, {"kind": "Permute", "dims": turn})
    ]
    if rank == 1:
        weights = {"out_features": shape[0] + 2}, {"out_features": shape[0]}
        found.append(({"kind": "Linear", **weights[0]}, {"kind": "Linear", **weights[1]}))
    if inner in (1, 2) and all(size % 2 == 0 for size in shape[1:]):
        twice = {"kind": "Upsample", "scale_factor": 2}
        found += [
            ({"kind": f"{how}Pool{inner}d", "kernel_size": 2}, twice) for how in ("Max", "Avg")
        ]
        halves = {"out_channels": shape[0], "kernel_size": 2, "stride": 2}
        found.append(({"kind": f"Conv{inner}d", **halves}, twice))
        if inner == 2:
            found.append(({"kind": "Conv2d", **halves}, {"kind": "ConvTranspose2d", **halves}))
    return found


BRANCHES = (
    ("x > 0", ("log(x)", "sqrt(x)", "1 / x", "x**3", "sqrt(x) * log(x)")),
    ("x < 0", ("log(-x)", "sqrt(-x)", "1 / x", "exp(1 / x)")),
    ("x > 0.25", ("log(x - 0.25)", "1 / (x - 0.25)", "sqrt(4 * x - 1)")),
    ("v != 0", ("x / v", "1 / v")),
    ("x < 4", ("x**8", "exp(x)")),
)
"""Conditions, and what has a value where they hold: elsewhere it may have none."""


def choices(draw: st.DrawFn, sketch: Sketch, source: str) -> None:
    """A neuron of the spec's own that chooses, in two levels at most."""
    name, lines = f"Chosen{len(sketch.tables)}", list[str]()
    chosen = _choice(draw, draw(st.sampled_from(["0", "x", _choice(draw, "0.5 * x")])))
    if draw(st.booleans()):  # a branch under a name of its own
        condition, branches = draw(st.sampled_from(BRANCHES))
        lines.append(f"branch = {draw(st.sampled_from(branches))}")
        chosen = f"{chosen} + where({condition}, branch, 0)"
    lines += [f"v = 0.5 * v + clip({chosen}, -8, 8)", "y = v"]
    table = [f"[neurons.{name}]", "state = { v = 0.0 }", "step = '''", *lines, "'''"]
    sketch.tables.append("\n".join([*table, 'output = "y"\n']))
    sketch.add({"kind": name}, [source], sketch.shapes[source])


def _choice(draw: st.DrawFn, other: str) -> str:
    condition, branches = draw(st.sampled_from(BRANCHES))
    return f"where({condition}, {draw(st.sampled_from(branches))}, {other})"


def blocks(draw: st.DrawFn, sketch: Sketch, source: str) -> None:
    """A residual block, used once or repeated."""
    shape, name = sketch.shapes[source], f"Block{len(sketch.tables)}"
    flag = draw(st.booleans())
    inner = [
        {"kind": "Dropout", "name": "drop", "p": 0.25, "when": "${lossy}"},
        {**draw(NEURON), "name": "cell"},
        {"kind": "Add", "name": "sum", "from": ("cell", "input")},
    ]
    layers = "".join(f"  {toml(entry)},\n" for entry in inner)
    head = f"[blocks.{name}]\nparameters = {{ lossy = {toml(flag)} }}\n"
    sketch.tables.append(f"{head}layers = [\n{layers}]\n")
    uses: list[dict[str, Any]] = [{}, {"repeat": 2}, {"repeat": 2, "first": {"lossy": False}}]
    sketch.add({"kind": name, **draw(st.sampled_from(uses))}, [source], shape)


GROW: tuple[Grow, ...] = tuple(
    grow for grow in (delays, feedback, resizing, choices, blocks) if grow.__name__ in FEATURES
)
