"""Any numbers of any neuron may be learned, for the layer, a channel or a neuron, in a range."""

import math
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from snnc.kinds import catalog
from snnc.neuron import Neuron, ResettingNeuron
from snnc.number import Value
from tests.support.beside import BACKENDS, same, toml, use
from tests.support.nets import document, pair

STEPS = 4
RUNAWAY = {"QIF", "EIF", "Izhikevich"}
"""Without a hard reset they leave the numbers that a computer has."""
NETWORK = """
[input]
shape = [3, 2, 2]
[network]
layers = [
  {{ kind = "Conv2d", out_channels = 3, kernel_size = 1 }},
  {neuron},
]
[output]
readout = "sequence"
"""


def made(kind: str, **fields: Any) -> Neuron:
    found = catalog("snnc.neurons")[kind](kind=kind, **fields)
    assert isinstance(found, Neuron)
    return found


def choices(kind: str, reset: str) -> dict[str, float]:
    """The numbers that may be learned, and the starts of states; what each is."""
    neuron = made(kind, **({"reset": reset} if reset else {}))
    found = {key: value for key, value in neuron.numbers().items() if not isinstance(value, bool)}
    numbers = {key: v.numbers[0] if isinstance(v, Value) else v for key, v in found.items()}
    fixed = {"D"} | ({"v_reset"} if reset == "soft" else set())
    return {key: float(value) for key, value in numbers.items() if key not in fixed}


@st.composite
def tables(draw: st.DrawFn, number: float, low: float) -> dict[str, object]:
    """A number as a table: drawn or not, learned or not, in a range or not."""
    ends = (max(number - 0.1, low + 0.02), number + 0.1)
    table: dict[str, object] = {"per": draw(st.sampled_from(["layer", "channel", "neuron"]))}
    table |= {"uniform": ends} if draw(st.booleans()) else {"value": max(number, low + 0.02)}
    if draw(st.sampled_from([True, True, False])):
        table["learnable"] = True
        spans = [None, (max(ends[0] - 0.5, low), math.inf), (max(ends[0] - 0.5, low), ends[1] + 1)]
        span = draw(st.sampled_from(spans))
        table |= {"range": span} if span else {}
    return table


LOWEST = {
    "tau": 1.0,
    "tau_w": 1.0,
    "tau_a": 0.0,
    "v_threshold": 0.0,
    "a0": 0.0,
    "dT": 0.0,
    "dt": 0.0,
}


@st.composite
def neurons(draw: st.DrawFn) -> dict[str, Any]:
    """A neuron with some of its numbers as tables."""
    kind = draw(st.sampled_from(sorted(catalog("snnc.neurons"))))
    resets = issubclass(catalog("snnc.neurons")[kind], ResettingNeuron)
    kinds_of_reset = ["hard"] if kind in RUNAWAY else ["hard", "soft"]
    reset = draw(st.sampled_from(kinds_of_reset)) if resets else ""
    fields: dict[str, Any] = {"kind": kind, **({"reset": reset} if resets else {})}
    if "detach_reset" in catalog("snnc.neurons")[kind].model_fields:
        fields["detach_reset"] = draw(st.booleans())
    known = choices(kind, reset)
    for key in draw(st.sets(st.sampled_from(sorted(known)))) if known else ():
        fields[key] = draw(tables(known[key], LOWEST.get(key, -9.0)))
    states = draw(st.sets(st.sampled_from(sorted(made(kind).states))))
    if states:
        fields["initial"] = {state: draw(tables(0.2, -9.0)) for state in sorted(states)}
    return fields


@settings(max_examples=50, deadline=None, derandomize=True, database=None)
@given(fields=neurons())
def test_numbers_are_learned_as_autograd_learns_them(fields: dict[str, Any]) -> None:
    with TemporaryDirectory() as folder:
        doc = document(Path(folder), NETWORK.format(neuron=toml(fields)), STEPS)
        both = pair(doc, batch=2)  # refuses a network that does not fire
    for backend in BACKENDS:
        with pytest.MonkeyPatch.context() as monkeypatch:
            use(monkeypatch, backend)
            same(both, f"{backend}: {fields}")
