"""One recurrent LIF layer, forward and backward: the fused C kernel, and the eager loop.

    python benchmarks/recurrent.py --rounds 9

Both run in alternating rounds in one process; medians are printed, with their ratio.
"""

import argparse
import os
import time
from collections.abc import Callable
from statistics import median

import torch
import torch.nn.functional as F
from torch import Tensor

from benchmarks.neuron import Spike
from snnc.compile import alone, in_process, module
from snnc.emit.kernels import printed
from snnc.emit.neurons import NeuronClass
from snnc.kernel.build import kernel
from snnc.neurons.lif import LIF

Layer = Callable[[Tensor, Tensor], Tensor]


def eager(x: Tensor, weight: Tensor) -> Tensor:
    """The loop over time that the kernel replaces."""
    v, y, outputs = torch.zeros_like(x[0]), torch.zeros_like(x[0]), []
    for x_t in x:
        h = v + (x_t + F.linear(y, weight) - v) / 2
        y = Spike.apply(h - 1)
        v = (1 - y) * h
        outputs.append(y)
    return torch.stack(outputs)


def compiled() -> Layer:
    """The neuron as it is generated, on its C kernels."""
    os.environ["SNNC_BACKEND"] = "c"
    neuron = LIF()
    classes = [NeuronClass("Cell", neuron, kernel("cell", neuron, recurrent=True), ("cell",))]
    name = "one_lif"
    text = {"__init__.py": "", "kernels.py": printed(name, classes, in_process(name))}
    found: Layer = module(alone(name, text), "kernels").Cell().recur
    return found


def trained(layer: Layer, x: Tensor, weight: Tensor, grad: Tensor) -> Callable[[], None]:
    """One forward and one backward."""

    def run() -> None:
        x.grad = weight.grad = None
        torch.autograd.backward(layer(x, weight), grad)

    return run


def measured(rounds: int, shape: tuple[int, int, int], scale: float) -> dict[str, list[float]]:
    """Seconds of both contestants in every round, and the firing rate."""
    torch.manual_seed(0)
    x = (torch.randn(shape) * scale).requires_grad_()
    weight = (torch.randn(shape[2], shape[2]) / shape[2] ** 0.5).requires_grad_()
    layers = {"kernel": compiled(), "eager": eager}
    grad = torch.rand(shape)
    runs = {name: trained(layer, x, weight, grad) for name, layer in layers.items()}
    times: dict[str, list[float]] = {name: [] for name in layers}
    for _ in range(rounds + 1):
        for name, run in runs.items():
            start = time.perf_counter()
            run()
            times[name].append(time.perf_counter() - start)
    with torch.no_grad():
        rate = float(layers["kernel"](x, weight).mean())
    return {**{name: seconds[1:] for name, seconds in times.items()}, "rate": [rate]}


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--steps", type=int, default=100)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--width", type=int, default=128)
    parser.add_argument("--scale", type=float, default=1.0, help="of x: how often it fires")
    args = parser.parse_args()
    seconds = measured(args.rounds, (args.steps, args.batch, args.width), args.scale)
    (rate,) = seconds.pop("rate")
    middle = {name: median(found) for name, found in seconds.items()}
    print(f"recurrent LIF, T = {args.steps}, B = {args.batch}, H = {args.width}, float32,")
    print(f"{rate:.0%} fire, {torch.get_num_threads()} threads")
    print(f"{'':8}{'ms':>9}{'x kernel':>10}")
    for name, found in middle.items():
        print(f"{name:8}{found * 1e3:>9.2f}{found / middle['kernel']:>10.2f}")


if __name__ == "__main__":
    main()
