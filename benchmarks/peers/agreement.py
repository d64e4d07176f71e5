"""Whether a contestant computes what snnc's package does, in float64, where rounding is harmless.

Answers in eval mode and in training, and the gradients of all weights. Where a library differs by
design, that part is not compared, and its row says so.
"""

import copy
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, nn

from benchmarks.peers.layers import products
from benchmarks.peers.peer import Peer
from benchmarks.peers.styles import Arranged, Style
from benchmarks.peers.workloads import Problem

SAMPLES = 8
CLOSE = 1e-9  # relative to the largest


class DifferentError(Exception):
    """A contestant computes something else; the message says what."""


def compare(problem: Problem, peer: Peer, style: Style, mode: str) -> str:
    """Returns what of a peer's network was not compared, or nothing. Raises DifferentError.

    Training, if ``mode`` is "train", is compared after answers.
    """
    problem = small(problem)
    theirs = peer.made(problem, style).double()
    answers(problem, theirs, problem.gain if style.hoisted else 1.0)
    if mode != "train":
        return ""
    notes = [peer.gradient] if peer.gradient else []
    if theirs.stepwise and any(isinstance(m, nn.BatchNorm2d) for m in theirs.rest):
        return "; ".join(["batch statistics are of one step", *notes])
    learned(problem, theirs, gradients=not notes)
    return "; ".join(notes)


def small(problem: Problem) -> Problem:
    """A few samples in float64, without dropout, whose random numbers differ."""
    whole = copy.deepcopy(problem)
    for module in (whole.net, *(part.module for part in (*whole.parts, *whole.by_hand))):
        for inner in module.double().modules():
            if type(inner).__name__ == "Dropout":
                vars(inner)["p"] = 0.0
    return replace(whole, x=whole.x[:SAMPLES].double(), labels=whole.labels[:SAMPLES])


def answers(problem: Problem, theirs: Arranged, gain: float) -> None:
    """Compares what both say in eval mode."""
    ours: Any = problem.net.eval()
    torch.manual_seed(0)
    values = ours.values(problem.x)
    torch.manual_seed(0)  # the same spikes again
    with torch.no_grad():
        mine, his = ours(problem.x), theirs.eval()(given(problem, values)) * gain
    theirs.reset()
    if not mine.any():
        raise DifferentError("no comparison: the network is silent")
    same("answers", his, mine)


def learned(problem: Problem, theirs: Arranged, *, gradients: bool) -> None:
    """Compares answers in training and, if asked to, what they teach."""
    ours: Any = problem.net
    torch.manual_seed(0)
    values = ours.eval().values(problem.x)
    torch.manual_seed(0)  # the same spikes again
    mine, his = ours.train()(problem.x), theirs.train()(given(problem, values))
    theirs.reset()
    same("answers in training", his, mine)
    if not gradients:
        return
    for y in (mine, his):
        problem.train.loss_of(y, problem.labels).backward()
    for name, module in products(problem.parts).items():
        mine = ours.get_submodule(problem.workload.modules.get(name, name)).weight.grad
        same(f"gradients of {name}", getattr(module, "weight").grad, mine)  # noqa: B009


def given(problem: Problem, values: dict[str, Tensor]) -> Tensor:
    """What a peer's network reads: the batch, or the very spikes or columns that ours read."""
    return problem.x if problem.workload.encode is None else values["input"]


def same(what: str, theirs: Tensor, ours: Tensor) -> None:
    """Raises DifferentError unless both are equal but for rounding."""
    largest = float((theirs - ours).detach().abs().max() / ours.detach().abs().max())
    if not largest <= CLOSE:  # NaN is different too
        raise DifferentError(f"{what} differ by {largest:.1e} of the largest")
