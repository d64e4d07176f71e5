"""Launches and bytes of a training step on a GPU, counted where there is none.

    python -m benchmarks.gpu.counted conv_fmnist lif_fc_mnist

The training script of a package takes one step in the size that its spec says, on tensors that only
say that they are on a GPU (pretended.py). Each operation of PyTorch that computes counts as one
launch, as it is with PyTorch's own kernels; libraries may add one for a change of layout. Bytes are
those of every tensor that an operation reads or writes, once each: what a launch would move if
nothing stayed in a cache.
"""

import argparse
import copy
import dataclasses
import math
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any
from unittest.mock import patch

import torch
from torch import Tensor

from benchmarks.gpu.pretended import GPU, RUNTIME, emptied, pretended

SPECS = Path(__file__).parents[2] / "specs"
WORKLOADS = {
    "W1": "conv_fmnist",
    "W1b": "conv_fmnist_lif",
    "W2": "lif_fc_mnist",
    "W4-plain": "seq_fmnist_plain",
    "W4-synapse": "seq_fmnist_synapse",
    "W4-feedback": "seq_fmnist_feedback",
}
PARTS = ("data", "forward", "backward", "step")
_NOTHING = ("empty", "new_empty", "detach", "lift", "resize", "set_", "promote_types")
_TWO = {"aten::convolution_backward"}  # of the input and of the weight


@dataclass
class Counted:
    """What a step asks of a GPU, by its parts."""

    launches: Counter[str] = field(default_factory=Counter)
    bytes: Counter[str] = field(default_factory=Counter)
    names: list[str] = field(default_factory=list)
    part: str = "data"

    def clear(self) -> None:
        """Begins anew."""
        self.launches, self.bytes, self.names, self.part = Counter(), Counter(), [], "data"

    def seen(self, name: str, op: Any, arguments: Sequence[Any], results: Any) -> None:
        """Counts an operation, or a launch of a neuron's kernel."""
        if not isinstance(op, torch._ops.OpOverload):
            self.add(name, 1, sum(moved(op, a) for a in arguments if isinstance(a, tuple)))
        elif computes(op):
            tensors = [*tensors_in(arguments), *tensors_in(results)]
            sizes = {id(t): stored(t) for t in tensors}
            self.add(name, 1 + (name in _TWO), sum(sizes.values()))

    def add(self, name: str, launches: int, moved: int) -> None:
        self.names.append(name)
        self.launches[self.part] += launches
        self.bytes[self.part] += moved

    @property
    def in_net(self) -> tuple[int, int]:
        """Launches and bytes, forward and backward."""
        both = PARTS[1:3]
        return sum(self.launches[p] for p in both), sum(self.bytes[p] for p in both)

    @property
    def in_all(self) -> tuple[int, int]:
        """The same with the data, the optimizer, and what is checked and summed."""
        return self.launches.total(), self.bytes.total()


def computes(op: Any) -> bool:
    """Whether an operation launches anything: views and room for results do not."""
    name = op.name().removeprefix("aten::")
    if op.namespace != "aten" or name.startswith(_NOTHING):
        return False
    results = op._schema.returns
    return not results or any(r.alias_info is None or r.alias_info.is_write for r in results)


def tensors_in(value: Any) -> Iterator[Tensor]:
    """The tensors of arguments or results."""
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from tensors_in(each)


def stored(x: Tensor) -> int:
    """The bytes of a tensor's numbers; what is broadcast counts once."""
    sizes = zip(x.shape, x.stride(), strict=True)
    return math.prod(n for n, stride in sizes if stride or n == 0) * x.itemsize


def moved(call: Any, operand: tuple[Any, int, torch.dtype]) -> int:
    """The bytes that a neuron's kernel moves of an operand."""
    _, count, dtype = operand
    return count * dtype.itemsize


