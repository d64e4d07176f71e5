"""Encoders are their formulas, written here by hand; data out of range is refused."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from snnc import network
from tests.support.nets import document, pair, same

SPEC = """
[input]
shape = {shape}
encoder = {{ kind = {encoder} }}
[network]
layers = ["Identity"]
[output]
readout = "sequence"
"""
FORMS = ("fold", "step")


def encoded(
    folder: Path, encoder: str, shape: str = "[3, 2]", steps: int = 6, schedule: str = "fold"
) -> nn.Module:
    """A network that answers with what it sees at every step."""
    text = SPEC.format(encoder=encoder, shape=shape)
    doc = document(folder, text, steps, f"build.schedule={schedule}")
    return network(doc)().double()


def data(*shape: int, low: float = 0.0, high: float = 1.0) -> Tensor:
    torch.manual_seed(3)
    return low + (high - low) * torch.rand(*shape, dtype=torch.float64)


def half_even(x: float) -> int:
    return round(x)


def latency(x: float, t: int, steps: int) -> float:
    return float(t == half_even((steps - 1) * (1 - x)))


def log_latency(x: float, t: int, steps: int) -> float:
    alpha = math.exp(steps - 1) - 1
    return float(t == half_even(steps - 1 - math.log(alpha * x + 1)))


def weighted_phase(x: float, t: int, steps: int) -> float:
    """The digits of x in base 2, read off its whole number of 2^-K."""
    digits = f"{math.floor(x * 2**4):04b}"
    return int(digits[t % 4]) * 2.0 ** -(t % 4 + 1)


CASES: dict[str, tuple[str, Callable[[float, int, int], float]]] = {
    "latency": ('"latency"', latency),
    "log latency": ('"latency", mode = "log"', log_latency),
    "weighted phase": ('"weighted_phase", phases = 4', weighted_phase),
}


@pytest.mark.parametrize("schedule", FORMS)
@pytest.mark.parametrize("steps", [1, 2, 6, 40])
@pytest.mark.parametrize("name", CASES)
def test_a_value_is_encoded_as_written(
    tmp_path: Path, name: str, steps: int, schedule: str
) -> None:
    encoder, formula = CASES[name]
    x = torch.cat([data(20, 3, 2, high=0.93), torch.zeros(1, 3, 2)]).double()
    got = encoded(tmp_path, encoder, steps=steps, schedule=schedule)(x)
    want = [[formula(value, t, steps) for value in x.flatten().tolist()] for t in range(steps)]
    assert got.flatten(1).tolist() == want


@pytest.mark.parametrize("mode", ["linear", "log"])
@pytest.mark.parametrize("steps", [4, 300])
def test_every_value_spikes_once_the_largest_first(tmp_path: Path, mode: str, steps: int) -> None:
    net = encoded(tmp_path, f'"latency", mode = "{mode}"', "[5]", steps).float()
    x = torch.tensor([[1.0, 0.75, 0.5, 0.25, 0.0]])
    spikes = net(x)[:, 0]
    when = spikes.argmax(0).tolist()
    assert spikes.sum(0).tolist() == [1.0] * 5
    assert when[0] == 0
    assert when[-1] == steps - 1
    assert when == sorted(when)


def test_a_period_of_phases_adds_up_to_the_value(tmp_path: Path) -> None:
    x = torch.arange(32, dtype=torch.float64).view(1, 32) / 32
    steps = encoded(tmp_path, '"weighted_phase", phases = 5', "[32]", 10)(x)
    assert torch.equal(steps[:5].sum(0), x)
    assert torch.equal(steps[5:], steps[:5])


@pytest.mark.parametrize("schedule", FORMS)
@pytest.mark.parametrize("steps", [2, 3, 7])
def test_a_period_is_repeated(tmp_path: Path, steps: int, schedule: str) -> None:
    x = data(4, 3, 2)
    got = encoded(tmp_path, '"periodic"', "[3, 2]", steps, schedule)(x)
    assert got.shape == (steps, 4, 2)
    for t in range(steps):
        assert torch.equal(got[t], x[:, t % 3])


def tuned(x: Tensor, neurons: int, low: float, high: float, sigma: float) -> Tensor:
    """Answers [B, C * neurons, ...], number by number."""
    answer = torch.empty(len(x), x.shape[1] * neurons, *x.shape[2:], dtype=x.dtype)
    for channel in range(x.shape[1]):
        for i in range(neurons):
            preferred = low + (high - low) * i / (neurons - 1)
            apart = (x[:, channel] - preferred) / sigma
            answer[:, channel * neurons + i] = torch.exp(-(apart**2) / 2)
    return answer


@pytest.mark.parametrize("schedule", FORMS)
def test_a_population_answers_by_the_distance_to_what_it_prefers(
    tmp_path: Path, schedule: str
) -> None:
    x = data(5, 3, 2, low=-1.0, high=2.0)
    encoder = '"population", neurons = 4, low = -1.0, high = 2.0'
    got = encoded(tmp_path, encoder, schedule=schedule)(x)
    torch.testing.assert_close(got, tuned(x, 4, -1.0, 2.0, 1.0).expand(6, 5, 12, 2))
    narrow = encoded(tmp_path, f"{encoder}, sigma = 0.25", schedule=schedule)(x)
    torch.testing.assert_close(narrow[0], tuned(x, 4, -1.0, 2.0, 0.25))


@pytest.mark.parametrize("schedule", FORMS)
def test_a_population_spikes_with_its_answers_as_probabilities(
    tmp_path: Path, schedule: str
) -> None:
    net = encoded(tmp_path, '"population", neurons = 3, spikes = "poisson"', "[1]", 4000, schedule)
    x = torch.tensor([[0.3]], dtype=torch.float64)
    torch.manual_seed(0)
    spikes = net(x)
    assert set(spikes.flatten().tolist()) == {0.0, 1.0}
    want = tuned(x, 3, 0.0, 1.0, 0.5)[0]
    assert torch.allclose(spikes.mean(0)[0], want, atol=0.03)


RANGES = {
    "poisson": ('"poisson"', "0 to 1"),
    "latency": ('"latency", mode = "log"', "0 to 1"),
    "weighted_phase": ('"weighted_phase", phases = 3', "0 to 0.875"),
    "population": ('"population", neurons = 3, low = -2.0, high = 1.0', "-2 to 1"),
}
ENDS = {"0 to 1": (0.0, 1.0), "0 to 0.875": (0.0, 0.875), "-2 to 1": (-2.0, 1.0)}


@pytest.mark.parametrize("schedule", FORMS)
@pytest.mark.parametrize("name", RANGES)
def test_data_out_of_range_is_refused(tmp_path: Path, name: str, schedule: str) -> None:
    encoder, wanted = RANGES[name]
    net = encoded(tmp_path, encoder, "[2]", schedule=schedule)
    low, high = ENDS[wanted]
    assert net(torch.tensor([[low, high]])).shape[:2] == (6, 1)
    for bad in (low - 0.125, high + 0.125, math.nan, math.inf):
        with pytest.raises(ValueError, match=f"{name}: expected values from {wanted}, got "):
            net(torch.tensor([[low, bad]]))
    assert net(torch.empty(0, 2)).shape[1] == 0


def test_the_refusal_says_what_it_got(tmp_path: Path) -> None:
    with pytest.raises(ValueError) as refused:  # noqa: PT011
        encoded(tmp_path, '"poisson"', "[2]")(torch.tensor([[-0.5, 2.25]]))
    assert str(refused.value) == "poisson: expected values from 0 to 1, got -0.5 to 2.25"


@pytest.mark.parametrize("name", RANGES)
def test_compiled_code_does_not_look_at_values(tmp_path: Path, name: str) -> None:
    torch._dynamo.reset()
    net = encoded(tmp_path, RANGES[name][0], "[2]", 3)
    x = torch.full((4, 2), 0.5, dtype=torch.float64)
    compiled = torch.compile(net, backend="eager", fullgraph=True)
    torch.manual_seed(2)
    want = net(x)
    torch.manual_seed(2)
    torch.testing.assert_close(compiled(x), want)


@pytest.mark.parametrize("schedule", FORMS)
@pytest.mark.parametrize(
    "encoder",
    ['"latency"', '"weighted_phase", phases = 3', '"periodic"', '"population", neurons = 2'],
)
def test_steps_in_parts_are_the_whole(tmp_path: Path, encoder: str, schedule: str) -> None:
    net: Any = encoded(tmp_path, encoder, "[3, 2]", 7, schedule)
    x = data(4, 3, 2, high=0.8)
    state: dict[str, Tensor] = {}
    parts = [net(x, time_steps=steps, state=state) for steps in (2, 1, 4)]
    assert torch.equal(torch.cat(parts), net(x))


NETS = """
[input]
shape = [4, 3]
encoder = {{ kind = {encoder} }}
[network]
layers = ["Flatten", {{ kind = "Linear", out_features = 5 }}, "LIF", "BatchNorm1d", "IF"]
"""


@pytest.mark.parametrize("schedule", FORMS)
@pytest.mark.parametrize(("steps", "batch"), [(5, 3), (1, 5), (5, 1)])
@pytest.mark.parametrize(
    "encoder",
    [
        '"latency"',
        '"latency", mode = "log"',
        '"weighted_phase", phases = 24',
        '"periodic"',
        '"population", neurons = 3',
        '"population", neurons = 2, spikes = "poisson", sigma = 0.5',
    ],
)
def test_a_network_behind_it_is_the_reference(
    tmp_path: Path, encoder: str, schedule: str, steps: int, batch: int
) -> None:
    if steps == 1 and "latency" in encoder:
        steps = 2  # at the first of one step all would spike alike
    doc = document(tmp_path, NETS.format(encoder=encoder), steps, f"build.schedule={schedule}")
    both = pair(doc, batch)
    both.module.eval()
    both.reference.eval()
    same(both)


@pytest.mark.parametrize("schedule", FORMS)
def test_answers_that_are_not_hoisted_are_there_at_every_step(
    tmp_path: Path, schedule: str
) -> None:
    text = NETS.format(encoder='"population", neurons = 3')
    settings = (f"build.schedule={schedule}", "build.passes=[]")
    same(pair(document(tmp_path, text, 4, *settings)))
