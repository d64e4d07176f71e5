"""Kernels without CuPy: compiled by the NVRTC that PyTorch brings, launched by NVIDIA's driver.

Calls are those of NVRTC's and the CUDA driver's C interfaces (docs.nvidia.com/cuda).
"""

import ctypes
import functools
import importlib.util
import threading
from collections.abc import Iterator, Sequence
from ctypes import byref, c_char_p, c_int, c_longlong, c_size_t, c_uint, c_void_p
from pathlib import Path
from typing import Any

import torch

from .loaded import Loaded

NAME = "PyTorch's NVRTC"
_threads = threading.local()  # the devices whose context each thread has seen


class Refused(Exception):
    """NVRTC or the driver did not do what it was asked; the message says why."""


def load(text: str, options: tuple[str, ...], name: str, device: int) -> Loaded:
    """A kernel of the text for the current device, which is that.

    Raises Refused, or OSError if a library is missing.
    """
    major, minor = torch.cuda.get_device_capability(device)
    image = cubin(text, (*options, f"-arch=sm_{major}{minor}"))
    enter(device)
    function = c_void_p()
    found = driver().cuModuleGetFunction(
        byref(function), module(image, device), name.encode()
    )
    check(found, f"the driver has no {name}")

    def launch(blocks: int, threads: int, arguments: Sequence[int]) -> None:
        enter(device)
        stream = c_void_p(torch.cuda.current_stream(device).cuda_stream)
        size = blocks, 1, 1, threads, 1, 1, 0
        code = driver().cuLaunchKernel(
            function, *size, stream, pointers(arguments), None
        )
        check(code, f"the driver does not launch {name}")

    return Loaded(launch, f"{NAME} {'.'.join(map(str, version()))}")


def pointers(arguments: Sequence[int]) -> Any:
    """Arguments as the driver reads them: the addresses of 8 bytes each."""
    count = len(arguments)
    values = (c_longlong * count)(*arguments)
    first = ctypes.addressof(values)
    found: Any = (c_void_p * count)(*range(first, first + 8 * count, 8))
    found.values = values  # they live as long
    return found


def enter(device: int) -> None:
    """Makes the device's context this thread's: PyTorch may not have needed it there yet."""
    seen: set[int] = vars(_threads).setdefault("devices", set())
    if device not in seen:
        torch.cuda.mem_get_info(device)
        seen.add(device)


@functools.cache
def module(image: bytes, device: int) -> c_void_p:
    """A cubin on a device, once for all its kernels."""
    found = c_void_p()
    check(driver().cuModuleLoadData(byref(found), image), "the driver does not load it")
    return found


@functools.cache
def cubin(text: str, options: tuple[str, ...]) -> bytes:
    """What NVRTC makes of a text. Raises Refused with its log."""
    program, source = c_void_p(), text.encode()
    library = nvrtc()
    library.nvrtcCreateProgram(byref(program), source, b"kernels.cu", 0, None, None)
    try:
        flags = [option.encode() for option in options]
        array = (c_char_p * len(flags))(*flags)
        if library.nvrtcCompileProgram(program, len(flags), array):
            log = result(library, program, "ProgramLog")
            raise Refused(log.decode(errors="replace").strip("\0\n "))
        return result(library, program, "CUBIN")
    finally:
        library.nvrtcDestroyProgram(byref(program))


def result(library: Any, program: c_void_p, what: str) -> bytes:
    """One of a program's results."""
    size = c_size_t()
    getattr(library, f"nvrtcGet{what}Size")(program, byref(size))
    room = ctypes.create_string_buffer(size.value)
    getattr(library, f"nvrtcGet{what}")(program, room)
    return room.raw


def version() -> tuple[int, int]:
    """That of NVRTC."""
    major, minor = c_int(), c_int()
    nvrtc().nvrtcVersion(byref(major), byref(minor))
    return major.value, minor.value


@functools.cache
def nvrtc() -> Any:
    """NVRTC as pip put it beside PyTorch, else as the system has it. Raises OSError."""
    built_ins, libraries = beside_pytorch()
    for path in built_ins:  # which NVRTC would not find
        ctypes.CDLL(str(path), ctypes.RTLD_GLOBAL)
    major = (torch.version.cuda or "12").partition(".")[0]
    for name in (*map(str, libraries), f"libnvrtc.so.{major}"):
        try:
            library = ctypes.CDLL(name)
        except OSError:
            continue
        library.nvrtcCreateProgram.argtypes = [
            c_void_p,
            c_char_p,
            c_char_p,
            c_int,
            *[c_void_p] * 2,
        ]
        library.nvrtcCompileProgram.argtypes = [c_void_p, c_int, c_void_p]
        return library
    raise OSError(f"libnvrtc.so.{major} is not to be found")


def beside_pytorch() -> tuple[list[Path], list[Path]]:
    """The files of NVRTC's built-ins and of NVRTC in NVIDIA's packages."""
    found = sorted(
        path for folder in nvidia() for path in folder.glob("*/lib/libnvrtc*.so.*")
    )
    whole = [path for path in found if ".alt." not in path.name]
    built_ins = [path for path in whole if "builtins" in path.name]
    return built_ins, [path for path in whole if path not in built_ins]


def nvidia() -> Iterator[Path]:
    """The folders that NVIDIA's packages share."""
    spec = importlib.util.find_spec("nvidia")
    yield from map(Path, (spec and spec.submodule_search_locations) or ())


@functools.cache
def driver() -> Any:
    """NVIDIA's driver. Raises OSError."""
    library = ctypes.CDLL("libcuda.so.1")
    library.cuModuleLoadData.argtypes = [c_void_p, c_char_p]
    library.cuModuleGetFunction.argtypes = [c_void_p, c_void_p, c_char_p]
    sizes = [c_uint] * 7
    library.cuLaunchKernel.argtypes = [c_void_p, *sizes, c_void_p, c_void_p, c_void_p]
    return library


def check(code: int, problem: str) -> None:
    """Raises Refused unless the driver says that all is well."""
    if code:
        text = c_char_p()
        driver().cuGetErrorString(code, byref(text))
        raise Refused(f"{problem}: {(text.value or b'error %d' % code).decode()}")
