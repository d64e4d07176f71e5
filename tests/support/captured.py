"""CUDA graphs where there is no GPU: what is captured is recorded, and replayed by the CPU.

As on a GPU, a capture computes nothing: what it writes to from outside is as before, and whoever
reads a number ends it. A replay computes the same again, into the same memory.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor
from torch.utils import _pytree as pytree
from torch.utils._python_dispatch import TorchDispatchMode

READS = ("_local_scalar_dense", "is_nonzero", "nonzero", "equal")


class Recording(TorchDispatchMode):  # type: ignore[no-untyped-call, unused-ignore]
    """Keeps every operation, and what it writes to as it was."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call, unused-ignore]
        self.tape: list[tuple[Any, Any, Any, Any]] = []
        self.before: dict[int, tuple[Tensor, Tensor]] = {}
        self.own: set[int] = set()

    def __torch_dispatch__(
        self, op: Any, types: Any, args: Sequence[Any] = (), given: Any = None
    ) -> Any:
        if any(name in op.name() for name in READS):
            raise RuntimeError("operation not permitted when stream is capturing\nMore follows.")
        named = given or {}
        for place, argument in enumerate(op._schema.arguments):
            value = args[place] if place < len(args) else named.get(argument.name)
            if argument.alias_info is not None and argument.alias_info.is_write:
                for tensor in tensors(value):
                    self.keep(tensor)
        results = op(*args, **named)
        self.tape.append((op, args, named, results))
        self.own |= {t.untyped_storage().data_ptr() for t in tensors(results)} - {*self.before}
        return results

    def keep(self, tensor: Tensor) -> None:
        where = tensor.untyped_storage().data_ptr()
        if where not in self.own and where not in self.before:
            whole = tensor.new_empty(0).set_(tensor.untyped_storage())
            self.before[where] = whole, whole.clone()

    def restore(self) -> None:
        for whole, was in self.before.values():
            whole.copy_(was)


def tensors(value: Any) -> list[Tensor]:
    return [leaf for leaf in pytree.tree_leaves(value) if isinstance(leaf, Tensor)]


class Graph:
    """In place of torch.cuda.CUDAGraph."""

    def __init__(self, made: list["Graph"]) -> None:
        made.append(self)
        self.tape: list[tuple[Any, Any, Any, Any]] = []
        self.replays = 0

    def replay(self) -> None:
        self.replays += 1
        with torch.no_grad():
            for op, args, named, results in self.tape:
                again = op(*args, **named)
                for old, new in zip(tensors(results), tensors(again), strict=True):
                    if old.data_ptr() != new.data_ptr():
                        old.copy_(new)


class Side:
    def wait_stream(self, _: object) -> None: ...


class Cuda(SimpleNamespace):
    """In place of torch.cuda, as far as graphs need it; ``made`` are those captured."""

    def __init__(self) -> None:
        super().__init__(made=[])

    def Stream(self, _: object) -> Side:
        return Side()

    def CUDAGraph(self) -> Graph:
        return Graph(self.made)

    def current_stream(self, _: object) -> Side:
        return Side()

    def stream(self, _: object) -> Any:
        return nullcontext()

    @contextmanager
    def graph(self, graph: Graph, stream: object, capture_error_mode: str) -> Iterator[None]:
        assert (type(stream), capture_error_mode) == (Side, "thread_local")
        random, recording = torch.get_rng_state(), Recording()
        try:
            with recording:
                yield
        finally:
            recording.restore()
            torch.set_rng_state(random)
        graph.tape = recording.tape
