"""A network that was not written for snnc is imported, converted, and still itself."""

import copy
import csv
import importlib
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from snnc.cli import main
from templates.snn_runtime import conversion

NETS = {
    "mixed": ("tests.support.foreign_nets:Mixed", (1, 8, 8), 32),
    "resnet18": ("torchvision.models:resnet18", (3, 64, 64), 8),
}
FILES = {"accuracy.csv", "accuracy.png", "layers.csv", "rate.png", "report.html"}
FILES |= {"report.md", "snn.pt"}
TOLERANCE = {torch.float32: 1e-5, torch.float64: 1e-10}


class Brought:
    """An original with weights of its own, its data, and what the commands make of it."""

    def __init__(self, name: str, folder: Path) -> None:
        path, shape, count = NETS[name]
        self.name, self.folder = f"brought_{name}", folder
        self.net, self.x = trained(path, torch.Size((count, *shape)))
        torch.save(self.net.state_dict(), folder / "theirs.pt")
        sizes, stored = ",".join(map(str, shape)), str(folder / "theirs.pt")
        out = ["-o", str(folder / self.name)]
        done("import", "torch", path, "--input", sizes, "--weights", stored, *out)
        self.spec = folder / f"{self.name}.snn.toml"
        text = self.spec.read_text("utf-8")
        self.spec.write_text(f"{text}\n{shown(text)}\n", "utf-8")
        done("build", str(self.spec))

    def module(self, name: str) -> ModuleType:
        """``convert``, ``train`` and so on of the package."""
        sys.path.insert(0, str(self.folder))
        try:
            return importlib.import_module(f"{self.name}.{name}")
        finally:
            sys.path.remove(str(self.folder))

    def ann(self) -> nn.Module:
        """The generated ANN with the weights that the import wrote."""
        classes = vars(self.module("convert"))
        net: nn.Module = next(made for key, made in classes.items() if key.endswith("ANN"))()
        net.load_state_dict(torch.load(self.folder / f"{self.name}.pt", weights_only=True))
        return net.eval()

    def converted(self, out: Path, *flags: str) -> None:
        """The command, on data of which the original knows every other label."""
        best = self.net(self.x).argmax(1)
        known = torch.arange(len(best)) % 2 == 0
        x, y = self.x.numpy(), torch.where(known, best, (best + 1) % 10).numpy()
        np.savez(self.folder / "mine.npz", x_train=x, y_train=y, x_test=x, y_test=y)
        told = ["--weights", str(self.folder / f"{self.name}.pt"), "-o", str(out), *flags]
        places = ["--data-dir", str(self.folder), "--device", "cpu"]
        done("convert", str(self.spec), *told, *places)


def trained(path: str, shape: torch.Size) -> tuple[nn.Module, Tensor]:
    """The original, whose normalisations have seen samples, and the samples."""
    torch.manual_seed(7)
    module, _, name = path.partition(":")
    net: nn.Module = getattr(importlib.import_module(module), name)()
    x = torch.rand(shape)
    with torch.no_grad():
        for _ in range(5):
            net.train()(x)
    return net.eval().requires_grad_(False), x


def shown(text: str) -> str:
    """The sections in the comment at the end of an imported spec."""
    lines = [line.removeprefix("#").strip() for line in text.splitlines()]
    return "\n".join(lines[lines.index("[data]") :])


def done(*arguments: str) -> None:
    with pytest.raises(SystemExit, match=r"^0$"):
        main(arguments)


def apart(got: Tensor, want: Tensor) -> float:
    """As a part of the largest value."""
    return float(((got - want).abs().max() / want.abs().max()).detach())


@pytest.fixture(scope="module", params=NETS)
def brought(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Brought:
    return Brought(request.param, tmp_path_factory.mktemp(request.param))


@pytest.mark.parametrize("dtype", TOLERANCE, ids=str)
def test_the_ann_is_the_original(brought: Brought, dtype: torch.dtype) -> None:
    x = torch.randn(4, *brought.x.shape[1:], dtype=dtype)
    want = copy.deepcopy(brought.net).to(dtype)(x)
    ann = brought.ann().to(dtype)
    folds = brought.module("convert").FOLDS
    folded = conversion.folded(ann, folds)
    norms = [m for m in brought.net.modules() if isinstance(m, nn.BatchNorm2d)]
    assert len(folds) == len(norms) > 2
    assert apart(ann(x), want) <= TOLERANCE[dtype]
    assert apart(folded(x), want) <= TOLERANCE[dtype]


def test_the_command_converts_and_reports(brought: Brought, tmp_path: Path) -> None:
    brought.converted(tmp_path, "--compare", "max,99.9%", "--time-steps", "4")
    assert {file.name for file in tmp_path.iterdir()} == FILES
    with (tmp_path / "accuracy.csv").open(encoding="utf-8") as file:
        head, *rows = csv.reader(file)
    assert head == ["step", "ann", "99.9%", "max"]
    assert [row[0] for row in rows] == ["1", "2", "3", "4"]
    # only the original's own answers give just this
    assert {float(row[1]) for row in rows} == {0.5}
    saved = torch.load(tmp_path / "snn.pt", weights_only=True)["model"]
    assert not [key for key in saved if "running_mean" in key]
    report = (tmp_path / "report.md").read_text("utf-8")
    assert report.startswith(f"# {brought.name}: ANN to SNN\n")


@pytest.mark.parametrize("brought", ["mixed"], indirect=True)
def test_the_snn_tends_to_the_original(brought: Brought, tmp_path: Path) -> None:
    brought.converted(tmp_path, "--rule", "max", "--compare", "")
    snn = vars(brought.module("model"))["BroughtMixed"]().double().eval()
    snn.load_state_dict(torch.load(tmp_path / "snn.pt", weights_only=True)["model"])
    x = brought.x[:4].double()
    want = copy.deepcopy(brought.net).double()(x)
    errors = [apart(snn(x, time_steps=steps), want) for steps in (16, 256, 4096)]
    assert errors[1] < errors[0] / 4
    assert errors[2] < errors[1] / 4
    assert errors[2] < 0.01
