"""Groups of parameters, frozen ones, and the average of the weights."""

from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch
from torch import Tensor

import snnc
from snnc.rules import lint
from tests.training.packages import MSE, SGD, SPEC, assert_same, build, latest, run, undrawn

LAYERS = """\
  "Flatten",
  { kind = "Linear", name = "fc1", out_features = 32 },
  { kind = "BatchNorm1d", name = "bn1" },
  { kind = "PLIF", name = "hidden" },
  { kind = "Linear", name = "fc2", out_features = 10 },
  { kind = "IF", name = "answer" },"""
ADAMW = 'optimizer = { kind = "AdamW", lr = 0.01, weight_decay = 0.1 }\n'
ONE_CYCLE = 'scheduler = { kind = "OneCycleLR", max_lr = 0.02 }\n'
GROUPED = """\
frozen = ["fc1.weight"]
groups = [
  { parameters = "*.tau", lr = 0.001, weight_decay = 0.0 },
  { parameters = ["*.bias", "bn1"], weight_decay = 0.0 },
]
"""
EMA = "ema = 0.9\n"
Params = dict[str, Tensor]


@pytest.fixture(scope="module")
def grouped(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    train = MSE + ADAMW + ONE_CYCLE + GROUPED
    return build(tmp_path_factory.mktemp("grouped"), "net_grouped", train, "", LAYERS)


@pytest.fixture(scope="module")
def averaged(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    return build(tmp_path_factory.mktemp("averaged"), "net_averaged", MSE + SGD + EMA, "", LAYERS)


def caught(script: Any, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The learners that a script makes from now on."""
    made: list[Any] = []
    original = script.training.Learner

    def learner(*arguments: Any) -> Any:
        made.append(original(*arguments))
        return made[-1]

    monkeypatch.setattr(script.training, "Learner", learner)
    undrawn(script, monkeypatch)
    return made


def test_groups_have_settings_of_their_own(
    grouped: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = caught(grouped, monkeypatch)
    state = run(grouped, tmp_path / "run", "--epochs", "1")
    (learner,) = made
    names = {id(p): name for name, p in learner.net.named_parameters()}
    groups = learner.optimizer.param_groups
    found = [{names[id(p)] for p in group["params"]} for group in groups]
    assert found == [
        {"fc2.weight"},
        {"hidden.tau_raw"},
        {"fc1.bias", "bn1.weight", "bn1.bias", "fc2.bias"},
    ]
    assert [group["weight_decay"] for group in groups] == [0.1, 0.0, 0.0]
    rates = [group["lr"] for group in groups]
    assert rates[0] == rates[2] == pytest.approx(10 * rates[1])
    assert [group["max_lr"] for group in groups] == pytest.approx([0.02, 0.002, 0.02])
    start = grouped.make_network(grouped.SPEC).state_dict()
    assert torch.equal(state["model"]["fc1.weight"], start["fc1.weight"])
    assert not torch.equal(state["model"]["fc1.bias"], start["fc1.bias"])
    assert not torch.equal(state["model"]["hidden.tau_raw"], start["hidden.tau_raw"])


def test_steps_are_those_of_an_optimizer_made_by_hand(
    grouped: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = caught(grouped, monkeypatch)
    before: list[tuple[Params, Params]] = []
    original = grouped.train_batch

    def batch(learner: Any, *arguments: Any) -> Any:
        told = original(learner, *arguments)
        parameters = dict(learner.net.named_parameters())
        grads = {n: p.grad.clone() for n, p in parameters.items() if p.grad is not None}
        before.append(({n: p.detach().clone() for n, p in parameters.items()}, grads))
        return told

    monkeypatch.setattr(grouped, "train_batch", batch)
    flags = ("--epochs", "1", "--limit", "50", "--scheduler", "none")
    state = run(grouped, tmp_path / "run", *flags)
    ((start, grads),) = before
    assert "fc1.weight" not in grads
    parameters = {name: torch.nn.Parameter(value) for name, value in start.items()}
    for name, grad in grads.items():
        parameters[name].grad = grad
    rates = {"hidden.tau_raw": (0.001, 0.0), "fc2.weight": (0.01, 0.1)}
    by_hand = [
        {"params": [parameters[name]], "lr": lr, "weight_decay": decay}
        for name in grads
        for lr, decay in [rates.get(name, (0.01, 0.0))]
    ]
    torch.optim.AdamW(by_hand).step()
    for name, parameter in parameters.items():
        assert torch.equal(parameter.detach(), state["model"][name]), name
    assert made


def test_runs_with_groups_resume_to_the_bit(
    grouped: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    undrawn(grouped, monkeypatch)
    monkeypatch.chdir(tmp_path)
    stopped(grouped, monkeypatch)
    whole = run(grouped, tmp_path / "whole")
    assert_same(run(grouped, tmp_path / "run", "--resume"), whole)


def stopped(script: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run in the folder ``run`` that somebody stops in its third epoch."""
    original, at = script.train_batch, script.training.Stopped

    def batch(learner: Any, *arguments: Any) -> Any:
        if learner.epoch == 2 and learner.batch:
            raise at(15)
        return original(learner, *arguments)

    with monkeypatch.context() as patch:
        patch.setattr(script, "train_batch", batch)
        argv = ["--limit", "200", "--device", "cpu", "--out-dir", "run"]
        assert script.main(argv) == 128 + 15


def test_the_average_is_that_of_all_steps(
    averaged: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = caught(averaged, monkeypatch)
    steps: list[Params] = []
    original = averaged.training.learner.Average.update

    def update(self: Any) -> None:
        steps.append({name: x.clone() for name, x in self.own.items()})
        original(self)

    monkeypatch.setattr(averaged.training.learner.Average, "update", update)
    state = run(averaged, tmp_path / "run", "--epochs", "2")
    mean = {n: x.clone() for n, x in averaged.make_network(averaged.SPEC).state_dict().items()}
    for n, weights in enumerate(steps):
        decay = min(0.9, (1 + n) / (10 + n))
        for name, x in weights.items():
            mean[name] = decay * mean[name] + (1 - decay) * x
    for name in steps[0]:
        torch.testing.assert_close(state["model"][name], mean[name])
        assert torch.equal(state["average"]["weights"][name], steps[-1][name])
    assert state["average"]["updates"] == len(steps) == 8
    split = averaged.load(tmp_path).test.first(200)
    net = made[0].net.eval()
    net.load_state_dict(state["model"])
    with torch.no_grad():
        y = net(split.batch(torch.arange(200))[0])
    right = float((y.argmax(1) == split.labels).double().mean())
    assert state["history"][-1]["test/accuracy"] == pytest.approx(right)


def test_runs_with_an_average_resume_to_the_bit(
    averaged: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    undrawn(averaged, monkeypatch)
    monkeypatch.chdir(tmp_path)
    stopped(averaged, monkeypatch)
    whole = run(averaged, tmp_path / "whole")
    assert_same(run(averaged, tmp_path / "run", "--resume"), whole)
    capsys.readouterr()
    best = torch.load("run/checkpoint_best.pt", weights_only=True)
    assert averaged.main(["--limit", "200", "--out-dir", "run", "--evaluate"]) == 0
    said = f"accuracy {best['history'][-1]['test/accuracy']:.2%}"
    assert said in capsys.readouterr().out
    assert averaged.main(["--limit", "200", "--out-dir", "run", "--resume", "--ema", "0.5"]) == 1


@pytest.mark.parametrize("damage", ["gone", "updates", "name", "shape"])
def test_a_damaged_average_is_refused(
    averaged: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: str, capsys: Any
) -> None:
    undrawn(averaged, monkeypatch)
    run(averaged, tmp_path / "run", "--epochs", "1")
    state, path = latest(tmp_path / "run"), tmp_path / "run/checkpoint_latest.pt"
    if damage == "gone":
        del state["average"]
    elif damage == "updates":
        state["average"]["updates"] = -1
    elif damage == "name":
        state["average"]["weights"][3] = torch.zeros(())
    else:
        state["average"]["weights"]["fc1.bias"] = torch.zeros(7)
    averaged.training.checkpoints.write(state, path)
    (tmp_path / "run/checkpoint_best.pt").unlink()
    argv = ["--limit", "200", "--device", "cpu", "--out-dir", str(tmp_path / "run"), "--resume"]
    assert averaged.main([*argv, "--epochs", "2"]) == 1
    said = capsys.readouterr().err
    assert "nothing was changed." in said
    assert len(said.splitlines()) == 1


def test_without_the_keys_nothing_is_printed(script: ModuleType) -> None:
    text = Path(str(script.__file__)).read_text("utf-8")
    assert not {word for word in ("GROUPS", "FROZEN", ".average", "ema") if word in text}
    with pytest.raises(SystemExit):
        script.main(["--ema", "0.9"])


CASES = {
    'frozen = ["fc_1.*"]': "no parameter is called `fc_1.*`: did you mean `fc1.*`?",
    'frozen = ["hidden.v"]': "no parameter is called `hidden.v`",
    'groups = [{ parameters = "*.tua", lr = 0.1 }]': "did you mean `*.tau`?",
    'frozen = ["fc1"]\ngroups = [{ parameters = "fc1.*", lr = 0.1 }]': "only parameters that are",
    'frozen = ["*"]': "`*` freezes the last parameter",
    'groups = [{ parameters = "fc1" }]': "a group needs `lr` or `weight_decay`",
    'groups = [{ parameters = "fc1\\n", lr = 0.1 }]': "is no pattern of names",
    "ema = 1.0": "`ema` must be less than 1",
}


@pytest.mark.parametrize("keys", CASES)
def test_misuse_is_found(tmp_path: Path, keys: str) -> None:
    spec = tmp_path / "net.snn.toml"
    words = {"rest": "", "layers": LAYERS, "dataset": '"Digits"', "shape": "[1, 8, 8]"}
    spec.write_text(SPEC.format(name="net", train=MSE + SGD + keys, **words), "utf-8")
    told = snnc.check(spec)
    if not told:
        document = snnc.load(spec)
        told = lint(document, snnc.link(document))
    found = " ".join(f"{one.message}: {one.help}" for one in told)
    assert CASES[keys] in found


def test_the_script_refuses_what_lint_would_have_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for keys, said in (
        ('frozen = ["fc_1.*"]\n', "No parameter is called fc_1.*."),
        ('frozen = ["*"]\n', "*: nothing is left that would be trained."),
    ):
        script = build(tmp_path, f"net_bad{len(keys)}", MSE + SGD + keys, "", LAYERS)
        undrawn(script, monkeypatch)
        assert script.main(["--limit", "50", "--out-dir", str(tmp_path / "run")]) == 1
        assert capsys.readouterr().err.strip() == said
