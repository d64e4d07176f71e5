"""Packages on the disk, imported from the folder in which they lie, where they come first."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import snnc
from tests.faults.roles import network
from tests.support.written import write

_IMPORT = """
import importlib, sys
import torch, torch.utils.data
for name in sys.argv[1].split():
    importlib.import_module(name)
for name in sys.argv[2:]:
    importlib.import_module(f"{name}.model")
"""
SCRIPTS = """\
torch._dynamo torch._inductor torch.utils.tensorboard torchvision matplotlib.pyplot numpy
sklearn.datasets tqdm h5py snnc.cli snnc.verify.run"""
"""What generated scripts import, and snnc itself."""


def unimportable(names: Sequence[str], beside: str = "") -> list[str]:
    """What goes wrong when packages of these names lie in the current folder.

    ``beside`` are modules that have to be importable there too.
    """
    with TemporaryDirectory() as folder:
        for name in names:
            _write(Path(folder), name)
        command = [sys.executable, "-c", _IMPORT, beside, *names]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
    return [f"network: {done.stderr.strip()[-300:]}"] if done.returncode else []


def _write(folder: Path, name: str) -> None:
    path = folder / f"{name}.snn.toml"
    path.write_text(network([name]), "utf-8")
    write(folder, snnc.emit(snnc.load(path)))
