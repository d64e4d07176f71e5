"""Kernels that CuPy compiles and launches."""

import importlib.util
import os
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import torch

from .cache import folders
from .loaded import Loaded

NAME = "CuPy"


def load(text: str, options: tuple[str, ...], name: str, device: int) -> Loaded:
    """A kernel of the text for the current device, which is that. Raises whatever CuPy raises."""
    cupy = imported()
    function = cupy.RawModule(code=text, options=options).get_function(name)

    def launch(blocks: int, threads: int, arguments: Sequence[int]) -> None:
        with stream(cupy, device):
            function((blocks,), (threads,), tuple(arguments))

    return Loaded(launch, f"{NAME} {cupy.__version__}")


def imported() -> Any:
    """CuPy; its import fails if it cannot keep what it compiles, as where there is no home."""
    if "cupy" not in sys.modules and importlib.util.find_spec("cupy"):
        home = os.path.expanduser("~/.cupy")
        if "CUPY_CACHE_DIR" not in os.environ and not can_be_made(home):
            os.environ["CUPY_CACHE_DIR"] = str(next(folders()) / "cupy")
    import cupy  # type: ignore[import-not-found, import-untyped, unused-ignore]

    return cupy


def can_be_made(folder: str) -> bool:
    """Whether a folder is there and writable, or can be made."""
    try:
        os.makedirs(folder, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK)


def stream(cupy: Any, device: int) -> AbstractContextManager[Any]:
    """PyTorch's current stream as CuPy's, asked for at every launch."""
    pointer = torch.cuda.current_stream(device).cuda_stream
    found: AbstractContextManager[Any]
    if hasattr(cupy.cuda.Stream, "from_external"):
        found = cupy.cuda.Stream.from_external(Current(pointer))
    else:  # before CuPy 14
        found = cupy.cuda.ExternalStream(pointer, device)
    return found


@dataclass(frozen=True)
class Current:
    """A stream under CUDA's stream protocol, which PyTorch itself speaks since 2.9 only."""

    pointer: int

    def __cuda_stream__(self) -> tuple[int, int]:
        return 0, self.pointer
