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

from tests.cli import SPEC, TRAIN
from tests.safety.strange import GROUPS, payload, toml

SECRET = "hunter2"
LIMITED = """\
import json, os, resource, signal, sys, tempfile
import snnc.builds, snnc.cli, snnc.rules, snnc.emit.package, snnc.show

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
HEAD = 'format = 1\nname = "NAME"\ntime_steps = 2\n[input]\nshape = [4]\n'
LAYERS = '[network]\nlayers = ["LIF"]\n'
SPECS = {
    "deep": f"{HEAD}x = {'[' * 100_000}",
    "dotted": f"{HEAD}{'a.' * 50_000}a = 1\n",
    "inline": f"{HEAD}x = {'{ a = ' * 50_000}",
    "many": f"{HEAD}[network]\nlayers = [\n{'LIF,' * 120_000}]\n",
    "layers": f"{HEAD}[network]\nlayers = [\n{chr(34)}LIF{chr(34)},\n".replace(
        ",\n", ",\n" * 120_000
    ),
    "comments": HEAD + LAYERS + "# x\n" * 200_000,
    "ignores": HEAD + LAYERS + "# snnc: ignore[no-neuron]\n" * 30_000,
    "lines": HEAD + LAYERS + "\n" * 900_000,
    "doc": f"doc = {toml('word ' * 150_000)}\n{HEAD}{LAYERS}",
    "open": f'{HEAD}doc = """{"x" * 900_000}',
    "digits": f"{HEAD}x = {'9' * 900_000}\n",
    "huge": HEAD.replace("[4]", f"[{2**63}, {2**63}]") + LAYERS,
    "steps": HEAD.replace("= 2", f"= {10**18}") + LAYERS,
    "power": f'{HEAD}[vars]\na = 9\nb = "${{a ** a ** a ** a}}"\n{LAYERS}',
    "chain": f"{HEAD}[vars]\na0 = 1\n"
    + "".join(f'a{i + 1} = "${{a{i} + a{i}}}"\n' for i in range(5000))
    + LAYERS,
    "text": f'{HEAD}[vars]\na0 = "xxxxxxxxxx"\n'
    + "".join(f'a{i + 1} = ["$a{i}", "$a{i}", "$a{i}", "$a{i}"]\n' for i in range(60))
    + f'{LAYERS}doc = "$a60"\n',
    "blocks": f'{HEAD}[blocks.B0]\nlayers = ["LIF"]\n'
    + "".join(f'[blocks.B{i + 1}]\nlayers = ["B{i}", "B{i}", "B{i}"]\n' for i in range(40))
    + '[network]\nlayers = ["B40"]\n',
    "repeat": f'{HEAD}[network]\nlayers = [{{ kind = "LIF", repeat = 1000000000 }}]\n',
    "own": f'{HEAD}[neurons.A]\nstate = {{ v = 0.0 }}\noutput = "v"\nstep = """\n'
    + "v = v * v + x\n" * 400
    + '"""\n[network]\nlayers = ["A"]\n',
    "brackets": f'{HEAD}[neurons.A]\nstate = {{ v = 0.0 }}\noutput = "v"\nstep = "v = {"(" * 9000}x{")" * 9000}"\n[network]\nlayers = ["A"]\n',
    "nul": f'{HEAD}{LAYERS}[build]\nout = "a\\u0000b"\n',
    "up": f'{HEAD}{LAYERS}[build]\nout = ".."\n',
    "here": f'{HEAD}{LAYERS}[build]\nout = "."\n',
    "linked": f'{HEAD}{LAYERS}[build]\nout = "link/net"\n',
    "absolute": f'{HEAD}{LAYERS}[build]\nout = "OUTSIDE/net"\n',
    "guest": f'{HEAD}{LAYERS}[build]\nout = "neighbour"\n',
    "inside": f'{HEAD}{LAYERS}[build]\nout = "neighbour/fused"\n',
    "itself": 'extends = "itself.snn.toml"\n',
    "away": 'extends = "link/secrets.snn.toml"\n',
    "pipe": 'extends = "fifo.snn.toml"\n',
    "zero": 'extends = "device.snn.toml"\n',
}
STRANGE = [
    "net\nimport os",
    "net\x0c",
    "net\u2028",
    "net\u202e",
    "net\udcff",
    "x" * 230,
    "-",
    "a'b",
]


