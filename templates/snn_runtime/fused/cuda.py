"""Neurons on a GPU: CUDA, compiled at first use by CuPy or, without it, by PyTorch's own NVRTC."""

import functools
from collections.abc import Sequence
from typing import Any

import torch

from . import with_cupy, with_nvrtc
from .calls import Call, Launch, Operand
from .checked import address
from .launch import Unavailable, io_macro
from .loaded import Loaded

OPTIONS = ("--std=c++17", "--fmad=false")
THREADS = 256
PLAIN = ("-DK=1", "-DREST=0", "-DPACK=1", "-DSTATIC=0")
LOADERS = (with_cupy, with_nvrtc)  # the first that works is taken


def cuda_launcher(text: str, call: Call) -> tuple[Launch, int]:
    """Launches a kernel of the CUDA text; and the scratch numbers that its way back needs.

    Both kernels are compiled here, before the first launch: never inside a graph's capture.
    """
    where = call.inputs[0].device
    device, io, n = where.index or 0, io_macro(call.dtype), call.size
    wide = widest(call)
    for end in ("forward", "backward"):
        cuda_kernel(text, io, f"{call.name}_{end}", device, macros(call, wide))

    def launch(name: str, arguments: Sequence[Operand]) -> None:
        addresses = tuple(as_cuda(argument, where) for argument in arguments)
        pack = wide if aligned(arguments, addresses, wide) else 1
        kernel = cuda_kernel(text, io, name, device, macros(call, pack))
        # CuPy's own device makes a context on the one before it
        with torch.cuda.device(device):
            kernel.launch(-(-n // (THREADS * pack)), THREADS, addresses)

    blocks = -(-call.steps // call.spec.segment)
    return launch, max(0, blocks - 1) * len(call.spec.start) * n


def cuda_launch(
    text: str,
    names: Sequence[str],
    dtype: torch.dtype,
    where: torch.device,
    n: int,
    known: tuple[str, ...] = PLAIN,
    pack: int = 1,
) -> Launch:
    """Launches a kernel of a text that has one thread for each of ``n``. Raises Unavailable.

    ``pack`` neighbours are read at once: memory that does not lie so is copied.
    """
    device, io = where.index or 0, io_macro(dtype)
    kernels = {name: cuda_kernel(text, io, name, device, known) for name in names}

    def launch(name: str, arguments: Sequence[Operand]) -> None:
        addresses = tuple(as_cuda(argument, where) for argument in arguments)
        if not aligned(arguments, addresses, pack):
            arguments = [copied(argument) for argument in arguments]
            addresses = tuple(as_cuda(argument, where) for argument in arguments)
        with torch.cuda.device(device):
            kernels[name].launch(-(-n // THREADS), THREADS, addresses)

    return launch


def copied(argument: Operand) -> Operand:
    """Memory of its own, for what is only read: results have theirs already."""
    if not isinstance(argument, tuple) or not argument[0].storage_offset():
        return argument
    return argument[0].clone(), *argument[1:]


def macros(call: Call, pack: int, segment: int | None = None) -> tuple[str, ...]:
    """What a kernel knows when it is compiled: steps of a block, and what a thread has.

    Up to ``segment`` steps are one block. Of more, only what is left over by such blocks counts:
    a neuron has at most 2 * segment variants for each pack, type and direction, static or not.
    """
    size = max(1, min(call.steps, segment or call.spec.segment))
    rest = call.steps % size
    values = {"K": size, "REST": rest, "PACK": pack, "STATIC": int(call.static)}
    return tuple(f"-D{name}={value}" for name, value in values.items())


def widest(call: Call) -> int:
    """How many neighbours a thread has, if all memory is aligned: two, unless one is left over."""
    return 2 if call.size % 2 == 0 and call.dtype.itemsize < 8 else 1


def aligned(arguments: Sequence[Operand], addresses: Sequence[int], pack: int) -> bool:
    """Whether neighbours can be read and written at once, wherever there are any."""
    pairs = zip(arguments, addresses, strict=True)
    return all(
        place % (pack * argument[2].itemsize) == 0
        for argument, place in pairs
        if isinstance(argument, tuple)
    )


def as_cuda(argument: Operand, device: torch.device) -> int:
    """Memory as its address, nothing as address 0; every argument has 64 bits."""
    if isinstance(argument, tuple):
        return address(argument, device)
    return argument or 0


def cuda_kernel(
    text: str, io: str, name: str, device: int, known: tuple[str, ...]
) -> Loaded:
    """A compiled kernel; ``known`` are its macros. Raises Unavailable."""
    found = compiled(text, io, name, device, known)
    if isinstance(found, str):
        raise Unavailable(found)
    return found


@functools.cache
def compiled(
    text: str, io: str, name: str, device: int, known: tuple[str, ...]
) -> Loaded | str:
    """A compiled kernel, or why there is none; tried once."""
    own = f"-D{io}", *known, f"-DMAKE_{name}"
    options, problems = (*OPTIONS, *division(text, name), *own), []
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
