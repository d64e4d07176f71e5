"""Training steps on the device: as the package's script takes them, as loops, as one graph.

python -m benchmarks.gpu.steps --device cpu
"""

import os
from collections.abc import Callable
from importlib import import_module
from typing import Any

import torch

from benchmarks.gpu.counted import WORKLOADS
from benchmarks.gpu.rows import CUDA, Section, section

REHEARSED = 2  # samples of a batch


def taken(at: Section, name: str, amp: bool = True) -> Callable[[], object]:
    """A training step of a package: forward, backward, optimizer."""
    train, data = (import_module(f"{name}.{part}") for part in ("train", "data"))
    spec = train.SPEC
    count = spec.batch_size if at.gpu else REHEARSED
    net = train.make_network(spec).to(at.device)
    lead = (data.TIME_STEPS,) if hasattr(data, "TIME_STEPS") else ()
    x = torch.rand(*lead, count, *data.SHAPE, device=at.device)
    labels = torch.randint(10, (count,), device=at.device)
    how = {"fused": True, "capturable": True} if at.gpu else {}
    if spec.optimizer["kind"] == "SGD":
        how.pop("capturable", None)
    values = {k: v for k, v in spec.optimizer.items() if k != "kind"}
    optimizer = getattr(torch.optim, spec.optimizer["kind"])(net.parameters(), **values, **how)

    def step() -> object:
        optimizer.zero_grad(set_to_none=True)
        with torch.autocast(at.device, torch.bfloat16, enabled=amp):
            y = net(x)
        loss = train.loss_of(y.float(), labels)
        loss.backward()
        optimizer.step()
        return loss

    return step


def graphed(step: Callable[[], object]) -> Callable[[], object]:
    """The step, captured once; calling it replays."""
    side: Any = CUDA.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with CUDA.stream(side):
        for _ in range(4):
            step()
    torch.cuda.current_stream().wait_stream(side)
    graph = CUDA.CUDAGraph()
    with CUDA.graph(graph):
        step()
    found: Callable[[], object] = graph.replay
    return found


def show(at: Section, label: str, name: str) -> None:
    """A row for each way to take a step."""

    def one(what: str, backend: str, graph: bool = False, amp: bool = True) -> None:
        os.environ["SNNC_BACKEND"] = backend
        torch.manual_seed(0)
        step = taken(at, name, amp)
        step = graphed(step) if graph else step
        at.add(f"{label} {what}", f"{at.wall(step, 20):.3f} ms")

    at.guard(label, lambda: one("eager, 16 bits", at.backend))
    if at.gpu:
        at.guard(label, lambda: one("as a graph, 16 bits", at.backend, graph=True))
        at.guard(label, lambda: one("eager, float32", at.backend, amp=False))
        at.guard(label, lambda: one("loops over tensors, 16 bits", "torch"))


def main() -> None:
    """All workloads; in a rehearsal the smallest."""
    at = section("steps")
    chosen = WORKLOADS if at.gpu else {"W4-plain": WORKLOADS["W4-plain"]}
    for label, name in chosen.items():
        show(at, label, name)


if __name__ == "__main__":
    main()
