"""The value of a rank: exact, whatever the number of values, and in bounded memory."""

import math
from fractions import Fraction

import pytest
import torch
from torch import Tensor

from templates.conversion.ranks import Ranks


def found(percent: float, *batches: Tensor) -> Tensor:
    """What three passes over the batches give."""
    ranks = Ranks(percent)
    again = True
    while again:
        for batch in batches:
            ranks.see(batch)
        again = ranks.again()
    return ranks.value()


def by_hand(percent: float, x: Tensor) -> Tensor:
    """The smallest value of each row that so many percent do not exceed."""
    rank = max(1, math.ceil(x.shape[1] * Fraction(str(percent)) / 100))
    return x.sort(1).values[:, rank - 1]


@pytest.mark.parametrize("percent", [0.001, 10, 33.3, 50, 90, 99.9, 100])
def test_it_is_that_of_a_sort(percent: float) -> None:
    x = torch.randn(7, 999).relu() * torch.logspace(-30, 30, 7)[:, None]
    assert torch.equal(found(percent, *torch.split(x, 100, 1)), by_hand(percent, x))


@pytest.mark.parametrize("count", [1, 2, 10, 1000])
def test_a_whole_number_of_values_is_not_one_more(count: int) -> None:
    x = torch.arange(1, count + 1).float()[None]
    assert found(50, x) == math.ceil(count / 2)
    assert found(100, x) == count


def test_zeros_of_either_sign_and_the_smallest_numbers_are_in_order() -> None:
    x = torch.tensor([[0.0, -0.0, 1e-45, 1e-40, 1.0, 3e38]])
    assert [float(found(p, x)) for p in (33, 50, 66, 83, 100)] == [
        float(v) for v in torch.tensor([0.0, 1e-45, 1e-40, 1.0, 3e38])
    ]


def test_more_than_2_to_the_24_values_need_no_more_memory() -> None:
    count, batch = 2**24 + 5000, 2**20

    def batches(offset: int = 0) -> Tensor:
        # every whole number once, in an order of its own
        return (torch.arange(offset, min(offset + batch, count)) * 7919 % count).float()[None]

    ranks, again, most = Ranks(99.9), True, 0
    while again:
        for offset in range(0, count, batch):
            ranks.see(batches(offset))
            assert ranks.counts is not None
            most = max(most, ranks.counts.numel())
        again = ranks.again()
    # numbers above 2^24 are even as floats: the rank is that of the rounded ones
    want = math.ceil(count * Fraction("99.9") / 100) - 1
    assert math.gcd(7919, count) == 1
    assert float(ranks.value()) == float(torch.tensor(want).float())
    assert most == 2**11


def test_a_large_batch_is_looked_at_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []
    count = torch.bincount

    def counted(x: Tensor, minlength: int) -> Tensor:
        sizes.append(len(x))
        return count(x, minlength=minlength)

    monkeypatch.setattr(torch, "bincount", counted)
    ranks = Ranks(50)
    ranks.see(torch.rand(1, 2**24 + 3))
    assert sum(sizes) == 2**24 + 3
    assert max(sizes) <= 2**20
