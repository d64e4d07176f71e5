"""visualize.py and pictures/: what is recorded is what happened, and every picture is drawn."""

import importlib
import os
import shutil
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.utils.tensorboard import SummaryWriter

import snnc
from tests.support.nets import document, pair
from tests.support.written import write

BODY = """
[input]
shape = [1, 8, 8]
encoder = "poisson"

[network]
layers = [
  { kind = "Conv2d", out_channels = 6, kernel_size = 3, padding = 1 },
  { kind = "IF" },
  { kind = "Flatten" },
  { kind = "Linear", out_features = 12 },
  { kind = "ALIF" },
  { kind = "Linear", out_features = 12 },
  { kind = "TernaryIF" },
  { kind = "SynapseFilter" },
  { kind = "Linear", out_features = 10 },
  { kind = "PLIF", v_threshold = 0.5 },
]

[train]
dataset = "Digits"
loss = "mse"
epochs = 1
batch_size = 8
optimizer = "Adam"
"""
STEPS = 6
PNG = b"\x89PNG\r\n"


@dataclass(frozen=True)
class Package:
    """A generated package on disk and its network, with weights under which neurons fire."""

    folder: Path
    visualize: Any
    net: Any

    @property
    def pictures(self) -> Any:
        return self.visualize.pictures

    def record(self, sample: Tensor, timed: bool = False) -> dict[str, Any]:
        done = self.pictures.record(self.net, sample, self.visualize.LAYERS, timed)
        return {one.layer.name: one for one in done}


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Package]:
    folder = tmp_path_factory.mktemp("drawn")
    made = pair(document(folder, BODY.lstrip(), STEPS), dtype=torch.float32)
    write(folder, snnc.emit(document(folder, BODY.lstrip(), STEPS)))
    sys.path.insert(0, str(folder))
    try:
        visualize: ModuleType = importlib.import_module("net.visualize")
        net = importlib.import_module("net.model").Net()
        net.load_state_dict(made.module.state_dict())
        yield Package(folder, visualize, net)
    finally:
        sys.path.remove(str(folder))
        for name in [name for name in sys.modules if name.split(".")[0] == "net"]:
            del sys.modules[name]


@pytest.fixture
def sample() -> Tensor:
    return torch.rand(1, 8, 8, generator=torch.Generator().manual_seed(3))


@pytest.fixture
def run_dir(package: Package, tmp_path: Path) -> Path:
    """A finished run, without having trained."""
    folder = tmp_path / "run"
    folder.mkdir()
    torch.save({"model": package.net.state_dict()}, folder / "checkpoint_best.pt")
    (folder / "metrics.csv").write_text(
        "epoch,train/loss,train/accuracy,test/loss,test/accuracy,images/s,lr\n"
        "1,0.5,0.4,0.6,0.3,100,0.1\n2,0.4,0.5,0.5,0.45,100,0.1\n"
    )
    return folder


# --- what is recorded ----------------------------------------------------------------------------


def test_layers_say_what_they_are(package: Package) -> None:
    layer = package.visualize.Layer
    assert [
        layer("if1", ("v",), threshold=1.0),
        layer("alif1", ("v", "a")),  # its threshold rises
        layer("ternary_if1", ("v",), threshold=1.0),
        layer("synapse1", ("i",), fires=False),
        layer("plif1", ("v",), threshold=0.5),
    ] == package.visualize.LAYERS
    assert package.visualize.TIMED is False


def test_potentials_and_spikes_belong_together(package: Package, sample: Tensor) -> None:
    done = package.record(sample)["if1"]
    assert done.output.shape == done.states["v"].shape == (STEPS, 6, 8, 8)
    assert 0 < done.output.mean() < 1
    inputs = by_hand_inputs(package.net, sample)
    v = np.zeros(done.shape)
    for x, s, after in zip(inputs, done.output, done.states["v"], strict=True):
        v = v + x
        np.testing.assert_array_equal(s, v >= 1)
        v = np.where(s == 1, 0, v)
        np.testing.assert_allclose(after, v, atol=1e-6)


