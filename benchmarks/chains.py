"""Small networks in one kernel beside the same layers one after the other: processor time.

    python benchmarks/chains.py [--threads 1] [--rounds 24]

Both run in one process, in alternating rounds; medians in ms for each call.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import torch

sys.path.insert(0, str(Path(__file__).parents[1] / "specs"))

NETWORKS = {
    "lif_fc_mnist": ("LifFcMnist", 64),
    "seq_fmnist_plain": ("SeqFmnistPlain", 256),
    "seq_fmnist_synapse": ("SeqFmnistSynapse", 256),
    "seq_fmnist_feedback": ("SeqFmnistFeedback", 256),
}
CALLS = 5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=24)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    print("network              what        one kernel  layers  ratio")
    for name, (kind, batch) in NETWORKS.items():
        torch.manual_seed(0)
        net = getattr(import_module(name), kind)()
        x = torch.rand(batch, 1, 28, 28) * (torch.rand(batch, 1, 28, 28) < 0.3)
        for what, run in {"training": training(net, x), "inference": inference(net, x)}.items():
            whole, layers = compared(run, options.rounds)
            print(f"{name:<20} {what:<11} {whole:10.2f} {layers:7.2f} {layers / whole:6.2f}")


def training(net: Any, x: torch.Tensor) -> Callable[[], object]:
    """A step of training."""
    optimizer = torch.optim.SGD(net.parameters(), lr=0.0, momentum=0.9)

    def step() -> None:
        optimizer.zero_grad()
        net(x).square().mean().backward()
        optimizer.step()

    return step


def inference(net: Any, x: torch.Tensor) -> Callable[[], object]:
    """A call without gradients."""
    return torch.no_grad()(lambda: net(x))


def compared(run: Callable[[], object], rounds: int) -> tuple[float, float]:
    """Medians of processor time in ms: in one kernel, and layer by layer."""
    module: Any = import_module("snn_runtime.fused.whole.kernels")
    taken = module.taken
    ways = {True: taken, False: lambda *_: None}
    times: dict[bool, list[float]] = {True: [], False: []}
    for _ in range(rounds):
        for whole, way in ways.items():
            module.taken = way
            run()
            start = time.process_time()
            for _ in range(CALLS):
                run()
            times[whole].append((time.process_time() - start) / CALLS * 1e3)
    module.taken = taken
    return statistics.median(times[True]), statistics.median(times[False])


if __name__ == "__main__":
    main()
