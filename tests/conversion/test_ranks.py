"""The value of a rank: exact, whatever the number of values, and in bounded memory."""

import math
from fractions import Fraction

import pytest
import torch
from torch import Tensor

from templates.snn_runtime.conversion import ranks as module
from templates.snn_runtime.conversion.ranks import Bits, Highest, Ranks


def found(percent: float, *batches: Tensor, known: int = 0) -> Tensor:
    """What as many passes over the batches give as it takes."""
    return passes(Ranks(percent, known), *batches)[0]


def passes(ranks: Ranks, *batches: Tensor) -> tuple[Tensor, int]:
    """The values of the ranks, and how often the batches were shown."""
    number, again = 0, True
    while again:
        for batch in batches:
            ranks.see(batch)
        number, again = number + 1, ranks.again()
    return ranks.value(), number


def by_hand(percent: float, x: Tensor) -> Tensor:
    """The smallest value of each row that so many percent do not exceed."""
    rank = max(1, math.ceil(x.shape[1] * Fraction(str(percent)) / 100))
    return x.sort(1).values[:, rank - 1]


@pytest.mark.parametrize("percent", [0.001, 10, 33.3, 50, 90, 99.9, 100])
def test_it_is_that_of_a_sort(percent: float) -> None:
    x = torch.randn(7, 999).relu() * torch.logspace(-30, 30, 7)[:, None]
    assert torch.equal(found(percent, *torch.split(x, 100, 1)), by_hand(percent, x))


@pytest.mark.parametrize("percent", [0.001, 33.3, 90, 99.9, 100])
def test_one_pass_finds_it_if_the_number_of_batches_is_known(percent: float) -> None:
    x = torch.randn(7, 999).relu() * torch.logspace(-30, 30, 7)[:, None]
    value, number = passes(Ranks(percent, 10), *torch.split(x, 100, 1))
    assert torch.equal(value, by_hand(percent, x))
    assert number == 1


def test_more_batches_than_were_promised_take_more_passes() -> None:
    x = torch.rand(2, 1000)
    value, number = passes(Ranks(90, 3), *torch.split(x, 100, 1))
    assert torch.equal(value, by_hand(90, x))
    assert number == 4


def test_what_would_keep_too_much_counts_bits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "KEPT", 200)
    x = torch.rand(2, 1000)
    few, many = Ranks(95, 10), Ranks(85, 10)
    for ranks, percent in ((few, 95), (many, 85)):
        value, _ = passes(ranks, *torch.split(x, 100, 1))
        assert torch.equal(value, by_hand(percent, x))
    assert isinstance(few.search, Highest)
    assert isinstance(many.search, Bits)


def test_no_more_than_twice_what_is_needed_is_kept() -> None:
    ranks, most = Ranks(99, 100), 0
    for _ in range(100):
        ranks.see(torch.rand(1, 1000))
        assert isinstance(ranks.search, Highest)
        most = max(most, sum(map(len, ranks.search.rows[0].kept)))
    assert most <= 2 * 1001


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
            assert isinstance(ranks.search, Bits)
            assert ranks.search.counts is not None
            most = max(most, ranks.search.counts.numel())
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
