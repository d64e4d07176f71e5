"""The proof: the spec's own network beside the original, on random samples."""

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from torch import Tensor, nn

import snnc
from snnc.exchange.torch_fx import running

TOLERANCE = 1e-5
"""Of the largest output; both run in float64, so only different arithmetic shows."""


def difference(text: str, state: Mapping[str, Tensor], original: nn.Module, x: Tensor) -> float:
    """How far the outputs are apart, relative to the largest (absolute below 1).

    Converts the original to float64. Raises Findings if snnc refuses the text.
    """
    net = _built(text).double()
    net.load_state_dict(dict(state))
    want = running.output(original.double(), x.double())
    with torch.no_grad():
        got: Tensor = net.eval()(x.double())
    scale = max(1.0, want.abs().max().item())
    return (got - want).abs().max().item() / scale


def _built(text: str) -> nn.Module:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "imported.snn.toml"
        path.write_text(text, encoding="utf-8")
        return snnc.compile(path)
