"""[train]: its kinds, the files written for it, and a training run of them."""

import gzip
import importlib
import itertools
import math
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch
from pydantic import ValidationError

from snnc.emit.environment import fit, ordered
from snnc.emit.python_format import split
from snnc.emit.runtime import NAME, Runtime
from snnc.emit.training import training_files
from snnc.sections.train import Train

ROOT = Path(__file__).parents[2]
BASE = {"dataset": "Digits", "loss": "mse", "epochs": 2, "batch_size": 32, "optimizer": "Adam"}
SGD = {"kind": "SGD", "lr": 0.1, "momentum": 0.9}
COSINE = {"kind": "CosineAnnealingLR", "T_max": 64}

NET = '''
"""A network written by hand: two layers of IF neurons on digits."""

import torch
from torch import Tensor, nn


def spike(u: Tensor) -> Tensor:
    smooth = torch.sigmoid(4 * u)
    return (u >= 0).to(u.dtype) + smooth - smooth.detach()


def fire(x: Tensor) -> Tensor:
    v, spikes = torch.zeros_like(x[0]), []
    for x_t in x:
        v = v + x_t
        s = spike(v - 1)
        v = v * (1 - s)
        spikes.append(s)
    return torch.stack(spikes)


class Tiny(nn.Module):
    NEURONS: tuple[str, ...] = ("if1", "if2")

    def __init__(self, time_steps: int = 4) -> None:
        super().__init__()
        self.time_steps = time_steps
        self.conv1 = nn.Conv2d(1, 8, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(8)
        self.fc1 = nn.Linear(512, 10, bias=False)
        self.if1, self.if2 = nn.Identity(), nn.Identity()

    def values(self, x: Tensor) -> dict[str, Tensor]:
        bn1 = self.bn1(self.conv1(x))
        if1 = fire(bn1.expand(self.time_steps, *bn1.shape))
        return {"bn1": bn1, "if1": if1, "if2": fire(self.fc1(if1.flatten(2)))}

    def forward(self, x: Tensor) -> Tensor:
        return self.values(x)["if2"].mean(0)
'''


BESIDE = Runtime("net", NAME, NAME)
RUNTIME = ROOT / "templates" / NAME


def section(**changes: Any) -> Train:
    return Train.model_validate(BASE | changes)


def files(train: Train, **more: Any) -> dict[str, str]:
    """The scripts of a network on images of 8 x 8."""
    return training_files(BESIDE, train, "net", "Net", (1, 8, 8), 4, **more)


def package(folder: Path, name: str, train: Train, class_name: str = "Tiny") -> Path:
    """The generated files and a network written by hand, as a package in ``folder``."""
    shape = train.dataset.shape
    assert shape is not None
    where = Runtime(name, NAME, NAME)
    scripts = training_files(where, train, name, class_name, shape, time_steps=4)
    here = folder / name
    built = f"BUILT_FROM = 'name = \"{name}\"\\n'\n"
    for file, text in {**scripts, "model.py": f"{NET}\n{built}", "__init__.py": ""}.items():
        (here / file).parent.mkdir(parents=True, exist_ok=True)
        (here / file).write_text(text, "utf-8")
    shutil.copytree(ROOT / "templates" / NAME, folder / NAME, dirs_exist_ok=True)
    return here


def data_module(folder: Path, monkeypatch: pytest.MonkeyPatch, train: Train) -> ModuleType:
    """The generated data.py, imported under another name in each test."""
    name = f"of_{folder.name}"
    package(folder, name, train)
    monkeypatch.syspath_prepend(folder)
    return importlib.import_module(f"{name}.data")


