"""What training does for a GPU, on tensors that say they are on one: it reads a step late."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from benchmarks.gpu.pretended import OnGpu
from tests.runtime.runtime import module
from tests.training.packages import latest, run
from tests.training.test_divergence import BATCHES, main, spoiled

batches, finite, later, score = (
    module(f"training.{name}") for name in ("batches", "finite", "later", "score")
)
Team = module("training.processes").Team
GPU, NAN = torch.device("cuda", 0), float("nan")


class Handed:
    """``Later`` without a GPU: numbers as they were when they were sent."""

    def __init__(self) -> None:
        self.sent: Tensor | None = None

    def send(self, numbers: Tensor) -> None:
        self.sent = numbers.clone()

    def take(self) -> Tensor | None:
        sent, self.sent = self.sent, None
        return sent


def as_on_gpu(script: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The script takes the ways for a GPU; its neurons run as loops over tensors."""
    home = script.training.__name__
    names = {name: __import__(f"{home}.{name}", fromlist=["x"]) for name in ("later", "score")}
    monkeypatch.setattr(names["later"], "Later", Handed)
    monkeypatch.setattr(names["score"], "Later", Handed)
    monkeypatch.setattr(script.training.Team, "gpu", property(lambda _: True))
    monkeypatch.setenv("SNNC_BACKEND", "torch")


