"""Scores and operations, by numbers that can be followed by hand."""

import math

import pytest
import torch
from torch import Tensor, nn

from tests.runtime.runtime import module

answers, scores = module("evaluation.answers"), module("evaluation.scores")
measured, page = module("measures.operations"), module("page")


def told(labels: list[int], given: list[int], confidence: list[float]) -> object:
    return answers.Answers(torch.tensor(labels), torch.tensor(given), torch.tensor(confidence))


def test_classes_are_scored_one_by_one() -> None:
    found = told([0, 0, 1, 1, 1], [0, 1, 1, 1, 0], [1.0] * 5)
    counts = scores.confusion(found, 3)
    assert counts.tolist() == [[1, 1, 0], [1, 2, 0], [0, 0, 0]]
    first, second, third = scores.by_class(counts, ("a", "b", "c"))
    assert first == ("a", 2, 2, 1 / 2, 1 / 2, 1 / 2)
    assert second == ("b", 3, 3, 2 / 3, 2 / 3, 2 / 3)
    assert third == ("c", 0, 0, None, None, None)


@pytest.mark.parametrize(
    ("right", "cases", "low", "high"),
    [  # of Newcombe, Statistics in Medicine 1998, table I, method 3
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_intervals_are_those_of_wilson(right: int, cases: int, low: float, high: float) -> None:
    assert scores.interval(right, cases) == pytest.approx((low, high), abs=5e-5)
    above, below = scores.interval(cases - right, cases)
    assert (1 - below, 1 - above) == pytest.approx((low, high), abs=5e-5)


def test_calibration_is_the_distance_of_confidence_and_accuracy() -> None:
    found = told([0, 0, 0, 0], [0, 0, 0, 1], [0.9, 0.9, 0.5, 0.5])
    bins = scores.bins(found)
    assert [one.cases for one in bins] == [2, 2]
    assert [one.accuracy for one in bins] == [0.5, 1.0]
    assert scores.calibration_error(bins) == pytest.approx((2 * 0.0 + 2 * 0.1) / 4)
    assert [one.cases for one in scores.bins(told([0, 0], [0, 0], [0.0, 1.0]))] == [1, 1]


def test_answers_at_every_step_count_by_their_mean_or_one_by_one() -> None:
    y = torch.tensor([[[4.0, 0.0], [0.0, 1.0]], [[0.0, 3.0], [0.0, 1.0]]])  # [T, B, classes]
    batch = module("training.batches").Batch
    whole, each = answers.Watch("output", True), answers.Watch("output", True)
    whole(y, batch(y, torch.tensor([1, 1]), 2, 1.0))
    assert whole.result().answers.tolist() == [0, 1]
    each(y, batch(y, torch.tensor([[0, 1], [1, 0]]), 2, 1.0))
    found = each.result()
    assert found.labels.tolist() == [0, 1, 1, 0]
    assert found.answers.tolist() == [0, 1, 1, 1]
    assert (found.steps, len(found)) == (2, 4)
    assert answers.Watch("", False).result() is None


class Two(nn.Module):
    """Two layers of neurons; a spike of the second is worth 3."""

    NEURONS = ("a", "b")

    def __init__(self) -> None:
        super().__init__()
        self.a, self.b = nn.Identity(), nn.Identity()
        self.b.spike_value = 3.0  # type: ignore[assignment]


PROGRAM = """
input | direct |  | [2] | 0 | 0 | 0 |  | before | static
first | Linear | input | [4] | 8 | 8 | 8 | once | before | static
a | IF | first | [4] | 0 | 0 | 0 |  | time | a state
drop | Dropout | a | [4] | 0 | 0 | 0 |  | time | after a
second | Linear | drop | [2] | 8 | 8 | 16 | spikes | time | after a
b | IF | second | [2] | 0 | 0 | 0 |  | time | a state
norm | LayerNorm | b | [2] | 4 | 0 | 0 |  | time | after b
third | Linear | norm | [5] | 10 | 10 | 20 | values | time | after b
back | Linear | b@-1 | [5] | 10 | 10 | 20 | spikes | time | after b
"""


def test_operations_are_counted_for_every_sample() -> None:
    a = torch.tensor([[[1.0, 0, 0, 0], [0] * 4], [[1, 1, 0, 0], [0] * 4]])  # [T, B, 4]
    b = torch.tensor([[[3.0, 0], [-3, 3]], [[3, 3], [0, 0]]])  # [T, B, 2]

    def values(x: Tensor) -> dict[str, Tensor]:
        return {"a": a[:, x[:, 0].long()], "b": b[:, x[:, 0].long()]}

    x = torch.tensor([[0.0], [1.0]])
    done = measured.operations(Two(), values, page.rows_of(PROGRAM), x, 2)
    assert done.neurons == {"a": 4, "b": 2}
    assert done.spikes["a"].tolist() == [3, 0]
    assert done.spikes["b"].tolist() == [3, 2]
    assert done.rate("a") == 1.5 / 4 / 2
    # the dropout is not among the values; each of four inputs meets 2 of the 8 weights
    assert done.additions["second"].tolist() == [3 * 2, 0]
    # the last step of b is never read; each of two inputs meets 5 of the 10 weights
    assert done.additions["back"].tolist() == [1 * 5, 2 * 5]
    assert done.macs == {"first": 8.0, "third": 20.0}
    assert (done.total_macs, done.total_additions.tolist()) == (28.0, [11, 10])
    assert measured.energy(28, 11) == pytest.approx(28 * 4.6 + 11 * 0.9)


def test_samples_are_counted_in_pieces_as_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    torch.manual_seed(0)
    a, b = torch.rand(2, 7, 4).round(), torch.rand(2, 7, 2).round()

    def values(x: Tensor) -> dict[str, Tensor]:
        return {"a": a[:, x.long()], "b": b[:, x.long()]}

    given = Two(), values, page.rows_of(PROGRAM), torch.arange(7.0), 2
    whole = measured.operations(*given)
    monkeypatch.setattr(measured, "TOGETHER", 4)
    pieces = measured.operations(*given)
    assert torch.equal(whole.total_additions, pieces.total_additions)
    assert torch.equal(whole.total_spikes, pieces.total_spikes)
    assert math.isclose(whole.rate("b"), pieces.rate("b"))
