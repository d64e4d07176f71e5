"""Neurons on the CPU: C, built by the machine's own compiler at first use."""

import ctypes
import functools
import hashlib
import os
import platform
import shlex
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from .calls import Call, Launch, Operand
from .launch import Unavailable, io_macro

BLOCK = 512  # elements that a thread works on at a time
FLAGS = (
    "-O3 -march=native -fopenmp -ffp-contract=off -fno-trapping-math -fno-math-errno",
    "-O3 -ffp-contract=off -fno-trapping-math -fno-math-errno",
)
_forked = False


def count_threads(n: int, steps: int) -> int:
    """As many threads as PyTorch uses, but no more than there is work for."""
    if _forked or n * steps < 16 * BLOCK:
        return 1
    return max(1, min(torch.get_num_threads(), -(-n // BLOCK)))


def after_fork() -> None:
    """OpenMP's threads do not survive a fork: the child works alone."""
    global _forked
    _forked = True


def c_launcher(text: str, call: Call) -> tuple[Launch, int]:
    """Calls a kernel of the compiled C text; and the scratch numbers that its way back needs."""
    library = compiled(text, io_macro(call.inputs[0].dtype))
    threads = count_threads(call.sample.numel(), call.steps)
    kept = len(call.spec.kept_states) + call.spec.kept_values

    def launch(name: str, arguments: Sequence[Operand]) -> None:
        getattr(library, name)(*map(as_c, arguments), ctypes.c_longlong(threads))

    return launch, threads * call.steps * BLOCK * kept


def as_c(argument: Operand) -> Any:
    """A tensor as its address, a number as 64 bits."""
    if isinstance(argument, int):
        return ctypes.c_longlong(argument)
    return ctypes.c_void_p(None if argument is None else argument.data_ptr())


@functools.cache
def compiled(text: str, io: str) -> ctypes.CDLL:
    """The C text as a library for one type of storage: built once, then found in the cache."""
    compiler = shlex.split(os.environ.get("CC", "cc"))
    problems = []
    for flags in FLAGS:
        command = [*compiler, *flags.split(), f"-D{io}", f"-DBLOCK={BLOCK}"]
        try:
            return ctypes.CDLL(str(library_of(text, command)))
        except (OSError, subprocess.CalledProcessError) as error:
            problems.append(str(getattr(error, "stderr", "") or error).strip())
    raise Unavailable(f"the C compiler {compiler[0]!r} does not work: {problems[-1]}")


def library_of(text: str, command: list[str]) -> Path:
    """The library that ``command`` makes of the text; a finished one appears at once or not."""
    key = "\0".join([text, *command, compiler_version(command[0]), processor()])
    path = cache() / f"{hashlib.sha256(key.encode()).hexdigest()[:32]}.so"
    if path.exists():
        return path
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        source, made = Path(folder, "kernels.c"), Path(folder, "kernels.so")
        source.write_text(text)
        build = [*command, "-shared", "-fPIC", "-o", str(made), str(source), "-lm"]
        subprocess.run(build, check=True, capture_output=True, text=True)
        made.replace(path)
    return path


@functools.cache
def compiler_version(compiler: str) -> str:
    """What the compiler calls itself."""
    asked = subprocess.run(
        [compiler, "--version"], check=False, capture_output=True, text=True
    )
    return asked.stdout


@functools.cache
def processor() -> str:
    """The model of the processor: -march=native means another one elsewhere."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    wanted = ("model name", "flags", "Features", "CPU part")
    return "\n".join(sorted({line for line in lines if line.startswith(wanted)}))


@functools.cache
def cache() -> Path:
    """Where libraries stay between runs; a folder of this process if there is no such place."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(base, "snnc")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError:
        return Path(tempfile.mkdtemp(prefix="snnc-"))


os.register_at_fork(after_in_child=after_fork)
