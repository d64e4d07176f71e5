"""Who takes part: snnc's package, the floor, and each peer in each style."""

import copy
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import torch

from benchmarks.peers import norse, sinabs, snntorch, spikingjelly
from benchmarks.peers.agreement import compare
from benchmarks.peers.floor import Floor
from benchmarks.peers.peer import AbsentError, Peer
from benchmarks.peers.settings import Settings
from benchmarks.peers.side import Side
from benchmarks.peers.styles import Style
from benchmarks.peers.workloads import Problem

OURS, FLOOR = "snnc", "floor"
PEERS = (spikingjelly.PEER, snntorch.PEER, norse.PEER, sinabs.PEER)


@dataclass(frozen=True)
class Contestant:
    """A row of the table; ``enter`` gives what is timed, ``check`` says what was not compared.

    Both raise AbsentError; ``check`` raises DifferentError.
    """

    name: str
    enter: Callable[[], Side | Floor]
    check: Callable[[], str] = lambda: ""


def contestants(problem: Problem, settings: Settings, mode: str) -> Iterator[Contestant]:
    """Everybody, whether they can take part or not; of peers those that ``settings.only`` names."""
    yield Contestant(OURS, lambda: Side(copy.deepcopy(problem.net), problem, settings))
    yield Contestant(FLOOR, lambda: Floor(problem, settings))
    for peer in PEERS:
        try:
            found = of_peer(peer, f"{peer.name} {peer.version}", problem, settings, mode)
            yield from (one for one in found if settings.only in one.name)
        except AbsentError as absent:
            yield Contestant(peer.name, partial(refuse, str(absent)))


def of_peer(
    peer: Peer, name: str, problem: Problem, settings: Settings, mode: str
) -> Iterator[Contestant]:
    """A peer in each of its styles and, if asked for, compiled."""
    for style in peer.styles:
        if style.for_static and problem.workload.encode is not None:
            continue
        told = " (tutorial)" if told_so(peer, style, problem) else ""
        enter = partial(side, peer, style, problem, settings)
        check = partial(compare, problem, peer, style, mode)
        yield Contestant(f"{name}, {style.name}{told}", enter, check)
        if settings.compile:
            entered = partial(compiled, peer, style, problem, settings, mode)
            yield Contestant(f"{name}, {style.name}, compiled", entered, check)


def told_so(peer: Peer, style: Style, problem: Problem) -> bool:
    """Whether SpikingJelly's tutorial of this network is written so."""
    return peer is spikingjelly.PEER and style.name == problem.workload.tutorial


def refuse(reason: str) -> Side:
    """Takes no part."""
    raise AbsentError(reason)


def side(peer: Peer, style: Style, problem: Problem, settings: Settings) -> Side:
    """A peer's network with weights of its own."""
    parts, by_hand = copy.deepcopy((problem.parts, problem.by_hand))
    net = peer.made(replace(problem, parts=parts, by_hand=by_hand), style)
    net.to(memory_format=settings.peers_layout)
    return Side(
        net,
        problem,
        settings,
        encode=problem.workload.encode,
        after=net.reset,
        gain=problem.gain if style.hoisted else 1.0,
    )


def compiled(peer: Peer, style: Style, problem: Problem, settings: Settings, mode: str) -> Side:
    """The same through ``torch.compile``, after its first calls, if they end in time."""
    made = side(peer, style, problem, settings)
    torch.compiler.reset()
    call: Any = torch.compile(made.net)
    made.forward = call
    weights = copy.deepcopy(made.net.state_dict())
    # A step changes weights; potentials, which some have here, have no shape before the first.
    start = time.perf_counter()
    try:
        with limited(settings.patience):
            made.infer()
            if mode == "train":
                made.train()
    except (RuntimeError, TimeoutError) as error:
        first = str(error).strip().partition("\n")[0]
        raise AbsentError(f"not compiled: {type(error).__name__}: {first}") from None
    with torch.no_grad():
        for name, changed in made.net.state_dict().items():
            if changed.shape == weights[name].shape:
                changed.copy_(weights[name])
    made.note = f"first calls {time.perf_counter() - start:.0f} s"
    return made


@contextmanager
def limited(seconds: int) -> Iterator[None]:
    """Raises TimeoutError inside if it takes longer."""

    def stop(*_: object) -> None:
        raise TimeoutError(f"the first calls take more than {seconds} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
