"""What the reference says of itself: which of its gradients are nothing but rounding."""

from pathlib import Path

import pytest

import snnc
from snnc.verify.cases import Case
from snnc.verify.compare import Difference
from snnc.verify.run import settled
from snnc.verify.truth import Truth
from tests.support.nets import document

NET = """
[input]
shape = [6]
[network]
layers = [
  { kind = "Linear", name = "fc", out_features = 5, bias = true },
  "BatchNorm1d", "IF",
  { kind = "Linear", name = "answer", out_features = 3, bias = true },
]
"""
TRAIN = Case(training=True, numbers="float64", steps=2, batch=3)


@pytest.fixture
def truth(tmp_path: Path) -> Truth:
    return Truth(snnc.link(document(tmp_path, NET)), seed=0, batch=3)


def test_a_bias_before_a_batch_norm_has_no_gradient_but_rounding(truth: Truth) -> None:
    assert truth.noise(TRAIN) == {("gradients", "fc.bias")}


@pytest.mark.parametrize(
    ("name", "amount", "equal"),
    [("fc.bias", 1e-8, True), ("fc.bias", 1e-6, False), ("answer.bias", 1e-8, False)],
)
def test_it_alone_has_room_for_rounding(
    truth: Truth, name: str, amount: float, equal: bool
) -> None:
    found = Difference("gradients", name, amount, limit=1e-9)
    (judged,) = settled(truth, TRAIN, (found,))
    assert judged.equal is equal
