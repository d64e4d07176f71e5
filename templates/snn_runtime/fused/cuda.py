"""Neurons on a GPU: CUDA, compiled at first use by CuPy or, without it, by PyTorch's own NVRTC."""

import functools
from collections.abc import Iterable, Sequence
from typing import Any

import torch

from . import with_cupy, with_nvrtc
from .calls import Call, Launch, Operand
from .checked import address
from .launch import Unavailable, io_macro
from .loaded import Loaded

OPTIONS = ("--std=c++17", "--fmad=false")
THREADS = 256
LOADERS = (with_cupy, with_nvrtc)  # the first that works is taken


def cuda_launcher(text: str, call: Call, names: Iterable[str]) -> tuple[Launch, int]:
    """Launches a kernel of the CUDA text; and the scratch numbers that its way back needs.

    All kernels are compiled here, before the first launch: never inside a graph's capture.
    """
    where = call.inputs[0].device
    device, io, n = where.index or 0, io_macro(call.dtype), call.size
    segments = -(-call.steps // call.spec.segment)
    ends = ("forward", "backward")
    kernels = {
        f"{k}_{e}": cuda_kernel(text, io, f"{k}_{e}", device)
        for k in names
        for e in ends
    }

    def launch(name: str, arguments: Sequence[Operand]) -> None:
        addresses = tuple(as_cuda(argument, where) for argument in arguments)
        with torch.cuda.device(
            device
        ):  # CuPy's own makes a context on the one before it
            kernels[name].launch(-(-n // THREADS), THREADS, addresses)

    return launch, max(0, segments - 1) * len(call.spec.start) * n


def as_cuda(argument: Operand, device: torch.device) -> int:
    """Memory as its address, nothing as address 0; every argument has 64 bits."""
    if isinstance(argument, tuple):
        return address(argument, device)
    return argument or 0


def cuda_kernel(text: str, io: str, name: str, device: int) -> Loaded:
    """A compiled kernel. Raises Unavailable."""
    found = compiled(text, io, name, device)
    if isinstance(found, str):
        raise Unavailable(found)
    return found


@functools.cache
def compiled(text: str, io: str, name: str, device: int) -> Loaded | str:
    """A compiled kernel, or why there is none; tried once."""
    options, problems = (*OPTIONS, *division(text, name), f"-D{io}"), []
    for loader in LOADERS:
        try:
            return loaded(loader, text, options, name, device)
        except Unavailable as error:
            problems.append(str(error))
    remedy = f"pip install {package()} installs CuPy"
    return f"nothing compiles CUDA here: {', '.join(problems)}; {remedy}"


def loaded(loader: Any, *what: Any) -> Loaded:
    """A kernel by one of the loaders. Raises Unavailable."""
    try:
        with torch.cuda.device(what[-1]):
            found: Loaded = loader.load(*what)
            return found
    except Exception as error:  # CuPy's errors have no other base in common
        why = str(error).strip() or type(error).__name__
        raise Unavailable(f"{loader.NAME} ({why})") from error


def package() -> str:
    """What CuPy is called for PyTorch's version of CUDA."""
    major = (torch.version.cuda or "12").partition(".")[0]
    return f"cupy-cuda{major}x"


def division(text: str, name: str) -> Sequence[str]:
    """Only the way back may divide approximately, and only if the steps that it repeats do not
    divide: they must come out as they were.
    """
    step = text.partition(f"void {name.removesuffix('_backward')}_step(")[2]
    divides = " / " in step.partition("\n}\n")[0]
    return () if divides or name.endswith("_forward") else ("--prec-div=false",)
