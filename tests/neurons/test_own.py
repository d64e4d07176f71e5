"""Neurons and surrogates by equations in a spec: trained, compared, and refused at the column."""

from pathlib import Path

import pytest
import torch

import snnc
from snnc.formats import render
from snnc.neuron import Neuron
from snnc.source.diagnostic import Findings
from snnc.step.parse import FUNCTIONS
from tests.support.nets import document, pair, same

DEFINITIONS = '''
[surrogates.Bump]
parameters = { width = 0.5, floor = 0.01 }
gradient = "exp(-(u / width)**2) + floor"

[neurons.TwoCompartment]
doc = "Soma driven by x, gated by an apical dendrite driven by ctx."
inputs = ["x", "ctx"]
state = { v = 0.0, d = 0.25 }
step = """
d = d + (ctx - d) / tau_d
h = v + (x + g * sigmoid(d) * x - v) / tau_s
s = spike(h - v_threshold)
v = reset(h, s)
"""
output = "s"

[neurons.TwoCompartment.parameters]
tau_s = 2.0
tau_d = { value = 8.0, learnable = true, per = "channel", range = [1.0, inf] }
g = { uniform = [0.2, 0.8], per = "neuron", learnable = true }
v_threshold = { value = 0.5, learnable = true, per = "channel", range = [0.0, 4.0] }

[neurons.DoubleExp]
parameters = { tau_rise = 2.0, tau_decay = 8.0, rectify = true }
state = { r = 0.0, i = 0.0 }
step = """
r = r - r / tau_rise + x
i = max(i - i / tau_decay + r, 0) if rectify else i - i / tau_decay + r
"""
output = "i"

[neurons.IAND]
inputs = ["a", "b"]
step = "y = (1 - a) * b"
output = "y"
'''
NETWORK = """
[input]
shape = [5, 3]
encoder = "none"

[network]
layers = [
  { kind = "Conv1d", name = "basal", out_channels = 4, kernel_size = 1 },
  { kind = "Conv1d", name = "apical", out_channels = 4, kernel_size = 1, from = "input" },
  { kind = "TwoCompartment", name = "cell", from = ["basal", "apical"], surrogate = "Bump" },
  { kind = "DoubleExp", name = "synapse", tau_decay = 10.0 },
  { kind = "IF", name = "plain", v_threshold = { value = 1.0, learnable = true } },
  { kind = "IAND", name = "iand", from = ["cell", "plain"] },
  { kind = "Flatten" },
  { kind = "Linear", name = "head", out_features = 2 },
]
"""


@pytest.mark.parametrize("backend", ["c", "torch"])
@pytest.mark.parametrize("schedule", ["fold", "step"])
def test_own_neurons_are_what_their_equations_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, schedule: str, backend: str
) -> None:
    monkeypatch.setenv("SNNC_BACKEND", backend)
    both = pair(document(tmp_path, NETWORK + DEFINITIONS, 5, f"build.schedule={schedule}"))
    same(both)


def test_a_two_state_neuron_trains_through_the_c_kernel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SNNC_BACKEND", "c")
    torch.manual_seed(0)
    path = tmp_path / "net.snn.toml"
    document(tmp_path, NETWORK + DEFINITIONS, 8)
    net = snnc.compile(path)
    x, target = torch.rand(8, 16, 5, 3) * 3, torch.rand(16, 2)
    optimizer = torch.optim.Adam(net.parameters(), lr=0.02)
    losses = []
    for _ in range(40):
        loss = torch.nn.functional.mse_loss(net(x), target)
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        optimizer.step()
        losses.append(float(loss.detach()))
    assert losses[-1] < 0.5 * losses[0]


