"""Packages on disk, and other processes that import them."""

import os
import subprocess
import sys
from pathlib import Path

import snnc
from tests.nets import document

ROOT = Path(__file__).parents[2]
NET = """
[input]
shape = [4]
[network]
layers = [
  { kind = "Linear", out_features = 6 },
  { kind = "IF", v_threshold = 0.2, name = "if1" },
  { kind = "Linear", out_features = 5, bias = false },
  { kind = "LIF", name = "lif1", tau = { value = 2.0, per = "channel", learnable = true } },
]
"""


def package(folder: Path, text: str = NET, name: str = "net") -> Path:
    """Writes a package beside its spec, which is returned."""
    doc = document(folder, text)
    for file, content in snnc.emit(doc).items():
        path = folder / name / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return folder / "net.snn.toml"


def run(folder: Path, code: str, **environment: str) -> tuple[int, str, str]:
    """How Python ends on ``code`` in ``folder``, and what it prints."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr
