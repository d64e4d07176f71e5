"""Threads, forks and workers: nothing hangs, and the number of threads changes no bit."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from tests.fused.neurons import KINDS, both_ways, data, neuron, part, same
from tests.fused.packages import forked

LARGE = (3, 40, 50)


@contextmanager
def threads(count: int) -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def by_threads(count: int, cell: Any, inputs: list[Tensor]) -> list[Tensor]:
    with threads(count):
        return both_ways(cell, inputs)


@pytest.mark.parametrize("kind", KINDS)
def test_the_number_of_threads_changes_no_bit(kind: str) -> None:
    cell = neuron(kind, LARGE)
    inputs = data(cell, 3, 16, shape=LARGE)
    want = by_threads(1, cell, inputs)
    same(by_threads(1, cell, inputs), want)  # nor does a second time
    for count in (2, 3):
        same(by_threads(count, cell, inputs), want)


@pytest.mark.parametrize("kind", ["scalar", "twin"])
def test_nor_in_another_layout(kind: str) -> None:
    cell = neuron(kind, LARGE)
    inputs = [x.detach() for x in data(cell, 16, shape=LARGE)]
    inputs = [x.to(memory_format=torch.channels_last).requires_grad_() for x in inputs]
    with threads(2):
        want = both_ways(cell, inputs, time_steps=3)
    same(both_ways(cell, inputs, time_steps=3), want)


def test_a_forked_child_runs_kernels_that_its_parent_ran_on_threads() -> None:
    cell = neuron("plain", LARGE)
    x = data(cell, 3, 16, shape=LARGE)[0].detach()

    def calls() -> list[Tensor]:
        call = cell.kernels.call("if", [x], [], [], 3, False, "c")
        return [*cell.kernels.forward(call, False), *cell.kernels.backward(call, x, [])]

    def child() -> None:
        got = calls()  # would wait forever for the parent's threads
        torch.set_num_threads(1)  # as PyTorch's own operators would
        same(got, want)

    with threads(2):
        want = calls()
        assert forked(child, count=2) == [0, 0]
        same(calls(), want)


@pytest.mark.parametrize(
    ("blocks", "updates", "count"),
    [
        (5, 2560 * 28, 1),  # a second thread would save 30 us, and wait for a core
        (100, 2**17 - 1, 1),
        (100, 2**17, 2),
        (100, 10**9, 4),
        (3, 10**9, 3),
        (0, 0, 1),
    ],
)
def test_threads_follow_work(blocks: int, updates: int, count: int) -> None:
    with threads(4):
        assert part(neuron("plain"), "cpu").count_threads(blocks, updates) == count


def test_every_launch_asks_how_many_threads_it_is_worth(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[int, int]] = []
    cell = neuron("plain", LARGE)

    def one(blocks: int, updates: int) -> int:
        asked.append((blocks, updates))
        return 1

    monkeypatch.setattr(part(cell, "cpu"), "count_threads", one)
    both_ways(cell, data(cell, 3, 16, shape=LARGE))
    size = 16 * 3 * 40 * 50
    assert set(asked) == {(-(-size // 512), 3 * size)}


class Spikes(Dataset[Tensor]):
    """Samples that a neuron encodes in the worker."""

    def __init__(self, cell: Any) -> None:
        self.cell = cell

    def __len__(self) -> int:
        return 8

    def __getitem__(self, i: int) -> Tensor:
        with torch.no_grad():
            found: Tensor = self.cell(*data(self.cell, 4, 1, seed=i))
        return found


def test_workers_of_a_data_loader() -> None:
    samples = Spikes(neuron("plain"))
    by_threads(2, neuron("plain", LARGE), data(samples.cell, 3, 16, shape=LARGE))
    workers = DataLoader(samples, batch_size=4, num_workers=2, timeout=60)
    same(list(workers), list(DataLoader(samples, batch_size=4)))


def test_four_threads_at_once() -> None:
    cell = neuron("twin", LARGE)
    calls = [data(cell, 3, 4, shape=LARGE, seed=seed) for seed in range(8)]
    want = [both_ways(cell, inputs) for inputs in calls]
    with threads(2), ThreadPoolExecutor(4) as pool:
        got = list(pool.map(lambda inputs: both_ways(cell, inputs), calls))
    for a, b in zip(got, want, strict=True):
        same(a, b)