def step(name: str, amp: bool = True, batch: int | None = None) -> Counted:
    """A training step of a package of the zoo, as its script takes it; then it evaluates once.

    Raises what PyTorch raises for a fake tensor if a number of the GPU is read.
    """
    train, data, kernels = (
        import_module(f"{name}.{part}") for part in ("train", "data", "kernels")
    )
    counted, spec = Counted(), train.SPEC
    settings = dataclasses.replace(spec, amp=amp, batch_size=batch or spec.batch_size)
    net = train.make_network(settings)
    with ExitStack() as held:
        held.enter_context(pretended(kernels, counted.seen))
        held.enter_context(in_parts(counted, train))
        emptied(net)
        split = samples(data, settings.batch_size, settings.time_steps)
        learner = learner_of(train, net, settings, split)
        more = (
            [train.training.Recorder(net, recorded(train))] if hasattr(train, "penalty_of") else []
        )
        train.train_epoch(learner, split, *more)  # the optimizer makes room for what it keeps
        counted.clear()
        train.train_epoch(learner, split, *more)
        found = copy.deepcopy(counted)
        train.evaluate(learner, split, "test")
    return found


@contextmanager
def in_parts(counted: Counted, train: Any) -> Iterator[None]:
    """Says which part of a step is at work; an epoch has one batch, and nobody reads its end."""

    def within(part: str, after: str, run: Callable[..., Any]) -> Callable[..., Any]:
        def ran(*arguments: Any, **named: Any) -> Any:
            counted.part = part
            try:
                return run(*arguments, **named)
            finally:
                counted.part = after

        return ran

    training = f"{RUNTIME}.training"
    batches, score, learner = (
        import_module(f"{training}.{n}") for n in ("batches", "score", "learner")
    )
    every = [
        (batches.Batches, "load", lambda self, *_: ((i, self[i]) for i in range(len(self)))),
        (batches.Batches, "__getitem__", within("data", "data", batches.Batches.__getitem__)),
        (train, "train_batch", within("forward", "step", train.train_batch)),
        (torch.autograd, "backward", within("backward", "step", torch.autograd.backward)),
        (score.Score, "reduced", lambda self, _: self),
        (learner.Learner, "reduced", lambda _, score, __: score),
        (learner, "of_splits", lambda _: {}),
    ]
    with ExitStack() as held:
        for where, name, other in every:
            held.enter_context(patch.object(where, name, other))
        yield


def learner_of(train: Any, net: Any, settings: Any, split: Any) -> Any:
    """A learner on the pretended GPU."""
    training = train.training
    given: dict[str, Any] = dict.fromkeys(("out_dir", "init", "resume", "profile"))
    flags = {"workers": 0, "compile": False, "graph": False, "evaluate": False, "restart": False}
    options = training.Options(
        network=train.NETWORK, changed={}, device=GPU, data_dir=Path(), **flags, **given
    )
    splits = type("Splits", (), {"train": split, "validation": None, "test": split})()
    measure = (train.METRIC, 1 if train.HIGHER_IS_BETTER else -1)
    return training.Learner(net, options, settings, training.Team(GPU), splits, measure)


def samples(data: Any, count: int, steps: int) -> Any:
    """One batch of samples and labels, as data.py keeps them."""
    timed = (steps,) if hasattr(data, "TIME_STEPS") else ()
    kind = torch.uint8 if hasattr(data, "WHITE") else torch.float32
    return data.Split(
        torch.empty(count, *timed, *data.SHAPE, dtype=kind), torch.empty(count, dtype=torch.int64)
    )


def recorded(train: Any) -> Sequence[str]:
    """The neurons whose rates a penalty reads."""
    return list(train.make_network(train.SPEC).NEURONS)


def main(argv: Sequence[str] | None = None) -> int:
    """Prints a row for each package."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.gpu.counted", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument(
        "packages", nargs="*", metavar="PACKAGE", help="of specs/ (default: W1 to W4)"
    )
    parser.add_argument("--full", action="store_true", help="in float32, without mixed precision")
    parser.add_argument("--names", action="store_true", help="print every launch")
    given = parser.parse_args(argv)
    sys.path.insert(0, str(SPECS))
    print(f"{'':<24} {'forward':>8} {'backward':>8} {'MB':>8} {'whole step':>11} {'MB':>8}")
    for name in given.packages or WORKLOADS.values():
        found = step(name, not given.full)
        (_, size), (every, whole) = found.in_net, found.in_all
        ways = f"{found.launches['forward']:8} {found.launches['backward']:8}"
        print(f"{name:<24} {ways} {size / 1e6:8.1f} {every:11} {whole / 1e6:8.1f}")
        if given.names:
            print(
                "\n".join(
                    f"    {count:4} {each}" for each, count in Counter(found.names).most_common()
                )
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
