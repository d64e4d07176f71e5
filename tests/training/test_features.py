"""Features of the language train, resume, and are drawn: what meets training, pictures and data."""

from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from tests.training.packages import MSE, SGD, build, run

LAYERS = {
    "element-wise feedback": """\
  "Flatten",
  { kind = "Linear", out_features = 32 },
  { kind = "LIF", name = "hidden", feedback = "add" },
  { kind = "Linear", out_features = 10 },""",
    "element-wise feedback of a neuron": """\
  "Flatten",
  { kind = "Linear", name = "fc", out_features = 12 },
  { kind = "Add", name = "sum", from = ["fc", "hidden@-2"] },
  { kind = "ALIF", name = "hidden" },
  { kind = "Linear", out_features = 10 },""",
    "BNTT": """\
  { kind = "Conv2d", out_channels = 4, kernel_size = 3 }, "BNTT2d", "LIF", "Flatten",
  { kind = "Linear", out_features = 10 },""",
    "TEBN": """\
  { kind = "Conv2d", out_channels = 4, kernel_size = 3 }, "TEBN2d", "LIF", "Flatten",
  { kind = "Linear", out_features = 10 },""",
    "resizing feedback": """\
  { kind = "Conv2d", name = "c1", out_channels = 3, kernel_size = 3, padding = 1 },
  { kind = "Upsample", name = "td", from = "b@-1", scale_factor = 2 },
  { kind = "Add", name = "m", from = ["c1", "td"] }, { kind = "LIF", name = "a" },
  { kind = "MaxPool2d", kernel_size = 2 }, { kind = "LIF", name = "b" }, "Flatten",
  { kind = "Linear", out_features = 10 },""",
}


def trained(folder: Path, layers: str, **more: str) -> tuple[ModuleType, set[str]]:
    """A package that was trained for two epochs, the second resumed; its pictures."""
    name = f"net_{folder.name.strip('_').replace('-', '_')[-24:]}_x"
    script = build(folder, name, MSE + SGD, layers=layers, **more)
    run(script, folder / "run", "--epochs", "1")
    run(script, folder / "run", "--epochs", "2", "--resume")
    assert script.main(["--evaluate", "--device", "cpu", "--out-dir", str(folder / "run")]) == 0
    return script, {path.stem for path in (folder / "run/pictures").iterdir()}


@pytest.mark.parametrize("name", LAYERS)
def test_it_trains_and_is_drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.chdir(tmp_path)
    script, drawn = trained(tmp_path, LAYERS[name])
    visualize = script.visualize
    assert f"activity_{visualize.LAYERS[-1].name}" in drawn
    assert visualize.main(["--run", "run", "--out-dir", "again", "--save-arrays"]) == 0
    arrays = {f"{layer.name}_{state}" for layer in visualize.LAYERS for state in layer.states}
    assert arrays <= {path.stem for path in (tmp_path / "again").iterdir()}


def test_a_layer_that_fixes_the_steps_refuses_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    script = build(tmp_path, "net_fixed_steps", MSE + SGD, layers=LAYERS["BNTT"])
    with pytest.raises(SystemExit) as ended:
        script.main(["--time-steps", "7"])
    assert ended.value.code == 2
    assert "--time-steps: this network has 4, not 7" in capsys.readouterr().err


LAST = '"Flatten", { kind = "Linear", out_features = 3 },'
DATA: dict[str, tuple[str, str, tuple[int, ...]]] = {
    "volumes": (
        '[1, 4, 6, 6]\nencoder = "direct"',
        """{ kind = "Conv3d", out_channels = 3, kernel_size = 3, padding = 1 },
  "BatchNorm3d", "LIF", { kind = "MaxPool3d", kernel_size = 2 },""",
        (1, 4, 6, 6),
    ),
    "volumes and images": (
        '[2, 4, 6, 6]\nencoder = "poisson"',
        """{ kind = "Conv3d", out_channels = 3, kernel_size = 3, padding = 1 }, "LIF",
  { kind = "AvgPool3d", kernel_size = 2 }, { kind = "Flatten", end_dim = 1 },
  { kind = "Conv2d", out_channels = 4, kernel_size = 3, padding = 1 }, "BatchNorm2d", "IF",""",
        (2, 4, 6, 6),
    ),
    "films of volumes": (
        '[1, 2, 4, 4]\nencoder = "none"',
        '{ kind = "Conv3d", out_channels = 2, kernel_size = 2 }, "LIF",',
        (4, 1, 2, 4, 4),
    ),
    "signals": (
        '[2, 20]\nencoder = "direct"',
        '{ kind = "Conv1d", out_channels = 3, kernel_size = 3 }, "BatchNorm1d", "LIF",',
        (2, 20),
    ),
    "signals over time": (
        '[1]\nencoder = "none"',
        '{ kind = "Linear", out_features = 8 }, "LIF",',
        (4, 1),
    ),
    "numbers": ('[7]\nencoder = "latency"', '{ kind = "Linear", out_features = 8 }, "LIF",', (7,)),
}


@pytest.mark.parametrize("name", DATA)
def test_data_of_every_rank_trains_and_is_drawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    shape, layers, size = DATA[name]
    random = np.random.RandomState(0)
    x, y = random.rand(40, *size).astype("float32"), random.randint(0, 3, 40)
    np.savez(tmp_path / "d.npz", x_train=x[:30], y_train=y[:30], x_test=x[30:], y_test=y[30:])
    dataset = '{ kind = "npz", path = "d.npz" }'
    words = {"layers": layers + LAST, "dataset": dataset, "shape": shape}
    script = build(tmp_path, f"rank_{'_'.join(name.split())}", MSE + SGD, **words)
    run(script, tmp_path / "run", "--epochs", "1", "--data-dir", ".")
    drawn = {path.stem.partition("_")[0] for path in (tmp_path / "run/pictures").iterdir()}
    assert drawn >= {"curves", "activity", "neuron", "rates"}
