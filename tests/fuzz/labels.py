"""Losses over steps and their accuracy, drawn: one label a sample or one a step."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from hypothesis import strategies as st
from torch import Tensor

from snnc.losses.cross_entropy import CrossEntropy
from snnc.losses.mse import MSE
from tests.runtime.runtime import module
from tests.support.labels_by_hand import loss_by_hand, right_by_hand

LOSSES = {"cross_entropy": CrossEntropy(over="steps"), "mse": MSE(over="steps")}


@dataclass(frozen=True)
class Labelled:
    """Outputs [T, B, C], labels of them, and a loss."""

    kind: str
    smoothing: float
    y: Tensor
    labels: Tensor

    @property
    def loss(self) -> float:
        """The loss as it is printed into training scripts."""
        return float(printed(self.kind)(self.y, self.labels, self.smoothing))


@cache
def printed(kind: str) -> Callable[[Tensor, Tensor, float], Tensor]:
    """The loss of that kind as a function in a module of its own."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "printed.py")
        head = "import torch.nn.functional as F\n\n\ndef loss(y, labels, smoothing):\n"
        path.write_text(f"{head}    return {LOSSES[kind].source()}\n")
        found = spec_from_file_location("printed", path)
        assert found is not None
        assert found.loader is not None
        made = module_from_spec(found)
        found.loader.exec_module(made)
    loss: Callable[[Tensor, Tensor, float], Tensor] = made.loss
    return loss


@st.composite
def labelled(draw: st.DrawFn) -> Labelled:
    """Any sizes, ties among them."""
    steps, samples, classes = (draw(st.integers(1, most)) for most in (4, 4, 3))
    random = torch.Generator().manual_seed(draw(st.integers(0, 1000)))
    y = torch.randn(steps, samples, classes, generator=random, dtype=torch.float64)
    size = draw(st.sampled_from([(samples,), (steps, samples)]))
    labels = torch.randint(classes, size, generator=random)
    kind, smoothing = draw(st.sampled_from(sorted(LOSSES))), draw(st.sampled_from([0.0, 0.25, 1.0]))
    return Labelled(kind, smoothing, y, labels)


def holds(drawn: Labelled) -> None:
    """Raises AssertionError if loss or accuracy are not those of loops."""
    right = module("training.labels").right(drawn.y, drawn.labels)
    want = loss_by_hand(drawn.kind, drawn.y, drawn.labels, drawn.smoothing)
    assert abs(drawn.loss - want) <= 1e-9 * max(1.0, abs(want)), drawn
    assert abs(float(right) - right_by_hand(drawn.y, drawn.labels)) < 1e-9, drawn
    assert float(right) <= drawn.y.shape[1], drawn
