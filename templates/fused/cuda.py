"""Neurons on a GPU: CUDA, compiled by CuPy at first use, on PyTorch's current stream."""

import functools
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor

from .calls import Call, Launch, Operand
from .launch import Unavailable, io_macro

OPTIONS = ("--std=c++17", "--fmad=false")


def cuda_launcher(text: str, call: Call, names: Iterable[str]) -> tuple[Launch, int]:
    """Launches a kernel of the CUDA text; and the scratch numbers that its way back needs.

    All kernels are compiled here, before the first launch: never inside a graph's capture.
    """
    device = call.inputs[0].device.index or 0
    io = io_macro(call.inputs[0].dtype)
    n, threads = call.sample.numel(), 256
    segments = -(-call.steps // call.spec.segment)
    ends = ("forward", "backward")
    kernels = {
        f"{k}_{e}": cuda_kernel(text, io, f"{k}_{e}", device)
        for k in names
        for e in ends
    }

    def launch(name: str, arguments: Sequence[Operand]) -> None:
        with stream(device):
            kernels[name](
                (-(-n // threads),), (threads,), tuple(map(as_cuda, arguments))
            )

    return launch, max(0, segments - 1) * len(call.spec.start) * n


@contextmanager
def stream(device: int) -> Iterator[None]:
    """PyTorch's current stream as CuPy's, asked for at every launch."""
    import cupy  # type: ignore[import-not-found, import-untyped, unused-ignore]

    current = torch.cuda.current_stream(device).cuda_stream
    with cupy.cuda.Device(device), cupy.cuda.ExternalStream(current, device):
        yield


def as_cuda(argument: Operand) -> int:
    """A tensor as its address, nothing as address 0; CuPy passes Python's int as 64 bits."""
    if isinstance(argument, Tensor):
        return argument.data_ptr()
    return argument or 0


@functools.cache
def cuda_kernel(text: str, io: str, name: str, device: int) -> Any:
    """A compiled kernel; only the way back may divide approximately."""
    try:
        import cupy  # type: ignore[import-not-found, import-untyped, unused-ignore]

        division = ("--prec-div=false",) if name.endswith("_backward") else ()
        options = (*OPTIONS, *division, f"-D{io}")
        with cupy.cuda.Device(device):
            return cupy.RawModule(code=text, options=options).get_function(name)
    except Exception as error:  # CuPy's errors have no other base in common
        why = f"{type(error).__name__}: {error}"
        raise Unavailable(f"CuPy cannot compile for this GPU ({why})") from error