# --- the section ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "loc", "error"),
    [
        ({"epochs": 0}, ("epochs",), "greater_than_equal"),
        ({"epochs": True}, ("epochs",), "int_type"),
        ({"metric": "f2"}, ("metric",), "unknown_kind"),
        ({"batchsize": 1}, ("batchsize",), "extra_forbidden"),
        ({"dataset": "Cats"}, ("dataset",), "unknown_kind"),
        ({"loss": {"kind": "cross_entropy", "label_smoothing": 1.5}}, ("loss", "label_smoothing"),
         "less_than_equal"),
        ({"optimizer": {"kind": "SGD", "lr": 0}}, ("optimizer", "lr"), "greater_than"),
        ({"optimizer": {"kind": "SGD", "momentum": -0.1}}, ("optimizer", "momentum"),
         "greater_than_equal"),
        ({"optimizer": {"kind": "SGD", "nesterov": True}}, ("optimizer", "nesterov"),
         "nesterov_needs_momentum"),
        ({"optimizer": {"kind": "Adam", "betas": (0.9, 1.0)}}, ("optimizer", "betas", 1),
         "less_than"),
        ({"scheduler": {"kind": "StepLR"}}, ("scheduler", "step_size"), "missing"),
        ({"scheduler": COSINE | {"T_max": 1.5}}, ("scheduler", "T_max"), "int_type"),
    ],
)  # fmt: skip
def test_refusals(changes: dict[str, Any], loc: tuple[str | int, ...], error: str) -> None:
    with pytest.raises(ValidationError) as caught:
        section(**changes)
    assert [(e["loc"], e["type"]) for e in caught.value.errors()] == [(loc, error)]


def test_kinds_print_themselves() -> None:
    train = section(optimizer=SGD, scheduler=COSINE)
    assert train.optimizer.table() == SGD
    assert train.scheduler is not None
    assert train.scheduler.table() == COSINE
    adam = section(optimizer={"kind": "Adam", "betas": (0.8, 0.999)}).optimizer
    assert adam.table() == {"kind": "Adam", "lr": 0.001, "betas": (0.8, 0.999)}
    assert section(scheduler={"kind": "none"}).scheduler is None


# --- the files' layout ---------------------------------------------------------------------------


def test_fit_breaks_at_the_outermost_brackets() -> None:
    short, long = "    f(a, g(b, c))", "a" * 66
    assert fit(short) == short
    broken = f"    function({long}, g(b), d=())"
    assert fit(broken) == f"    function(\n        {long}, g(b), d=()\n    )"
    assert fit(f"def f(a: {long}) -> list[str]:") == f"def f(\n    a: {long},\n) -> list[str]:"
    assert fit(f"f({long}, {long})") == f"f(\n    {long},\n    {long},\n)"
    assert fit(f"from {long} import {long}") == f"from {long} import (\n    {long},\n)"
    assert split("a, f(b, c), d=[1, 2]") == ["a", "f(b, c)", "d=[1, 2]"]
    assert ordered(["from a import b", "import c"]) == ["import c", "from a import b"]


OPTIMIZERS = [
    "SGD",
    SGD | {"weight_decay": 1.2345678901234567e-05, "dampening": 0.0, "nesterov": True},
    {
        "kind": "AdamW",
        "lr": 0.30000000000000004,
        "betas": (0.12345678901234568, 0.9876543210987654),
        "eps": 1.2345678901234567e-300,
        "weight_decay": 0.06000000000000001,
        "amsgrad": True,
    },
]
SCHEDULERS = [
    "none",
    COSINE,
    COSINE | {"eta_min": 1.2345678901234567e-300},
    {"kind": "StepLR", "step_size": 32, "gamma": 0.12345678901234568, "warmup_epochs": 1.5},
    {"kind": "OneCycleLR", "max_lr": 0.30000000000000004, "anneal_strategy": "linear"},
]
LOSSES = ["mse", {"kind": "cross_entropy", "label_smoothing": 0.12345678901234568}]
NAMES = [("net", "Net"), ("n" * 30, "N" * 29), ("n" * 55, "N" * 55)]


