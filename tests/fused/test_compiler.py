"""A compiler that hangs, fails or writes nonsense is said once, and leaves nothing behind."""

import hashlib
import mmap
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

import snnc
from tests.fused.neurons import part
from tests.fused.packages import NET, forked, package
from tests.fused.test_build import forget, use

MESSAGE = "neurons run as loops over tensors, slowly: the C compiler "
VERSION = '[ "$1" = --version ] && exec cc --version\n'


@pytest.fixture(scope="module")
def net(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A network whose kernels no other test has."""
    folder = tmp_path_factory.mktemp("compiled")
    return snnc.compile(package(folder, NET.replace("0.2,", "0.2456,")))


@pytest.fixture
def places(net: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with a home, a cache and a folder of temporary files, all empty."""
    for name in ("home", "cache", "tmp", "bin"):
        (tmp_path / name).mkdir(mode=0o700)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    monkeypatch.setenv("SNNC_BACKEND", "auto")
    forget(net.if1)
    yield tmp_path
    forget(net.if1)


@pytest.fixture
def compiler(places: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Puts a script in the place of the compiler."""

    def make(text: str) -> Path:
        script = places / "bin" / "cc"
        script.write_text(f"#!/bin/sh\n{text}")
        script.chmod(0o755)
        monkeypatch.setenv("CC", str(script))
        return script

    return make


def left(places: Path) -> list[str]:
    """Every file in the caches and among temporary files."""
    roots = (places / name for name in ("home", "cache", "tmp"))
    found = (p.relative_to(places) for root in roots for p in root.rglob("*") if not p.is_dir())
    builds = (p.relative_to(places) for p in places.rglob("build-*"))
    return sorted(map(str, [*found, *builds]))


def libraries(places: Path, folder: str) -> int:
    return len(list((places / folder).glob("*.so")))


def gone(pid: int) -> bool:
    """Whether a process ended: one that nobody has waited for is there, but ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


SLEEPS = "sleep 600 & sleep 600\n"
BROKEN = {
    "an open quotation": ('cc "', "No closing quotation in CC"),
    "nothing but blanks in quotes": ("''", "Permission denied"),
    "a folder": ("/", "Permission denied"),
    "not in UTF-8": ("/nowhere/\udcff", "No such file or directory"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_cc_is_a_warning(
    places: Path, net: Any, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    broken, why = BROKEN[name]
    monkeypatch.setenv("CC", broken)
    (message,) = use(net)
    assert message.startswith(MESSAGE)
    assert why in message
    assert left(places) == []


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_cc_is_an_error_if_c_is_asked_for(
    places: Path, net: Any, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("SNNC_BACKEND", "c")
    monkeypatch.setenv("CC", BROKEN[name][0])
    with pytest.raises(RuntimeError, match=BROKEN[name][1]):
        net(torch.rand(3, 4))


def test_blanks_are_no_compiler(places: Path, net: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC", "  ")
    assert use(net) == []
    assert libraries(places, "cache/snnc") == 3


SCRIPTS = {
    "fails": ("echo no licence >&2; exit 3\n", "no licence"),
    "fails without a word": ("exit 3\n", "it ends with code 3"),
    "is killed": ("kill -9 $$\n", "signal 9 ended it"),
    "makes nothing": ("exit 0\n", "it made no library"),
    "makes a folder": ("mkdir kernels.so\n", "it made no library"),
    "writes garbage": ("head -c 5000 /dev/urandom >kernels.so\n", "invalid ELF header"),
    "writes nothing into it": (": >kernels.so\n", "file too short"),
    "writes another library": (
        "echo 'int other;' >other.c; exec cc -shared -fPIC -o kernels.so other.c\n",
        "is missing in what it made",
    ),
    "speaks no UTF-8": ("printf '\\377\\376 broken'; exit 1\n", "broken"),
    "never stops talking": ("yes | head -c 3000000; exit 1\n", "y\ny\ny"),
    "removes its folder": ('rm -r "$PWD"; exit 0\n', "it made no library"),
    "leaves files": ("touch a.o; mkdir -p b/c; touch b/c/d; mktemp; exit 1\n", "/build-"),
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_compiler_that(
    places: Path, net: Any, compiler: Callable[[str], Path], name: str
) -> None:
    text, why = SCRIPTS[name]
    compiler(f"{VERSION}{text}")
    messages = use(net)
    assert messages
    assert all(message.startswith(MESSAGE) for message in messages)
    assert all(why in message for message in messages)
    assert all(len(message) < 5000 for message in messages)
    assert left(places) == []


@pytest.mark.parametrize("asked", [True, False])
def test_a_compiler_that_hangs_is_killed_with_its_children(
    places: Path,
    net: Any,
    compiler: Callable[[str], Path],
    monkeypatch: pytest.MonkeyPatch,
    asked: bool,
) -> None:
    monkeypatch.setenv("SNNC_CC_TIMEOUT", "0.5")
    log = places / "log"
    hang = f"echo $$ >>{log}; sleep 600 & echo $! >>{log}; wait\n"
    compiler(hang if asked else VERSION + hang)
    (message,) = use(net)  # three types, of which the first alone is waited for
    assert message.startswith(MESSAGE)
    assert message.endswith(
        "it did not end within 0.5 s; SNNC_CC_TIMEOUT sets how long it may take"
    )
    pids = [int(pid) for pid in log.read_text().split()]
    assert len(pids) == 2
    for pid in pids:
        for _ in range(1000):
            if gone(pid):
                break
            time.sleep(0.01)
        assert gone(pid)
    assert left(places) == []


def test_a_child_that_leaves_its_group_is_not_waited_for(
    places: Path, net: Any, compiler: Callable[[str], Path]
) -> None:
    """It holds the compiler's output open, and would hold a pipe open."""
    log = places / "log"
    compiler(f"{VERSION}setsid sleep 600 & echo $! >{log}; exit 5\n")
    (message,) = use(net)
    assert message.endswith("it ends with code 5")
    os.kill(int(log.read_text()), 9)


@pytest.mark.parametrize("limit", ["soon", "0", "-1", "nan", "inf"])
def test_a_limit_that_is_none(
    places: Path, net: Any, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    monkeypatch.setenv("SNNC_CC_TIMEOUT", limit)
    (message,) = use(net)
    assert f"SNNC_CC_TIMEOUT is a number of seconds above 0, not {limit!r}" in message


def test_an_interrupted_build_leaves_nothing(
    places: Path, net: Any, compiler: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    compiler(SLEEPS)
    of, pids = subprocess.Popen.wait, list[int]()

    def wait(child: Any, timeout: float | None = None) -> int:
        pids.append(child.pid)
        if timeout:
            raise KeyboardInterrupt
        return of(child)

    with monkeypatch.context() as patch:
        patch.setattr(subprocess.Popen, "wait", wait)
        with pytest.raises(KeyboardInterrupt):
            net(torch.rand(3, 4))
    assert gone(pids[0])
    assert left(places) == []


def test_what_a_killed_process_left_is_removed_a_day_later(places: Path, net: Any) -> None:
    folder = places / "cache" / "snnc"
    folder.mkdir(mode=0o700)
    for name, age in (("build-old", 2 * 24 * 3600), ("build-new", 60), ("other", 10**7)):
        (folder / name).mkdir()
        (folder / name / "kernels.c").touch()
        os.utime(folder / name, (time.time() - age,) * 2)
    net(torch.rand(3, 4))
    assert sorted(p.name for p in folder.iterdir() if p.is_dir()) == ["build-new", "other"]


def poisoned(path: Path) -> None:
    """Garbage with a checksum that is right."""
    garbage = b"\x7fELF" + bytes(5000)
    path.write_bytes(garbage + hashlib.sha256(garbage).digest())


def shared_with_all(path: Path) -> None:
    path.chmod(0o777)


def linked(path: Path) -> None:
    path.rename(path.with_suffix(".away"))
    path.symlink_to(path.with_suffix(".away"))


def another(path: Path) -> None:
    """A library of other functions, whole and ours."""
    source = path.with_suffix(".c")
    source.write_text("int other;\n")
    command = ["cc", "-shared", "-fPIC", "-o", str(path), str(source)]
    subprocess.run(command, check=True)
    content = path.read_bytes()
    path.write_bytes(content + hashlib.sha256(content).digest())
    path.chmod(0o700)


@pytest.mark.parametrize("change", [poisoned, shared_with_all, linked, another])
def test_a_library_that_is_not_as_it_was_made_is_made_again(
    places: Path, net: Any, change: Callable[[Path], None]
) -> None:
    assert forked(lambda: net(torch.rand(3, 4))) == [0]  # here it would stay loaded
    (path,) = (places / "cache" / "snnc").glob("*.so")
    whole = path.read_bytes()
    change(path)
    assert forked(lambda: net(torch.rand(3, 4))) == [0]
    (now,) = (p for p in places.rglob("*.so"))  # elsewhere, if the other one stays loaded
    assert len(now.read_bytes()) == len(whole)
    assert not now.is_symlink()
    assert now.stat().st_mode & 0o777 == 0o700


def in_the_way(folder: Path) -> None:
    folder.write_text("")


def writable_by_all(folder: Path) -> None:
    folder.mkdir()
    folder.chmod(0o777)


def writable_by_a_group(folder: Path) -> None:
    folder.mkdir()
    folder.chmod(0o770)


def in_a_folder_of_all(folder: Path) -> None:
    folder.mkdir(mode=0o700)
    folder.parent.chmod(0o777)


def a_link_into_a_folder_of_all(folder: Path) -> None:
    open_to_all = folder.parents[1] / "everybody"
    (open_to_all / "own").mkdir(parents=True, mode=0o700)
    open_to_all.chmod(0o777)
    folder.symlink_to(open_to_all / "own")


def a_circle(folder: Path) -> None:
    folder.symlink_to(folder)


def somebody_elses(folder: Path) -> None:
    folder.mkdir(mode=0o700)
    if os.getuid() == 0:
        os.chown(folder, 12345, 12345)
    else:
        folder.chmod(0o500)


UNUSABLE = [
    in_the_way,
    writable_by_all,
    writable_by_a_group,
    in_a_folder_of_all,
    a_link_into_a_folder_of_all,
    a_circle,
    somebody_elses,
]


@pytest.mark.parametrize("spoil", UNUSABLE)
def test_a_cache_that_is_not_ours_alone_is_passed_over(
    places: Path, net: Any, spoil: Callable[[Path], None]
) -> None:
    spoil(places / "cache" / "snnc")
    net(torch.rand(3, 4))
    assert libraries(places, "cache/snnc") == 0
    assert libraries(places, "home/.cache/snnc") == 1
    assert (places / "home/.cache/snnc").stat().st_mode & 0o777 == 0o700


def test_a_cache_that_cannot_run_code_is_passed_over(
    places: Path, net: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a disk that is mounted with noexec: there mmap is not permitted."""
    of = mmap.mmap

    def refused(file: int, *size: int, **how: int) -> mmap.mmap:
        if (places / "cache") in Path(f"/proc/self/fd/{file}").readlink().parents:
            raise PermissionError(1, "Operation not permitted")
        return of(file, *size, **how)

    monkeypatch.setattr(mmap, "mmap", refused)
    net(torch.rand(3, 4))
    assert libraries(places, "cache/snnc") == 0
    assert libraries(places, "home/.cache/snnc") == 1


def test_a_library_that_does_not_load_there_is_made_elsewhere(
    places: Path, net: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the reason is: some systems forbid it without saying so before."""
    cpu: Any = part(net.if1, "cpu")
    of = cpu.ctypes.CDLL

    def refused(path: str) -> Any:
        if path.startswith(str(places / "cache")):
            raise OSError("failed to map segment from shared object")
        return of(path)

    monkeypatch.setattr(cpu.ctypes, "CDLL", refused)
    net(torch.rand(3, 4))
    assert libraries(places, "cache/snnc") == 0
    assert libraries(places, "home/.cache/snnc") == 1


def test_without_a_home(places: Path, net: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Folders that are relative, or cannot be made, are no candidates."""
    monkeypatch.setenv("XDG_CACHE_HOME", "cache")
    monkeypatch.setenv("HOME", "/dev/null")
    net(torch.rand(3, 4))
    own = places / "tmp" / f"snnc-{os.geteuid()}"
    assert libraries(places, str(own.relative_to(places))) == 1
    assert own.stat().st_mode & 0o777 == 0o700
    assert not Path("cache").exists()


def test_the_last_resort_does_not_outlive_its_process(
    places: Path, net: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", "/dev/null")
    for folder in (places / "cache" / "snnc", places / "tmp" / f"snnc-{os.geteuid()}"):
        writable_by_all(folder)
    package(places, NET.replace("0.2,", "0.2456,"))
    code = (
        "import os, sys, pathlib, snnc, torch\n"
        "net = snnc.compile(sys.argv[1])\n"
        "net(torch.rand(3, 4))\n"
        "if not (child := os.fork()): sys.exit()\n"
        "os.waitpid(child, 0)\n"
        "print(len(list(pathlib.Path(sys.argv[2]).glob('snnc-*/*.so'))))\n"
    )
    environment = {**os.environ, "SNNC_BACKEND": "c", "TMPDIR": str(places / "tmp")}
    command = [sys.executable, "-c", code, str(places / "net.snn.toml"), str(places / "tmp")]
    done = subprocess.run(command, check=True, env=environment, capture_output=True, text=True)
    assert done.stdout == "1\n"
    assert left(places) == []


def test_processes_that_find_a_broken_library_at_once(places: Path, net: Any) -> None:
    assert forked(lambda: net(torch.rand(3, 4))) == [0]
    (path,) = (places / "cache" / "snnc").glob("*.so")
    poisoned(path)
    assert forked(lambda: net(torch.rand(3, 4)), count=4) == [0] * 4
    assert [p.name for p in (places / "cache" / "snnc").iterdir()] == [path.name]


def test_there_is_a_compiler_here() -> None:
    assert shutil.which("cc")
