"""Every command on a folder that somebody made to do harm: it ends and tells; nothing changes.

Each runs in a process of its own with five seconds of computing and 500 MB of memory. What ends by
neither waits for something, and is stopped after a minute.
"""

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.safety.hostile import SECRET, SPECS, STRANGE, layout
from tests.safety.strange import GROUPS

LIMITED = """\
import json, os, resource, signal, sys, tempfile
import snnc.commands.build, snnc.cli, snnc.rules, snnc.emit.package, snnc.commands.show

def run(arguments):
    with tempfile.TemporaryFile() as said:
        child = os.fork()
        if child == 0:
            signal.alarm(60)
            resource.setrlimit(resource.RLIMIT_CPU, (5, 5))
            resource.setrlimit(resource.RLIMIT_AS, (500_000_000, 500_000_000))
            os.dup2(said.fileno(), 1)
            os.dup2(said.fileno(), 2)
            snnc.cli.main(arguments)
            os._exit(3)
        _, status = os.waitpid(child, 0)
        said.seek(0)
        return os.waitstatus_to_exitcode(status), said.read().decode("utf-8", "replace")

print(json.dumps([run(arguments) for arguments in json.loads(sys.argv[1])]))
"""


OURS = {"PYTHONIOENCODING": "utf-8", "OMP_NUM_THREADS": "1", "SNNC_NO_CACHE": "1"}
"""Without a cache, nothing at all may change."""


def state(root: Path) -> dict[str, object]:
    """Every entry and what it is; nothing that may not be opened is."""
    found: dict[str, object] = {}
    for here, folders, files in os.walk(root):
        for name in (*folders, *files):
            path = Path(here, name)
            if path.is_symlink():
                found[str(path)] = path.readlink()
            elif path.is_file() and path.stat().st_size < 2**30:
                found[str(path)] = path.read_bytes()
            else:
                found[str(path)] = path.lstat().st_mode
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = layout(tmp_path_factory.mktemp("safety"))
    ends_well(made, ["build", "neighbour.snn.toml"])
    assert (made / "neighbour/model.py").exists()
    return made


def ends_well(folder: Path, *commands: list[str]) -> None:
    """What the commands print is no secret and no traceback."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("SNNC_")}
    ran = subprocess.run(
        [sys.executable, "-c", LIMITED, json.dumps(commands)],
        cwd=folder,
        env=environment | OURS,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        check=True,
    )
    for command, (code, said) in zip(commands, json.loads(ran.stdout), strict=True):
        assert code in (0, 1, 2), (command, code, said[-2000:])
        assert "Traceback" not in said, said[-2000:]
        assert "internal error" not in said, said[-2000:]
        assert SECRET not in said
        assert not {*GROUPS["C0"]}.difference("\n\t").intersection(said)


def names() -> list[str]:
    linked = (
        "secret theirs device loop nowhere fifth fifo folder sparse docs p1 p2 p3 p4 p5".split()
    )
    return [*SPECS, *linked, *(f"names/{name}" for name in STRANGE)]


@pytest.mark.parametrize("name", names(), ids=ascii)
def test_a_hostile_spec(folder: Path, name: str) -> None:
    """It is linted, shown, compared and built; outside of its package nothing changes."""
    spec = f"./{name}.snn.toml"
    ways = [["lint"], ["show"], ["build", "--check"], ["build", "--diff"]]
    before = state(folder.parent)
    ends_well(folder, *([*way, spec] for way in ways))
    assert state(folder.parent) == before
    # whoever forces a guest into its host's folder means it: see test_neighbours
    ends_well(folder, ["build", *([] if name == "guest" else ["--force"]), spec])
    after = state(folder.parent)
    assert {path: after.get(path) for path in before} == before
    made = {Path(path).relative_to(folder).parts[0] for path in after.keys() - before.keys()}
    assert made <= {f"n_{name}", "docs", "names"}


@pytest.mark.parametrize("arguments", [["lint"], ["build", "--check"], ["build"]])
def test_a_hostile_folder(folder: Path, tmp_path: Path, arguments: list[str]) -> None:
    """All of it that is small at once, as continuous integration would."""
    hostile = layout(tmp_path)
    for name in SPECS:
        path = hostile / f"{name}.snn.toml"
        if path.stat().st_size > 10_000:
            path.unlink()
    before = state(tmp_path)
    ends_well(hostile, [*arguments, "."])
    after = state(tmp_path)
    assert {path: after.get(path) for path in before} == before


REFUSED = ["secret", "theirs", "device", "fifo", "away", "pipe", "zero", "names/net\nimport os"]


@pytest.mark.skipif(find_spec("torch") is None, reason="verify runs networks and needs torch")
def test_what_cannot_be_read_is_not_verified(folder: Path) -> None:
    before = state(folder.parent)
    specs = [f"{name}.snn.toml" for name in REFUSED]
    convert = ["convert", "--weights", "device.snn.toml"]
    ends_well(folder, *(["verify", "--quick", s] for s in specs), *([*convert, s] for s in specs))
    assert state(folder.parent) == before
