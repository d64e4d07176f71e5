"""The thresholds of all neurons, from the values of the ANN's activations."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

import torch
from torch import Tensor, nn
from tqdm import tqdm  # type: ignore[import-untyped, unused-ignore]

from .rules import Observer, Rule, Target

Batches = Callable[[], Iterable[Tensor]]
"""Gives the calibration samples, [B, ...] at a time, as often as it is called."""


def thresholds(
    net: nn.Module,
    names: Sequence[str],
    rules: Sequence[Rule],
    batches: Batches,
    target: Target,
) -> dict[str, dict[str, Tensor]]:
    """By rule and by activation the thresholds, [channels] or, per layer, [1].

    Rules that leave the network as it is look on together; one that clips is alone.
    """
    groups = [[rule for rule in rules if not rule.clips]]
    groups += [[rule] for rule in rules if rule.clips]
    found: dict[str, dict[str, Tensor]] = {}
    for group in groups:
        found |= together(net, names, group, batches, target)
    return {rule.text: found[rule.text] for rule in rules}


def together(
    net: nn.Module,
    names: Sequence[str],
    rules: Sequence[Rule],
    batches: Batches,
    target: Target,
) -> dict[str, dict[str, Tensor]]:
    """As many passes as the rules need."""
    seen = {
        rule.text: {name: rule.observer(target) for name in names} for rule in rules
    }
    waiting = [(rule, name) for rule in rules for name in names]
    number = 0
    while waiting:
        number += 1
        title = f"calibrating {', '.join(dict.fromkeys(r.text for r, _ in waiting))}"
        watch: dict[str, list[tuple[Rule, Observer]]] = {}
        for rule, name in waiting:
            watch.setdefault(name, []).append((rule, seen[rule.text][name]))
        with watched(net, watch, target.per):
            shown = tqdm(
                batches(),
                f"{title}, pass {number}",
                target.batches,
                False,
                disable=None,
            )
            run(net, shown)
        waiting = [
            (rule, name) for rule, name in waiting if seen[rule.text][name].again()
        ]
    return {
        text: {name: alive(observer.value()) for name, observer in by_name.items()}
        for text, by_name in seen.items()
    }


@torch.no_grad()
def run(net: nn.Module, batches: Iterable[Tensor]) -> None:
    """Shows the network every batch."""
    net.eval()
    for x in batches:
        net(x)


@contextmanager
def watched(
    net: nn.Module, observers: dict[str, list[tuple[Rule, Observer]]], per: str
) -> Iterator[None]:
    """While it lasts, observers see what activations give, and may clip it."""
    with ExitStack() as stack:
        for name, those in observers.items():
            hook = seeing(those, per)
            handle = net.get_submodule(name).register_forward_hook(hook)
            stack.callback(handle.remove)
        yield


def seeing(
    observers: Sequence[tuple[Rule, Observer]], per: str
) -> Callable[..., Tensor | None]:
    """A hook behind one activation."""

    def hook(module: nn.Module, given: Any, y: Tensor) -> Tensor | None:
        # a fused activation has an axis for its one step
        x = y if module.__class__.__module__.startswith("torch.") else y[0]
        rows = x.transpose(0, 1).flatten(1) if per == "channel" else flat(x)
        for rule, observer in observers:
            observer.see(rows)
            if rule.clips:
                height = observer.value().view(-1, *[1] * (x.dim() - 2))
                y = torch.minimum(y, height)
        return y

    return hook


def flat(x: Tensor) -> Tensor:
    """All values as one row [1, values], in the order in which they lie in memory."""
    last = x.movedim(1, -1)
    return (last if last.is_contiguous() else x).reshape(1, -1)


def alive(height: Tensor) -> Tensor:
    """Thresholds above 0: one that has seen nothing is as high as the highest, or 1."""
    highest = float(height.amax())
    return torch.where(height > 0, height, highest if highest > 0 else 1.0)
