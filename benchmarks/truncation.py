"""Memory of training: peak RSS of one batch's gradient with `[train] truncate` of T, T/2, T/4, …

    python benchmarks/truncation.py specs/shd_alif.snn.toml --time-steps 400 --batch 128

The readout is the mean, because chunks of time need one that has an answer for a part of it. Each
figure is of a process of its own, in which a gradient of two steps goes first.
"""

import argparse
import multiprocessing
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import torch

import snnc
from benchmarks.memory import highest
from snnc.compile import script


def main() -> int:
    """Prints one line for each length of a chunk."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("spec", type=Path)
    parser.add_argument("--time-steps", type=int, default=400)
    parser.add_argument("--batch", type=int, default=128)
    args = parser.parse_args()
    spawn, whole, size = multiprocessing.get_context("spawn"), 0, args.time_steps
    while size >= max(1, args.time_steps // 32):
        with spawn.Pool(1) as pool:
            taken = pool.apply(peak, (args.spec, args.time_steps, args.batch, size))
        whole = whole or taken
        print(f"truncate = {size:<5} {taken / 2**20:8.0f} MiB  {taken / whole:5.2f} of the whole")
        size //= 2
    return 0


def peak(spec: Path, steps: int, batch: int, truncate: int) -> int:
    """The bytes that the gradient of one batch takes at its highest, beside the batch itself."""
    told = [f"time_steps={steps}", f"train.truncate={truncate}", "output.readout=mean"]
    document = snnc.load(spec, told)
    name = document.spec.name
    script(snnc.emitted(document), "train")
    train: Any = sys.modules[f"{name}.train"]
    training = train.training
    net, cpu = train.make_network(train.SPEC), torch.device("cpu")
    penalties = document.spec.train.penalties if document.spec.train else ()
    names = sorted({penalty.of for penalty in penalties})
    recorder = [training.Recorder(net, names)] if names else []
    graph = snnc.link(document)
    x = torch.rand(steps, batch, *graph[graph.inputs[0]].shapes[0])
    labels = torch.zeros(batch, dtype=torch.long)
    precision = training.learner.Precision(cpu, "float32", False)
    figures = []
    for count in (2, steps):
        settings = replace(train.SPEC, time_steps=count)
        parts = {"joined": net, "settings": settings, "team": training.Team(cpu)}
        learner = SimpleNamespace(**parts, precision=precision)
        train.train_batch(learner, training.Batch(x[:count], labels, batch, 1.0), True, *recorder)
        figures.append(highest())
    return figures[1] - figures[0]


if __name__ == "__main__":
    sys.exit(main())
