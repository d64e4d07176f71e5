"""A call that goes on where another ended: step by step, in parts, with bounded memory."""

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

import snnc
from tests.emit.test_truth import SPECS
from tests.support.nets import Pair, document, pair

NAMES = [name for name in SPECS if "per step" not in name]
STEPS = 4


def prepared(folder: Path, name: str, *settings: str) -> Pair:
    """The module in eval mode, on random data."""
    both = pair(document(folder, SPECS[name], STEPS, *settings), batch=2)
    both.module.eval()
    both.reference.eval()
    return both


def answers(got: Any) -> list[Tensor]:
    return [got] if isinstance(got, Tensor) else list(got)


def sequences(both: Pair) -> list[str]:
    """The inputs whose data has a time axis."""
    return [name for name in both.data if both.graph[name].operator.kind == "none"]


def part(both: Pair, first: int, last: int, state: dict[str, Tensor]) -> list[Tensor]:
    """The steps from ``first`` to ``last``."""
    timed = sequences(both)
    data = {n: x[first:last] if n in timed else x for n, x in both.data.items()}
    steps = {} if timed else {"time_steps": last - first}
    args = [*data.values()] if len(data) == 1 else []
    named = data if len(data) > 1 else {}
    return answers(both.module(*args, **named, **steps, state=state))


def joined(both: Pair, parts: list[list[Tensor]], sizes: list[int]) -> list[Tensor]:
    """What the readouts make of the answers for parts of these sizes."""
    joins: dict[str, Any] = {
        "mean": lambda ys: sum(y * n for y, n in zip(ys, sizes, strict=True)) / sum(sizes),
        "sum": sum,
        "max": lambda ys: torch.stack(ys).amax(0),
        "last": lambda ys: ys[-1],
        "sequence": torch.cat,
    }
    kinds = [both.graph[name].operator.kind for name in both.graph.outputs]
    return [joins[kind](list(ys)) for kind, ys in zip(kinds, zip(*parts, strict=True), strict=True)]


@pytest.mark.parametrize("schedule", ["fold", "step"])
@pytest.mark.parametrize("name", NAMES)
def test_parts_make_the_whole(tmp_path: Path, name: str, schedule: str) -> None:
    both: Any = prepared(tmp_path, name, f"build.schedule={schedule}")
    torch.manual_seed(7)
    want = answers(both.call()[0])
    for sizes in ([1, 3], [2, 2], [1, 1, 1, 1]):
        torch.manual_seed(7)
        state: dict[str, Tensor] = {}
        ends = [sum(sizes[:i]) for i in range(len(sizes) + 1)]
        parts = [part(both, a, b, state) for a, b in pairwise(ends)]
        for a, b in zip(joined(both, parts, sizes), want, strict=True):
            torch.testing.assert_close(a, b, rtol=1e-9, atol=1e-11)
        assert all(isinstance(value, Tensor) for value in state.values())
        assert {*state} == {*both.module.STATE}


@pytest.mark.parametrize("name", NAMES)
def test_one_step_is_a_part_of_one(tmp_path: Path, name: str) -> None:
    both = prepared(tmp_path, name)
    timed = sequences(both)
    torch.manual_seed(7)
    mine: dict[str, Tensor] | None = None
    got = []
    step: Any = both.module.step
    for t in range(STEPS):
        data = {n: x[t] if n in timed else x for n, x in both.data.items()}
        before = dict(mine or {})
        args = [*data.values()] if len(data) == 1 else []
        y, after = step(*args, **(data if len(data) > 1 else {}), state=mine)
        assert before == (mine or {}), "the state that was given must stay as it is"
        got.append(answers(y))
        mine = after
    torch.manual_seed(7)
    state: dict[str, Tensor] = {}
    want = [part(both, t, t + 1, state) for t in range(STEPS)]
    kinds = [both.graph[name].operator.kind for name in both.graph.outputs]
    for ours, theirs in zip(got, want, strict=True):
        for a, b, kind in zip(ours, theirs, kinds, strict=True):
            torch.testing.assert_close(a, b[0] if kind == "sequence" else b)


