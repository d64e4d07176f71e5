"""The CUDA text itself under a C++ compiler: threads one after the other, in either order.

Only the two lines of PTX that convert float16 are replaced; a shim of ten lines does the rest.
"""

import ctypes
import os
import re
import subprocess
from collections.abc import Iterator, Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile, gettempdir

HERE = Path(__file__).parent
FLAGS = ("-std=c++17", "-O1", "-ffp-contract=off", "-fwrapv", "-w", f"-I{HERE}")
SANITIZE = ("-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-static-libasan")
HALVES = {
    'asm("cvt.f32.f16 %0, %1;" : "=f"(value) : "h"(a));': (
        "_Float16 half; std::memcpy(&half, &a, 2); value = (float)half;"
    ),
    'asm("cvt.rn.f16.f32 %0, %1;" : "=h"(bits) : "f"(value));': (
        "const _Float16 half = (_Float16)value; std::memcpy(&bits, &half, 2);"
    ),
}
LAUNCHER = """
#ifdef MAKE_{name}
extern "C" void run_{name}(unsigned first, unsigned grid, unsigned block, int reversed, void **a)
{{
    blockDim = {{block}};
    for (unsigned b = first; b < grid; ++b)
        for (unsigned t = 0; t < block; ++t) {{
            blockIdx = {{reversed ? grid - 1 - (b - first) : b}};
            threadIdx = {{reversed ? block - 1 - t : t}};
            {name}({arguments});
        }}
}}
#endif
"""
_KERNEL = re.compile(r'extern "C" __global__ void (\w+)\((.*?)\)\s*\{', re.DOTALL)


class ShimMachine:
    """Runs the kernels of one module, thread after thread."""

    def __init__(self, text: str, options: tuple[str, ...], reversed: bool = False) -> None:
        defines = tuple(option for option in options if option.startswith("-D"))
        self.library, self.reversed = library(launchable(text), defines), reversed

    def run(self, name: str, grid: int, block: int, arguments: Sequence[int]) -> None:
        """Runs every thread of a launch."""
        self.run_from(0, name, grid, block, arguments)

    def run_from(
        self, first: int, name: str, grid: int, block: int, arguments: Sequence[int]
    ) -> None:
        """Runs the threads of the last blocks only."""
        words = [ctypes.c_int64(argument) for argument in arguments]
        pointers = (ctypes.c_void_p * len(words))(*map(ctypes.addressof, words))
        unsigned = map(ctypes.c_uint, (first, grid, block))
        getattr(self.library, f"run_{name}")(*unsigned, int(self.reversed), pointers)


class ReversedMachine(ShimMachine):
    """The same, the last thread first."""

    def __init__(self, text: str, options: tuple[str, ...]) -> None:
        super().__init__(text, options, reversed=True)


def kernels(text: str) -> Iterator[tuple[str, list[str]]]:
    """Every kernel with its parameters, blanks collapsed."""
    for name, inside in _KERNEL.findall(text):
        yield name, [" ".join(parameter.split()) for parameter in inside.split(",")]


def launchable(text: str) -> str:
    """The text behind the shim, and a launcher for every kernel behind the text."""
    for asm, plain in HALVES.items():
        assert text.count(asm) == 1
        text = text.replace(asm, plain)
    launchers = "".join(launcher(*kernel) for kernel in kernels(text))
    return f'#include "cuda_on_cpu.h"\n{text}{launchers}'


def launcher(name: str, parameters: Sequence[str]) -> str:
    """The loop over threads of one kernel."""
    types = (re.sub(r"\s*\w+$", "", p.replace("restrict", "")) for p in parameters)
    arguments = (f"*({kind} *)a[{at}]" for at, kind in enumerate(types))
    return LAUNCHER.format(name=name, arguments=", ".join(arguments))


@cache
def library(text: str, defines: tuple[str, ...]) -> ctypes.CDLL:
    """The text as a library, built once for all processes of a session."""
    return ctypes.CDLL(str(built(text, (*FLAGS, *defines, "-shared", "-fPIC"), "so")))


def built(text: str, flags: Sequence[str], suffix: str) -> Path:
    """What g++ makes of a text, out of the cache if it was made before."""
    folder = Path(os.environ.get("SNNC_GPU_CACHE", gettempdir()), "snnc-gpu-ladder")
    folder.mkdir(parents=True, exist_ok=True)
    key = sha256("\0".join([text, *flags, (HERE / "cuda_on_cpu.h").read_text()]).encode())
    path = folder / f"{key.hexdigest()[:32]}.{suffix}"
    if not path.exists():
        with NamedTemporaryFile("w", suffix=".cpp", dir=folder) as source:
            source.write(text)
            source.flush()
            made = f"{source.name}.{suffix}"
            subprocess.run(["g++", *flags, "-o", made, source.name], check=True)
            Path(made).replace(path)
    return path


def sanitized(text: str, defines: Sequence[str], main: str) -> subprocess.CompletedProcess[str]:
    """Runs a ``main`` behind the text under the address and undefined-behaviour sanitizers."""
    program = built(launchable(text) + main, (*FLAGS, *SANITIZE, *defines), "exe")
    environment = {**os.environ, "ASAN_OPTIONS": "detect_leaks=0"}
    return subprocess.run([program], capture_output=True, text=True, check=False, env=environment)
