"""Lint rules: what looks like a mistake and is none, and other forms of the same mistake."""

from pathlib import Path

import pytest

import snnc

HEAD = 'format = 1\nname = "net"\ntime_steps = 8\n'
FLAT = "[input]\nshape = [4]\n"
PICTURE = "[input]\nshape = [1, 28, 28]\n"
TRAIN = """
[train]
dataset = {dataset}
loss = "{loss}"
epochs = 10
batch_size = 8
optimizer = "Adam"
"""
FC = '{ kind = "Linear", out_features = 4 }'
OWN = """
[neurons.Mine]
parameters = {{ tau = 4.0 }}
state = {{ v = 0.0, w = 0.0 }}
step = '''
{step}
'''
output = "{output}"
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def names(text: str) -> list[str]:
    Path("net.snn.toml").write_text(HEAD + text, "utf-8")
    found = snnc.check("net.snn.toml")
    assert [finding.message for finding in found if finding.severity == "error"] == []
    return [finding.name for finding in found]


def net(*layers: str, given: str = FLAT) -> str:
    return f"{given}[network]\nlayers = [{', '.join(layers)}]\n"


def own(step: str, output: str = "s") -> str:
    return net(FC, '"Mine"') + OWN.format(step=step, output=output)


def trained(*layers: str, dataset: str = '"MNIST"', loss: str = "cross_entropy") -> str:
    flat = ('"Flatten"', *layers)
    return net(*flat, given=PICTURE) + TRAIN.format(dataset=dataset, loss=loss)


TEN = '{ kind = "Linear", out_features = 10 }'
FINE = {
    "a shortcut of single elements": net(
        '{ kind = "Conv2d", out_channels = 4, kernel_size = 1, stride = 2 }',
        '"IF"',
        given="[input]\nshape = [1, 8, 8]\n",
    ),
    "a factor of a matrix": net(
        '{ kind = "Linear", out_features = 2 }', '{ kind = "Linear", out_features = 8 }', '"IF"'
    ),
    "weights in groups": net(
        '{ kind = "Conv2d", out_channels = 4, kernel_size = 3, groups = 4 }',
        '{ kind = "Conv2d", out_channels = 8, kernel_size = 1 }',
        '"IF"',
        given="[input]\nshape = [4, 8, 8]\n",
    ),
    "a value with a name": net(FC, '"LIF"', '{ kind = "Identity", name = "spikes" }', FC),
    "a synapse between neurons": net(FC, '"IF"', '"SynapseFilter"', '"IF"'),
    "an activation that is no neuron's": net(FC, '"LIF"', FC, '"ReLU"', FC),
    "an activation of both signs": net(FC, '"Tanh"', '"IF"'),
    "a learned threshold": net(
        FC, '{ kind = "IF", v_threshold = { value = 1.0, learnable = true } }'
    ),
    "a learned time constant in a range of its own": net(FC, '"PLIF"'),
    "a long time constant that divides nothing": net(
        FC, '{ kind = "LIF", tau = 100.0, decay_input = false }'
    ),
    "a long time constant and a threshold to it": net(
        FC, '{ kind = "LIF", tau = 100.0, v_threshold = 0.05 }'
    ),
    "steep and detached": net(
        FC,
        '{ kind = "LIF", detach_reset = true, surrogate = { kind = "FastSigmoid", alpha = 25.0 } }',
    ),
    "two steep thresholds": net(
        FC,
        '{ kind = "LIF", v_threshold = 0.1, surrogate = { kind = "FastSigmoid", alpha = 25.0 } }',
    ),
    "feedback that leaks": net(FC, '{ kind = "LIF", feedback = "add" }'),
    "feedback beside a high threshold": net(
        FC, '{ kind = "IF", v_threshold = 2.0, feedback = "add" }'
    ),
    "spikes of an earlier step": net(
        '{ kind = "Linear", name = "a", out_features = 4 }',
        '{ kind = "Concat", from = ["a", "s@-1"] }',
        FC.replace("kind", 'name = "mix", kind').replace("4 }", "4, bias = false }"),
        '{ kind = "LIF", name = "s" }',
    ).replace("[input]\n", "[input]\n"),
    "a reset by hand": own("h = v + x\ns = spike(h - 1)\nv = h - s\nw = w * 0.5"),
    "a reset a step later": own("v = v * (1 - w) + x\ns = spike(v - 1)\nw = s"),
    "a threshold in front of all weights": net('"Mine"', FC, '"LIF"')
    + OWN.format(step="v = where(x > 0.5, 1, 0)\nw = v", output="v"),
    "a gradient beside a comparison": own("w = where(v > 1, 1, 0)\nv = 0.9 * v + x * w", "v"),
    "a gradient that comes a step later": own(
        "s = tanh(w)\nv = 0.9 * v + x\nw = where(v > 1, v, 0)"
    ),
    "a damped oscillator": own("v = 0.9 * v - 0.3 * w + x\nw = 0.3 * v + 0.9 * w", "w"),
    "an integrator": own("v = v + x\nw = w / tau + x", "v"),
    "softmaxes that are summed": trained(TEN, '"LIF"', TEN, '"Softmax"')
    + '[output]\nreadout = "sum"\n',
    "spikes that are summed long enough": trained(TEN, '"LIF"') + '[output]\nreadout = "sum"\n',
    "an average that ends even": net(
        '{ kind = "AvgPool2d", kernel_size = 2 }',
        '"Flatten"',
        FC,
        '"IF"',
        given="[input]\nshape = [1, 7, 7]\n",
    ),
    "normalised pixels in direct coding": trained(
        TEN,
        '"LI"',
        dataset='{ kind = "MNIST", normalize = { mean = [0.1307], std = [0.3081] } }',
    ),
    "mirrored clothes": trained(
        TEN, '"LI"', dataset='{ kind = "FashionMNIST", augment = ["RandomHorizontalFlip"] }'
    ),
}
FOUND = {
    "an input that is detached": (
        own("v = v + (detach(x) - v) / tau\nw = 0.9 * w + where(x > v, 1, 0)", "w"),
        ["lost-gradient"],
    ),
    "an edge from too long ago": (
        net(FC, '{ kind = "IF", name = "s" }', '{ kind = "Add", from = ["s", "s@-8"] }', FC),
        ["delay-beyond-steps"],
    ),
    "a chance at every step": (
        net(FC, '{ kind = "Dropout", mask = "step" }', FC, '"IF"'),
        ["weights-after-weights", "hoisting-lost"],
    ),
    "binary digits of white": (
        trained(TEN, '"LI"').replace("28]\n", '28]\nencoder = "weighted_phase"\n'),
        ["signed-rates"],
    ),
    "a learned step between 0 and 1": (
        net(FC, '{ kind = "ALIF", tau_a = { value = 20.0, learnable = true } }'),
        ["free-time-constant"],
    ),
    "the same twice in a block": (
        FLAT
        + "[blocks.Pair]\nlayers = ['IF', 'IF']\n"
        + f"[network]\nlayers = [{FC}, 'Pair', {FC}, 'Pair']\n",
        ["neuron-after-neuron"],
    ),
    "a sigmoid": (trained(TEN, '"LIF"', TEN, '"Sigmoid"'), ["softmax-before-cross-entropy"]),
    "an oscillator that grows": (
        own("v = 1.1 * v - 0.3 * w + x\nw = 0.3 * v + w", "w"),
        ["unstable-state", "unused-parameter"],
    ),
    "a rate of one cycle": (
        trained(TEN, '"LI"') + 'scheduler = { kind = "OneCycleLR", max_lr = 1.0 }\n',
        ["learning-rate"],
    ),
}


@pytest.mark.parametrize("text", FINE.values(), ids=FINE)
def test_what_is_no_mistake(text: str) -> None:
    assert set(names(text)) <= {"unused-parameter"}


@pytest.mark.parametrize(("text", "expected"), FOUND.values(), ids=FOUND)
def test_another_form_of_a_mistake(text: str, expected: list[str]) -> None:
    assert sorted(names(text)) == sorted(expected)