@pytest.mark.parametrize("schedule", ["fold", "step"])
@pytest.mark.parametrize("chunk", [1, 3])
@pytest.mark.parametrize("name", NAMES)
def test_chunks_of_time_change_nothing(
    tmp_path: Path, name: str, chunk: int, schedule: str
) -> None:
    settings = (f"build.time_chunk={chunk}", f"build.schedule={schedule}")
    both = prepared(tmp_path, name, *settings)
    torch.manual_seed(7)
    recorded = answers(both.call()[0])
    torch.manual_seed(7)
    with torch.no_grad():
        unrecorded = answers(both.call()[0])
    torch.manual_seed(7)
    whole = both.reference(**both.data)
    for found in (recorded, unrecorded):
        for a, output in zip(found, both.graph.outputs, strict=True):
            torch.testing.assert_close(a, whole[output], rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("last", [True, False])
@pytest.mark.parametrize("chunk", [0, 2])
def test_parts_of_time_run_whole_kernels(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chunk: int, last: bool
) -> None:
    """Normalisation, neuron and pooling are one kernel in ``step`` and in chunks of time too."""
    text = """
[input]
shape = [2, 6, 6]
[network]
layers = [
  { kind = "Conv2d", out_channels = 4, kernel_size = 3, padding = 1 },
  "BatchNorm2d",
  "IF",
  { kind = "MaxPool2d", kernel_size = 2 },
  { kind = "Conv2d", out_channels = 4, kernel_size = 3, padding = 1 },
  "BatchNorm2d",
  "LIF",
]
[output]
readout = "sequence"
"""
    text += f"[build]\ntime_chunk = {chunk}\n" * bool(chunk)
    net: Any = pair(document(tmp_path, text, STEPS), batch=2).module.eval()
    net = net.to(memory_format=torch.channels_last if last else torch.contiguous_format)
    x = torch.rand(2, 2, 6, 6, dtype=torch.float64)
    kind, names = type(net.if1), list[str]()
    run = kind.run_joined

    def run_joined(self: Any, kernel: str, *how: Any) -> Any:
        names.append(kernel)
        return run(self, kernel, *how)

    monkeypatch.setattr(kind.__mro__[1], "run_joined", run_joined)
    if chunk:
        net(x)
    else:
        state, every = None, []
        for _ in range(STEPS):
            y, state = net.step(x, state)
            every.append(y)
        torch.testing.assert_close(torch.stack(every), net(x))
    count = -(-STEPS // chunk) if chunk else STEPS + 1
    assert names == ["if_max_2x2_normed", "lif_normed"] * count


def test_ties_of_a_maximum_share_its_gradient_whatever_the_chunks(tmp_path: Path) -> None:
    text = """
[input]
shape = [1]
encoder = "none"
[network]
layers = ["ReLU"]
[output]
readout = "max"
[build]
time_chunk = 3
"""
    module = pair(document(tmp_path, text, STEPS), batch=1).module.eval()
    x = torch.ones(STEPS, 1, 1, dtype=torch.float64, requires_grad=True)
    module(x).sum().backward()
    assert x.grad is not None
    assert x.grad.flatten().tolist() == [1 / STEPS] * STEPS


def test_a_maximum_is_taken_in_chunks_where_no_gradient_is_recorded(tmp_path: Path) -> None:
    text = '[input]\nshape = [1]\nencoder = "none"\n[network]\nlayers = ["SiLU"]\n'
    text += '[output]\nreadout = "max"\n[build]\ntime_chunk = 3\n'
    module = pair(document(tmp_path, text, STEPS), batch=1).module.eval()
    seen: list[int] = []
    silu: Any = module.silu1
    silu.register_forward_hook(lambda _, given, _y: seen.append(len(given[0])))
    x = torch.rand(STEPS, 1, 1, dtype=torch.float64)
    with torch.no_grad():
        torch.testing.assert_close(module(x), torch.nn.functional.silu(x).amax(0))
    assert seen == [3, 1]


def test_statistics_of_a_sequence_cannot_be_streamed_in_training(tmp_path: Path) -> None:
    module = prepared(tmp_path, "plain").module.train()
    step: Any = module.step
    with pytest.raises(RuntimeError, match="bn1 needs every step at once: stream in eval mode"):
        step(torch.rand(2, 2, 7, 7))


def test_a_state_outlives_a_copy(tmp_path: Path) -> None:
    """It is a plain dict of tensors: it can be saved, loaded and sent elsewhere."""
    both = prepared(tmp_path, "delays outside a cycle")
    state: dict[str, Tensor] = {}
    part(both, 0, 2, state)
    torch.save(state, tmp_path / "state.pt")
    loaded = torch.load(tmp_path / "state.pt", weights_only=True)
    assert part(both, 2, 4, loaded)[0].equal(part(both, 2, 4, state)[0])


def test_feedback_keeps_a_neuron_firing(tmp_path: Path) -> None:
    """An IF neuron that hears its own spikes fires at all steps once it has fired."""
    text = """
[input]
shape = [1]
encoder = "none"
[network]
layers = [
  { kind = "Add", name = "heard", from = ["input", "spikes@-1"] },
  { kind = "IF", name = "spikes" },
]
[output]
readout = "sequence"
"""
    net: nn.Module = snnc.compile(document(tmp_path, text, 8).source.path)
    x = torch.tensor([1.5, 0, 0, 0, 0, 0, 0, 0]).view(8, 1, 1)
    assert net(x).flatten().tolist() == [1.0] * 8
