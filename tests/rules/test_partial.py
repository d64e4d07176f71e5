"""Lint rules on networks of which a part is wrong: they say what is certain, and never fail."""

from pathlib import Path

import pytest

from snnc.checked import checked
from snnc.rules import rules

HEAD = 'format = 1\nname = "net"\ntime_steps = 4\n'
INPUT = "[input]\nshape = [4]\n"
FC = '{ kind = "Linear", out_features = 4 }'
TRAIN = """
[train]
dataset = "MNIST"
loss = "cross_entropy"
epochs = 1
batch_size = 1
optimizer = "Adam"
"""
WRONG = {
    "an encoder": f'[input]\nshape = [4]\nencoder = "xyzzy"\n[network]\nlayers = [{FC}, "LIF"]\n',
    "a range of data": (
        '[input]\nshape = [4]\nencoder = { kind = "population", neurons = 2147483647 }\n'
        f'[network]\nlayers = [{FC}, "LIF"]\n'
    ),
    "a number in equations": (
        f'{INPUT}[network]\nlayers = [{FC}, {{ kind = "ResonateAndFire", b = 1000.0 }}, "IF"]\n'
    ),
    "equations": (
        f'{INPUT}[network]\nlayers = [{FC}, "Mine", "IF"]\n'
        '[neurons.Mine]\nstate = { v = 0.0 }\nstep = "v = v + (x"\noutput = "v"\n'
    ),
    "a surrogate": (
        f'{INPUT}[network]\nlayers = [{FC}, {{ kind = "LIF", surrogate = "Bump" }}]\n'
        '[surrogates.Bump]\ngradient = "exp(-u"\n'
    ),
    "a slope without a value": (
        f'{INPUT}[network]\nlayers = [{FC}, {{ kind = "LIF", surrogate = "Bump" }}]\n'
        '[surrogates.Bump]\ngradient = "log(u)"\n'
    ),
    "a kind": f'{INPUT}[network]\nlayers = ["Dense", "ReLU", "LIF", "BatchNorm1d", "Softmax"]\n',
    "a shape": f'[input]\nshape = [1, 8, 8]\n[network]\nlayers = [{FC}, "LIF", {FC}, "LIF"]\n',
    "a source": f'{INPUT}[network]\nlayers = [{{ kind = "Add", from = ["a", "b"] }}, "LIF"]\n',
    "the data": f'{INPUT}[network]\nlayers = [{FC}, "LIF", "Softmax"]\n{TRAIN}',
    "the output": f'{INPUT}[network]\nlayers = [{FC}, "LIF"]\n[output]\nfrom = "no"\n{TRAIN}',
}

LOOKED = [rule for rule in rules() if rule.name != "unnamed-weights"]
"""All but that of what is no mistake: these texts are brief."""


@pytest.mark.parametrize("text", WRONG.values(), ids=WRONG)
def test_rules_on_what_is_left(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("net.snn.toml").write_text(HEAD + text, "utf-8")
    found = checked("net.snn.toml", (), LOOKED).findings
    sure = {"activation-beside-neuron", "neuron-after-neuron", "norm-after-neuron"}
    assert {one.name for one in found if one.severity != "error"} <= sure
