"""Packages of networks with [convert], written to a folder and imported from there."""

import importlib
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import torch

import snnc
from tests.support.written import write

DIGITS = """
[input]
shape = [1, 8, 8]

[network]
layers = [
  { kind = "Conv2d", out_channels = 12, kernel_size = 3, padding = 1 },
  "BatchNorm2d",
  "ReLU",
  { kind = "MaxPool2d", kernel_size = 2 },
  { kind = "Conv2d", out_channels = 16, kernel_size = 3 },
  "BatchNorm2d",
  "ReLU",
  "Flatten",
  { kind = "Linear", out_features = 10 },
]
"""
TRAIN = """
[train]
dataset = "Digits"
loss = "cross_entropy"
epochs = 1
batch_size = 64
optimizer = { kind = "Adam", lr = 0.01 }
"""
_made = iter(range(10**6))


class Package:
    """The modules of a package, and new networks of its two classes."""

    def __init__(
        self, folder: Path, text: str, steps: int = 8, convert: str = "", train: str = TRAIN
    ) -> None:
        self.name = f"converted_{next(_made)}"
        path = folder / f"{self.name}.snn.toml"
        head = f'format = 1\nname = "{self.name}"\ntime_steps = {steps}\n'
        path.write_text(f"{head}{text}\n{train}\n[convert]\n{convert}\n", "utf-8")
        self.document = snnc.load(path)
        self.output = snnc.emit(self.document)
        self.files = self.output.package
        write(folder, self.output)
        self.folder = folder

    def module(self, name: str) -> ModuleType:
        """``ann``, ``convert`` and so on."""
        sys.path.insert(0, str(self.folder))
        try:
            return importlib.import_module(f"{self.name}.{name}")
        finally:
            sys.path.remove(str(self.folder))

    @property
    def convert(self) -> Any:
        return self.module("convert")

    @property
    def conversion(self) -> Any:
        return importlib.import_module("snn_runtime.conversion")

    def ann(self, seed: int = 0) -> Any:
        """An ANN whose batch normalisations have seen something."""
        torch.manual_seed(seed)
        module = self.module("convert")
        net = next(made() for name, made in vars(module).items() if name.endswith("ANN"))
        for each in net.modules():
            if isinstance(getattr(each, "running_var", None), torch.Tensor):
                each.running_mean.normal_()
                each.running_var.uniform_(0.5, 2.0)
                if each.weight is not None:
                    torch.nn.init.uniform_(each.weight, 0.5, 1.5)
                    torch.nn.init.normal_(each.bias)
        return net.eval()

    def snn(self, ann: Any, heights: dict[str, torch.Tensor], half: bool = False) -> Any:
        """The SNN of an ANN that is folded here, with these thresholds."""
        folded = self.conversion.folded(ann, self.convert.FOLDS)
        snn = self.convert.OverTime().to(next(ann.parameters()).dtype).eval()
        self.conversion.transfer(folded, snn, heights, half)
        return snn
