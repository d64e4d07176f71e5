"""Folding and thresholds on numbers that can be followed by hand."""

from typing import TypeVar

import pytest
import torch
from torch import Tensor, nn

from tests.runtime.runtime import module

folding = module("conversion.folding")
ranks = module("conversion.ranks")
rules = module("conversion.rules")


Norm = TypeVar("Norm", nn.BatchNorm1d, nn.BatchNorm2d)


def norm(kind: type[Norm], channels: int) -> Norm:
    """Means 1, 2, …; variances 4, 9, …; weights 2, 3, …; biases 10, 20, …; no eps."""
    found = kind(channels, eps=0.0)
    assert found.running_mean is not None
    assert found.running_var is not None
    with torch.no_grad():
        found.running_mean.copy_(torch.arange(1.0, channels + 1))
        found.running_var.copy_((torch.arange(channels) + 2.0) ** 2)
        found.weight.copy_(torch.arange(2.0, channels + 2))
        found.bias.copy_(10.0 * torch.arange(1.0, channels + 1))
    return found


def test_a_normalisation_is_a_factor_and_a_shift() -> None:
    """γ/σ is 1 in each channel here; β - μ is 9 and 18."""
    scale, shift = folding.affine(norm(nn.BatchNorm1d, 2))
    assert (scale.tolist(), shift.tolist()) == ([1, 1], [9, 18])
    assert scale.dtype == torch.float64
    bare = nn.BatchNorm1d(1, eps=0.0, affine=False)
    assert bare.running_var is not None
    bare.running_var.fill_(16.0)
    scale, shift = folding.affine(bare)
    assert (scale.tolist(), shift.tolist()) == ([0.25], [0])


def test_behind_weights() -> None:
    linear, bn = nn.Linear(2, 2), norm(nn.BatchNorm1d, 2)
    with torch.no_grad():
        bn.weight.mul_(2)
        linear.weight.copy_(torch.tensor([[1.0, 2], [3, 4]]))
        linear.bias.copy_(torch.tensor([5.0, 6]))
    found = folding.folded(nn.Sequential(linear, bn), [folding.Fold("1", "0")])
    assert found[0].weight.tolist() == [[2, 4], [6, 8]]
    # 2 (5 - 1) + 10 and 2 (6 - 2) + 20
    assert found[0].bias.tolist() == [18, 28]
    assert type(found[1]) is nn.Identity
    assert linear.weight.tolist() == [[1, 2], [3, 4]]


def test_before_weights_each_channel_is_spread_over_their_inputs() -> None:
    """Two channels of two values each, flattened into four inputs."""
    linear = nn.Linear(4, 1, bias=False)
    net = nn.Sequential(norm(nn.BatchNorm1d, 2), nn.Flatten(), linear)
    with torch.no_grad():
        linear.weight.copy_(torch.tensor([[1.0, 2, 3, 4]]))
    found = folding.folded(net, [folding.Fold("0", "2", before=True, spread=2)])
    assert found[2].weight.tolist() == [[1, 2, 3, 4]]
    assert found[2].bias.tolist() == [(1 + 2) * 9 + (3 + 4) * 18]
    x = torch.randn(3, 2, 2)
    torch.testing.assert_close(found(x), net.eval()(x))


@pytest.mark.parametrize("groups", [1, 2])
def test_groups_see_their_own_channels(groups: int) -> None:
    torch.manual_seed(0)
    net = nn.Sequential(norm(nn.BatchNorm2d, 4), nn.Conv2d(4, 6, 1, groups=groups)).double()
    x = torch.randn(2, 4, 3, 3, dtype=torch.float64)
    found = folding.folded(net, [folding.Fold("0", "1", before=True)])
    torch.testing.assert_close(found(x), net.eval()(x))


def seen(rule: object, *batches: Tensor, target: object = None) -> list[float]:
    """The thresholds that a rule finds in these batches, pass by pass."""
    target = target or rules.Target("channel", 4, False)
    observer = rule.observer(target)  # type: ignore[attr-defined]
    again = True
    while again:
        for batch in batches:
            observer.see(batch)
        again = observer.again()
    found: list[float] = observer.value().tolist()
    return found


ROWS = torch.tensor([[0.0, 1.0, 2.0, 3.0], [0.0, 0.0, 0.0, 8.0]])


def test_the_maximum_and_a_part_of_it() -> None:
    assert seen(rules.Fraction(1.0), ROWS, ROWS * 2) == [6, 16]
    assert seen(rules.Fraction(0.25), ROWS) == [0.75, 2]


@pytest.mark.parametrize(("percent", "want"), [(100, [3, 8]), (75, [2, 0]), (50, [1, 0])])
def test_a_percentile_is_a_value_that_was_seen(percent: float, want: list[float]) -> None:
    assert seen(rules.Percentile(percent), ROWS) == want


def test_balance_climbs_by_the_mean_of_what_is_above() -> None:
    """From 0: 2 · mean(0, 1, 2, 3) = 3; nothing is above. 2 · mean(0, 0, 0, 8) = 4, then 4 of 8."""
    assert seen(rules.Balance(1.0, 1), ROWS) == [3, 4]
    assert seen(rules.Balance(1.0, 2), ROWS) == [3, 6]
    assert seen(rules.Balance(0.5, 1), ROWS) == [1.5, 2]


def test_the_least_squared_error_clips_a_rare_large_value() -> None:
    """999 values of 1 and one of 1.6: with one step, a threshold of 1 says all but one."""
    x = torch.cat([torch.ones(999), torch.tensor([1.6])])[None]
    (found,) = seen(rules.Mmse(), x, target=rules.Target("layer", 1, False))
    assert found == pytest.approx(1.0, abs=1.6 / 100)


@pytest.mark.parametrize(
    ("count", "share", "place"), [(4, (1, 2), 2), (4, (3, 4), 3), (4, (1, 1), 4), (5, (1, 2), 3)]
)
def test_a_rank_is_the_first_that_covers_the_share(
    count: int, share: tuple[int, int], place: int
) -> None:
    assert ranks.rank(count, ranks.Fraction(*share)) == place


@pytest.mark.parametrize("batches", [0, 3])
def test_ranks_over_several_batches(batches: int) -> None:
    search = ranks.Ranks(50.0, batches)
    again = True
    while again:
        for start in (0.0, 10.0, 20.0):
            search.see(torch.arange(start, start + 4)[None])
        again = search.again()
    # of 0 1 2 3 10 11 12 13 20 21 22 23 half do not exceed the sixth
    assert search.value().tolist() == [11.0]
