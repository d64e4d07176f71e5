"""What generated code uses of CuPy, with CuPy's rules, over any machine that runs CUDA text.

``cupy.RawKernel`` passes Python's int as 64 bits and float as double; None would be a null
*argument* (a crash), a wrong count or size silently garbage: all of that is refused here.
"""

import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import ModuleType, SimpleNamespace
from typing import Any, Protocol

import pytest
import torch

from templates.snn_runtime.fused.cuda import compiled
from tests.gpu.memory import region_at

_KERNEL = re.compile(r'extern "C" __global__ void (\w+)\((.*?)\)\s*\{', re.DOTALL)
_SIZES = {"i64": 8, "long long": 8, "int": 4, "float": 4, "double": 8}
Dim = tuple[int, ...]


class Machine(Protocol):
    """Runs the kernels of one module."""

    def run(self, name: str, grid: int, block: int, arguments: Sequence[int]) -> None:
        """Runs every thread of a launch."""


class Driver:
    """Which device and stream are current, and what was compiled and launched."""

    def __init__(self, load: Callable[[str, tuple[str, ...]], Machine]) -> None:
        self.load = load
        self.modules: dict[tuple[str, tuple[str, ...]], Machine] = {}
        self.devices: list[int] = []
        self.streams: list[int] = []
        self.launches: list[tuple[str, int, int]] = []
        self.options: dict[str, tuple[str, ...]] = {}

    def module(self, code: str, options: tuple[str, ...]) -> Machine:
        """A text, compiled once for each set of options."""
        if (code, options) not in self.modules:
            self.modules[code, options] = self.load(code, options)
        return self.modules[code, options]

    @contextmanager
    def device(self, index: int) -> Iterator[None]:
        """``torch.cuda.device``."""
        self.devices.append(index)
        yield
        self.devices.pop()

    @contextmanager
    def stream(self, protocol: Any) -> Iterator[None]:
        """``cupy.cuda.Stream.from_external``: an object of the CUDA stream protocol."""
        version, pointer = protocol.__cuda_stream__()
        assert version == 0
        self.streams.append(pointer)
        yield
        self.streams.pop()


class RawModule:
    """``cupy.RawModule``."""

    def __init__(
        self, driver: Driver, *, code: str, options: tuple[str, ...] = (), backend: str = "nvrtc"
    ) -> None:
        if not isinstance(options, tuple):
            raise TypeError(f"options is a tuple, not {type(options)}")
        self.driver, self.code, self.options = driver, code, options
        self.parameters = {name: split(text) for name, text in _KERNEL.findall(code)}

    def get_function(self, name: str) -> "RawKernel":
        """Compiles, as CuPy does at this point and not before, for the current device."""
        if not self.driver.devices:
            raise RuntimeError("no device is current")
        self.driver.options[name] = self.options
        return RawKernel(self, name, self.driver.module(self.code, self.options))


class RawKernel:
    """``cupy.RawKernel``."""

    def __init__(self, module: RawModule, name: str, machine: Machine) -> None:
        self.driver, self.name, self.machine = module.driver, name, machine
        self.parameters = module.parameters[name]

    def __call__(self, grid: Dim, block: Dim, args: Sequence[Any], *, shared_mem: int = 0) -> None:
        if not self.driver.devices or not self.driver.streams:
            raise RuntimeError("launched outside a device or a stream")
        check_launch(grid, block)
        check_arguments(self.parameters, args)
        self.driver.launches.append((self.name, self.driver.devices[-1], self.driver.streams[-1]))
        for parameter, address in zip(self.parameters, args, strict=True):
            if "*" in parameter and address and not parameter.startswith("const "):
                region_at(address, False).bytes.fill(255)  # results begin as NaN
        self.machine.run(self.name, grid[0], block[0], args)


def split(text: str) -> list[str]:
    """Parameters, blanks collapsed."""
    return [" ".join(parameter.split()) for parameter in text.split(",")]


def size(parameter: str) -> int:
    """Bytes that a parameter takes."""
    return 8 if "*" in parameter else _SIZES[parameter.rsplit(" ", 1)[0]]


def check_launch(grid: Dim, block: Dim) -> None:
    """What the driver would refuse."""
    if not (0 < block[0] <= 1024 and 0 < grid[0] < 2**31 and len(grid) == len(block) == 1):
        raise ValueError(f"invalid launch: grid {grid}, block {block}")


def check_arguments(parameters: Sequence[str], arguments: Sequence[Any]) -> None:
    """As many as there are parameters, each an int, which CuPy passes as 64 bits."""
    if len(arguments) != len(parameters):
        raise TypeError(f"{len(arguments)} arguments for {len(parameters)} parameters")
    for parameter, argument in zip(parameters, arguments, strict=True):
        if type(argument) is not int:
            raise TypeError(f"{parameter}: {type(argument)} is not what it is")
        if size(parameter) != 8:
            raise TypeError(f"{parameter}: an int is 8 bytes")


def install(patch: pytest.MonkeyPatch, load: Callable[[str, tuple[str, ...]], Machine]) -> Driver:
    """Puts a CuPy over ``load`` where ``import cupy`` finds it; PyTorch gets a current stream."""
    compiled.cache_clear()
    driver, fake = Driver(load), ModuleType("cupy")
    stream = SimpleNamespace(from_external=driver.stream)
    names = {
        "__version__": "14.2.0",
        "RawModule": lambda **options: RawModule(driver, **options),
        "cuda": SimpleNamespace(Stream=stream),
    }
    vars(fake).update(names)
    patch.setitem(sys.modules, "cupy", fake)
    current = SimpleNamespace(cuda_stream=7, __cuda_stream__=lambda: (0, 7))
    patch.setattr(torch.cuda, "current_stream", lambda _: current)
    patch.setattr(torch.cuda, "device", driver.device)
    return driver
