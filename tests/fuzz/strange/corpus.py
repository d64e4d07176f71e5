"""The specs that are mutated: the zoo, what the tests keep, and examples of findings and kinds."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from snnc.codes import errors
from snnc.kinds import catalog
from tests.support import odd_specs

ROOT = Path(__file__).parents[3]
TESTS = ("tests/faults/specs", "tests/fuzz/regressions", "tests/fuzz/strange/regressions")
LONGEST = 20_000
"""Characters; longer ones would take most of the time."""
FEATURES = """\
format = 1
name = "net"
doc = "Everything at once."
time_steps = 3
[vars]
width = 4
[defaults]
neuron = { v_threshold = 0.5 }
[inputs.a]
shape = [4]
[inputs.b]
shape = [4]
encoder = { kind = "poisson" }
[surrogates.Bell]
parameters = { width = 2.0 }
gradient = "exp(-width * u ** 2)"
[neurons.Own]
inputs = ["x", "gate"]
parameters = { tau = { value = 2.0, learnable = true, range = [1.0, inf] }, soft = true }
state = { v = 0.0, w = 0.0 }
step = '''
w = 0.5 * w + gate
h = v + (x - v) / tau if soft else v + x * sigmoid(w)
s = spike(h - 1.0)
v = reset(h, s)
'''
output = "s"
[blocks.Cell]
parameters = { size = "$width", tau = 2.0 }
layers = [
  { kind = "Linear", name = "fc", out_features = "$size" },
  { kind = "LIF", name = "sn", tau = "$tau", feedback = { kind = "Linear" } },
  { kind = "Add", from = ["sn", "sn@-1", "input"] },
]
[network]
layers = [
  { kind = "Linear", name = "first", from = "a", out_features = "${2 * width - 4}" },
  { kind = "Own", name = "own", from = ["first", "b"], surrogate = "Bell" },
  { kind = "Cell", name = "cell", repeat = 2, first = { tau = 3.0 } },
  { kind = "Delay", name = "late", delay = { value = 1.5, learnable = true }, max_delay = 3 },
  { kind = "Linear", out_features = 3 },
]
[outputs.y]
readout = "max"
[outputs.z]
from = "cell"
readout = "sequence"
[build]
schedule = "auto"
"""
TRAINED = """\
format = 1
name = "net"
time_steps = 4
[input]
shape = [1, 6, 6]
encoder = "none"
[network]
layers = [
  { kind = "Conv2d", out_channels = 2, kernel_size = 3, weight_init = "orthogonal" },
  "BatchNorm2d",
  { kind = "PLIF", name = "n", initial = { v = 0.5 }, feedback = "add" },
  { kind = "MaxPool2d", kernel_size = 2 },
  "Flatten",
  { kind = "Linear", out_features = 3 },
]
[output]
readout = "sequence"
[train]
dataset = { kind = "npz", path = "a.npz", validation = 0.2 }
loss = { kind = "cross_entropy", over = "steps" }
penalties = [{ kind = "firing_rate", of = "n", target = 0.1, weight = 0.5 }]
epochs = 1
batch_size = 8
optimizer = { kind = "SGD", lr = 0.1, momentum = 0.9 }
scheduler = { kind = "StepLR", step_size = 2 }
"""


@cache
def corpus() -> tuple[str, ...]:
    """Texts of specs, in an order that does not change; few of them are without a finding."""
    return tuple(text for text in _texts() if len(text) <= LONGEST)


def _texts() -> Iterator[str]:
    for folder in ("specs", *TESTS):
        for path in sorted((ROOT / folder).glob("*.snn.toml")):
            yield path.read_text("utf-8")
    yield from (error.example for error in errors() if error.example)
    for name, text in odd_specs.SPECS.items():
        yield odd_specs.HEAD.format(name=name, steps=4) + text
    # more often than others: most of the language in few lines
    yield from (FEATURES, TRAINED) * 8
    yield from (_example(kind) for kind in catalog("snnc.neurons").values())


def _example(kind: object) -> str:
    layers = f'{{ kind = "Linear", out_features = 4 }},\n{getattr(kind, "example", "")}'
    head = odd_specs.HEAD.format(name="net", steps=3)
    return f"{head}[input]\nshape = [4]\n[network]\nlayers = [\n{layers}\n]\n"


def bases() -> Iterator[Path]:
    """The files that specs of the zoo extend."""
    yield from sorted((ROOT / "specs").glob("*.snn.toml"))
