"""Sequences of unequal length, beside networks that run each sample by itself."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from snnc.source.diagnostic import Findings
from tests.evaluation.test_evaluate import evaluate, numbers
from tests.runtime.runtime import module
from tests.training.packages import SGD, assert_same, build, run, undrawn

T, N = 4, 40
TIMED = '[5]\nencoder = "none"'
LAYERS = """\
  { kind = "Linear", name = "fc", out_features = 16 },
  { kind = "LIF", name = "h", v_threshold = 0.3, feedback = { kind = "Linear" } },
  { kind = "Linear", name = "out", out_features = 3 },"""
NPZ = '{ kind = "npz", path = "d.npz", lengths = true }'
OWN = '{ kind = "module", loader = "my_lengths:load", lengths = true }'
MASKED = '[output]\nreadout = {{ kind = "{}", masked = true }}\n'
SEQUENCE = '[output]\nreadout = "sequence"\n'
ENTROPY = 'loss = "cross_entropy"\n'
STEPS = 'loss = { kind = "cross_entropy", over = "steps" }\n'
Made = Callable[..., Any]
ctcs, labelled = module("training.ctc"), module("training.labels")


def arrays(each_step: bool = False, words: bool = False) -> dict[str, Any]:
    """Padding is large, so that whoever reads it is far off."""
    random = np.random.RandomState(0)
    x, lengths = 2 * random.randn(N, T, 5).astype("float32"), random.randint(1, T + 1, N)
    x[np.arange(T) >= lengths[:, None]] = 50
    y = random.randint(3, size=(N, T) if each_step else N)
    if words:
        y = np.where(np.arange(2) < random.randint(1, 3, (N, 1)), random.randint(1, 3, (N, 2)), -1)
    return {
        f"{name}_{split}": value[part]
        for split, part in (("train", slice(30)), ("test", slice(30, N)))
        for name, value in (("x", x), ("y", y), ("lengths", lengths))
    }


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("padded")

    @cache
    def found(name: str, train: str, rest: str, dataset: str = NPZ) -> Any:
        return build(folder, f"padded_{name}", train + SGD, rest, LAYERS, dataset, TIMED)

    return found


def alone(net: Any, x: Tensor, length: Tensor) -> Tensor:
    """The output at each real step of one sample, without any padding."""
    v, s, outputs = x.new_zeros(1, 16), x.new_zeros(1, 16), []
    for t in range(int(length)):
        now = net.fc(x[t][None]) + net.h.feedback(s)
        s, v = net.h.step([now], [v])
        outputs.append(net.out(s)[0])
    return torch.stack(outputs)


READ = {
    "mean": lambda y: y.mean(0),
    "sum": lambda y: y.sum(0),
    "last": lambda y: y[-1],
    "max": lambda y: y.amax(0),
}


@pytest.mark.parametrize("kind", READ)
def test_a_masked_readout_is_that_of_real_steps(made: Made, kind: str) -> None:
    script = made(kind, ENTROPY, MASKED.format(kind))
    net = script.make_network(script.SPEC).double()
    data = {name: torch.from_numpy(a) for name, a in arrays().items()}
    x, lengths = data["x_train"].double(), data["lengths_train"]
    got = net(x.transpose(0, 1), lengths=lengths)
    want = torch.stack([READ[kind](alone(net, *each)) for each in zip(x, lengths, strict=True)])
    torch.testing.assert_close(got, want)
    weight = torch.randn_like(want)
    parameters = [*net.parameters()]
    grads = [torch.autograd.grad((y * weight).sum(), parameters) for y in (got, want)]
    torch.testing.assert_close(*grads)
    whole = torch.full_like(lengths, T)
    assert torch.equal(net(x.transpose(0, 1)), net(x.transpose(0, 1), lengths=whole))
    for wrong in (lengths[:3], lengths.double()):
        with pytest.raises(ValueError, match="lengths must be integers"):
            net(x.transpose(0, 1), lengths=wrong)
    with pytest.raises(ValueError, match="leave `state` out"):
        net(x.transpose(0, 1), lengths=lengths, state={})


def by_hand(net: Any, x: Tensor, y: Tensor, lengths: Tensor) -> Tensor:
    """The cross-entropy over all real steps together."""
    each = [alone(net, x[i], lengths[i]) for i in range(len(x))]
    labels = [
        y[i][: lengths[i]] if y.dim() > 1 else y[i].expand(int(lengths[i])) for i in range(len(x))
    ]
    return F.cross_entropy(torch.cat(each), torch.cat(labels))


@pytest.mark.parametrize("each_step", [False, True], ids=["sample", "step"])
def test_a_loss_over_steps_is_that_of_a_masked_loop(made: Made, each_step: bool) -> None:
    script = made("steps", STEPS, SEQUENCE)
    net = script.make_network(script.SPEC).double()
    data = {name: torch.from_numpy(a) for name, a in arrays(each_step).items()}
    x, y, lengths = data["x_train"].double(), data["y_train"], data["lengths_train"]
    answer = net(x.transpose(0, 1))
    labels = y.T if each_step else y
    got = script.loss_of(answer, labels, 0.0, lengths)
    want = by_hand(net, x, y, lengths)
    torch.testing.assert_close(got, want)
    grads = [torch.autograd.grad(loss, [*net.parameters()]) for loss in (got, want)]
    torch.testing.assert_close(*grads)
    right = 0.0
    for i in range(len(x)):
        own = alone(net, x[i], lengths[i])
        if each_step:
            right += float((own.argmax(1) == y[i][: lengths[i]]).double().mean())
        else:
            right += float(own.mean(0).argmax() == y[i])
    assert float(script.metric_of(answer, labels, lengths)) == pytest.approx(right)


@pytest.mark.parametrize("case", ["mean", "steps", "own", "words"])
def test_it_trains_resumes_and_is_evaluated(
    made: Made, case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    np.savez("d.npz", **arrays(words=case == "words"))
    names = '"x_train", "y_train", "x_test", "y_test", "lengths_train", "lengths_test"'
    text = "import numpy\ndef load(folder, time_steps):\n    a = numpy.load(folder / 'd.npz')\n"
    Path("my_lengths.py").write_text(f"{text}    return [a[name] for name in ({names})]\n", "utf-8")
    script = {
        "mean": lambda: made("mean", ENTROPY, MASKED.format("mean")),
        "steps": lambda: made("steps", STEPS, SEQUENCE),
        "own": lambda: made("own", ENTROPY, MASKED.format("mean"), OWN),
        "words": lambda: made("words", 'loss = "ctc"\n', SEQUENCE),
    }[case]()
    undrawn(script, monkeypatch)
    flags = ("--data-dir", ".", "--batch-size", "8")
    whole = run(script, tmp_path / "whole", *flags, "--epochs", "3")
    run(script, tmp_path / "run", *flags, "--epochs", "2")
    assert_same(run(script, tmp_path / "run", *flags, "--epochs", "3", "--resume"), whole)
    assert whole["history"][-1]["train/loss"] < whole["history"][0]["train/loss"]
    argv = ["run", "--data-dir", ".", "--device", "cpu", "--out-dir", "out"]
    assert evaluate(script).main(argv) == 0
    best = torch.load("run/checkpoint_best.pt", weights_only=True)
    told = best["history"][best["best_epoch"] - 1]
    metric = "label_error" if case == "words" else "accuracy"
    (row,) = numbers(tmp_path / "out")
    assert float(row["loss"]) == told["test/loss"]
    assert float(row[metric]) == told[f"test/{metric}"]


def test_padding_decides_nothing(
    made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = made("mean", ENTROPY, MASKED.format("mean"))
    undrawn(script, monkeypatch)
    monkeypatch.chdir(tmp_path)
    states = []
    for padding in (50, -3):
        found = arrays()
        for split in ("train", "test"):
            found[f"x_{split}"][np.arange(T) >= found[f"lengths_{split}"][:, None]] = padding
        np.savez("d.npz", **found)
        flags = ("--data-dir", ".", "--batch-size", "8", "--epochs", "1")
        states.append(run(script, tmp_path / f"run{padding}", *flags))
    assert_same(states[0]["model"], states[1]["model"])


@pytest.mark.parametrize("lengths", [None, "short"])
def test_ctc_is_the_sum_over_alignments(lengths: str | None) -> None:
    torch.manual_seed(0)
    y = torch.randn(4, 1, 3, dtype=torch.float64)
    count = torch.tensor([3 if lengths else 4])
    likely = y.log_softmax(2)[: int(count), 0]
    found = torch.zeros((), dtype=torch.float64)
    for path in torch.cartesian_prod(*[torch.arange(3)] * int(count)):
        said = [int(k) for k in torch.unique_consecutive(path) if k]
        if said == [1, 2]:
            found += likely[torch.arange(int(count)), path].sum().exp()
    got = ctcs.ctc(y, torch.tensor([[1, 2, -1]]), count if lengths else None)
    assert float(got) == pytest.approx(float(-found.log() / 2))


@pytest.mark.parametrize(
    ("said", "want", "edits"),
    [([], [], 0), ([1], [], 1), ([1, 2, 3], [1, 3], 1), ([2, 1], [1, 2], 2), ([3], [1, 2], 2)],
)
def test_edits_are_the_fewest(said: list[int], want: list[int], edits: int) -> None:
    assert ctcs.edits(said, want) == edits
    steps = [each for one in said for each in (one, one, 0)]  # repeated, then blank
    y = torch.eye(4)[steps or [0]][:, None]
    labels = torch.tensor([want + [-1] * (4 - len(want))])
    assert float(ctcs.label_errors(y, labels)) == edits / max(1, len(want))


CASES = {
    "mean": (ENTROPY, "", NPZ, "the readout `mean` of `output` reads padding too"),
    "no lengths": (ENTROPY, MASKED.format("mean"), NPZ.replace("true", "false"), "lacks"),
    "penalty": (
        STEPS + 'penalties = [{ kind = "firing_rate", of = "h", target = 0.1, weight = 1.0 }]\n',
        SEQUENCE, NPZ, "firing rates would count padding",
    ),
    "truncate": (STEPS + "truncate = 2\n", SEQUENCE, NPZ, "a chunk of time steps knows no lengths"),
    "metric": (
        'loss = { kind = "l1", over = "steps" }\nmetric = "mean_absolute_error"\n',
        SEQUENCE, NPZ, "`mean_absolute_error` would count padding",
    ),
    "ctc": ('loss = "ctc"\n', "", NPZ, "a loss over steps and `readout"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_misuse_is_found(tmp_path: Path, case: str) -> None:
    train, rest, dataset, said = CASES[case]
    with pytest.raises(Findings) as raised:
        build(tmp_path, "padded_misused", train + SGD, rest, LAYERS, dataset, TIMED)
    assert said in str(raised.value)


@pytest.mark.parametrize("wrong", [0, T + 1, 0.5])
def test_lengths_that_cannot_be_are_refused(
    made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any, wrong: float
) -> None:
    monkeypatch.chdir(tmp_path)
    found = arrays()
    found["lengths_test"] = np.full(10, wrong)
    np.savez("d.npz", **found)
    script = made("mean", ENTROPY, MASKED.format("mean"))
    assert script.main(["--data-dir", ".", "--out-dir", "run"]) == 1
    said = capsys.readouterr().err
    assert "length" in said
    assert len(said.splitlines()) == 1