def layout(root: Path) -> Path:
    """The folder, and beside it what is none of its business."""
    outside, folder = root / "outside", root / "hostile"
    outside.mkdir()
    (outside / "secrets").write_text(f"password = {SECRET}\n")
    (outside / "secrets.snn.toml").write_text(f"password = {SECRET}\n")
    (outside / "model.py").write_text(f"password = '{SECRET}'\n")
    folder.mkdir()
    for name, text in SPECS.items():
        text = text.replace("OUTSIDE", str(outside)).replace("NAME", f"n_{name}", 1)
        (folder / f"{name}.snn.toml").write_text(text, "utf-8")
    (folder / "names").mkdir()
    for number, name in enumerate(STRANGE):
        text = SPEC.replace('"net"', f'"strange{number}"')
        (folder / "names" / f"{name}.snn.toml").write_text(text)
    docs = "".join(payload(group) for group in GROUPS.values())
    (folder / "docs.snn.toml").write_text(f"doc = {toml(docs)}\n{SPEC.replace('net', 'docs', 1)}")
    links(folder, outside)
    neighbours(folder)
    return folder


def links(folder: Path, outside: Path) -> None:
    """At every level: of specs, of folders, of packages and in them; and what is no file."""
    for name, target in {
        "secret": outside / "secrets",
        "theirs": outside / "secrets.snn.toml",
        "device": Path("/dev/zero"),
        "loop": Path("loop.snn.toml"),
        "nowhere": Path("nothing.snn.toml"),
        "fifth": Path("fifo.snn.toml"),
    }.items():
        (folder / f"{name}.snn.toml").symlink_to(target)
    (folder / "link").symlink_to(outside)
    os.mkfifo(folder / "fifo.snn.toml")
    (folder / "folder.snn.toml").mkdir()
    with (folder / "sparse.snn.toml").open("wb") as file:
        file.truncate(2**40)
    for name in ("p1", "p2", "p3", "p4", "p5"):
        (folder / f"{name}.snn.toml").write_text(SPEC.replace('"net"', f'"{name}"'))
    (folder / "p1").symlink_to(outside)
    (folder / "p2").mkdir()
    (folder / "p2/fused").symlink_to(outside)
    (folder / "p3").mkdir()
    (folder / "p3/model.py").symlink_to(outside / "model.py")
    (folder / "p4").mkdir()
    os.mkfifo(folder / "p4/__init__.py")
    (folder / "p5").write_text("")


def neighbours(folder: Path) -> None:
    """A package of another spec, built, and what somebody wrote."""
    (folder / "neighbour.snn.toml").write_text(SPEC.replace('"net"', '"neighbour"') + TRAIN)
    ends_well(folder, ["build", "neighbour.snn.toml"])
    assert (folder / "neighbour/model.py").exists()
    (folder / "mine.py").write_text("mine = 1\n")
    (folder / "neighbour/mine.py").write_text("mine = 1\n")


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
    return layout(tmp_path_factory.mktemp("safety"))


def ends_well(folder: Path, *commands: list[str]) -> None:
    """What the commands print is no secret and no traceback."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("SNNC_")}
    ran = subprocess.run(
        [sys.executable, "-c", LIMITED, json.dumps(commands)],
        cwd=folder,
        env=environment | {"PYTHONIOENCODING": "utf-8", "OMP_NUM_THREADS": "1"},
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
    ends_well(folder, ["build", "--force", spec])
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
    before = {k: v for k, v in state(tmp_path).items()}
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
