"""A folder that somebody made to do harm, and beside it what is none of its business."""

import os
from pathlib import Path

from tests.safety.strange import GROUPS, payload, toml
from tests.support.cli import SPEC, TRAIN

SECRET = "hunter2"
HEAD = 'format = 1\nname = "NAME"\ntime_steps = 2\n[input]\nshape = [4]\n'
OWN = '[network]\nlayers = ["A"]\n'
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
    "ignores": HEAD + LAYERS + "# snnc: ignore[no-neuron]\n" * 12_000,
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
    "brackets": f'{HEAD}[neurons.A]\nstate = {{ v = 0.0 }}\noutput = "v"\n'
    f'step = "v = {"(" * 9000}x{")" * 9000}"\n{OWN}',
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
        whole = text.replace("OUTSIDE", str(outside)).replace("NAME", f"n_{name}", 1)
        (folder / f"{name}.snn.toml").write_text(whole, "utf-8")
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
    with (folder / "p2.snn.toml").open("a") as file:
        file.write('[build]\nruntime = "inside"\n')
    (folder / "p1").symlink_to(outside)
    (folder / "p2").mkdir()
    (folder / "p2/snn_runtime").symlink_to(outside)
    (folder / "p3").mkdir()
    (folder / "p3/model.py").symlink_to(outside / "model.py")
    (folder / "p4").mkdir()
    os.mkfifo(folder / "p4/__init__.py")
    (folder / "p5").write_text("")


def neighbours(folder: Path) -> None:
    """A package of another spec, to be built, and what somebody wrote."""
    (folder / "neighbour.snn.toml").write_text(SPEC.replace('"net"', '"neighbour"') + TRAIN)
    (folder / "mine.py").write_text("mine = 1\n")
    (folder / "neighbour").mkdir()
    (folder / "neighbour/mine.py").write_text("mine = 1\n")
