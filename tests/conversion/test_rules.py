"""Every rule on small numbers, against what a person computes."""

from typing import Any

import pytest
import torch
from torch import Tensor, nn

from templates.snn_runtime.conversion.calibration import alive, thresholds
from templates.snn_runtime.conversion.rules import (
    Balance,
    Fraction,
    Mmse,
    Percentile,
    Rule,
    Target,
    rule_of,
)

NET = nn.Sequential(nn.Identity(), nn.ReLU(), nn.Identity(), nn.ReLU())


def by(rule: Any, *batches: Tensor, per: str = "layer", steps: int = 4, half: bool = True) -> Any:
    """Thresholds of both ReLUs, as lists."""
    target = Target(per, steps, half)
    found = thresholds(NET, ["1", "3"], [rule], lambda: list(batches), target)[rule.text]
    return [found[name].tolist() for name in ("1", "3")]


FIRST = torch.tensor([[[1.0, -2.0]], [[3.0, 0.5]]])  # [2, 1, 2]: one channel
SECOND = torch.tensor([[[8.0, 0.0]], [[-9.0, 2.0]]])


def test_the_maximum_is_that_of_all_batches() -> None:
    assert by(Fraction(1.0), FIRST, SECOND) == [[8.0], [8.0]]
    assert by(Fraction(1.0), SECOND, FIRST) == [[8.0], [8.0]]


def test_a_fraction_is_a_part_of_it() -> None:
    assert by(Fraction(0.25), FIRST, SECOND) == [[2.0], [2.0]]


def test_a_percentile_counts_the_zeros_too() -> None:
    # 0 0 0 0.5 | 1 2 3 8
    assert by(Percentile(50.0), FIRST, SECOND) == [[0.5], [0.5]]
    assert by(Percentile(75.0), FIRST, SECOND) == [[2.0], [2.0]]
    assert by(Percentile(87.6), FIRST, SECOND) == [[8.0], [8.0]]


def test_channels_are_apart_on_demand() -> None:
    x = torch.tensor([[[1.0], [20.0]], [[3.0], [10.0]]])  # [2, 2, 1]
    assert by(Fraction(1.0), x, per="channel") == [[3.0, 20.0]] * 2
    assert by(Percentile(50.0), x, per="channel") == [[1.0, 10.0]] * 2
    assert by(Fraction(1.0), x) == [[20.0]] * 2


def test_balance_climbs_and_clips_what_later_layers_see() -> None:
    x = torch.tensor([[[4.0, 0.0]]])
    # first layer: 0 + 2·½·mean(4, 0) = 2, then 2 + mean(2, 0) = 3
    # the second sees (2, 0) and (3, 0): 0 + 1 = 1, then 1 + mean(2, 0) = 2
    assert by(Balance(rate=0.5, passes=1), x, x) == [[3.0], [2.0]]
    assert by(Balance(rate=0.5, passes=2), x) == [[3.0], [2.0]]


def test_mmse_is_the_best_of_its_grid() -> None:
    torch.manual_seed(0)
    x = torch.randn(50, 2, 40) * torch.tensor([1.0, 3.0])[None, :, None]
    x[0, :, 0] = torch.tensor([9.0, 30.0])  # something that is worth being clipped
    found, _ = by(Mmse(grid=20), x, per="channel", steps=4, half=True)
    for channel, got in enumerate(found):
        values = x[:, channel].relu().double()
        top = values.max()
        grid = [float(top * (1 - i / 20)) for i in range(20)]

        def error(height: float, values: Tensor = values) -> float:
            spikes = (values / height * 4 + 0.5).floor().clamp(0, 4)
            return float(((values - spikes * height / 4) ** 2).sum())

        # cells of the histogram are a little wide: as good as the best to a percent
        assert min(abs(got - height) for height in grid) < 1e-5
        assert error(got) <= 1.01 * min(map(error, grid))
        assert got < 0.8 * top


def test_mmse_knows_where_potentials_start() -> None:
    x = torch.full((1, 1, 8), 2.0)
    x[0, 0, 0] = 4.0
    # two steps, half: 2 of 4 is one spike exactly, whatever the start
    assert by(Mmse(grid=4), x, steps=2) == [[4.0], [4.0]]


def test_what_never_fires_gets_a_threshold_all_the_same() -> None:
    assert alive(torch.tensor([0.0, 2.0, 3.0])).tolist() == [3.0, 2.0, 3.0]
    assert alive(torch.zeros(2)).tolist() == [1.0, 1.0]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("max", Fraction(1.0)),
        ("99.9%", Percentile(99.9)),
        (" 0.5 ", Fraction(0.5)),
        (".25", Fraction(0.25)),
        ("1", Fraction(1.0)),
        ("balance", Balance()),
        ("mmse", Mmse()),
    ],
)
def test_rules_are_read(text: str, rule: object) -> None:
    assert rule_of(text) == rule


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("maxx", "There is no rule maxx: did you mean max?"),
        ("nothing", "There is no rule nothing: expected balance, max, mmse"),
        ("-1", "There is no rule -1: expected balance, max, mmse"),
        ("1.5", "1.5 must be above 0 and at most 1."),
        ("0", "0 must be above 0 and at most 1."),
        ("101%", "101% must be above 0 and at most 100."),
    ],
)
def test_what_is_no_rule_is_said(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=f"^{said}".replace("?", r"\?")):
        rule_of(text)


def test_rules_look_on_together_and_alone() -> None:
    rules: list[Rule] = [Balance(0.5, 1), Fraction(1.0), Percentile(50.0)]
    runs: list[int] = []

    def batches() -> list[Tensor]:
        runs.append(1)
        return [FIRST, SECOND]

    found = thresholds(NET, ["1"], rules, batches, Target("layer", 4, False))
    assert list(found) == ["balance", "max", "50%"]
    assert len(runs) == 3 + 1
    assert found["max"]["1"].tolist() == [8.0]