def by_hand_inputs(net: nn.Module, sample: Tensor) -> np.ndarray[Any, Any]:
    """What the first neurons read, under the seed that recording uses."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        values: dict[str, Tensor] = net.eval().values(sample[None])  # type: ignore[operator]
    return values["conv1"][:, 0].double().numpy()


def test_every_layer_gives_what_values_gives(package: Package, sample: Tensor) -> None:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        values = package.net.eval().values(sample[None])
    for name, one in package.record(sample).items():
        np.testing.assert_allclose(one.output, values[name][:, 0].numpy(), atol=1e-6)
        assert tuple(one.states) == one.layer.states
        assert {state.shape for state in one.states.values()} == {one.output.shape}
    synapse = package.record(sample)["synapse1"]
    np.testing.assert_allclose(synapse.states["i"], synapse.output)


def test_recording_leaves_no_trace(package: Package, sample: Tensor) -> None:
    package.net.train()
    state, ran = torch.get_rng_state(), package.net.if1.run
    package.record(sample)
    assert package.net.training
    assert torch.equal(torch.get_rng_state(), state)
    assert package.net.if1.run == ran
    assert "run" not in vars(package.net.if1)


def test_data_with_a_time_axis(package: Package, tmp_path: Path) -> None:
    untrained = BODY.partition("[train]")[0].lstrip()
    made = pair(document(tmp_path, untrained.replace('"poisson"', '"none"'), STEPS))
    sample = made.data["input"][:, 1]  # [T, 1, 8, 8]
    layers = [package.visualize.Layer("if1", ("v",))]
    (done,) = package.pictures.record(made.module, sample, layers, timed=True)
    values = made.module.eval().values(made.data["input"])  # type: ignore[operator]
    np.testing.assert_allclose(done.output, values["if1"][:, 1].numpy())


LOOP = """
[input]
shape = [12]

