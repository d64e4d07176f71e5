"""Losses and metrics of one's own: only the training script imports them."""

import sys
from pathlib import Path
from typing import Any

import pytest

from snnc.source.diagnostic import Findings
from tests.evaluation.test_evaluate import evaluate
from tests.training.packages import LAYERS, MSE, SGD, assert_same, build, latest, run, undrawn

MINE = """
import torch.nn.functional as F


def squares(y, labels, scale=1.0, how="mean"):
    target = F.one_hot(labels, 10).to(y.dtype)
    return scale * getattr((y - target).square(), how)()


def back(y, x):
    return (y - x.flatten(1)).square().mean()


def top(y, labels, k=1):
    return (y.argmax(1) == labels).double() if k == 1 else 1 / 0


def top_mean(y, labels):
    return float(top(y, labels).mean())


def wide(y, labels):
    return y
"""
ARGUMENTS = 'arguments = { scale = 1, how = "mean" }'
OWN = f'loss = {{ kind = "module", function = "my_tasks:squares", {ARGUMENTS} }}\n'
BACK = """
import torch


def load(_):
    x = torch.rand(40, 64, generator=torch.Generator().manual_seed(0))
    return x, None, x, None
"""
TOP = 'metric = { kind = "module", function = "my_tasks:%s" }\n'


@pytest.fixture(autouse=True)
def mine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "my_tasks.py").write_text(MINE, "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delitem(sys.modules, "my_tasks", raising=False)


def test_they_are_those_that_snnc_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usual = build(tmp_path, "net_usual", MSE + SGD)
    own = build(tmp_path, "net_own", OWN + TOP % "top" + SGD)
    mean = build(tmp_path, "net_mean", OWN + TOP % "top_mean" + SGD)
    assert "my_tasks" not in sys.modules
    found = []
    for script in (usual, own, mean):
        undrawn(script, monkeypatch)
        script.training.own.cache_clear()
        found.append(run(script, tmp_path / script.NAME, "--epochs", "2"))
    assert "my_tasks" in sys.modules
    assert_same(found[1]["model"], found[0]["model"])
    for state, name in ((found[1], "top"), (found[2], "top_mean")):
        for row, want in zip(state["history"], found[0]["history"], strict=True):
            assert row[f"test/{name}"] == pytest.approx(want["test/accuracy"])
            assert row["train/loss"] == want["train/loss"]
    argv = ["net_own", "--device", "cpu", "--out-dir", "out"]
    assert evaluate(own).main(argv) == 0
    assert "top" in Path("out/steps.csv").read_text("utf-8").splitlines()[0].split(",")


def test_one_that_reads_the_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    layers = LAYERS.replace("out_features = 10", "out_features = 64")
    loss = 'loss = { kind = "module", function = "my_tasks:back", target = "input" }\n'
    shape = '[64]\nencoder = "direct"'
    for name, train in (
        ("net_back", loss),
        ("net_mse", 'loss = { kind = "mse", target = "input" }\n'),
    ):
        data = '{ kind = "module", loader = "my_data:load" }'
        Path("my_data.py").write_text(BACK, "utf-8")
        script = build(tmp_path, name, train + SGD, layers=layers, dataset=data, shape=shape)
        undrawn(script, monkeypatch)
        run(script, tmp_path / f"run_{name}", "--epochs", "1")
    assert_same(
        latest(tmp_path / "run_net_back")["model"], latest(tmp_path / "run_net_mse")["model"]
    )


@pytest.mark.parametrize(
    ("train", "said"),
    [
        (OWN.replace("squares", "nothing"), "my_tasks:nothing cannot be imported: "),
        (OWN.replace("my_tasks", "no_tasks"), "no_tasks:squares cannot be imported: "),
        (
            OWN.replace('how = "mean"', 'how = "abs"'),
            "returned a tensor [50, 10] instead of a tensor of one number",
        ),
        (MSE + TOP % "wide", "instead of a number for each of 50 samples, or their mean."),
    ],
)
def test_one_that_cannot_be_is_told_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any, train: str, said: str
) -> None:
    script: Any = build(tmp_path, f"net_wrong{abs(hash(said)) % 10**6}", train + SGD)
    script.training.own.cache_clear()
    undrawn(script, monkeypatch)
    assert script.main(["--limit", "200", "--device", "cpu", "--out-dir", "run"]) == 1
    told = capsys.readouterr().err
    assert said in told
    assert len(told.strip().splitlines()) == 1


def test_lint_and_build_import_nothing(tmp_path: Path) -> None:
    Path("my_tasks.py").write_text("raise SystemExit('imported')", "utf-8")
    build(tmp_path, "net_unread", OWN + TOP % "top" + SGD, dataset='"Digits"')
    assert "my_tasks" not in sys.modules


CASES = {
    'loss = { kind = "module", function = "squares" }\n': 'write "package.module:function"',
    'loss = { kind = "module", function = "a:b", labels = "map" }\n': "per place, but Digits",
    'loss = { kind = "module", function = "a:b", arguments = { in = 1 } }\n': "a Python keyword",
    'loss = { kind = "module", loader = "a:b" }\n': "did you mean `function`?",
    MSE + 'metric = { kind = "module", function = "a:f1" }\n': "as the metric `f1`",
    MSE + 'metric = { kind = "module", function = "a:b", target = "input" }\n': "no loss compares",
}


@pytest.mark.parametrize("train", CASES)
def test_misuse_is_found(tmp_path: Path, train: str) -> None:
    with pytest.raises(Findings) as raised:
        build(tmp_path, "net_misused", train + SGD)
    said = " ".join(f"{d.message} {d.help}" for d in raised.value.diagnostics)
    assert CASES[train] in said