def test_a_run_learns_the_same(
    script: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Sums of losses and metrics, held where the network computes, are those read at once."""
    monkeypatch.setenv("SNNC_BACKEND", "torch")
    want = run(script, tmp_path / "cpu", "--epochs", "2")
    as_on_gpu(script, monkeypatch)
    with OnGpu():
        got = run(script, tmp_path / "gpu", "--epochs", "2")
    for mine, theirs in zip(got["history"], want["history"], strict=True):
        for name in theirs.keys() - {"images/s"}:
            assert mine[name] == pytest.approx(theirs[name], rel=1e-6), name


@pytest.mark.parametrize("at", [2, 3, 4])
def test_a_run_stops_a_step_later_and_names_the_batch(
    script: Any,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    at: int,
) -> None:
    """The last batch of an epoch has no later step: its end reads what is left."""
    spoiled(script, monkeypatch, BATCHES + at, NAN)
    as_on_gpu(script, monkeypatch)
    with OnGpu():
        assert main(script, tmp_path) == 1
    says = f"Epoch 2, batch {at}: the loss is NaN or infinite; the checkpoint before it is "
    assert capsys.readouterr().err.splitlines()[-1].startswith(says)
    state = latest(tmp_path)
    assert (state["epoch"], state["batch"], len(state["history"])) == (1, 0, 1)
    assert all(weight.isfinite().all() for weight in state["model"].values())


def test_a_sample_is_noticed_that_the_loss_does_not_show() -> None:
    class Spoiled:
        labels = torch.arange(4)

        def __len__(self) -> int:
            return 4

        def batch(self, chosen: Tensor) -> tuple[Tensor, Tensor]:
            return torch.where(chosen == 2, NAN, 1.0), chosen

    found = batches.Batches(Spoiled(), Team(GPU), 2, ("key",))
    with OnGpu():
        broken = [finite.in_data(i, found[i]) for i in range(2)]
    assert [int(b) for b in broken] == [0, batches.SOME * finite.DATA + 2]
    said = finite.said(int(broken[1]), "training", nn.Identity())
    assert said == "batch 2: a sample of the training data holds NaN or infinite numbers"


@pytest.mark.parametrize("bad", ["0.bias", "1.weight"])
def test_a_gradient_is_named(bad: str) -> None:
    """That of the parameter nearest to the loss, though one has no gradient at all."""
    net = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2, bias=False), nn.Linear(2, 1))
    for name, parameter in net.named_parameters():
        parameter.grad = torch.full_like(parameter, NAN if name in ("0.weight", bad) else 1.0)
    net[2].bias.grad = None
    number = int(finite.in_gradients(6, net))
    assert finite.said(number, "", net) == f"batch 7: the gradient of {bad} is NaN or infinite"
    for parameter in net.parameters():
        parameter.grad = torch.full_like(parameter, torch.finfo(torch.float32).max)
    assert int(finite.in_gradients(6, net)) == 0


@pytest.mark.parametrize("value", [NAN, float("inf"), -float("inf")])
def test_the_first_trouble_stays(value: float) -> None:
    with OnGpu():
        fine, bad = (finite.in_loss(i, torch.tensor(x)) for i, x in enumerate([1.0, value]))
        later_one = finite.in_loss(2, torch.tensor(value))
    assert (int(fine), int(bad)) == (0, 2)
    assert int(finite.first(finite.first(finite.first(0, fine), bad), later_one)) == 2
    data = torch.tensor(batches.SOME * finite.DATA + 9)
    assert [int(finite.worse(*pair)) for pair in ((bad, data), (bad, 0), (0, bad), (3, 5))] == [
        int(data), 2, 2, 5,
    ]  # fmt: skip


def test_the_progress_bar_shows_the_batch_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(score, "Later", Handed)
    found = score.Score("accuracy")
    shown = []
    with OnGpu():
        for loss in (2.0, 6.0):
            found.add(2, torch.tensor(loss), torch.tensor(1), 0.5)
            shown.append(found.lately())
    assert shown == ["", "loss 2.0000  accuracy 50.00%"]
    assert str(found) == "loss 4.0000  accuracy 50.00%"


class Team2(Team):  # type: ignore[misc, valid-type]
    """Two processes, of which the other has a number of its own."""

    other = 0

    def largest(self, number: Tensor) -> Tensor:
        return number.clamp(min=self.other)


def test_processes_are_told_a_step_late(monkeypatch: pytest.MonkeyPatch) -> None:
    """All of them hear of the same number at the same step."""
    monkeypatch.setattr(later, "Later", Handed)
    team = Team2(GPU, 0, 2)
    most = later.Most(team)
    told = []
    with OnGpu():
        for other in (0, 15, 0):
            monkeypatch.setattr(Team2, "other", other)
            told.append(most(0))
    assert (told, most.rest(), most.rest()) == ([0, 0, 15], 0, 0)


def test_one_process_hears_of_its_own_signal_at_once() -> None:
    assert later.Most(Team(GPU))(15) == 15


def test_what_is_sent_is_pinned_and_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """The event is recorded behind the copy, and reading waits for that event alone."""
    done: list[str] = []
    empty = torch.empty

    def pinned(*sizes: Any, pin_memory: bool, **given: Any) -> Tensor:
        assert pin_memory
        done.append("room")
        return empty(*sizes, **given)

    monkeypatch.setattr(torch, "empty", pinned)
    event = SimpleNamespace(
        record=lambda: done.append("record"), synchronize=lambda: done.append("wait")
    )
    monkeypatch.setattr(torch.cuda, "Event", lambda: event)
    found = later.Later()
    assert found.take() is None
    found.send(torch.tensor([3, 4]))
    assert done == ["room", "record"]
    taken = found.take()
    assert taken is not None
    assert (taken.tolist(), done[2:], found.take()) == ([3, 4], ["wait"], None)


def test_batches_are_pinned_for_a_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[int, bool]] = []

    def loader(*_: Any, num_workers: int, pin_memory: bool, **__: Any) -> list[Any]:
        seen.append((num_workers, pin_memory))
        return []

    split = type("Empty", (), {"labels": torch.empty(0), "__len__": lambda _: 0})()
    monkeypatch.setattr(batches, "DataLoader", loader)
    for device in (GPU, torch.device("cpu")):
        for workers in (0, 2):
            assert [*batches.Batches(split, Team(device), 2, ()).load(workers)] == []
    assert seen == [(0, False), (2, True), (0, False), (2, False)]


def test_the_order_is_moved_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not for each batch: that would wait for memory which is not pinned."""
    places: list[object] = []

    def moved(self: Tensor, place: object) -> Tensor:
        places.append(place)
        return self

    split = type("Split", (), {})()
    split.labels = SimpleNamespace(device="there")
    type(split).__len__ = lambda _: 5
    monkeypatch.setattr(Tensor, "to", moved)
    batches.Batches(split, Team(GPU), 2, (), shuffled=True)
    assert places == ["there"]
