"""The scripts of a package with [convert]: train the ANN, convert it, read the report."""

import csv
import math
from pathlib import Path
from typing import Any

import pytest
import torch

from snnc.cli import main as snnc_main
from tests.conversion.packages import DIGITS, Package

CONVERT = 'rule = "99.9%"\ncompare = ["max", 0.5]\ninitial = "half"\nsamples = 300'


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Package:
    """A package, and an ANN that its train.py has trained for three epochs."""
    made = Package(tmp_path_factory.mktemp("digits"), DIGITS, steps=8, convert=CONVERT)
    run = ["--epochs", "3", "--out-dir", str(made.folder / "run"), "--device", "cpu"]
    assert made.module("train").main(run) == 0
    return made


def weights(package: Package) -> str:
    return str(package.folder / "run" / "checkpoint_best.pt")


def converted(package: Package, out: Path, *flags: str) -> dict[str, list[float]]:
    """The columns of accuracy.csv."""
    told = ["--weights", weights(package), "--out-dir", str(out), "--device", "cpu", *flags]
    assert package.convert.main(told) == 0
    with (out / "accuracy.csv").open(encoding="utf-8") as file:
        head, *rows = csv.reader(file)
    columns = zip(*rows, strict=True)
    return {name: [float(v) for v in column] for name, column in zip(head, columns, strict=True)}


def test_the_ann_learns_and_the_snn_is_as_good(package: Package, tmp_path: Path) -> None:
    found = converted(package, tmp_path)
    assert list(found) == ["step", "ann", "99.9%", "max", "0.5"]
    assert found["step"] == list(range(1, 9))
    assert found["ann"][0] > 0.9
    assert all(abs(found[rule][-1] - found["ann"][-1]) < 0.03 for rule in ("99.9%", "0.5"))
    assert found["max"][0] < found["max"][-1]