STEP = """
[input]
shape = [3]
[network]
layers = [{{ kind = "Mine" }}]
[neurons.Mine]
parameters = {{ tau = 2.0 }}
state = {{ v = 0.0 }}
step = \"\"\"
{step}
\"\"\"
output = "{output}"
"""
WRONG = {
    "unknown name": ("v = v + xx / tau", "v", "13:9", "unknown name `xx`"),
    "unknown function": ("v = v + sinh(x)", "v", "13:9", "unknown function `sinh`"),
    "not an equation": ("v = v +", "v", "13:8", "this is not an equation"),
    "not a scalar": ("v = v + x[0]", "v", "13:9", "`x[0]` is not part of the step language"),
    "attribute": ("v = x.real", "v", "13:5", "`x.real` is not part of the step language"),
    "import": ("import os", "v", "13:1", "expected `name = expression`"),
    "parameter": ("tau = v + x\nv = tau", "v", "13:1", "`tau` is a parameter: it cannot change"),
    "exponent": ("v = v ** x", "v", "13:5", "an exponent must be an integer from 1 to 8"),
    "state never updated": ("y = x + v", "y", "11:11", "the state `v` is never updated"),
    "no output": ("v = v + x", "z", "15:10", "the output `z` is never assigned"),
    "impossible constant": ("v = v + x / (tau - 2)", "v", "13:9", "this divides by zero"),
    "comparison": ("v = x > v", "v", "13:5", "a comparison can only stand in `where("),
    "reset without spikes": ("v = reset(v + x, x)", "v", "13:5", "`reset` needs spikes"),
    "indented, then not": ("  h = v + x\n v = h", "v", "14:7", "this is not an equation"),
    "number as output": ("v = tau * 2.0", "v", "13:1", "`v` is the same number at every step"),
    "constant output": ("v = v + x\nh = 1.0", "h", "14:1", "`h` is the same number at every"),
    "no condition": (
        "v = where(x, v, x)",
        "v",
        "13:5",
        "the condition of `where` must be a comparison",
    ),
    "too large": ("v = v * 1e400", "v", "13:9", "this number is too large"),
    "bounds": ("v = clip(v + x, 1, 0)", "v", "13:5", "`clip` has its lower bound first"),
    "one argument": ("v = exp(v, x)", "v", "13:5", "`exp` takes 1 argument, not 2"),
    "flag": ("v = v if tau else x", "v", "13:5", "`a if flag else b` needs a true/false"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_mistake_in_equations_is_told_at_its_column(tmp_path: Path, name: str) -> None:
    step, output, at, message = WRONG[name]
    with pytest.raises(Findings) as caught:
        document(tmp_path, STEP.format(step=step, output=output))
    (line,) = render("concise", caught.value.diagnostics).splitlines()
    assert f"net.snn.toml:{at}: error: SNN208 bad-equation {message}" in line


CALLS = {1: "v + x", 2: "v, x", 3: "v, -x, x"}
ODD = {"where": "v > x, v, x", "clip": "v, -0.5, 0.5", "log": "1 + v * v", "sqrt": "1 + v * v"}


@pytest.mark.parametrize("name", sorted(FUNCTIONS.keys() - {"spike", "reset"}))
def test_every_function_has_its_derivative(tmp_path: Path, name: str) -> None:
    arguments = ODD.get(name, CALLS[FUNCTIONS[name]])
    step = f"v = 0.5 * {name}({arguments}) + x / tau"
    both = pair(document(tmp_path, STEP.format(step=step, output="v")))
    (x,) = both.data.values()
    got, values = both.call()
    (wanted,) = torch.autograd.grad(values["output"].sum(), x)
    torch.testing.assert_close(torch.autograd.grad(got.sum(), x)[0], wanted)


@pytest.mark.parametrize(
    "step",
    [
        "v = where(v > x, 1, 2)",
        "v = where(tau > 1, 0.5 * v, x) + x",
        "v = 0.5 * v + where(x > 0, 1, -1)",
    ],
)
def test_conditions_of_numbers_alone(tmp_path: Path, step: str) -> None:
    same(pair(document(tmp_path, STEP.format(step=step, output="v"))))


ADVICE = {
    "v = v + x / tua": "did you mean `tau`?",
    "v = heaviside(v + x)": "did you mean `spike`?",
    "v = x.real": "write functions without a dot: `exp(u)`",
    "v = (v + x)^2": "a power is `**`",
    "v += x": "write the sum: `v = v + …`",
    "if x > 0:\n  v = x": "write `where(condition, a, b)`",
    "v = where(x > 0 and v > 0, x, v)": "nest them: `where(a, where(b, …), …)`",
    "v = (v + x": "one a line: `name = expression`, and every `(` is closed",
    "h = v + x": "assign it: `v = …`",
}


@pytest.mark.parametrize("step", ADVICE)
def test_a_mistake_in_equations_comes_with_what_to_write(tmp_path: Path, step: str) -> None:
    with pytest.raises(Findings) as caught:
        document(tmp_path, STEP.format(step=step, output=step[0]))
    assert [found.help for found in caught.value.diagnostics] == [ADVICE[step]]


def test_equations_may_be_indented(tmp_path: Path) -> None:
    plain = document(tmp_path, STEP.format(step="h = v + x\nv = h / tau", output="v"))
    step = "    # charge\n    h = v + x\n\n    v = h / tau"
    indented = document(tmp_path, STEP.format(step=step, output="v"))
    first, second = (d.spec.network.layers[0] for d in (plain, indented))
    assert isinstance(first, Neuron)
    assert isinstance(second, Neuron)
    assert first.equations() == second.equations()


def test_own_and_built_in_kinds_share_one_namespace(tmp_path: Path) -> None:
    text = STEP.format(step="v = v + x", output="v").replace("Mine", "LIF")
    with pytest.raises(Findings) as caught:
        document(tmp_path, text)
    assert [d.code for d in caught.value.diagnostics] == ["SNN210"]
