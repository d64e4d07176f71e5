"""NVRTC through ctypes: CUDA text into cubin or PTX, with CuPy's options; no driver, no toolkit.

CuPy 14.2 (cupy/cuda/compiler.py) appends to RawModule's own options ``-ftz=true``,
``-arch=sm_XX`` (a cubin for the device at hand) and ``--device-as-default-execution-space``;
``-std=c++17`` only if no option names a standard, include paths of its own headers (these texts
include nothing), and precompiled headers only if CUPY_NVRTC_USE_PCH asks for them.
"""

import ctypes
import re
import site
from dataclasses import dataclass
from functools import cache
from pathlib import Path

CUPY_ADDS = ("-ftz=true", "--device-as-default-execution-space")
_PROPERTIES = re.compile(
    r"Function properties for (\w+)\n\D*(\d+) bytes stack frame, "
    r"(\d+) bytes spill stores, (\d+) bytes spill loads\n\D*Used (\d+) registers"
)


class CompileError(Exception):
    """NVRTC refused a text; the message is its log."""


@dataclass(frozen=True)
class Usage:
    """What ptxas says about one kernel."""

    kernel: str
    stack: int
    spilled: int
    registers: int


def usages(text: str, arch: int, options: tuple[str, ...]) -> list[Usage]:
    """Compiles for one architecture: registers, stack and spills of every kernel."""
    verbose = (f"-arch=sm_{arch}", "--ptxas-options=-v")
    _, log = compiled(text, (*options, *CUPY_ADDS, *verbose), "CUBIN")
    return reported(log)


def reported(log: str) -> list[Usage]:
    """What ptxas says in a log."""
    rows = _PROPERTIES.findall(log)
    return [Usage(k, int(s), int(a) + int(b), int(r)) for k, s, a, b, r in rows]


def ptx(text: str, arch: int, options: tuple[str, ...]) -> str:
    """The PTX of a text."""
    virtual = f"-arch=compute_{arch}"
    return compiled(text, (*options, *CUPY_ADDS, virtual), "PTX")[0].decode().rstrip("\0")


def compiled(text: str, options: tuple[str, ...], what: str) -> tuple[bytes, str]:
    """What NVRTC makes of a text, and its log."""
    lib, program = library(), ctypes.c_void_p()
    source = text.encode()
    lib.nvrtcCreateProgram(ctypes.byref(program), source, b"kernels.cu", 0, None, None)
    try:
        encoded = [option.encode() for option in options]
        array = (ctypes.c_char_p * len(encoded))(*encoded)
        code = lib.nvrtcCompileProgram(program, len(encoded), array)
        log = fetched(program, "ProgramLog").decode().rstrip("\0")
        if code:
            raise CompileError(log)
        return fetched(program, what), log
    finally:
        lib.nvrtcDestroyProgram(ctypes.byref(program))


def fetched(program: ctypes.c_void_p, what: str) -> bytes:
    """One of a program's results."""
    lib, size = library(), ctypes.c_size_t()
    getattr(lib, f"nvrtcGet{what}Size")(program, ctypes.byref(size))
    room = ctypes.create_string_buffer(size.value)
    getattr(lib, f"nvrtcGet{what}")(program, room)
    return room.raw


@cache
def library() -> ctypes.CDLL:
    """NVRTC as pip installed it beside PyTorch; its built-ins first, which it would not find."""
    folders = [Path(folder) / "nvidia" for folder in site.getsitepackages()]
    names = sorted(
        p for f in folders for p in f.glob("*/lib/libnvrtc*.so.*") if ".alt." not in p.name
    )
    for path in names:
        if "builtins" in path.name:
            ctypes.CDLL(str(path), ctypes.RTLD_GLOBAL)
    return ctypes.CDLL(str(next(path for path in names if "builtins" not in path.name)))