[network]
layers = [
  { kind = "Concat", from = ["input", "hidden@-1"] },
  { kind = "Linear", out_features = 9 },
  { kind = "IF", name = "hidden" },
]
"""


def test_a_recurrent_network(package: Package, tmp_path: Path) -> None:
    made = pair(document(tmp_path, LOOP.lstrip(), STEPS))
    sample = made.data["input"][0]
    layers = [package.visualize.Layer("hidden", ("v",))]
    (done,) = package.pictures.record(made.module, sample, layers, timed=False)
    values = made.module.eval().values(sample[None])  # type: ignore[operator]
    assert done.output.any()
    np.testing.assert_allclose(done.output, values["hidden"][:, 0].numpy())
    np.testing.assert_array_equal(done.states["v"][done.output == 1], 0)


# --- what is drawn -------------------------------------------------------------------------------


def test_everything_of_a_run_is_drawn(package: Package, run_dir: Path, sample: Tensor) -> None:
    written = package.visualize.draw(package.net, sample, run_dir)
    names = [path.name.rpartition("_")[0] or path.stem for path in written]
    assert names == ["curves", "activity", "neuron_plif1", "rates", "feature_maps"]
    assert {path.parent for path in written} == {run_dir / "pictures"}
    assert all(path.read_bytes().startswith(PNG) for path in written)


@pytest.mark.parametrize("layer", ["if1", "alif1", "ternary_if1", "synapse1", "plif1"])
def test_every_layer_can_be_picked(package: Package, run_dir: Path, layer: str) -> None:
    chosen = ("--layer", layer, "--format", "svg", "--neuron", "3", "--neurons", "8")
    assert package.visualize.main([f"--run={run_dir}", *chosen]) == 0
    written = sorted(path.name for path in (run_dir / "pictures").iterdir())
    maps = [f"feature_maps_{layer}.svg"] if layer == "if1" else []
    assert written == [
        *(f"activity_{layer}.svg", "curves.svg", *maps, f"neuron_{layer}_3.svg", "rates.svg")
    ]
    for name in written:
        assert ET.parse(run_dir / "pictures" / name).getroot().tag.endswith("svg")


def test_arrays_on_request(package: Package, run_dir: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    arguments = [f"--run={run_dir}", "--save-arrays", f"--out-dir={out}", "--image=5"]
    assert package.visualize.main(arguments) == 0
    shapes = {path.name: np.load(path).shape for path in out.glob("*.npy")}
    hidden = {f"alif1_{x}.npy": (STEPS, 12) for x in "vas"}
    ternary = {f"ternary_if1_{x}.npy": (STEPS, 12) for x in "vs"}
    synapse = {f"synapse1_{x}.npy": (STEPS, 12) for x in ("i", "output")}
    last = {f"plif1_{x}.npy": (STEPS, 10) for x in "vs"}
    maps = {f"if1_{x}.npy": (STEPS, 6, 8, 8) for x in "vs"}
    assert shapes == {**maps, **hidden, **ternary, **synapse, **last}
    assert set(np.unique(np.load(out / "plif1_s.npy"))) <= {0.0, 1.0}


def test_of_a_large_layer_some_are_shown_and_always_the_same(package: Package) -> None:
    activity = importlib.import_module("snn_runtime.pictures.activity")
    assert activity.chosen(10, 128).tolist() == list(range(10))
    some = activity.chosen(2048, 128)
    assert len(set(some)) == 128
    assert some.tolist() == sorted(some) == activity.chosen(2048, 128).tolist()
    assert some[-1] < 2048


def test_maps_fill_a_grid_each_on_its_own_scale(package: Package) -> None:
    maps = importlib.import_module("snn_runtime.pictures.maps")
    assert maps.columns_of(128) == 16
    assert maps.columns_of(32) == 8
    grid = maps.mosaic(np.stack([np.full((2, 3), 4.0), np.zeros((2, 3)), np.eye(2, 3)]))
    assert grid.shape == (2, 3 * 4 - 1)
    assert grid[:, :3].tolist() == [[1] * 3] * 2
    assert grid[:, 4:7].tolist() == [[0] * 3] * 2
    assert np.isnan(grid[:, 3]).all()
    assert grid[:, 8:].max() == 1


def test_rates_fall_into_classes(package: Package) -> None:
    rates = importlib.import_module("snn_runtime.pictures.rates")
    shares = rates.shares_of(np.array([0, 0, 0.01, 0.25, 0.26, 0.75, 1, 3.5]))
    assert (shares * 8 / 100).tolist() == [2, 2, 1, 1, 2]


@pytest.mark.parametrize(
    ("shape", "picture", "timed", "drawn"),
    [
        ((1, 28, 28), (1, 28, 28), False, (28, 28)),
        ((784,), (1, 28, 28), False, (28, 28)),
        ((3, 32, 16), (3, 32, 16), False, (32, 16, 3)),
        ((20, 5), (20, 5), False, (20, 5)),
        ((10, 2, 34, 30), (2, 34, 30), True, (34, 30)),
        ((10, 700), (700,), True, (700, 10)),
        ((10, 20, 9), (20, 9), True, (20, 9)),
        ((2, 4, 6, 5), (2, 4, 6, 5), False, (13, 11)),  # four slices, two by two
        ((10, 1, 3, 6, 5), (1, 3, 6, 5), True, (6, 17)),
        ((1, 2, 2, 6, 5), (1, 2, 2, 6, 5), False, (13, 11)),
    ],
)
def test_samples_of_every_shape(
    package: Package,
    shape: tuple[int, ...],
    picture: tuple[int, ...],
    timed: bool,
    drawn: tuple[int, ...],
) -> None:
    sample = importlib.import_module("snn_runtime.pictures.sample")
    axes = importlib.import_module("matplotlib.figure").Figure().subplots()
    sample.plot_sample(axes, sample.Sample(3 * torch.randn(shape), picture, timed))
    shown = axes.images[0].get_array()
    assert shown.shape == drawn
    assert 0 <= np.nanmin(shown) < np.nanmax(shown) <= 1


@pytest.mark.parametrize(
    ("shape", "picture", "timed", "lines"),
    [
        ((7,), (7,), False, [(0, 7)]),
        ((3, 50), (3, 50), False, [(0, 50)] * 3),
        ((10, 1), (1,), True, [(1, 10)]),
        ((10, 2), (2,), True, [(1, 10)] * 2),
        ((10, 2, 9), (2, 9), True, [(0, 9)] * 2),
    ],
)
def test_signals_are_drawn_as_signals(
    package: Package,
    shape: tuple[int, ...],
    picture: tuple[int, ...],
    timed: bool,
    lines: list[tuple[int, int]],
) -> None:
    sample = importlib.import_module("snn_runtime.pictures.sample")
    axes = importlib.import_module("matplotlib.figure").Figure().subplots()
    values = torch.randn(shape)
    sample.plot_sample(axes, sample.Sample(values, picture, timed))
    assert not axes.images
    assert [(int(x.get_xdata()[0]), len(x.get_xdata())) for x in axes.lines] == lines
    whole = values.sum(0) if timed and len(shape) > 2 else values.T if timed else values
    drawn = np.stack([line.get_ydata() for line in axes.lines])
    np.testing.assert_allclose(drawn, whole.reshape(len(lines), -1).numpy(), rtol=1e-4)


def test_maps_of_volumes_and_signals(package: Package) -> None:
    maps = importlib.import_module("snn_runtime.pictures.maps")
    volume = np.arange(2 * 3 * 2 * 2, dtype=float).reshape(2, 3, 2, 2)
    grid = maps.mosaic(volume)
    assert grid.shape == (5, 8)  # a map a row, a slice a column
    np.testing.assert_allclose(grid[3:, 6:], volume[1, 2] / 23)
    assert maps.mosaic(np.array([[2.0, 1.0], [0.0, 0.0]])).tolist() == [[1, 0.5], [0, 0]]


@pytest.mark.parametrize(
    ("shape", "place"),
    [
        ((9,), "neuron 5"),
        ((3, 3), "neuron 5 (channel 1, position 2)"),
        ((1, 3, 3), "neuron 5 (channel 0, row 1, column 2)"),
        ((1, 2, 2, 2), "neuron 5 (channel 0, slice 1, row 0, column 1)"),
    ],
)
def test_the_place_of_a_neuron(package: Package, shape: tuple[int, ...], place: str) -> None:
    one = importlib.import_module("snn_runtime.pictures.one_neuron")

    class Done:
        """What is asked of an activity."""

    done = Done()
    vars(done)["shape"] = shape
    assert one.place_of(done, 5) == place


# --- training curves -----------------------------------------------------------------------------


@pytest.mark.parametrize("mark", ["/", "_"])
def test_a_table_is_read(package: Package, tmp_path: Path, mark: str) -> None:
    table = "epoch,train/loss,train/accuracy,val/loss,test/loss,lr,rate/if1\n"
    rows = "1,2.5,0.1,2.6,,0.1,0.3\n2,1.5,0.2,1.6,1.7,0.1,0.3\n"
    (tmp_path / "metrics.csv").write_text(table.replace("/", mark) + rows)
    (run,) = package.pictures.read_runs([tmp_path])
    assert run.curves == {
        ("train", "loss"): {1: 2.5, 2: 1.5},
        ("train", "accuracy"): {1: 0.1, 2: 0.2},
        ("validation", "loss"): {1: 2.6, 2: 1.6},
        ("test", "loss"): {2: 1.7},
    }
    assert run.measures == ["loss", "accuracy"]


def test_without_a_table_tensorboards_events_are_read(package: Package, tmp_path: Path) -> None:
    with SummaryWriter(tmp_path) as board:
        for epoch in (1, 2):
            board.add_scalar("test/accuracy", epoch / 4, epoch)
            board.add_scalar("images/s", 100, epoch)
    (run,) = package.pictures.read_runs([tmp_path])
    assert run.curves == {("test", "accuracy"): {1: 0.25, 2: 0.5}}
    assert run.label == tmp_path.name


def test_runs_are_called_by_what_tells_them_apart(package: Package) -> None:
    curves = importlib.import_module("snn_runtime.pictures.curves")
    assert curves.labels_of([("runs", "a", "T4"), ("runs", "b", "T4")]) == ["a", "b"]
    assert curves.labels_of([("runs", "a"), ("runs", "a", "T8")]) == ["a", "T8"]
    assert curves.labels_of([("runs", "a", "T8")]) == ["T8"]


def test_several_runs_share_one_plot(
    package: Package, run_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "metrics.csv").write_text("epoch,test_loss\n1,0.5\n")
    runs = package.pictures.read_runs([run_dir, other])
    figure = package.pictures.training_curves(runs)
    assert [axes.get_title() for axes in figure.axes] == ["Loss", "Accuracy"]
    assert [len(axes.lines) for axes in figure.axes] == [3, 2]
    texts = [text.get_text() for text in figure.legends[0].get_texts()]
    assert texts == ["run", "other", "train", "test"]
    colours = {line.get_color() for axes in figure.axes for line in axes.lines}
    assert len(colours) == 2
    assert package.visualize.main(["--run", str(run_dir), str(other)]) == 0
    assert capsys.readouterr().out == f"{tmp_path / 'pictures' / 'curves.png'}\n"


# --- what cannot be drawn ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--image", "360"], "There is no test image 360: there are 360."),
        (["--neuron", "10"], "There is no neuron 10 in plif1: it has 10."),
    ],
)
def test_what_there_is_not(
    package: Package,
    run_dir: Path,
    arguments: list[str],
    says: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert package.visualize.main([f"--run={run_dir}", *arguments]) == 1
    assert capsys.readouterr().err == f"{says}\n"


@pytest.mark.parametrize("content", [b"", b"not a checkpoint", "list", "foreign", "truncated"])
def test_a_checkpoint_that_is_none(
    package: Package, run_dir: Path, content: bytes | str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = run_dir / "checkpoint_best.pt"
    whole = path.read_bytes()
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif content == "truncated":
        path.write_bytes(whole[: len(whole) // 2])
    else:
        torch.save({"list": [1], "foreign": {"model": {"w": torch.ones(1)}}}[content], path)
    assert package.visualize.main([f"--run={run_dir}"]) == 1
    assert capsys.readouterr().err == f"{path} cannot be read as a checkpoint of net.\n"


def test_the_newest_run_of_a_folder_is_drawn(
    package: Package, run_dir: Path, tmp_path: Path
) -> None:
    """As train.py leaves them: a folder for each run, named by its settings."""
    runs = [tmp_path / "runs" / "net" / name for name in ("T4_lr0.1_seed0", "T4_lr0.1_seed1")]
    for when, run in enumerate(runs[::-1]):
        shutil.copytree(run_dir, run)
        os.utime(run / "checkpoint_best.pt", (when, when))
    assert package.visualize.main([f"--run={tmp_path / 'runs' / 'net'}", "--neurons=4"]) == 0
    assert (runs[0] / "pictures" / "curves.png").exists()
    assert not (runs[1] / "pictures").exists()


def test_a_run_that_is_not_there(
    package: Package, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nowhere = tmp_path / "nowhere"
    assert package.visualize.main([f"--run={nowhere}"]) == 1
    says = "does not exist: train first (python -m net.train)."
    assert capsys.readouterr().err == f"{nowhere / 'checkpoint_best.pt'} {says}\n"
    assert package.visualize.main(["--run", str(tmp_path), str(nowhere)]) == 1
    says = f"{tmp_path} has neither metrics.csv nor TensorBoard's events.\n"
    assert capsys.readouterr().err == says


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--layer", "if9"], "invalid choice: 'if9'"),
        (["--format", "jpg"], "invalid choice: 'jpg'"),
        (["--neurons", "0"], "must be a whole number from 1 up, not '0'"),
        (["--image", "-1"], "must be a whole number from 0 up, not '-1'"),
    ],
)
def test_wrong_options(
    package: Package, arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        package.visualize.main(arguments)
    assert caught.value.code == 2
    assert says in capsys.readouterr().err
