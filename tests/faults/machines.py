"""Machines as they are: several processes at once, no home, no compiler, folders and caches spoilt.

    python -m tests.faults machines

Each fault is a function; it yields what did not hold. A network on a faulty machine gives the
numbers that it gives elsewhere, or a command ends with one sentence.
"""

import os
import pickle
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[2]
SECONDS = 300
SPEC = """\
format = 1
name = "net"
time_steps = 3

[input]
shape = [4]

[network]
layers = [{ kind = "Linear", out_features = 4 }, { kind = "LIF", v_threshold = 0.25 }]
"""
CALL = """\
import torch
from net.model import Net
torch.manual_seed(0)
net = Net()
y = net(torch.rand(2, 4))
y.sum().backward()
print("answer", y.double().sum().item(), net.fc1.weight.grad.double().sum().item())
"""
LOAD = "from net.model import Net\nnet = Net()\nnet.load_weights('spoilt.pt')\n"


class Machine:
    """A folder with a package, and processes in it; ``places`` are its home and its caches."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.places = {"HOME": f"{folder}/home", "XDG_CACHE_HOME": f"{folder}/cache"}
        (folder / "home").mkdir()
        (folder / "net.snn.toml").write_text(SPEC)

    def start(
        self, command: Sequence[str], env: Mapping[str, str], without: Sequence[str] = ()
    ) -> "subprocess.Popen[str]":
        paths = {"PYTHONPATH": f"{ROOT}:{self.folder}", "OMP_NUM_THREADS": "1"}
        given = {**os.environ, **self.places, **paths, **env}
        kept = {name: value for name, value in given.items() if name not in without}
        return subprocess.Popen(
            [sys.executable, *command],
            cwd=self.folder,
            env=kept,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def ended(self, process: "subprocess.Popen[str]") -> tuple[int, str, str]:
        """Code, output and errors; a process that hangs is killed."""
        try:
            out, err = process.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            return 124, "", "it does not end"
        return process.returncode, out, err

    def build(self, **env: str) -> "subprocess.Popen[str]":
        code = "from snnc.cli import main; main()"
        return self.start(["-c", code, "build", "net.snn.toml"], env)

    def answer(self, without: Sequence[str] = (), **env: str) -> str:
        """What a network answers: the line, or how its process ended."""
        code, out, err = self.ended(self.start(["-c", CALL], env, without))
        lines = [line for line in out.splitlines() if line.startswith("answer")]
        return lines[0] if code == 0 and lines else f"code {code}: {err.strip()[-300:]}"

    def left_over(self) -> Iterator[str]:
        """Files that only a process that still runs may have."""
        for path in self.folder.rglob("*"):
            if path.is_file() and (path.suffix in {".tmp", ".unfinished"} or ".lock" in path.name):
                yield str(path.relative_to(self.folder))


def builds_at_once(machine: Machine, many: int) -> Iterator[str]:
    """Several builds of one package: each ends well, and the package is whole."""
    for code, out, err in map(machine.ended, [machine.build() for _ in range(many)]):
        if code not in (0, 1) or "Traceback" in err:
            yield f"a build ends with {code}: {(err or out).strip()[-300:]}"
    check = ["-c", "from snnc.cli import main; main()", "build", "--check", "net.snn.toml"]
    code, out, err = machine.ended(machine.start(check, {}))
    if code:
        yield f"what they leave is not current: {(out + err).strip()[-300:]}"
    yield from (f"{name} is left over" for name in machine.left_over())


def compilers_at_once(machine: Machine, many: int) -> Iterator[str]:
    """Several processes that compile the same kernels into one empty cache."""
    want = machine.answer(SNNC_BACKEND="torch")
    started = [machine.start(["-c", CALL], {"SNNC_BACKEND": "c"}) for _ in range(many)]
    for code, out, err in map(machine.ended, started):
        if code or not out.startswith("answer"):
            yield f"a process ends with {code}: {err.strip()[-300:]}"
        elif not alike(out, want):
            yield f"it answers {out.strip()}, not {want}"
    yield from (f"{name} is left over" for name in machine.left_over() if "lock" not in name)


def no_home(machine: Machine, many: int) -> Iterator[str]:
    """Neither HOME nor a cache: kernels are compiled elsewhere, or the loop runs."""
    want = machine.answer(SNNC_BACKEND="torch")
    for without in (("HOME", "XDG_CACHE_HOME"), ("HOME", "XDG_CACHE_HOME", "TMPDIR", "USER")):
        if not alike(got := machine.answer(without), want):
            yield f"without {', '.join(without)} it answers {got}, not {want}"


def caches_that_are_no_folders(machine: Machine, many: int) -> Iterator[str]:
    """A cache that cannot be written: a file is in its place, or no folder can be made there."""
    want = machine.answer(SNNC_BACKEND="torch")
    (machine.folder / "file").write_text("")
    for place in (f"{machine.folder}/file", f"{machine.folder}/file/below", "/proc/nowhere"):
        got = machine.answer(XDG_CACHE_HOME=place, HOME=place)
        if not alike(got, want):
            yield f"with its cache in {place} it answers {got}, not {want}"


def bad_compilers(machine: Machine, many: int) -> Iterator[str]:
    """One that fails, one that is not there, one that writes nonsense, one that writes nothing."""
    want = machine.answer(SNNC_BACKEND="torch")
    script = machine.folder / "cc"
    outputs = {
        "nonsense": 'for a; do last=$p; p=$a; [ "$last" = -o ] && echo no >"$a"; done',
        "nothing": ":",
    }
    for what, body in {"a failure": "exit 1", **outputs}.items():
        script.write_text(f"#!/bin/sh\n{body}\n")
        script.chmod(0o700)
        got = machine.answer(CC=str(script), XDG_CACHE_HOME=f"{machine.folder}/{what}")
        if not alike(got, want):
            yield f"a compiler that makes {what}: {got}, not {want}"
    if not alike(got := machine.answer(CC="/nowhere/cc", XDG_CACHE_HOME=f"{script}2"), want):
        yield f"without a compiler: {got}, not {want}"


def spoilt_caches(machine: Machine, many: int) -> Iterator[str]:
    """What was compiled is cut off or replaced: it is compiled again, and never loaded."""
    want = machine.answer(SNNC_BACKEND="c")
    for content in (b"", b"nonsense", b"\x7fELF" + b"\0" * 100):
        for path in (machine.folder / "cache").rglob("*.so"):
            path.chmod(0o700)
            path.write_bytes(content)
        if not alike(got := machine.answer(), want):
            yield f"with {content[:8]!r} in its cache it answers {got}, not {want}"


class Trap:
    """Pickled, it writes a file when it is read."""

    def __reduce__(self) -> tuple[object, ...]:
        return os.system, ("touch sprung",)


def poisoned_pickles(machine: Machine, many: int) -> Iterator[str]:
    """Weights that are a program: they are refused, and it does not run."""
    for content in (pickle.dumps(Trap()), pickle.dumps({"model": Trap()}), b"", b"PK\x03\x04"):
        (machine.folder / "spoilt.pt").write_bytes(content)
        code, _, err = machine.ended(machine.start(["-c", LOAD], {}))
        if code == 0 or (machine.folder / "sprung").exists():
            yield f"weights of {content[:12]!r} are read: code {code}, {err.strip()[-200:]}"


FAULTS = (
    *(builds_at_once, compilers_at_once, no_home, caches_that_are_no_folders, bad_compilers),
    *(spoilt_caches, poisoned_pickles),
)


def alike(got: str, want: str) -> bool:
    """Whether two answers are equal, up to rounding."""
    if not (got.startswith("answer") and want.startswith("answer")):
        return False
    pairs = zip(got.split()[1:], want.split()[1:], strict=True)
    return all(abs(float(a) - float(b)) < 1e-5 for a, b in pairs)


def run(short: bool) -> list[str]:
    """What did not hold; two processes at once in the short form, or eight."""
    failures = []
    for fault in FAULTS:
        with TemporaryDirectory() as name:
            machine = Machine(Path(name))
            code, out, err = machine.ended(machine.build())
            found = [f"the package is not built: {out}{err}"] if code else []
            found = found or [*fault(machine, 2 if short else 8)]
        print(f"{fault.__name__}: {len(found)} did not hold", flush=True)
        failures += [f"{fault.__name__}: {text}" for text in found]
    return failures
