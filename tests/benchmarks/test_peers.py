"""The benchmark beside peers: its table, and small races without any library of others."""

from importlib.metadata import version
from itertools import count
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from benchmarks.peers import contestants, pictures, workloads
from benchmarks.peers.layers import Layer
from benchmarks.peers.measure import Row, alternate, digits, table
from benchmarks.peers.peer import Peer
from benchmarks.peers.race import race
from benchmarks.peers.settings import SPECS, Settings
from benchmarks.peers.styles import BatchFirst, Fed, Folded, Looped, Neurons, Style
from benchmarks.peers.workloads import WORKLOADS, chosen, problem
from tests.support.by_hand import Spike, atan

SMALL = Settings(rounds=2, batch=4, threads=1)


def test_every_round_visits_everybody() -> None:
    calls: list[str] = []
    ticks = count()
    runs = {name: lambda name=name: calls.append(name) for name in "abc"}
    times = alternate(runs, 4, clock=lambda: float(next(ticks)))
    # Two calls each to begin with; a call of a second is not repeated within a visit.
    assert calls[:6] == list("aabbcc")
    assert [sorted(calls[i : i + 3]) for i in range(6, 18, 3)] == [list("abc")] * 4
    assert times == dict.fromkeys("abc", (1.0,) * 4)


def test_a_visit_repeats_what_is_short() -> None:
    ticks = count()
    calls: list[int] = []
    times = alternate({"a": lambda: calls.append(0)}, 3, clock=lambda: next(ticks) / 100)
    assert len(calls) == 2 + 3 * 5
    assert times["a"] == pytest.approx((0.01 / 5,) * 3)


def test_a_table_is_of_medians_and_says_who_is_absent() -> None:
    rows = [
        Row("snnc", (0.002, 0.001, 0.009), mib=12.4),
        Row("slow", (0.02, 0.5, 0.01), note="so"),
        Row("gone", note="not installed: pip install gone"),
    ]
    assert list(table(rows, "snnc")) == [
        "| | ms | from – to | × snnc | peak MiB | |",
        "|---|--:|--:|--:|--:|---|",
        "| snnc | 2.00 | 1.00 – 9.00 | 1.00 | 12 |  |",
        "| slow | 20.0 | 10.0 – 500 | 10.00 |  | so |",
        "| gone | – |  |  |  | not installed: pip install gone |",
    ]


@pytest.mark.parametrize(
    ("number", "text"), [(0.01234, "0.0123"), (9.876, "9.88"), (1234.5, "1234"), (0, "0")]
)
def test_digits_are_three(number: float, text: str) -> None:
    assert digits(number) == text


def test_workloads_are_chosen_by_name_or_family() -> None:
    assert chosen([]) == list(WORKLOADS)
    assert [w.name for w in chosen(["W4", "W1"])] == [
        "W1",
        "W4-plain",
        "W4-synapse",
        "W4-feedback",
    ]
    assert chosen(["W9"]) == []


class Fires(nn.Module):
    """What a peer brings: a neuron of one step that resets to 0 or, if soft, by its threshold."""

    def __init__(
        self, threshold: float = 1.0, *, soft: bool = False, detached: bool = False
    ) -> None:
        super().__init__()
        self.threshold, self.soft, self.detached = threshold, soft, detached
        self.v: Tensor | float = 0.0

    def forward(self, x: Tensor) -> Tensor:
        h = self.v + x
        s: Tensor = Spike.apply(h - self.threshold, atan)
        reset = s.detach() if self.detached else s
        self.v = h - reset * self.threshold if self.soft else (1 - reset) * h
        return s

    def reset(self) -> None:
        self.v = 0.0


class AllSteps(Fires):
    """The same over all steps, along an axis."""

    def __init__(self, axis: int) -> None:
        super().__init__()
        self.axis = axis

    def forward(self, x: Tensor) -> Tensor:
        step = super().forward
        return torch.stack([step(x_t) for x_t in x.unbind(self.axis)], self.axis)


def of_steps(threshold: float = 1.0) -> Neurons:
    def recurrent(part: Layer) -> nn.Module:
        product: Any = part.module
        return Fed(product, Fires(detached=True), product.out_features)

    return {
        "IF": lambda _: Fires(threshold),
        "SoftIF": lambda _: Fires(soft=True),
        "RecurrentIF": recurrent,
    }


def over(axis: int) -> Neurons:
    return {"IF": lambda _: AllSteps(axis)}


@pytest.fixture
def peers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four styles of a library that is there, one that computes something else, one absent."""
    monkeypatch.syspath_prepend(str(SPECS))
    monkeypatch.setenv("SNNC_BACKEND", "torch")
    digits = lambda _, count, __: (*pictures.digits(count), "digits")  # noqa: E731
    monkeypatch.setattr(workloads, "pictures", digits)
    styles = (
        Style("loop", Looped, of_steps),
        Style("hoisted", Looped, of_steps, hoisted=True),
        Style("multi-step", Folded, lambda: over(0)),
        Style("batch first", BatchFirst, lambda: over(1), hoisted=True),
    )
    wrong = Style("loop", Looped, lambda: of_steps(1.01))
    here = Peer("Here", "torch", "torch", styles)
    other = Peer("Other", "torch", "torch", (wrong,))
    absent = Peer("Absent", "no-such-snn", "no_such_snn.neurons", ())
    monkeypatch.setattr(contestants, "PEERS", (here, other, absent))


def rows(name: str, mode: str) -> tuple[dict[str, Row], bool]:
    """Rows by what they are called, without versions."""
    (workload,) = chosen([name])
    found, right = race(problem(workload, SMALL), mode, SMALL)
    return {row.name.replace(f" {version('torch')}", ""): row for row in found}, right


@pytest.mark.usefixtures("peers")
@pytest.mark.parametrize("mode", ["train", "infer"])
def test_a_race_times_whoever_computes_the_same(mode: str) -> None:
    found, right = rows("W4-plain", mode)
    timed = {name for name, row in found.items() if len(row.seconds) == SMALL.rounds}
    assert timed == {
        "snnc",
        "floor",
        "Here, loop",
        "Here, hoisted",
        "Here, multi-step",
        "Here, batch first",
    }
    assert {found[name].note for name in timed} == {"", "products and optimizer only"}
    assert found["Other, loop"].note.startswith("**differs**: answers differ by ")
    assert found["Absent"].note == "not installed: pip install no-such-snn"
    assert not right


@pytest.mark.usefixtures("peers")
def test_a_race_says_what_a_library_lacks() -> None:
    found, right = rows("W4-feedback", "train")
    lacks = "has no integrate-and-fire neuron that reads its last output"
    assert found["Here, multi-step"].note == lacks
    assert found["Here, loop"].seconds
    assert not found["Here, multi-step"].seconds
    assert not right  # the other one differs


@pytest.mark.usefixtures("peers")
def test_converted_weights_are_the_same_network_by_hand() -> None:
    found, right = rows("W3", "infer")
    assert found["Here, hoisted"].seconds
    assert found["Here, hoisted"].note == ""
    assert found["Here, loop"].note.startswith("has no integrate-and-fire neuron with soft reset")
    assert right
