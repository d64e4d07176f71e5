"""Neurons on a GPU: CUDA, compiled by CuPy at first use, on PyTorch's current stream."""

import functools
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch

from .calls import Call, Launch, Operand
from .checked import address
from .launch import Unavailable, io_macro

OPTIONS = ("--std=c++17", "--fmad=false")


def cuda_launcher(text: str, call: Call, names: Iterable[str]) -> tuple[Launch, int]:
    """Launches a kernel of the CUDA text; and the scratch numbers that its way back needs.

    All kernels are compiled here, before the first launch: never inside a graph's capture.
    """
    where = call.inputs[0].device
    device, io = where.index or 0, io_macro(call.dtype)
    n, threads = call.size, 256
    segments = -(-call.steps // call.spec.segment)
    ends = ("forward", "backward")
    kernels = {
        f"{k}_{e}": cuda_kernel(text, io, f"{k}_{e}", device)
        for k in names
        for e in ends
    }

    def launch(name: str, arguments: Sequence[Operand]) -> None:
        addresses = tuple(as_cuda(argument, where) for argument in arguments)
        with stream(device):
            kernels[name]((-(-n // threads),), (threads,), addresses)

    return launch, max(0, segments - 1) * len(call.spec.start) * n


@contextmanager
def stream(device: int) -> Iterator[None]:
    """PyTorch's current stream as CuPy's, asked for at every launch."""
    import cupy  # type: ignore[import-not-found, import-untyped, unused-ignore]

    current = Current(torch.cuda.current_stream(device).cuda_stream)
    with cupy.cuda.Device(device):
        if hasattr(cupy.cuda.Stream, "from_external"):
            external = cupy.cuda.Stream.from_external(current)
        else:  # before CuPy 14
            external = cupy.cuda.ExternalStream(current.pointer, device)
        with external:
            yield


@dataclass(frozen=True)
class Current:
    """A stream under CUDA's stream protocol, which PyTorch itself speaks since 2.9 only."""

    pointer: int

    def __cuda_stream__(self) -> tuple[int, int]:
        return 0, self.pointer


def as_cuda(argument: Operand, device: torch.device) -> int:
    """Memory as its address, nothing as address 0; CuPy passes Python's int as 64 bits."""
    if isinstance(argument, tuple):
        return address(argument, device)
    return argument or 0


@functools.cache
def cuda_kernel(text: str, io: str, name: str, device: int) -> Any:
    """A compiled kernel."""
    try:
        import cupy  # type: ignore[import-not-found, import-untyped, unused-ignore]

        options = (*OPTIONS, *division(text, name), f"-D{io}")
        with cupy.cuda.Device(device):
            return cupy.RawModule(code=text, options=options).get_function(name)
    except Exception as error:  # CuPy's errors have no other base in common
        why = f"{type(error).__name__}: {error}"
        raise Unavailable(f"CuPy cannot compile for this GPU ({why})") from error


def division(text: str, name: str) -> Sequence[str]:
    """Only the way back may divide approximately, and only if the steps that it repeats do not
    divide: they must come out as they were.
    """
    step = text.partition(f"void {name.removesuffix('_backward')}_step(")[2]
    divides = " / " in step.partition("\n}\n")[0]
    return () if divides or name.endswith("_forward") else ("--prec-div=false",)
