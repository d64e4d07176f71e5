"""Memory at inference: peak RSS of one call minus that before it, folded and in chunks of time.

    python benchmarks/memory.py specs/conv_fmnist.snn.toml --time-steps 100 --batch 32 --chunk 10

Each figure is of a process of its own, which first makes a call of one sample and one step.
"""

import argparse
import json
import multiprocessing
import resource
import sys
from pathlib import Path
from typing import Any

import torch

import snnc


def main() -> int:
    """Prints one line for each way to run."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("spec", type=Path)
    parser.add_argument("--time-steps", type=int, default=100)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--chunk", type=int, default=10)
    args = parser.parse_args()
    ways = {
        "folded": [],
        f"folded, time_chunk = {args.chunk}": [f"build.time_chunk={args.chunk}"],
        "step by step": ["build.schedule=step"],
    }
    spawn = multiprocessing.get_context("spawn")
    figures = {}
    for name, settings in ways.items():
        with spawn.Pool(1) as pool:
            figures[name] = pool.apply(peak, (args.spec, settings, args.time_steps, args.batch))
    whole = figures["folded"]["bytes"]
    for name, figure in figures.items():
        share, size = figure["bytes"] / whole, figure["bytes"] / 2**20
        print(f"{name:<28} {size:8.0f} MiB  {share:5.2f} of folded  sum {figure['sum']:.4f}")
    print(json.dumps(figures), file=sys.stderr)
    return 0


def peak(spec: Path, settings: list[str], steps: int, batch: int) -> dict[str, float]:
    """What one call takes at its highest, in bytes."""
    torch.manual_seed(0)
    net: Any = snnc.compile(spec, settings, time_steps=steps).eval()
    graph = snnc.link(snnc.load(spec))
    shape = graph[graph.inputs[0]].shapes[0]
    torch.manual_seed(0)
    x = torch.rand(batch, *shape)
    with torch.no_grad():
        net(x[:1], time_steps=1)
        before = highest()
        answer = net(x)
    return {"bytes": highest() - before, "sum": float(answer.double().sum())}


def highest() -> int:
    """The most memory that this process has had, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


if __name__ == "__main__":
    sys.exit(main())
