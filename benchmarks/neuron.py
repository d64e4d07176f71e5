"""One LIF layer, forward and backward: the fused C kernel, the eager loop, and the limit.

    python benchmarks/neuron.py --rounds 9

The limit is a copy that moves as many bytes as the kernel must (20 a neuron and step in float32).
All three run in alternating rounds in one process; medians are printed, with their ratios.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import torch
from torch import Tensor

import snnc

SPEC = """
format = 1
name = "one_lif"
time_steps = 8

[input]
shape = [{neurons}]
encoder = "none"

[network]
layers = ["LIF"]

[output]
readout = "sequence"
"""
STEPS = 8


class Spike(torch.autograd.Function):
    """What a researcher writes by hand."""

    @staticmethod
    def forward(ctx: Any, u: Tensor) -> Tensor:
        ctx.save_for_backward(u)
        return (u >= 0).to(u)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Tensor:
        u: Tensor = ctx.saved_tensors[0]
        return grad / (1 + (torch.pi * u) ** 2)


def eager(x: Tensor) -> Tensor:
    """The loop over time that the kernel replaces."""
    v = torch.zeros_like(x[0])
    outputs = []
    for x_t in x:
        h = v + (x_t - v) / 2
        s: Tensor = Spike.apply(h - 1)
        v = (1 - s) * h
        outputs.append(s)
    return torch.stack(outputs)


def measured(rounds: int, neurons: int) -> dict[str, list[float]]:
    """Seconds of every contestant in every round."""
    x = torch.rand(STEPS, 1, neurons, requires_grad=True)
    grad = torch.rand(STEPS, 1, neurons)
    contestants = {"kernel": trained(compiled(neurons), x, grad), "eager": trained(eager, x, grad)}
    contestants["copy"] = copied(20 * STEPS * neurons)
    times: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(rounds + 1):
        for name, run in contestants.items():
            start = time.perf_counter()
            run()
            times[name].append(time.perf_counter() - start)
    return {name: seconds[1:] for name, seconds in times.items()}


def compiled(neurons: int) -> Callable[[Tensor], Tensor]:
    """The generated network, on its C kernels."""
    os.environ["SNNC_BACKEND"] = "c"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "one_lif.snn.toml")
        path.write_text(SPEC.format(neurons=neurons))
        return snnc.compile(path)


def trained(network: Callable[[Tensor], Tensor], x: Tensor, grad: Tensor) -> Callable[[], None]:
    """One forward and one backward."""

    def run() -> None:
        x.grad = None
        torch.autograd.backward(network(x), grad)

    return run


def copied(moved: int) -> Callable[[], None]:
    """A copy that reads and writes ``moved`` bytes in all."""
    source, target = torch.rand(moved // 8), torch.empty(moved // 8)

    def run() -> None:
        target.copy_(source)

    return run


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--neurons", type=int, default=2**20)
    args = parser.parse_args()
    middle = {name: median(s) for name, s in measured(args.rounds, args.neurons).items()}
    print(f"LIF, T = {STEPS}, N = {args.neurons}, float32, {torch.get_num_threads()} threads")
    print(f"{'':8}{'ms':>9}{'x kernel':>10}{'x copy':>9}")
    for name, seconds in middle.items():
        ratios = f"{seconds / middle['kernel']:>10.2f}{seconds / middle['copy']:>9.2f}"
        print(f"{name:8}{seconds * 1e3:>9.2f}{ratios}")


if __name__ == "__main__":
    main()
