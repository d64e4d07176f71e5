"""The proof: the spec's own network beside the original, on random samples."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from torch import Tensor, nn

import snnc
from snnc.exchange.torch_fx.running import tensors

TOLERANCE = 1e-5
"""Of the largest output."""


def difference(text: str, state: Mapping[str, Tensor], x: Tensor, want: Sequence[Tensor]) -> float:
    """The largest difference of the outputs from ``want``, relative to their largest values.

    Raises Findings if snnc rejects the text.
    """
    net = _built(text).to(x.dtype).eval()
    net.load_state_dict(dict(state))
    with torch.no_grad():
        got = tensors(net(x))
    pairs = zip(got, want, strict=True)
    return max((a - b).abs().max().item() / largest(b) for a, b in pairs)


def largest(y: Tensor) -> float:
    """The largest magnitude among outputs, or 1 if there are only zeros."""
    return y.abs().max().item() or 1.0


def alike(outputs: Sequence[Tensor]) -> bool:
    """Whether the outputs of all samples are the same, as far as they are compared."""
    return all((y - y[:1]).abs().max().item() <= TOLERANCE * largest(y) for y in outputs)


def _built(text: str) -> nn.Module:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "imported.snn.toml"
        path.write_text(text, encoding="utf-8")
        return snnc.compile(path)