LONG = "a" * 32
RATE = {"kind": "firing_rate", "of": "hidden", "target": 0.0, "weight": 0.01}
SMALL = {"kind": "firing_rate", "of": f"block.{LONG}.0", "target": 0.1234567890123, "weight": 1e-30}
AUTOENCODER = {"kind": "mse", "target": "input"}
UNUSUAL: dict[str, tuple[dict[str, Any], dict[str, bool]]] = {
    "penalties": ({"penalties": (RATE, SMALL), "grad_clip": 1.0, "accumulate": 2}, {"y": False}),
    "steps": ({"loss": {"kind": "cross_entropy", "over": "steps"}, "early_stop": 3}, {"y": True}),
    "autoencoder": ({"loss": AUTOENCODER, "metric": "mean_error"}, {"output": True}),
    "several": (
        {
            "loss": None,
            "losses": {LONG: {"kind": "mse", "weight": 0.5}, "b": AUTOENCODER, LONG[1:]: "mse"},
            "metric": {"kind": "accuracy", "of": LONG[1:]},
        },
        {LONG: False, "b": False, LONG[1:]: False},
    ),
}


def write_package(folder: Path, texts: dict[str, str]) -> None:
    folder.mkdir()
    for file, text in texts.items():
        (folder / file).write_text(text, "utf-8")


def test_generated_files_are_clean_and_formatted(tmp_path: Path) -> None:
    grid = itertools.product(OPTIMIZERS, SCHEDULERS, LOSSES, NAMES)
    datasets = itertools.cycle(["Digits", "MNIST", "FashionMNIST", "Digits"])
    for index, ((optimizer, scheduler, loss, names), data) in enumerate(
        zip(grid, datasets, strict=False)
    ):
        train = section(optimizer=optimizer, scheduler=scheduler, dataset=data, loss=loss)
        texts = training_files(BESIDE, train, *names, (1, 28, 28), 4)
        write_package(tmp_path / str(index), texts)
    for name, (changes, outputs) in UNUSUAL.items():
        texts = files(section(**changes), outputs=outputs)
        write_package(tmp_path / name, texts)
    for command in (["check"], ["format", "--check", "--diff"]):
        ruff = [sys.executable, "-m", "ruff", *command, "--isolated", "--no-cache", str(tmp_path)]
        done = subprocess.run(ruff, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    wide = [
        f"{path}: {line}"
        for path in [
            *tmp_path.glob("*/train.py"),
            *RUNTIME.glob("training/*.py"),
        ]
        for line in path.read_text("utf-8").splitlines()
        if len(line) > 88 and "N" * 55 not in line and "n" * 55 not in line
    ]
    assert wide == []


def test_the_same_section_gives_the_same_bytes_and_never_names_snnc() -> None:
    first, second = (files(section()) for _ in range(2))
    assert first == second
    assert not any("snnc" in text for text in first.values())


# --- data ----------------------------------------------------------------------------------------


def idx(*sizes: int, fill: int = 1) -> bytes:
    """A file of bytes in MNIST's format."""
    head = b"".join(number.to_bytes(4, "big") for number in (0x800 + len(sizes), *sizes))
    return head + bytes([fill]) * math.prod(sizes)


def write_idx(folder: Path, train: int = 6, test: int = 3) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for split_name, count in (("train", train), ("t10k", test)):
        (folder / f"{split_name}-images-idx3-ubyte").write_bytes(idx(count, 28, 28, fill=255))
        labels = gzip.compress(idx(count))
        (folder / f"{split_name}-labels-idx1-ubyte.gz").write_bytes(labels)


@pytest.mark.parametrize("place", ["MNIST/raw", "."])
def test_idx_files_are_found_and_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    data = data_module(tmp_path, monkeypatch, section(dataset="MNIST"))
    write_idx(tmp_path / "data" / place)
    loaded = data.load(tmp_path / "data", limit=4)
    assert len(loaded.train) == 4
    x, labels = loaded.test.batch(torch.arange(3))
    assert labels.tolist() == [1, 1, 1]
    assert x.shape == (3, 1, 28, 28)
    assert x.dtype.is_floating_point
    assert float(x.min()) == float(x.max()) == 1.0


@pytest.mark.parametrize(
    ("file", "content", "says"),
    [
        ("train-images-idx3-ubyte", idx(6, 28, 28)[:-1], "bytes instead of"),
        ("train-images-idx3-ubyte", b"PNG", "not an IDX file"),
        ("train-images-idx3-ubyte", idx(6, 784), "not an IDX file"),
        ("train-images-idx3-ubyte", idx(6, 14, 14), "A sample is (1, 14, 14)"),
        ("train-images-idx3-ubyte", idx(5, 28, 28), "5 samples but 6 labels"),
        ("t10k-labels-idx1-ubyte", idx(3, fill=10), "a label 10"),
        ("t10k-labels-idx1-ubyte.gz", gzip.compress(idx(3), mtime=0)[:-4], "cannot be read"),
        ("t10k-labels-idx1-ubyte.gz", b"not gzipped", "cannot be read"),
    ],
)
def test_broken_idx_files_are_refused_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str, content: bytes, says: str
) -> None:
    data = data_module(tmp_path, monkeypatch, section(dataset="MNIST"))
    write_idx(tmp_path / "data")
    (tmp_path / "data" / file).write_bytes(content)
    with pytest.raises(data.DataError) as caught:
        data.load(tmp_path / "data")
    assert says in str(caught.value)


