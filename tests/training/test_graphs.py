"""Training by CUDA graphs, with stand-ins: the same bits as step by step, or one sentence."""

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from benchmarks.gpu.pretended import OnGpu
from tests.runtime.runtime import module
from tests.support.captured import Cuda
from tests.training.packages import build, run, undrawn
from tests.training.test_on_gpu import as_on_gpu

CE = 'loss = "cross_entropy"\n'
SGD = 'optimizer = { kind = "SGD", lr = 0.5, momentum = 0.5 }\n'
ADAM = 'optimizer = { kind = "AdamW", lr = 0.015625 }\n'
HALVED = 'scheduler = { kind = "StepLR", step_size = 1, gamma = 0.5 }\n'
"""Rates that float32 holds, as those of a graph are."""
RANDOM = """\
  "Flatten",
  { kind = "Linear", out_features = 32 },
  { kind = "BatchNorm1d" },
  { kind = "LIF", name = "hidden" },
  { kind = "Dropout", p = 0.25 },
  { kind = "Linear", out_features = 10 },
  { kind = "IF" },"""
FORMS: dict[str, tuple[dict[str, str], list[str]]] = {
    "plain": ({"train": CE + SGD + HALVED}, []),
    "accumulated": ({"train": CE + SGD + HALVED}, ["--accumulate", "2", "--grad-clip", "1"]),
    "random": ({"train": CE + ADAM, "layers": RANDOM}, []),
    "penalised": (
        {
            "train": CE
            + ADAM
            + 'penalties = [{ kind = "firing_rate", of = "hidden", target = 0.1, weight = 0.5 }]\n'
        },
        [],
    ),
    "mixed": ({"train": CE + SGD + HALVED + "amp = true\n"}, []),
}
LIMIT = ["--limit", "220", "--epochs", "2"]  # four batches of 50 and one of 20


@pytest.fixture
def cuda(monkeypatch: pytest.MonkeyPatch) -> Cuda:
    return Cuda()


def on_gpu(script: Any, cuda: Cuda, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The module of graphs of a script that takes the ways for a GPU."""
    as_on_gpu(script, monkeypatch)
    undrawn(script, monkeypatch)
    graphs = sys.modules[f"{script.training.__name__}.graphs"]
    monkeypatch.setattr(graphs, "cuda", cuda)
    return graphs


def same(one: Any, other: Any) -> None:
    for part in ("model", "optimizer"):
        torch.testing.assert_close(one[part], other[part], rtol=0, atol=0)
    for mine, theirs in zip(one["history"], other["history"], strict=True):
        for name in theirs.keys() - {"images/s"}:
            assert mine[name] == theirs[name], name


@pytest.mark.parametrize("form", FORMS)
def test_a_run_learns_the_same(
    tmp_path: Path, cuda: Cuda, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    words, flags = FORMS[form]
    script = build(tmp_path, f"graphed_{form}", **words)
    on_gpu(script, cuda, monkeypatch)
    with OnGpu():
        want = run(script, tmp_path / "apart", *flags, *LIMIT)
        got = run(script, tmp_path / "graphs", *flags, *LIMIT, "--graph")
    same(got, want)
    replays = [graph.replays for graph in cuda.made]
    assert replays == ([4, 3] if "--accumulate" in flags else [5, 7])  # of a batch, of a step


def test_a_run_goes_on_by_graphs(
    tmp_path: Path, cuda: Cuda, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = build(tmp_path, "graphed_resumed", train=CE + ADAM)
    on_gpu(script, cuda, monkeypatch)
    with OnGpu():
        want = run(script, tmp_path / "apart", *LIMIT)
        run(script, tmp_path / "graphs", *LIMIT[:2], "--epochs", "1", "--graph")
        got = run(script, tmp_path / "graphs", *LIMIT, "--graph", "--resume")
    same(got, want)
    assert [graph.replays for graph in cuda.made] == [1, 2, 1, 2]


def test_a_step_that_reads_a_number_is_taken_step_by_step(
    tmp_path: Path,
    cuda: Cuda,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    script: Any = build(tmp_path, "graphed_reading", train=CE + SGD)
    on_gpu(script, cuda, monkeypatch)
    loss = script.loss_of
    monkeypatch.setattr(
        script, "loss_of", lambda *a: loss(*a) * (1 + 0 * float(a[0].detach().sum()))
    )
    with OnGpu():
        want = run(script, tmp_path / "apart", *LIMIT)
        got = run(script, tmp_path / "graphs", *LIMIT, "--graph")
    same(got, want)
    said = "--graph: operation not permitted when stream is capturing, so steps run as without it."
    assert capsys.readouterr().err.splitlines().count(said) == 1


def test_without_a_gpu_it_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    script: Any = build(tmp_path, "graphed_nowhere", train=CE + SGD)
    want = run(script, tmp_path / "apart", "--limit", "60", "--epochs", "1")
    assert "--graph" not in capsys.readouterr().err
    got = run(script, tmp_path / "graphs", "--limit", "60", "--epochs", "1", "--graph")
    same(got, want)
    said = "--graph: there is no CUDA device, so steps run as without it."
    assert capsys.readouterr().err.splitlines().count(said) == 1


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"gpu": False}, "there is no CUDA device"),
        ({"size": 2}, "processes that train together cannot be captured"),
        ({"scales": True}, "float16 needs gradients that are scaled by what they were"),
        ({"kind": "RMSprop"}, "RMSprop has no step that can be captured, as "),
        ({"every_step": True}, "OneCycleLR changes the momentum at each step"),
        ({}, ""),
    ],
)
def test_who_cannot_be_captured(change: dict[str, Any], why: str) -> None:
    at = SimpleNamespace(
        **{"gpu": True, "size": 1, "scales": False, "kind": "SGD", "every_step": False} | change
    )
    settings = SimpleNamespace(optimizer={"kind": at.kind})
    precision = SimpleNamespace(scaler=SimpleNamespace(is_enabled=lambda: at.scales))
    found = module("training.graphs").refusal(at, settings, precision, at)
    assert (found.startswith(why), bool(found)) == (True, bool(why))


@pytest.mark.parametrize("graph", [False, True])
def test_with_compile_pytorch_makes_the_graphs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, graph: bool
) -> None:
    script: Any = build(tmp_path, "graphed_compiled", train=CE + SGD)
    modes = []

    def compiled(net: Any, mode: str | None) -> Any:
        modes.append(mode)
        return net

    monkeypatch.setattr(torch, "compile", compiled)
    flags = ["--compile", *(["--graph"] if graph else [])]
    run(script, tmp_path, "--limit", "60", "--epochs", "1", *flags)
    assert modes == ["reduce-overhead" if graph else None]
