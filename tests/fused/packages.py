"""Packages on disk, and children of this process that run them."""

import os
import signal
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import snnc
from tests.support.nets import document
from tests.support.written import write

NET = """
[input]
shape = [4]
[network]
layers = [
  { kind = "Linear", out_features = 6 },
  { kind = "IF", v_threshold = 0.2, name = "if1" },
  { kind = "Linear", out_features = 5, bias = false },
  { kind = "LIF", name = "lif1", v_threshold = 0.05 },
]
[defaults]
LIF = { tau = { value = 2.0, per = "channel", learnable = true } }
"""


def package(folder: Path, text: str = NET, name: str = "net") -> Path:
    """Writes a package beside its spec, which is returned."""
    doc = document(folder, text)
    write(folder, snnc.emit(doc), name)
    return folder / "net.snn.toml"


def forked(function: Callable[[], object], count: int = 1, seconds: int = 60) -> list[int]:
    """How ``count`` children of this process end that run ``function`` at once: 0 if it returns."""
    children = []
    for _ in range(count):
        child = os.fork()
        if child == 0:
            _child(function, seconds)
        children.append(child)
    return [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]


def _child(function: Callable[[], object], seconds: int) -> NoReturn:
    """Never returns into the test: not by an error, and not by a hang."""
    signal.alarm(seconds)
    code = 1
    try:
        function()
        code = 0
    finally:
        if code:
            traceback.print_exc()
        os._exit(code)
