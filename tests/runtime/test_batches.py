"""Which samples make which batch, by hand: five samples in batches of two."""

import random
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from tests.runtime.runtime import module

batches = module("training.batches")
processes = module("training.processes")

CPU = torch.device("cpu")


class Numbers:
    """Five samples whose data are their own numbers, and whose labels are ten times that."""

    labels = torch.arange(5) * 10

    def __len__(self) -> int:
        return 5

    def batch(self, chosen: Tensor) -> tuple[Tensor, Tensor]:
        return chosen.float(), chosen * 10


class Drawing(Numbers):
    """The same, with noise of every generator that data may draw from."""

    def batch(self, chosen: Tensor) -> tuple[Tensor, Tensor]:
        noise = torch.rand(()) + float(np.random.rand()) + random.random()
        return noise.expand(len(chosen)), chosen


def made(split: Numbers | None = None, rank: int = 0, size: int = 1, **more: object) -> Any:
    team = processes.Team(CPU, rank, size)
    return batches.Batches(split or Numbers(), team, 2, ("seed", 1), **more)


def test_the_last_batch_is_what_is_left() -> None:
    found = made()
    assert len(found) == 3
    assert [found[i].x.tolist() for i in range(3)] == [[0, 1], [2, 3], [4]]
    assert [found[i].labels.tolist() for i in range(3)] == [[0, 10], [20, 30], [40]]
    assert [found[i].samples for i in range(3)] == [2, 2, 1]
    assert [found[i].share for i in range(3)] == [1, 1, 1]


def test_batches_of_one_step_share_it_by_their_samples() -> None:
    """Four samples make the first step, and the fifth makes the second."""
    found = made(accumulate=2)
    assert [found.step_size(i) for i in range(3)] == [4, 4, 1]
    assert [found[i].share for i in range(3)] == [0.5, 0.5, 1]
    assert [found.last(i) for i in range(3)] == [False, True, True]


@pytest.mark.parametrize("size", [1, 2, 3])
def test_processes_divide_each_batch(size: int) -> None:
    """Together they have every sample once; who has none stands in with no share."""
    for index, want in enumerate(([0, 1], [2, 3], [4])):
        parts = [made(rank=rank, size=size)[index] for rank in range(size)]
        own = [x for part in parts for x in part.x.tolist() if part.samples]
        assert sorted(own) == want
        assert sum(Fraction(part.share) for part in parts) == 1
        assert all(len(part.x) > 0 for part in parts)


def test_the_order_is_that_of_the_key() -> None:
    one, same = made(shuffled=True), made(shuffled=True)
    assert sorted(one.order.tolist()) == [0, 1, 2, 3, 4]
    assert one.order.tolist() == same.order.tolist()
    other = batches.Batches(Numbers(), processes.Team(CPU), 2, ("seed", 2), shuffled=True)
    third = batches.Batches(Numbers(), processes.Team(CPU), 2, ("seed", 3), shuffled=True)
    assert len({tuple(b.order.tolist()) for b in (one, other, third)}) > 1


def test_a_batch_draws_the_same_whatever_came_before() -> None:
    found = made(Drawing())
    first = [found[i].x for i in range(3)]
    random.seed(5)
    assert torch.equal(found[1].x, first[1])
    assert len({float(x[0]) for x in first}) == 3


def test_loading_goes_on_anywhere_and_seeds_the_network() -> None:
    def drawn(start: int) -> dict[int, float]:
        return {i: float(torch.rand(())) for i, _ in made().load(0, start)}

    every = drawn(0)
    assert [*every] == [0, 1, 2]
    assert drawn(1) == {i: every[i] for i in (1, 2)}
    assert len({*every.values()}) == 3


def test_seeds_are_63_bits_of_all_parts() -> None:
    mixed: Callable[..., int] = batches.mixed
    seeds = {mixed("a", 1), mixed("a", 2), mixed("b", 1), mixed("a", "1"), mixed("a1")}
    assert len(seeds) == 5
    assert all(0 <= seed < 2**63 for seed in seeds)
    assert mixed("a", 1) == mixed("a", 1)
