"""CuPy, PyTorch's own NVRTC, or neither: which compiles, what is launched, what is said."""

import sys
from ctypes import c_longlong
from pathlib import Path
from typing import Any

import pytest
import torch

from templates.snn_runtime.fused import with_cupy, with_nvrtc
from templates.snn_runtime.fused.cuda import PLAIN, compiled, cuda_kernel
from templates.snn_runtime.fused.launch import Unavailable
from tests.gpu import fake_cupy, fake_driver
from tests.gpu.cases import LIFS, Case
from tests.gpu.rig import OnCuda, both_ways, differences, drawn, firing, made
from tests.gpu.shim import ShimMachine

CASE = next(case for case in LIFS if case.kernel.terms and case.steps == 17)


def test_both_launch_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same kernels, in the same order, on the same device and stream, of the same texts."""
    given, want = firing(CASE)
    with monkeypatch.context() as patch:
        cupy = fake_cupy.install(patch, ShimMachine)
        assert differences(CASE, both_ways(CASE, made(CASE, OnCuda), given), want) == []
    with monkeypatch.context() as patch:
        driver = fake_driver.install(patch, ShimMachine)
        assert differences(CASE, both_ways(CASE, made(CASE, OnCuda), given), want) == []
    assert driver.launches == cupy.launches != []
    assert {name: options[:-1] for name, options in driver.options.items()} == cupy.options
    assert {options[-1] for options in driver.options.values()} == {"-arch=sm_90"}


def test_nvrtc_is_pytorchs_own() -> None:
    """The real one: it compiles for a card that is not here, and its log is the message."""
    text = made(CASE, OnCuda).cuda
    options = "--std=c++17", "-DIO_FLOAT32", *PLAIN, "-arch=sm_90"
    image = with_nvrtc.cubin(text, options)
    assert image.startswith(b"\x7fELF")
    with pytest.raises(with_nvrtc.Refused, match=r"kernels\.cu\(1\): error"):
        with_nvrtc.cubin("nonsense", ("-arch=sm_90",))
    assert with_nvrtc.version() >= (12, 0)


def test_arguments_have_64_bits() -> None:
    found = with_nvrtc.pointers([1, 2**40, 0])
    assert [c_longlong.from_address(place).value for place in found] == [1, 2**40, 0]


def test_the_driver_says_what_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    fake_driver.install(monkeypatch, ShimMachine)
    with pytest.raises(Unavailable, match="the driver has no lost_forward: named symbol not found"):
        cuda_kernel(made(CASE, OnCuda).cuda, "IO_FLOAT32", "lost_forward", 0, PLAIN)


@pytest.mark.parametrize("error", [ImportError("no cupy"), RuntimeError("no driver")])
def test_failures_become_one_sentence_and_are_not_tried_again(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = []

    def fail(*_: Any, **__: Any) -> Any:
        tried.append(1)
        raise error

    fake_cupy.install(monkeypatch, ShimMachine)
    monkeypatch.setattr(sys.modules["cupy"], "RawModule", fail)
    monkeypatch.setattr(with_nvrtc, "cubin", fail)
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda _: (9, 0))
    case = Case("fails", CASE.neuron, 2)
    said = r"nothing compiles CUDA here: CuPy \(no .*\), PyTorch's NVRTC \(no .*\); "
    for _ in range(3):
        with pytest.raises(Unavailable, match=said + r"pip install cupy-cuda\d+x installs CuPy$"):
            both_ways(case, made(case, OnCuda), drawn(case, 1.0))
    assert len(tried) == 2
    compiled.cache_clear()


def test_cupy_works_without_a_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its import makes ~/.cupy, unless it is told another folder."""
    (tmp_path / "cupy.py").write_text("import os\nWHERE = os.environ['CUPY_CACHE_DIR']\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "cupy", raising=False)
    monkeypatch.setenv("HOME", "/proc/none")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("CUPY_CACHE_DIR", "")
    monkeypatch.delenv("CUPY_CACHE_DIR")
    assert str(tmp_path / "cache/snnc/cupy") == with_cupy.imported().WHERE
    monkeypatch.delitem(sys.modules, "cupy")
