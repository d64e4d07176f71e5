"""What generated code asks of NVRTC and of NVIDIA's driver, over any machine that runs CUDA text.

It stands where CuPy is not installed, and keeps the same account as the stand-in for CuPy.
"""

import ctypes
import json
import sys
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from templates.snn_runtime.fused import with_nvrtc
from templates.snn_runtime.fused.cuda import compiled
from tests.gpu.fake_cupy import Driver, Machine, RawKernel, RawModule

NOT_FOUND, INVALID_CONTEXT = 500, 201


class CDriver:
    """``libcuda.so.1``: handles are numbers, arguments come as addresses."""

    def __init__(self, driver: Driver) -> None:
        self.driver = driver
        self.modules: list[RawModule] = []
        self.kernels: list[RawKernel] = []

    def cuModuleLoadData(self, found: Any, image: bytes) -> int:
        if not self.driver.devices:
            return INVALID_CONTEXT
        text, options = json.loads(image)
        self.modules.append(RawModule(self.driver, code=text, options=tuple(options)))
        found._obj.value = len(self.modules)
        return 0

    def cuModuleGetFunction(self, found: Any, module: Any, name: bytes) -> int:
        own = self.modules[module.value - 1]
        if name.decode() not in own.parameters:
            return NOT_FOUND
        self.kernels.append(own.get_function(name.decode()))
        found._obj.value = len(self.kernels)
        return 0

    def cuLaunchKernel(self, function: Any, *rest: Any) -> int:
        *sizes, stream, pointers, extra = rest
        blocks, by, bz, threads, ty, tz, shared = sizes
        assert (by, bz, ty, tz, shared, extra) == (1, 1, 1, 1, 0, None)
        kernel = self.kernels[function.value - 1]
        places = [ctypes.c_longlong.from_address(place) for place in pointers]
        with self.driver.stream(SimpleNamespace(__cuda_stream__=lambda: (0, stream.value))):
            kernel((blocks,), (threads,), tuple(place.value for place in places))
        return 0

    def cuGetErrorString(self, code: int, text: Any) -> int:
        words = {NOT_FOUND: b"named symbol not found", INVALID_CONTEXT: b"invalid device context"}
        text._obj.value = words[code]
        return 0


def install(
    patch: pytest.MonkeyPatch, load: Callable[[str, tuple[str, ...]], Machine], arch: int = 90
) -> Driver:
    """Takes CuPy away, and puts a driver over ``load`` where ``with_nvrtc`` finds NVIDIA's."""
    for cached in (compiled, with_nvrtc.module):
        cached.cache_clear()
    found = Driver(load)
    own, current = CDriver(found), SimpleNamespace(cuda_stream=7)
    patch.setitem(sys.modules, "cupy", None)
    patch.setattr(with_nvrtc, "driver", lambda: own)
    patch.setattr(with_nvrtc, "cubin", lambda text, options: json.dumps([text, options]).encode())
    patch.setattr(torch.cuda, "current_stream", lambda _: current)
    patch.setattr(torch.cuda, "device", found.device)
    patch.setattr(torch.cuda, "mem_get_info", lambda _: (1, 1))
    patch.setattr(torch.cuda, "get_device_capability", lambda _: divmod(arch, 10))
    return found
