"""Sums over samples, and spikes that are counted once."""

import pytest
import torch
from torch import Tensor, nn

from tests.runtime.runtime import module

score = module("training.score")
rates = module("training.rates")
processes = module("training.processes")


def test_a_mean_weighs_batches_by_their_samples() -> None:
    """Three samples of loss 2 and one of loss 6: 3 each, not 4; 2 + 1 of 4 are right."""
    found = score.Score("accuracy")
    found.add(3, torch.tensor(2.0), torch.tensor(2.0), 0.5)
    found.add(1, torch.tensor(6.0), torch.tensor(1.0), 1.5)
    assert (found.count, found.loss, found.value, found.speed) == (4, 3.0, 0.75, 2.0)
    assert found.numbers == {"loss": 3.0, "accuracy": 0.75}
    assert str(found) == "loss 3.0000  accuracy 75.00%"


def test_a_part_without_samples_counts_nothing() -> None:
    found = score.Score("accuracy", [4.0, 12.0, 3.0, 2.0])
    found.add(0, torch.tensor(float("nan")), torch.tensor(1.0), 9.0)
    assert (found.count, found.loss, found.speed) == (4, 3.0, 2.0)


def test_one_process_is_its_own_total() -> None:
    found = score.Score("error", [4.0, 12.0, 3.0, 2.0])
    whole = found.reduced(processes.Team(torch.device("cpu")))
    assert whole.sums.tolist() == [4.0, 12.0, 3.0, 2.0]
    assert str(whole) == "loss 3.0000  error 0.7500"


class Neuron(nn.Module):
    """Fires where its input is above 0, and has two ways to run."""

    def run(self, x: Tensor) -> tuple[Tensor, ...]:
        return ((x > 0).to(x) * x / x.detach(),)

    def run_recurrent(self, x: Tensor) -> tuple[Tensor, ...]:
        return (torch.cat([self.run(step[None])[0] for step in x]),)


@pytest.mark.parametrize("method", ["run", "run_recurrent"])
def test_spikes_are_recorded_once_with_their_gradient(method: str) -> None:
    net = nn.ModuleDict({"a": Neuron()})
    recorder = rates.Recorder(net, ["a"])
    x = torch.tensor([[1.0, -1.0], [2.0, -3.0], [-1.0, 4.0], [1.0, -1.0]], requires_grad=True)
    getattr(net["a"], method)(x)
    assert len(recorder.spikes["a"]) == 1
    found = recorder.rates()["a"]
    assert found.tolist() == [0.75, 0.25]
    found.sum().backward()  # type: ignore[no-untyped-call, unused-ignore]
    assert x.grad is not None
    assert x.grad.abs().sum() > 0
    assert recorder.spikes["a"] == []


def test_nothing_is_recorded_where_nothing_is_learned() -> None:
    net = nn.ModuleDict({"a": Neuron()})
    recorder = rates.Recorder(net, ["a"])
    with torch.no_grad():
        net["a"].run(torch.ones(2, 2))  # type: ignore[operator, unused-ignore]
    assert recorder.spikes["a"] == []


def test_the_time_that_is_left_follows_from_the_epochs_that_passed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = [100.0]
    monkeypatch.setattr(score.time, "perf_counter", lambda: now[0])
    pace = score.Pace(2)  # a run that went on behind its second epoch
    now[0] = 220.0
    assert pace.left(2, 10) == ""
    assert pace.left(4, 10) == "0:06:00 left"
    assert pace.left(10, 10) == ""
