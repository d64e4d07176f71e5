"""Everything generated equals the reference: forward, gradients, statistics, both schedules."""

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

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
GRAPHS = {
    "residual": """
[input]
shape = [3, 6, 6]
[network]
layers = [
  { kind = "Conv2d", name = "stem", out_channels = 4, kernel_size = 3, padding = 1 },
  { kind = "IF", name = "a" },
  { kind = "Conv2d", name = "c", out_channels = 4, kernel_size = 1 },
  { kind = "BatchNorm2d", name = "b" },
  { kind = "Add", name = "sum", from = ["a", "b", "stem"] },
  { kind = "LIF", name = "d" },
  { kind = "Concat", name = "both", from = ["d", "stem", "a"] },
  { kind = "AdaptiveAvgPool2d", output_size = 2 },
  { kind = "IF", name = "e", v_threshold = 0.3 },
]
""",
    "dead end": """
[input]
shape = [5]
[network]
layers = [
  { kind = "Linear", name = "a", out_features = 4 },
  { kind = "IF", name = "spikes" },
  { kind = "Linear", name = "dead", out_features = 3, from = "input" },
  { kind = "ReLU", name = "copy", from = "spikes" },
]
""",
    "two inputs, two outputs": """
[inputs.image]
shape = [6]
[inputs.events]
shape = [6]
encoder = "none"
[network]
layers = [
  { kind = "Linear", name = "a", out_features = 4, from = "image" },
  { kind = "Linear", name = "b", out_features = 4, from = "events" },
  { kind = "Add", name = "c", from = ["a", "b"] },
  { kind = "IF", name = "d" },
  { kind = "Linear", name = "e", out_features = 3 },
]
[outputs.label]
[outputs.potential]
from = "a"
readout = "sum"
""",
    "columns": """
[input]
shape = [2, 3, 4]
encoder = "columns"
[network]
layers = [{ kind = "Linear", out_features = 5 }, "LIF", { kind = "BatchNorm1d" }, "IF"]
""",
    "rows": """
[input]
shape = [2, 4, 3]
encoder = "rows"
[network]
layers = [{ kind = "Linear", out_features = 5 }, "LIF"]
""",
    "1d": """
[input]
shape = [3, 9]
encoder = "poisson"
[network]
layers = [
  { kind = "Conv1d", out_channels = 4, kernel_size = 3, stride = 2, groups = 1 },
  "BatchNorm1d", "IF", { kind = "Flatten" }, { kind = "Linear", out_features = 2 }, "Identity"
]
[output]
readout = "max"
""",
    "a concatenation with the past": """
[input]
shape = [5]
encoder = "none"
[network]
layers = [
  { kind = "Linear", name = "a", out_features = 4 },
  { kind = "Concat", from = ["a", "hidden@-1"] },
  { kind = "Linear", name = "mix", out_features = 4 },
  { kind = "IF", name = "hidden" },
  { kind = "Linear", out_features = 3 },
  "IF",
]
""",
    "delays outside a cycle": """
[input]
shape = [5]
[network]
layers = [
  { kind = "Linear", name = "a", out_features = 4 },
  { kind = "LIF", name = "b" },
  { kind = "Add", name = "c", from = ["b", "b@-1", "b@-3", "a@-2"] },
  { kind = "IF", name = "d" },
  { kind = "Linear", name = "e", out_features = 3, from = "input@-1" },
  { kind = "Linear", name = "f", out_features = 3, from = "d" },
  { kind = "Add", from = ["e", "f"] },
]
[output]
readout = "max"
""",
    "a delay down the list": """
[input]
shape = [5]
encoder = "none"
[network]
layers = [
  { kind = "Linear", name = "a", out_features = 4, from = "late@-2" },
  { kind = "BatchNorm1d", name = "b" },
  { kind = "Linear", name = "late", out_features = 4, from = "input" },
  { kind = "Add", from = ["b", "late"] },
  "IF",
]
""",
    "two cycles": """
[input]
shape = [4]
encoder = "poisson"
[network]
layers = [
  { kind = "Linear", name = "a", out_features = 4 },
  { kind = "Add", name = "b", from = ["a", "c@-1", "e@-2"] },
  { kind = "LIF", name = "c" },
  { kind = "Linear", name = "d", out_features = 4 },
  { kind = "IF", name = "e" },
  { kind = "Dropout", name = "f", p = 0.25, mask = "step" },
  { kind = "Linear", name = "w", out_features = 4 },
  { kind = "Add", name = "g", from = ["w", "g@-1"] },
  { kind = "LIF", name = "h" },
]
[outputs.rate]
[outputs.past]
from = "h@-1"
readout = "sequence"
""",
    "a convolution that sees its own spikes": """
[input]
shape = [2, 5, 5]
[network]
layers = [
  { kind = "Conv2d", name = "a", out_channels = 3, kernel_size = 3, padding = 1, from = "input" },
  { kind = "Conv2d", name = "b", out_channels = 3, kernel_size = 3, padding = 1, from = "d@-1" },
  { kind = "BatchNorm2d", name = "n", stats = "step" },
  { kind = "Add", name = "c", from = ["a", "n"] },
  { kind = "LIF", name = "d" },
  { kind = "Dropout", name = "e" },
]
""",
    "behind the mean": """
[input]
shape = [2, 6, 6]
[network]
layers = [
  { kind = "Conv2d", name = "a", out_channels = 3, kernel_size = 3 },
  { kind = "IF", name = "b" },
  { kind = "Conv2d", name = "c", out_channels = 3, kernel_size = 1 },
  { kind = "Add", name = "d", from = ["b", "c", "a"] },
  { kind = "AvgPool2d", kernel_size = 2 },
  "Flatten",
  { kind = "Linear", name = "e", out_features = 4 },
  { kind = "Linear", name = "f", out_features = 3 },
]
""",
    "behind the sum": """
[input]
shape = [6]
encoder = "none"
[network]
layers = [
  { kind = "Linear", name = "w", out_features = 5 },
  { kind = "IF", name = "a" },
  { kind = "Linear", name = "b", out_features = 4 },
  { kind = "Linear", name = "c", out_features = 3, bias = false },
]
[output]
readout = "sum"
""",
    "behind the last": """
[input]
shape = [6]
encoder = "poisson"
[network]
layers = [
  { kind = "Linear", name = "w", out_features = 5 },
  { kind = "LIF", name = "a" },
  { kind = "Linear", name = "b", out_features = 4 },
  { kind = "ReLU", name = "c" },
  { kind = "Dropout", name = "m" },
  { kind = "Concat", name = "d", from = ["m", "a", "b"] },
  { kind = "Linear", name = "e", out_features = 3 },
]
[output]
readout = "last"
""",
    "behind the maximum": """
[input]
shape = [2, 4, 4]
encoder = "poisson"
[network]
layers = [
  { kind = "IF", name = "a" },
  { kind = "Conv2d", name = "b", out_channels = 3, kernel_size = 3, padding = 1 },
  "ReLU", { kind = "MaxPool2d", kernel_size = 2 }, "Flatten",
]
[output]
readout = "max"
""",
    "blocks": """
[input]
shape = [2, 6, 6]
[blocks.Basic]
required = ["channels"]
parameters = { stride = 1 }
layers = [
  { kind = "Conv2d", name = "conv1", out_channels = "$channels", kernel_size = 3, padding = 1, stride = "$stride" },
  { kind = "BatchNorm2d", name = "bn1" },
  { kind = "PLIF", name = "sn1" },
  { kind = "Conv2d", name = "conv2", out_channels = "$channels", kernel_size = 3, padding = 1 },
  { kind = "IF", name = "sn2" },
  { kind = "Down", name = "down", from = "input", channels = "$channels", stride = "$stride", when = "${stride != 1}" },
  { kind = "Dropout", p = 0.25, from = "sn2" },
  { kind = "Add", from = ["sn2", "down"] },
]
[blocks.Down]
required = ["channels", "stride"]
layers = [
  { kind = "Conv2d", name = "conv", out_channels = "$channels", kernel_size = 1, stride = "$stride" },
  { kind = "LIF", name = "sn" },
]
[network]
layers = [
  { kind = "Conv2d", out_channels = 3, kernel_size = 3, padding = 1 },
  "IF",
  { kind = "Basic", name = "layer1", channels = 3, repeat = 2 },
  { kind = "Basic", name = "layer2", channels = 4, repeat = 2, first = { stride = 2 } },
  "Flatten",
  { kind = "Linear", out_features = 3 },
]
""",
    "feedback": """
[input]
shape = [5]
encoder = "none"
[network]
layers = [
  { kind = "Linear", name = "a", out_features = 4 },
  { kind = "ALIF", name = "hidden", feedback = { kind = "Linear", bias = false }, beta = { value = 1.8, learnable = true } },
  { kind = "Linear", name = "b", out_features = 4 },
  { kind = "ALIF", name = "next", feedback = "add" },
  { kind = "Linear", name = "c", out_features = 4 },
  { kind = "ALIF", name = "plain" },
]
""",
    "no time": """
[input]
shape = [4]
[network]
layers = [{ kind = "Linear", out_features = 3 }, "ReLU"]
[output]
readout = "sum"
""",
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
