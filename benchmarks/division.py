"""One LIF layer whose time constant divides, beside the same kernel with a product instead.

    python -m benchmarks.division --rounds 15

`tau = 3.0` has no exact inverse, so that the kernel divides by 3.0. The other kernel multiplies by
0.333…, which snnc no longer writes: 49 * (1 / 49) is below 1. Both run in alternating rounds in one
process with one thread; medians of the processor time are printed, with their ratios.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import torch
from torch import nn

import snnc
from snnc.step import fold

SPEC = """
format = 1
name = "one_lif"
time_steps = {steps}

[input]
shape = [{neurons}]
encoder = "none"

[network]
layers = [{{ kind = "LIF", tau = 3.0 }}]

[output]
readout = "sequence"
"""
STEPS = 8
DTYPES = (torch.float32, torch.float64, torch.bfloat16)
Times = dict[tuple[str, str], list[float]]


@contextmanager
def multiplying() -> Iterator[None]:
    """Equations as they were when a quotient was a product."""
    usual = fold._exact_inverse
    fold._exact_inverse = lambda value: value != 0
    try:
        yield
    finally:
        fold._exact_inverse = usual


def compiled(neurons: int) -> nn.Module:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "one_lif.snn.toml")
        path.write_text(SPEC.format(steps=STEPS, neurons=neurons))
        return snnc.compile(path)


def measured(neurons: int, dtype: torch.dtype, rounds: int) -> Times:
    """Processor seconds of both kernels in both directions, in every round."""
    divides = compiled(neurons)
    with multiplying():
        contestants = {"division": divides, "product": compiled(neurons)}
    x = (3 * torch.rand(STEPS, 1, neurons)).to(dtype).requires_grad_()
    grad = torch.rand(STEPS, 1, neurons).to(dtype)
    times: Times = {}
    calls = max(1, 2**20 // neurons)
    for number in range(rounds + 1):
        for name, net in contestants.items():
            y, forward = timed(partial(net, x), calls)
            way_back = partial(torch.autograd.grad, y, x, grad, retain_graph=True)
            _, backward = timed(way_back, calls)
            if number:
                times.setdefault((name, "forward"), []).append(forward)
                times.setdefault((name, "backward"), []).append(backward)
    return times


def timed(run: Callable[[], Any], calls: int) -> tuple[Any, float]:
    """What the last of so many calls gives, and the seconds of all of them."""
    start = time.process_time()
    for _ in range(calls):
        found = run()
    return found, time.process_time() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--neurons", type=int, default=2**20)
    given = parser.parse_args()
    os.environ["SNNC_BACKEND"] = "c"
    torch.set_num_threads(1)
    print("| dtype | direction | division | product | ratio |\n|---|---|---|---|---|")
    for dtype in DTYPES:
        times = measured(given.neurons, dtype, given.rounds)
        for way in ("forward", "backward"):
            a, b = (1000 * median(times[name, way]) for name in ("division", "product"))
            print(f"| {str(dtype).removeprefix('torch.')} | {way} | {a:.1f} ms | {b:.1f} ms "
                  f"| {a / b:.2f} |", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