def test_the_digits_are_split_for_good(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = data_module(tmp_path, monkeypatch, section()).load(tmp_path)
    assert (len(data.train), len(data.test)) == (1437, 360)
    assert data.test.batch(torch.arange(5))[1].tolist() == [7, 9, 4, 7, 0]


# --- the scripts ---------------------------------------------------------------------------------


def call(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command], cwd=folder, capture_output=True, text=True, check=False
    )


def test_a_run_leaves_everything(tmp_path: Path) -> None:
    package(tmp_path, "tiny", section(optimizer=SGD, scheduler=COSINE, amp=True))
    short = ("--limit", "200", "--epochs", "1", "--out-dir", "out")
    done = call(tmp_path, "-m", "tiny.train", *short)
    assert done.returncode == 0, done.stderr
    out = tmp_path / "out"
    names = ["checkpoint_best.pt", "checkpoint_latest.pt", "metrics.csv", "pictures"]
    found = sorted(path.name for path in out.iterdir() if "tfevents" not in path.name)
    assert found == [*names, "settings.toml", "spec.toml"]
    assert len(list(out.glob("events.out.tfevents.*"))) == 1
    assert "best epoch   1: train/accuracy" in done.stdout
    rows = (out / "metrics.csv").read_text("utf-8").splitlines()
    assert [row.split(",")[0] for row in rows] == ["epoch", "1"]
    (out / "pictures" / "curves.png").unlink()
    redrawn = call(tmp_path, "tiny/visualize.py", "--run", "out", "--image", "7")
    assert redrawn.returncode == 0, redrawn.stderr
    assert (out / "pictures" / "curves.png").read_bytes().startswith(b"\x89PNG")


def test_a_file_can_be_run_from_anywhere_and_says_what_is_wrong(tmp_path: Path) -> None:
    here = package(tmp_path, "tiny", section())
    done = call(Path("/"), str(here / "train.py"), "--epochs", "0")
    assert done.returncode == 2
    assert "--epochs: must be a whole number from 1 up, not '0'" in done.stderr


def test_missing_data_is_one_sentence_and_an_interrupt_is_clean(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    package(tmp_path, "interrupted", section(dataset="MNIST"))
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.chdir(tmp_path)
    train = importlib.import_module("interrupted.train")
    assert train.main([]) == 1
    assert capsys.readouterr().err.startswith("MNIST is not in data: `python -c ")

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(train, "load", interrupt)
    assert train.main(["--restart"]) == 130
    assert "Stopped" in capsys.readouterr().err
