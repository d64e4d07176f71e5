"""C kernels are built once, appear whole or not at all, and their absence is said once."""

import re
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

import snnc
from tests.fused.neurons import part
from tests.fused.packages import NET, forked, package


def forget(cell: Any) -> None:
    """What its package knows of compilers, as if just imported."""
    cpu: Any = part(cell, "cpu")
    fall_back: Any = part(cell, "kernels").fall_back
    for found in (cpu.compiled, cpu.version, fall_back):
        found.cache_clear()
    cpu._slow.clear()


@pytest.fixture(scope="module")
def net(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A network whose kernels no other test has."""
    folder = tmp_path_factory.mktemp("built")
    return snnc.compile(package(folder, NET.replace("0.2,", "0.2345,")))


@pytest.fixture
def cpu(net: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Its module that builds, as if just imported, with an empty cache."""
    module: Any = part(net.if1, "cpu")
    for name in ("tmp", "home"):
        (tmp_path / name).mkdir(mode=0o700)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    monkeypatch.delenv("CC", raising=False)
    forget(net.if1)
    yield module
    forget(net.if1)


def c_text(net: Any) -> str:
    text: str = net.if1.kernels.c
    return text


def use(net: Any) -> list[str]:
    """Both ways in three types, twice; what is warned of."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for dtype in (torch.float32, torch.float64, torch.bfloat16, torch.float32):
            x = torch.rand(3, 4, dtype=dtype, requires_grad=True)
            torch.autograd.backward(net.to(dtype)(x).sum())
    net.float()
    return [str(w.message) for w in caught]


def files(folder: Path, pattern: str = "*") -> list[Path]:
    return sorted((folder / "snnc").glob(pattern))


def test_built_once_and_found_again(cpu: Any, net: Any, tmp_path: Path) -> None:
    assert use(net) == []
    made = files(tmp_path)
    assert [path.suffix for path in made] == [".so"] * 3
    times = [path.stat().st_mtime_ns for path in made]
    cpu.compiled.cache_clear()
    assert use(net) == []
    assert [path.stat().st_mtime_ns for path in files(tmp_path)] == times
    assert (tmp_path / "snnc").stat().st_mode & 0o777 == 0o700


NO_COMPILER = {
    "/nonexistent": r"\[Errno 2\] No such file or directory: '/nonexistent'",
    "false": "it ends with code 1",
    f"{sys.executable} -c 1/0": "(?s)Traceback .*ZeroDivisionError: division by zero",
}


@pytest.mark.parametrize("compiler", NO_COMPILER)
def test_no_compiler_is_said_once(
    cpu: Any, net: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, compiler: str
) -> None:
    monkeypatch.setenv("CC", compiler)
    monkeypatch.setenv("SNNC_BACKEND", "auto")
    (message,) = use(net)
    start = f"neurons run as loops over tensors, slowly: the C compiler '{compiler}'"
    assert message.startswith(f"{start} does not work: ")
    assert re.search(NO_COMPILER[compiler], message)
    assert files(tmp_path) == []


def test_no_compiler_is_an_error_if_asked_for_by_name(
    cpu: Any, net: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CC", "false")
    for _ in range(2):
        with pytest.raises(RuntimeError, match="C compiler 'false' does not work: it ends with"):
            net(torch.rand(3, 4))


def test_a_text_that_does_not_compile(cpu: Any) -> None:
    why = cpu.compiled("int f(void) { return nothing; }\n", "IO_FLOAT32")
    assert "kernels.c:1:" in why
    assert "nothing" in why
    assert tempfile.gettempdir() not in why


@pytest.mark.parametrize("backend", ["nonsense", "cuda"])
def test_a_backend_that_is_not_there(
    net: Any, monkeypatch: pytest.MonkeyPatch, backend: str
) -> None:
    monkeypatch.setenv("SNNC_BACKEND", backend)
    message = {
        "nonsense": "SNNC_BACKEND is auto, c, cuda or torch, not 'nonsense'",
        "cuda": "SNNC_BACKEND=cuda, but the tensors are on cpu",
    }
    with pytest.raises((ValueError, RuntimeError), match=message[backend]):
        net(torch.rand(3, 4))


def test_a_failing_compiler_is_not_tried_again(
    cpu: Any, net: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script, log = tmp_path / "cc", tmp_path / "log"
    script.write_text(f'#!/bin/sh\necho "$@" $(cksum <kernels.c) >>{log}\nexit 3\n')
    script.chmod(0o755)
    monkeypatch.setenv("CC", f"{script} -pipe")
    monkeypatch.setenv("SNNC_BACKEND", "auto")
    assert len(use(net)) == 1
    asked, *builds = log.read_text().splitlines()
    assert asked == "-pipe --version"
    assert len({*builds}) == len(builds)
    assert len(builds) == 2 * (3 + 2)  # two sets of flags: neurons of three types, chains of two


@pytest.mark.parametrize("kept", [0.0, 0.1, 0.5, 0.9, 0.999])
def test_half_a_library_is_built_again(cpu: Any, tmp_path: Path, kept: float) -> None:
    text = f"int f(void) {{ return {int(kept * 1000)}; }}\n"
    assert forked(lambda: cpu.compiled(text, "IO_FLOAT32")) == [0]  # here it would stay loaded
    (path,) = files(tmp_path)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * kept)])
    assert cpu.compiled(text, "IO_FLOAT32").f() == int(kept * 1000)
    assert files(tmp_path) == [path]
    assert path.stat().st_size == len(whole)


def test_processes_that_build_at_once(cpu: Any, net: Any, tmp_path: Path) -> None:
    assert forked(lambda: net(torch.rand(3, 4)), count=4) == [0] * 4
    assert [path.suffix for path in files(tmp_path)] == [".so"]


def test_a_cache_that_cannot_be_written(cpu: Any, net: Any, tmp_path: Path) -> None:
    (tmp_path / "snnc").write_text("in the way")
    for _ in range(2):
        net(torch.rand(3, 4))
        assert len(list(tmp_path.glob("home/.cache/snnc/*.so"))) == 1
        cpu.compiled.cache_clear()


def test_a_cache_that_others_may_write_is_not_used(cpu: Any, net: Any, tmp_path: Path) -> None:
    (tmp_path / "snnc").mkdir()
    (tmp_path / "snnc").chmod(0o777)
    net(torch.rand(3, 4))
    assert files(tmp_path) == []


def test_arithmetic_stays_as_it_is(cpu: Any, net: Any) -> None:
    assert not re.search("fast-math|Ofast|unsafe|finite", " ".join(cpu.FLAGS))
    assert all("-ffp-contract=off" in flags for flags in cpu.FLAGS)
    net(torch.rand(3, 4))
    assert bool((torch.full((2**16,), 1e-40) * 1.0 > 0).all())
    assert float("5e-324") * 1.0 > 0.0


def test_a_first_use_is_quick(cpu: Any, net: Any, capsys: pytest.CaptureFixture[str]) -> None:
    started = time.perf_counter()
    assert not isinstance(cpu.compiled(c_text(net), "IO_FLOAT32"), str)
    took = time.perf_counter() - started
    print(f"two neurons built in {took:.2f} s")
    assert took < 10.0  # about 0.3 s where nothing else runs
