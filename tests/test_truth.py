"""Everything generated equals the reference: forward, gradients, statistics, both schedules."""

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from tests.graphs import GRAPHS
from tests.nets import Pair, document, pair

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
        _same_values(both)
        _same_gradients(both)
        _same_buffers(both)


def _same_values(both: Pair) -> None:
    torch.manual_seed(7)
    data = both.data
    values: Any = both.module.values
    got = values(*data.values()) if len(data) == 1 else values(**data)
    torch.manual_seed(7)
    want = both.reference(**data)
    assert list(got) == [node.path for node in both.graph.nodes]
    for path, value in got.items():
        _equal(value, _like(want[path], value), path)


def _like(want: Tensor | list[Tensor], got: Tensor) -> Tensor:
    """The reference's value, [T, B, ...]; static ones must be equal at every step."""
    if isinstance(want, Tensor):
        return want
    steps = torch.stack(want)
    if steps.ndim == got.ndim:
        return steps
    assert bool((steps == steps[0]).all())
    return steps[0]


def _same_gradients(both: Pair) -> None:
    """Of a random weighting of the outputs, in two calls before the gradients are taken."""
    ours, theirs = [], []
    for _ in range(2):
        got, want = both.call()
        outputs = both.graph.outputs
        ours += [got] if len(outputs) == 1 else list(got)
        theirs += [want[name] for name in outputs]
    torch.manual_seed(3)
    weights = [torch.randn_like(value) for value in theirs]
    for a, b in zip(ours, theirs, strict=True):
        _equal(a, b, "output")
    parameters = dict(both.module.named_parameters())
    reference = dict(both.reference.named_parameters())
    assert list(parameters) == list(reference)
    wrt = [*both.data.values(), *parameters.values()]
    wrt_reference = [*both.data.values(), *reference.values()]
    got_grads = _gradients(ours, weights, wrt)
    want_grads = _gradients(theirs, weights, wrt_reference)
    for name, a, b in zip([*both.data, *parameters], got_grads, want_grads, strict=True):
        _equal(a, b, f"gradient of {name}")


def _gradients(values: list[Tensor], weights: list[Tensor], wrt: list[Tensor]) -> list[Tensor]:
    loss = torch.stack([(v * w).sum() for v, w in zip(values, weights, strict=True)]).sum()
    grads = torch.autograd.grad(loss, wrt, allow_unused=True)
    found: list[Tensor | None] = list(grads)
    return [torch.zeros_like(p) if g is None else g for g, p in zip(found, wrt, strict=True)]


def _same_buffers(both: Pair) -> None:
    theirs = dict(both.reference.named_buffers())
    for name, buffer in both.module.named_buffers():
        _equal(buffer, theirs[name], name)


def _equal(got: Tensor, want: Tensor, what: str) -> None:
    torch.testing.assert_close(got, want, rtol=1e-9, atol=1e-11, msg=lambda m: f"{what}: {m}")
