"""C kernels are built once, appear whole or not at all, and their absence is said once."""

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

import snnc
from snnc.compile import network
from tests.fused.neurons import part
from tests.fused.packages import ROOT, package, run

USE = """
import sys, warnings
import torch
warnings.simplefilter("always")
from net.model import Net
net, x = Net(), torch.rand(3, 4, requires_grad=True)
with warnings.catch_warnings(record=True) as caught:
    for dtype in (torch.float32, torch.float32, torch.float64, torch.bfloat16):
        Net().to(dtype)(x.to(dtype)).sum().backward()
print(*(w.message for w in caught if "neurons" in str(w.message)), sep="\\n")
"""


def libraries(cache: Path) -> list[Path]:
    return sorted(cache.glob("snnc/*.so"))


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    package(tmp_path)
    folder = tmp_path / "cache"
    folder.mkdir()
    return folder


def use(cache: Path, backend: str = "auto", **environment: str) -> tuple[int, str, str]:
    how = {"SNNC_BACKEND": backend, "XDG_CACHE_HOME": str(cache), **environment}
    return run(cache.parent, USE, **how)


def test_built_once_and_found_again(cache: Path) -> None:
    assert use(cache, "c") == (0, "\n", "")
    made = libraries(cache)
    times = [path.stat().st_mtime_ns for path in made]
    assert len(made) == 3
    assert list(cache.glob("snnc/*")) == made or set(cache.glob("snnc/*")) == set(made)
    assert use(cache, "c", CC="cc ") == (0, "\n", "")
    assert [path.stat().st_mtime_ns for path in libraries(cache)] == times
    assert (cache / "snnc").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("compiler", ["/nonexistent", "false", f"{sys.executable} -c 1/0"])
def test_no_compiler_is_said_once(cache: Path, compiler: str) -> None:
    code, out, err = use(cache, CC=compiler)
    assert (code, err, len(out.splitlines())) == (0, "", 1)
    assert out.startswith(f"neurons run as loops over tensors, slowly: the C compiler '{compiler}'")
    assert libraries(cache) == []


def test_no_compiler_is_an_error_if_asked_for_by_name(cache: Path) -> None:
    code, _, err = use(cache, "c", CC="false")
    assert code == 1
    assert err.splitlines()[-1].endswith(
        "Unavailable: the C compiler 'false' does not work: it ends with code 1"
    )


def test_a_backend_that_is_none(cache: Path) -> None:
    for backend, error in {
        "nonsense": "ValueError: SNNC_BACKEND is auto, c, cuda or torch, not 'nonsense'",
        "cuda": "RuntimeError: SNNC_BACKEND=cuda, but the tensors are on cpu",
    }.items():
        code, _, err = use(cache, backend)
        assert (code, err.splitlines()[-1]) == (1, error)


def test_a_failing_compiler_is_not_tried_again(cache: Path) -> None:
    log, script = cache / "log", cache / "cc"
    script.write_text(f'#!/bin/sh\necho "$@" >>{log}\nexit 3\n')
    script.chmod(0o755)
    assert use(cache, CC=str(script))[0] == 0
    assert len(log.read_text().splitlines()) == 1 + 2 * 3  # its version, then two sets of flags


@pytest.mark.parametrize("kept", [0.0, 0.1, 0.5, 0.9, 0.999])
def test_half_a_library_is_built_again(cache: Path, kept: float) -> None:
    assert use(cache, "c")[0] == 0
    whole = {path: path.read_bytes() for path in libraries(cache)}
    for path, content in whole.items():
        path.write_bytes(content[: int(len(content) * kept)])
    assert use(cache, "c") == (0, "\n", "")
    assert {path: len(path.read_bytes()) for path in whole} == {p: len(c) for p, c in whole.items()}


def test_processes_that_build_at_once(cache: Path) -> None:
    how = {**os.environ, "SNNC_BACKEND": "c", "XDG_CACHE_HOME": str(cache)}
    command = [sys.executable, "-c", USE]
    both = [subprocess.Popen(command, cwd=cache.parent, env=how) for _ in range(3)]
    assert [process.wait() for process in both] == [0, 0, 0]
    assert len(list(cache.glob("snnc/*"))) == 3


def test_a_cache_that_cannot_be_written(cache: Path) -> None:
    (cache / "snnc").write_text("in the way")
    temporary = cache / "tmp"
    temporary.mkdir()
    assert use(cache, "c", TMPDIR=str(temporary)) == (0, "\n", "")
    assert len(list(temporary.glob("snnc-*/*.so"))) == 3
    assert use(cache, "c", CC="cc ", TMPDIR=str(temporary))[0] == 0
    assert len(list(temporary.glob("*/*.so"))) == 3


def test_a_cache_that_others_may_write_is_not_used(cache: Path) -> None:
    (cache / "snnc").mkdir()
    (cache / "snnc").chmod(0o777)
    assert use(cache, "c", TMPDIR=str(cache))[0] == 0
    assert libraries(cache) == []


def test_flags_keep_arithmetic_as_it_is(tmp_path: Path) -> None:
    doc = snnc.load(package(tmp_path))
    net = network(snnc.emit(doc), "net")()
    cpu = part(net.get_submodule("if1"), "cpu")
    assert not re.search("fast-math|Ofast|unsafe|finite", " ".join(cpu.FLAGS))
    assert all("-ffp-contract=off" in flags for flags in cpu.FLAGS)
    net(torch.rand(3, 4))
    tiny = torch.full((2**16,), 1e-40)
    assert bool((tiny * 1.0 > 0).all())
    assert 5e-324 * 1.0 > 0.0


@pytest.mark.skipif(shutil.which("cc") is None, reason="no C compiler")
def test_a_first_use_is_quick(cache: Path) -> None:
    started = time.perf_counter()
    assert use(cache, "c")[0] == 0
    first = time.perf_counter() - started
    started = time.perf_counter()
    assert use(cache, "c")[0] == 0
    again = time.perf_counter() - started
    print(f"three libraries: {first - again:.2f} s")
    assert first - again < 15.0  # generous: machines of CI are busy
    assert ROOT.exists()
