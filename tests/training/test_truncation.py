"""`[train] truncate`: the gradient of chunks, beside loops of autograd written by hand."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import Tensor
from torch.autograd.graph import saved_tensors_hooks

from snnc.source.diagnostic import Findings
from tests.runtime.runtime import module
from tests.support.by_hand import Spike
from tests.training.packages import SGD, assert_same, build, run, undrawn

T, B = 4, 6
TIMED = '[5]\nencoder = "none"'
LAYERS = """\
  { kind = "Linear", name = "fc", out_features = 16 },
  { kind = "LIF", name = "h", v_threshold = 0.5, feedback = { kind = "Linear" }, surrogate = { kind = "Sigmoid", alpha = 2.0 } },
  { kind = "Linear", name = "out", out_features = 3 },"""  # noqa: E501
POTENTIAL = LAYERS + '{ kind = "LI", name = "li", tau = 3.0 },'
STEPS = 'loss = { kind = "cross_entropy", over = "steps" }\n'
MEAN = 'loss = "cross_entropy"\n'
SEQUENCE = '[output]\nreadout = "sequence"\n'
CUT = "truncate = 2\n"
PENALTY = 'penalties = [{ kind = "firing_rate", of = "h", target = 0.1, weight = 0.5 }]\n'
NPZ = '{ kind = "npz", path = "d.npz" }'
BOTH = """\
[outputs.each]
from = "out"
readout = "sequence"
[outputs.mean]
from = "out"
"""
LOSSES = """\
[train.losses]
each = { kind = "cross_entropy", over = "steps" }
mean = { kind = "mse", weight = 0.5 }
"""
CASES = {
    "sequence": (LAYERS, SEQUENCE, STEPS + PENALTY, ""),
    "mean": (POTENTIAL, "", MEAN + PENALTY, ""),
    "two": (LAYERS, BOTH, "", LOSSES),
}
Made = Callable[..., Any]
learners = module("training.learner")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """The training script of a recurrent network, built once for each case."""
    folder = tmp_path_factory.mktemp("truncated")

    @cache
    def found(case: str, truncate: str = CUT) -> Any:
        layers, rest, train, losses = CASES[case]
        train = train + truncate + SGD + losses
        name = f"{'cut' if truncate else 'uncut'}_{case}"
        return build(folder, name, train, rest, layers, NPZ, TIMED)

    return found


def gradients(
    script: ModuleType, x: Tensor, labels: Tensor, truncate: int | None
) -> tuple[Any, list[Tensor]]:
    """The network, and the loss, the metric and the gradient of each parameter of one batch."""
    training, cpu = script.training, torch.device("cpu")
    net = script.make_network(script.SPEC).double()
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.mul_(2)
    recorder = [training.Recorder(net, ["h"])] if hasattr(script, "penalty_of") else []
    learner = SimpleNamespace(
        joined=net,
        settings=replace(script.SPEC, truncate=truncate),
        team=training.Team(cpu),
        precision=learners.Precision(cpu, "float64", False),
    )
    batch = training.Batch(x, labels, B, 1.0)
    told = script.train_batch(learner, batch, True, *recorder)
    return net, [*told, *(parameter.grad for parameter in net.parameters())]


def sample() -> tuple[Tensor, Tensor]:
    torch.manual_seed(1)
    return 2 * torch.randn(T, B, 5, dtype=torch.float64), torch.randint(3, (B,))


@pytest.mark.parametrize("case", CASES)
def test_one_chunk_is_the_whole_gradient(made: Made, case: str) -> None:
    whole, parts = made(case, ""), made(case)
    assert "truncate" not in Path(str(whole.__file__)).read_text("utf-8")
    want, (x, labels) = gradients(whole, *sample(), None)[1], sample()
    for truncate in (None, T, T + 1):
        assert_same(gradients(parts, x, labels, truncate)[1], want)
    fewer = gradients(parts, x, labels, 2)[1]
    assert not torch.allclose(fewer[3], want[3])


def by_hand(net: Any, x: Tensor, labels: Tensor, truncate: int, mean: bool) -> Tensor:
    """The loss, whose gradient ends at every ``truncate`` steps."""

    def slope(u: Tensor) -> Tensor:
        return 2 * torch.sigmoid(2 * u) * (1 - torch.sigmoid(2 * u))

    v, s, m = x.new_zeros(B, 16), x.new_zeros(B, 16), x.new_zeros(B, 3)
    total = x.new_zeros(())
    spikes: list[Tensor] = []
    potentials: list[Tensor] = []
    for t in range(T):
        if t % truncate == 0:
            v, s, m, spikes, potentials = v.detach(), s.detach(), m.detach(), [], []
        h = v + (net.fc(x[t]) + net.h.feedback(s) - v) / 2
        s = Spike.apply(h - 0.5, slope)
        v = (1 - s) * h
        spikes.append(s)
        m = m + (net.out(s) - m) / 3
        potentials.append(m)
        if not mean:
            total = total + F.cross_entropy(net.out(s), labels) / T
        if (t + 1) % truncate == 0 or t + 1 == T:
            share = len(spikes) / T
            total = total + share * 0.5 * (torch.stack(spikes).mean(0) - 0.1).square().mean()
            if mean:
                answer = torch.stack(potentials).mean(0)
                total = total + share * F.cross_entropy(answer, labels)
    return total


@pytest.mark.parametrize("truncate", [1, 2, 3])
@pytest.mark.parametrize("case", ["sequence", "mean"])
def test_gradients_are_those_of_a_loop_that_is_cut(made: Made, case: str, truncate: int) -> None:
    script = made(case)
    x, labels = sample()
    net, (_, _, *got) = gradients(script, x, labels, truncate)
    net.zero_grad()
    torch.autograd.backward(by_hand(net, x, labels, truncate, case == "mean"))
    torch.testing.assert_close(got, [parameter.grad for parameter in net.parameters()])
    assert all(grad.abs().max() > 0 for grad in got)


def test_fewer_numbers_are_kept(made: Made) -> None:
    script = made("sequence")
    x, labels = sample()
    most = {}
    for truncate in (4, 2, 1):
        kept = {"now": 0, "most": 0}

        class Held:
            def __init__(self, value: Tensor, kept: dict[str, int] = kept) -> None:
                self.value, self.kept = value, kept
                kept["now"] += value.numel()
                kept["most"] = max(kept["most"], kept["now"])

            def __del__(self) -> None:
                self.kept["now"] -= self.value.numel()

        with saved_tensors_hooks(Held, lambda held: held.value):
            gradients(script, x, labels, truncate)
        most[truncate] = kept["most"]
    # beside the weights, which any chunk keeps
    assert most[4] - most[2] > 1.5 * (most[2] - most[1]) > 0


def test_it_resumes_to_the_bit(made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    random = np.random.RandomState(0)
    x, y = random.rand(60, T, 5).astype("float32"), random.randint(3, size=(60, T))
    np.savez("d.npz", x_train=x, y_train=y, x_test=x, y_test=y)
    script = made("sequence")
    undrawn(script, monkeypatch)
    flags = ("--data-dir", ".", "--batch-size", "8")
    whole = run(script, tmp_path / "whole", *flags, "--epochs", "2")
    run(script, tmp_path / "run", *flags, "--epochs", "1")
    assert_same(run(script, tmp_path / "run", *flags, "--epochs", "2", "--resume"), whole)
    other = run(script, tmp_path / "other", *flags, "--epochs", "2", "--truncate", "1")
    assert not torch.equal(other["model"]["fc.weight"], whole["model"]["fc.weight"])
    again = ["--data-dir", ".", "--out-dir", "other", "--resume", "--truncate", "2"]
    assert script.main(again) == 1


def test_the_flag_needs_the_key(script: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        script.main(["--truncate", "2"])
    assert "--truncate does not apply: the spec has no `truncate`" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("rest", "layers", "said"),
    [
        ('[output]\nreadout = "max"\n', LAYERS, "the readout `max` of `output` has no answer"),
        ('[output]\nreadout = "last"\n', LAYERS, "the readout `last` of `output` has no answer"),
        ("", LAYERS.replace("}", '}, "BatchNorm1d"', 1), "`bn1` needs every time step at once"),
    ],
)
def test_what_needs_every_step_is_refused(
    tmp_path: Path, rest: str, layers: str, said: str
) -> None:
    with pytest.raises(Findings) as raised:
        build(tmp_path, "refused", MEAN + CUT + SGD, rest, layers, NPZ, TIMED)
    assert said in str(raised.value)


def test_more_steps_than_there_are_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Findings, match="`truncate` is 5, but a sample has 4 time steps"):
        build(tmp_path, "beyond", MEAN + "truncate = 5\n" + SGD, "", LAYERS, NPZ, TIMED)
