"""Everything generated equals the reference: forward, gradients, statistics, both schedules."""

from pathlib import Path

import pytest

from tests.support.graphs import GRAPHS
from tests.support.nets import document, pair, same

CONV = """
[input]
shape = [2, 7, 7]
encoder = "{encoder}"

[network]
layers = [
  {{ kind = "Conv2d", out_channels = 4, kernel_size = 3, padding = 1, bias = false }},
  {{ kind = "BatchNorm2d", stats = "{stats}" }},
  {{ kind = "{neuron}", {fields} }},
  {{ kind = "MaxPool2d", kernel_size = 2 }},
  {{ kind = "Conv2d", out_channels = 5, kernel_size = 3, padding = 1 }},
  {{ kind = "BatchNorm2d", stats = "{stats}" }},
  {{ kind = "{neuron}", {fields} }},
  "Flatten",
  {{ kind = "Dropout", p = 0.3, mask = "{mask}" }},
  {{ kind = "Linear", out_features = 6 }},
  {{ kind = "{neuron}", {fields} }},
]

[output]
readout = "{readout}"
"""
PLAIN = {
    "encoder": "direct",
    "stats": "sequence",
    "mask": "sequence",
    "neuron": "IF",
    "fields": 'reset = "hard"',
    "readout": "mean",
}
CASES: dict[str, dict[str, str]] = {
    "plain": {},
    "per step": {"stats": "step", "mask": "step"},
    "poisson": {"encoder": "poisson"},
    "poisson per step": {"encoder": "poisson", "stats": "step", "mask": "step"},
    "sequence data": {"encoder": "none", "readout": "sum"},
    "lif": {"neuron": "LIF", "fields": "tau = 1.25, v_threshold = 0.6"},
    "lif soft": {"neuron": "LIF", "fields": 'tau = 3.0, reset = "soft", detach_reset = true'},
    "lif no decay": {
        "neuron": "LIF",
        "fields": "decay_input = false, v_reset = -0.25, surrogate = { kind = 'Sigmoid' }",
    },
    "last": {"readout": "last"},
    "max": {"readout": "max"},
    "sequence": {"readout": "sequence"},
}
SPECS = {name: CONV.format(**{**PLAIN, **case}) for name, case in CASES.items()} | GRAPHS


@pytest.mark.parametrize("schedule", ["fold", "step"])
@pytest.mark.parametrize("name", SPECS)
@pytest.mark.parametrize(("steps", "batch"), [(4, 3), (1, 2), (4, 1)])
def test_generated_code_is_the_reference(
    tmp_path: Path, name: str, schedule: str, steps: int, batch: int
) -> None:
    if name in ("columns", "rows"):
        steps = 4
    doc = document(tmp_path, SPECS[name], steps, f"build.schedule={schedule}")
    both = pair(doc, batch)
    for training in (True, False):
        both.module.train(training)
        both.reference.train(training)
        same(both)
