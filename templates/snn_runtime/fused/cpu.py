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
    threads = count_threads(call.sample.numel(), call.steps)
    kept = len(call.spec.kept_states) + call.spec.kept_values
    scratch = threads * call.steps * BLOCK * kept
    return launching(text, call.dtype, threads), scratch


def launching(text: str, dtype: torch.dtype, threads: int) -> Launch:
    """Calls functions of the compiled C text by their names."""
    library = compiled(text, io_macro(dtype))
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
    """A tensor as its address."""
    return argument.data_ptr() if isinstance(argument, torch.Tensor) else argument


@functools.cache
def compiled(text: str, io: str) -> ctypes.CDLL | str:
    """The C text as a library for one type of storage, or why there is none; tried once."""
    compiler = shlex.split(os.environ.get("CC") or "cc")
    why = ""
    for flags in FLAGS:
        options = [*flags.split(), f"-D{io}", f"-DBLOCK={BLOCK}"]
        try:
            return ctypes.CDLL(str(library_of(text, compiler, options)))
        except subprocess.CalledProcessError as error:
            why = error.stderr.strip() or f"it ends with code {error.returncode}"
        except OSError as error:
            why = str(error)
    return f"the C compiler {shlex.join(compiler)!r} does not work: {why}"


def library_of(text: str, compiler: list[str], options: list[str]) -> Path:
    """The library that the compiler makes of the text: built once, then found in the cache."""
    about = [compiler_version(*compiler), processor()]
    key = "\0".join([text, *compiler, *options, *about])
    path = cache() / f"{hashlib.sha256(key.encode()).hexdigest()[:32]}.so"
    if not intact(path):
        build(text, [*compiler, *options], path)
    return path


def intact(path: Path) -> bool:
    """Whether a library is there and ends with its checksum: half of one would crash."""
    content = path.read_bytes() if path.exists() else b""
    return content[-32:] == hashlib.sha256(content[:-32]).digest()


def build(text: str, command: list[str], path: Path) -> None:
    """Compiles the text into ``path``, which appears at once or not."""
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        Path(folder, "kernels.c").write_text(text)
        made = Path(folder, "kernels.so")
        full = [*command, "-shared", "-fPIC", "-o", made.name, "kernels.c", "-lm"]
        subprocess.run(full, check=True, capture_output=True, text=True, cwd=folder)
        with made.open("r+b") as file:
            file.write(hashlib.sha256(file.read()).digest())
        made.replace(path)


@functools.cache
def compiler_version(*compiler: str) -> str:
    """What the compiler calls itself."""
    command = [*compiler, "--version"]
    asked = subprocess.run(command, check=False, capture_output=True, text=True)
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
    """Where libraries stay between runs: the user's cache, else the user's corner of /tmp."""
    own = Path(tempfile.gettempdir(), f"snnc-{os.getuid()}")
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    for folder in (Path(base, "snnc"), own):
        if folder.is_absolute() and is_ours(folder):
            return folder
    return Path(tempfile.mkdtemp(prefix="snnc-"))


def is_ours(folder: Path) -> bool:
    """Whether only this user can write there: what lies there is run."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            about = folder.stat()
    except OSError:
        return False
    return about.st_uid == os.getuid() and not about.st_mode & 0o022


os.register_at_fork(after_in_child=after_fork)
