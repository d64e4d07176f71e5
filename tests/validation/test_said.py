"""What a finding says: as much as is known of the mistake."""

import pickle
from pathlib import Path

import pytest

import snnc
from snnc.source.diagnostic import Diagnostic, Findings

HEAD = 'format = 1\nname = "net"\ntime_steps = 4\n'
TRAINED = """
[input]
shape = [1, 8, 8]
[network]
layers = ["Flatten", {{ kind = "Linear", out_features = 10 }}, "LIF"]
[outputs.a]
[train]
dataset = "Digits"
{loss}
epochs = 1
batch_size = 64
optimizer = "Adam"
"""
CYCLE = """
[input]
shape = [4]
encoder = "none"
[network]
layers = [
  {{ kind = "Add", name = "m", from = ["input", "b@-1"] }},
  {{ kind = "Delay", name = "d", {delay} }},
  {{ kind = "BatchNorm1d", name = "b", stats = "step" }},
]
"""
WHOLE = "a delay in a cycle is a fixed, whole number of time steps: `NAME@-2`"
BOTH = "expected one of `cross_entropy` or `mse`"


def findings(folder: Path, text: str) -> list[Diagnostic]:
    (folder / "net.snn.toml").write_text(HEAD + text)
    return [f for f in snnc.check(folder / "net.snn.toml") if f.severity == "error"]


def only(folder: Path, text: str) -> tuple[str, str | None]:
    (found,) = findings(folder, text)
    return found.message, found.help


@pytest.mark.parametrize(
    ("loss", "said"),
    [
        ('loss = "cross_entrpy"', ("loss `cross_entrpy`", "did you mean `cross_entropy`?")),
        ('losses = { a = "mmse" }', ("loss `mmse`", "did you mean `mse`?")),
        ('losses = { a = "none" }', ("loss `none`", BOTH)),
        ('losses = { a = { kind = "nne" } }', ("loss `nne`", BOTH)),
        ('loss = "nne"', ("loss `nne`", BOTH)),
    ],
)
def test_a_loss_that_is_none(tmp_path: Path, loss: str, said: tuple[str, str]) -> None:
    message, help = said
    assert only(tmp_path, TRAINED.format(loss=loss)) == (f"there is no {message}", help)


def test_training_needs_a_loss(tmp_path: Path) -> None:
    (found,) = findings(tmp_path, TRAINED.format(loss='loss = "none"'))
    assert found.message == "`loss` is needed: training has nothing else to make smaller"
    assert found.place.quoted == '"none"'


@pytest.mark.parametrize(
    ("delay", "help"),
    [
        ("delay = 2", "leave it out and read `m@-2`: a delayed edge can be in a cycle"),
        ("delay = 1.5", WHOLE),
        ("delay = { value = 1.0, learnable = true }, max_delay = 3", WHOLE),
    ],
)
def test_a_delay_in_a_cycle(tmp_path: Path, delay: str, help: str) -> None:
    message, said = only(tmp_path, CYCLE.format(delay=delay))
    assert message == "`d` needs all time steps at once, but is in a cycle with m → b"
    assert said == help


STEPS = """
[input]
shape = [3]
encoder = "{encoder}"
[network]
layers = [{{ kind = "Linear", out_features = 10 }}, "LIF"]
[output]
readout = "{readout}"
[train]
dataset = {{ kind = "npz", path = "a.npz", labels_per = "{per}" }}
loss = {{ kind = "cross_entropy", over = "{over}" }}
epochs = 1
batch_size = 64
optimizer = "Adam"
"""
OVER = 'write `loss = { kind = "cross_entropy", over = "steps" }`'
EACH = "`cross_entropy` takes the answer of all steps, but each step has a label"


@pytest.mark.parametrize(
    ("encoder", "readout", "over", "per", "said"),
    [
        ("none", "sequence", "steps", "step", None),
        ("none", "sequence", "steps", "sample", None),
        ("none", "mean", "answer", "sample", None),
        ("none", "mean", "answer", "step", (EACH, OVER + ' and `readout = "sequence"`')),
        ("none", "sequence", "answer", "step", (EACH, OVER)),
        (
            *("direct", "sequence", "steps", "step"),
            (
                "one label per time step needs samples with a time axis",
                'write `encoder = "none"` in [input]',
            ),
        ),
    ],
)
def test_labels_and_loss_fit(
    tmp_path: Path, encoder: str, readout: str, over: str, per: str, said: tuple[str, str] | None
) -> None:
    text = STEPS.format(encoder=encoder, readout=readout, over=over, per=per)
    assert [(f.message, f.help) for f in findings(tmp_path, text)] == [said] * (said is not None)


def test_an_input_called_as_something_that_code_needs(tmp_path: Path) -> None:
    one = '[inputs.dict]\nshape = [4]\n[network]\nlayers = [{ kind = "LIF", from = "dict" }]\n'
    assert findings(tmp_path, one) == []  # a single one is called x
    two = '{ kind = "Add", from = ["dict", "b"] }'
    text = f"[inputs.dict]\nshape = [4]\n[inputs.b]\nshape = [4]\n[network]\nlayers = [{two}]\n"
    message, help = only(tmp_path, text)
    assert message == "`dict` is taken: generated code needs it for something else"
    assert help == "for example `dict1`"


def test_findings_as_text_have_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "net.snn.toml"
    path.write_text(HEAD + '[input]\nshape = [4]\n[network]\nlayers = ["LIFF"]\nlayer = 1\n')
    with pytest.raises(Findings) as caught:
        snnc.load(path)
    lines = str(caught.value).splitlines()
    assert lines[0] == f"{path}:7:11: there is no layer `LIFF`"
    assert lines[1].startswith(f"{path}:8:1: ")
    again = pickle.loads(pickle.dumps(caught.value))
    assert again.diagnostics == caught.value.diagnostics
