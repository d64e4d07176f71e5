"""Neurons on the CPU: C, built by the machine's own compiler at first use."""

import ctypes
import functools
import hashlib
import os
import platform
import re
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import torch

from .cache import folders
from .calls import BLOCK, Call, Launch, Operand
from .checked import address
from .compiler import Failed, Slow, build, command, intact, patience, version
from .launch import Unavailable, io_macro

CPU = torch.device("cpu")
WORTH = 2**16  # updates, of 0.3 to 1 ns each: to wake a thread takes 5 to 20 us
FLAGS = (
    "-O3 -march=native -fopenmp -ffp-contract=off -fno-trapping-math -fno-math-errno",
    "-O3 -ffp-contract=off -fno-trapping-math -fno-math-errno",
)
_forked = False
_slow: dict[tuple[object, ...], str] = {}  # compilers that did not end in time


def count_threads(blocks: int, updates: int) -> int:
    """As many threads as PyTorch uses, but no more than are worth waiting for.

    ``blocks`` cannot be split. ``updates`` are those of one neuron by one step. The call ends with
    its last thread: beside a busy process that one waits for a core, for longer than a small
    kernel takes altogether.
    """
    most = 1 if _forked else torch.get_num_threads()
    return max(1, min(most, blocks, updates // WORTH))


def blocks_of(n: int) -> int:
    """Blocks of neighbouring elements."""
    return -(-n // BLOCK)


def after_fork() -> None:
    """OpenMP's threads do not survive a fork: the child works alone."""
    global _forked
    _forked = True


def c_launcher(text: str, call: Call) -> tuple[Launch, int]:
    """Calls a kernel of the compiled C text; and the scratch numbers that its way back needs."""
    threads = count_threads(blocks_of(call.size), call.size * call.steps)
    kept = len(call.spec.kept_states) + call.spec.kept_values + call.spec.joined
    scratch = threads * call.steps * BLOCK * kept
    return launching(text, call.dtype, threads), scratch


def launching(
    text: str, dtype: torch.dtype, threads: int, known: tuple[str, ...] = ()
) -> Launch:
    """Calls functions of the compiled C text by their names; ``known`` are its macros."""
    library = compiled(text, io_macro(dtype), known)
    if isinstance(library, str):
        raise Unavailable(library)

    def launch(name: str, arguments: Sequence[Operand]) -> None:
        function = getattr(library, name)
        if function.argtypes is None:
            function.argtypes = [*map(c_type, arguments), ctypes.c_longlong]
        function(*map(as_c, arguments), threads)

    return launch


def c_type(argument: Operand) -> Any:
    """A number has 64 bits; everything else is an address."""
    return ctypes.c_longlong if isinstance(argument, int) else ctypes.c_void_p


def as_c(argument: Operand) -> int | None:
    """Memory as its address."""
    return address(argument, CPU) if isinstance(argument, tuple) else argument


@functools.cache
def compiled(text: str, io: str, known: tuple[str, ...] = ()) -> ctypes.CDLL | str:
    """The C text as a library for one type of storage, or why there is none; tried once."""
    macros = f"-D{io}", *(known or (f"-DBLOCK={BLOCK}",))
    try:
        return library(text, macros, command())
    except (Failed, OSError) as error:
        name = os.environ.get("CC") or "cc"
        return f"the C compiler {name!r} does not work: {error}"


def library(text: str, macros: Sequence[str], compiler: list[str]) -> ctypes.CDLL:
    """The library, with the best flags that the compiler takes, in the best folder."""
    asked, why = (patience(), *compiler), Exception()
    if asked in _slow:
        raise Slow(_slow[asked])
    for folder in folders():
        for flags in FLAGS:
            options = [*flags.split(), *macros]
            try:
                return library_of(text, compiler, options, folder)
            except Slow as error:
                _slow[asked] = str(error)
                raise
            except Failed as error:
                why = error
            except OSError as error:  # the next folder may be better
                why = error
                break
        else:
            break
    raise why


def library_of(
    text: str, compiler: list[str], options: list[str], folder: Path
) -> ctypes.CDLL:
    """What the compiler makes of the text: built once, then found in the folder."""
    about = [version(*compiler), processor()]
    key = "\0".join([text, *compiler, *options, *about])
    digest = hashlib.sha256(key.encode(errors="surrogateescape")).hexdigest()
    path = folder / f"{digest[:32]}.so"
    if intact(path):
        with suppress(OSError):
            return opened(path, text)
    build(text, [*compiler, *options], path)
    return opened(path, text)


def opened(path: Path, text: str) -> ctypes.CDLL:
    """A library with every function of the text; what is none does not stay."""
    try:
        found = ctypes.CDLL(str(path))
        for name in re.findall(r"^void (\w+)\(", text, re.MULTILINE):
            if not hasattr(found, name):
                raise OSError(f"{name} is missing in what it made")
    except OSError:
        path.unlink(missing_ok=True)
        raise
    return found


@functools.cache
def processor() -> str:
    """The model of the processor: -march=native means another one elsewhere."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    wanted = ("model name", "flags", "Features", "CPU part")
    return "\n".join(sorted({line for line in lines if line.startswith(wanted)}))


os.register_at_fork(after_in_child=after_fork)