def test_a_conversion_is_not_replaced_unasked(
    package: Package, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    few = ["--limit", "60", "--samples", "60"]
    converted(package, tmp_path, *few)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    told = ["--weights", weights(package), "--out-dir", str(tmp_path), *few]
    assert package.convert.main(told) == 1
    problem = f"{tmp_path} holds a conversion: --force replaces it"
    assert capsys.readouterr().err.endswith(f"{problem}, --out-dir chooses another folder.\n")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
    converted(package, tmp_path, *few, "--time-steps", "4", "--force")
    assert (tmp_path / "report.md").read_bytes() != before["report.md"]
    kind = getattr(package.module("model"), package.convert.OverTime.__bases__[0].__name__)
    assert kind.load(tmp_path / "snn.pt").state_dict().keys() >= {"relu1.v_threshold"}


def test_the_report_has_every_part(package: Package, tmp_path: Path) -> None:
    converted(package, tmp_path)
    text = (tmp_path / "report.md").read_text("utf-8")
    titles = [line for line in text.splitlines() if line.startswith("#")]
    assert titles == [
        f"# {package.name}: ANN to SNN",
        "## Accuracy after t steps",
        "## Operations a sample",
        "## Layers under 99.9%",
        "## The converted network",
    ]
    assert "| relu1 | ScaledIF | ScaledIF | pool1 |" in text
    assert "* initial: half" in text
    assert "* samples: 300\n* test samples: 360\n" in text
    assert "Means of 256 samples, at " in text
    assert (tmp_path / "accuracy.png").stat().st_size > 1000
    assert (tmp_path / "rate.png").stat().st_size > 1000
    assert len((tmp_path / "layers.csv").read_text("utf-8").splitlines()) == 1 + 3 * 2


def test_what_is_saved_is_the_snn_of_the_rule(package: Package, tmp_path: Path) -> None:
    found = converted(package, tmp_path)
    saved = torch.load(tmp_path / "snn.pt", weights_only=True)
    classes = vars(package.module("model"))
    snn = next(made for name, made in classes.items() if name.startswith("Converted"))()
    snn.load_state_dict(saved["model"])
    test = package.module("data").load(Path("data")).test
    x, labels = test.batch(torch.arange(len(test)))
    right = (snn.eval()(x).argmax(-1) == labels).float().mean()
    assert float(right) == pytest.approx(found["99.9%"][-1])


@pytest.mark.parametrize(
    "flags",
    [
        ("--rule", "balance", "--compare", "mmse", "--per", "channel"),
        ("--cos", "4", "--compare", ""),
        ("--readout-delay", "3", "--compare", "", "--time-steps", "12"),
        ("--initial", "zero", "--compare", "", "--samples", "50", "--batch-size", "7"),
    ],
)
def test_flags_change_what_the_spec_says(
    package: Package, tmp_path: Path, flags: tuple[str, ...]
) -> None:
    found = converted(package, tmp_path, "--limit", "100", *flags)
    rules = [name for name in found if name not in ("step", "ann")]
    assert rules == (["balance", "mmse"] if "balance" in flags else ["99.9%"])
    assert found["step"][0] == (4 if "--readout-delay" in flags else 1)
    assert found[rules[0]][-1] > 0.8


def test_a_run_before_shifts_by_what_was_left(package: Package) -> None:
    ann = package.ann()
    snn = package.snn(ann, {"relu1": torch.tensor([1.0]), "relu2": torch.tensor([1.0])})
    x = torch.rand(3, 1, 8, 8)
    end: dict[str, Any] = {}
    snn(x, time_steps=4, state=end)
    start = package.conversion.evaluation.corrected(snn, x, 4, package.convert.ACTIVATIONS)
    v = end["relu1.v"]
    assert torch.equal(start["relu1.v"], (v >= 1).float() - (v < 0).float())
    assert start["relu1.v"].unique().numel() > 1


@pytest.mark.parametrize("how", ["bias", "potential"])
def test_corrections_bring_rates_nearer(tmp_path: Path, how: str) -> None:
    package = Package(tmp_path, DIGITS, steps=4, convert=f'calibrate = "{how}"')
    ann, x = package.ann(), torch.rand(64, 1, 8, 8)
    heights = {"relu1": torch.tensor([2.0]), "relu2": torch.tensor([2.0])}
    snn = package.snn(ann, heights)
    want = package.conversion.correction.outputs(ann, ["relu2"], x, None)["relu2"]

    def error() -> float:
        got = package.conversion.correction.outputs(snn, ["relu2"], x, 4)["relu2"]
        return float((got - want).detach().mean().abs())

    before = error()
    package.conversion.correct(ann, snn, package.convert.ACTIVATIONS, x, 4, how)
    assert error() < before / 2


def macs(script: Any) -> dict[str, int]:
    """The multiply-accumulates of one execution of each layer of weights."""
    return {row.name: row.macs for row in script.ROWS if row.macs}


def test_spikes_and_operations_are_counted(package: Package) -> None:
    ann = package.ann()
    snn = package.snn(ann, {"relu1": torch.tensor([1.0]), "relu2": torch.tensor([1.0])})
    x = torch.rand(5, 1, 8, 8)
    script = package.convert
    done = package.conversion.activity(ann, snn, script.ACTIVATIONS, script.ROWS, x, 8)
    values = snn.values(x)
    spikes = values["relu1"].count_nonzero() / 5
    assert done.layers[0].spikes == pytest.approx(float(spikes))
    assert done.layers[0].rate == pytest.approx(float(spikes) / (12 * 4 * 4) / 8)
    # the first convolution is computed once; each spike of relu1 meets 16 filters at most 4 times
    assert done.macs == macs(script)["conv1"] == 12 * 9 * 64
    second = spikes / (12 * 4 * 4 * 8) * macs(script)["conv2"] * 8
    third = values["relu2"].count_nonzero() / 5 / (64 * 8) * macs(script)["fc1"] * 8
    assert done.operations == pytest.approx(float(second + third), rel=1e-5)


def test_one_step_costs_what_the_first_of_many_does(package: Package) -> None:
    ann, script = package.ann(), package.convert
    snn = package.snn(ann, {"relu1": torch.tensor([1.0]), "relu2": torch.tensor([1.0])})
    snn.time_steps = 1
    given = (ann, snn, script.ACTIVATIONS, script.ROWS)
    done = package.conversion.activity(*given, torch.rand(5, 1, 8, 8), 1)
    assert done.macs == macs(script)["conv1"]
    assert done.operations < macs(script)["conv2"] + macs(script)["fc1"]


@pytest.mark.parametrize(("bias", "error"), [(0.0, 0.0), (1.0, math.inf)])
def test_a_silent_ann_has_no_share_of_error(package: Package, bias: float, error: float) -> None:
    ann, script = package.ann(), package.convert
    for parameter in ann.parameters():
        torch.nn.init.zeros_(parameter)
    snn = package.snn(ann, {"relu1": torch.tensor([1.0]), "relu2": torch.tensor([1.0])})
    torch.nn.init.constant_(snn.get_parameter("conv2.bias"), bias)
    given = (ann, snn, script.ACTIVATIONS, script.ROWS)
    done = package.conversion.activity(*given, torch.rand(5, 1, 8, 8), 8)
    assert [layer.error for layer in done.layers] == [0.0, error]
    result = package.conversion.Result("max", 1, [0.1] * 8, done)
    table = "\n".join(package.conversion.report.layers_table([result]))
    assert ("| the ANN is silent |" in table) is bool(bias)


def test_the_command_line_does_it_all_at_once(
    package: Package, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = tmp_path / "other.snn.toml"
    text = (package.folder / f"{package.name}.snn.toml").read_text("utf-8")
    spec.write_text(text.replace(package.name, "at_once"), "utf-8")
    told = ["convert", str(spec), "--weights", weights(package), "-o", str(tmp_path / "out")]
    with pytest.raises(SystemExit, match="0"):
        snnc_main([*told, "--compare", "max", "--limit", "50", "--device", "cpu"])
    assert (tmp_path / "out" / "report.md").exists()
    assert "max " in capsys.readouterr().out
    assert not (tmp_path / "at_once").exists()


def test_a_spec_without_convert_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = tmp_path / "net.snn.toml"
    spec.write_text(
        'format = 1\nname = "net"\ntime_steps = 2\n[input]\nshape = [4]\n'
        '[network]\nlayers = ["IF"]\n', "utf-8")  # fmt: skip
    with pytest.raises(SystemExit, match="2"):
        snnc_main(["convert", str(spec), "--weights", "x"])
    assert "has no [convert]" in capsys.readouterr().err
