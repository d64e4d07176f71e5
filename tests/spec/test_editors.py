"""Editors that know TOML schemas, tombi and taplo: quiet on what is right, exact on mistakes."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from snnc import schema

SPECS = Path(__file__).parents[2] / "specs"
BIN = Path(sys.executable).parent
GOOD = """\
#:schema snnc.schema.json
format = 1
name = "net"
doc = "A network."
time_steps = 4

[vars]
channels = 8

[input]
shape = [1, 8, 8]
encoder = "direct"

[defaults]
Conv2d = { kernel_size = 3, padding = 1 }

[network]
layers = [
  { kind = "Conv2d", out_channels = "$channels" },
  { kind = "BatchNorm2d", momentum = 0.2 },
  { kind = "LIF", tau = 2.0, reset = "soft" },
  { kind = "MaxPool2d", kernel_size = 2 },
  "Flatten",
  { kind = "Linear", name = "fc", out_features = 10 },
  { kind = "IF", surrogate = { kind = "ATan", alpha = 2.0 } },
]

[output]
readout = "mean"

[train]
dataset = "FashionMNIST"
loss = "mse"
epochs = 2
batch_size = 32
optimizer = { kind = "Adam", lr = 0.001 }

[build]
schedule = "fold"
"""
MISTAKES = [
    ("format = 1", "format = 2"),
    ('name = "net"', "name = 5"),
    ("time_steps = 4", "time_step = 4"),
    ("time_steps = 4", "time_steps = 0"),
    ("time_steps = 4", 'time_steps = "four"'),
    ("shape = [1, 8, 8]", "shape = 64"),
    ("shape = [1, 8, 8]", "shapes = [1, 8, 8]"),
    ('encoder = "direct"', 'encoder = "directly"'),
    ("padding = 1 }", "paddings = 1 }"),
    ("kernel_size = 3", "kernel_size = -3"),
    ("momentum = 0.2", "momentun = 0.2"),
    ("tau = 2.0", "tau = 0.5"),
    ("tau = 2.0", "taw = 2.0"),
    ('reset = "soft"', 'reset = "medium"'),
    ("alpha = 2.0", 'alpha = "2"'),
    ('readout = "mean"', 'readout = "average"'),
    ("epochs = 2", "epochs = true"),
    ("batch_size = 32", "batch = 32"),
    ('kind = "Adam"', 'kind = "Adams"'),
    ('schedule = "fold"', 'schedule = "unfold"'),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("editor")
    (made / schema.FILE).write_text(schema.text(), "utf-8")
    for spec in SPECS.glob("*.snn.toml"):
        text = spec.read_text("utf-8")
        first = "" if text.startswith("#:schema") else f"#:schema {schema.FILE}\n"
        (made / spec.name).write_text(f"{first}{text}", "utf-8")
    (made / "good.snn.toml").write_text(GOOD, "utf-8")
    (made / "bad").mkdir()
    (made / "bad" / schema.FILE).write_text(schema.text(), "utf-8")
    for number, (right, wrong) in enumerate(MISTAKES):
        assert GOOD.count(right) == 1
        text = GOOD.replace(right, wrong)
        (made / f"bad/n{number:02}.snn.toml").write_text(text, "utf-8")
    return made


def linted(folder: Path, *command: str) -> str:
    """What an editor's linter says of the specs of a folder, without colours."""
    names = sorted(path.name for path in folder.glob("*.snn.toml"))
    full = [str(BIN / command[0]), *command[1:], *names]
    ran = subprocess.run(full, cwd=folder, capture_output=True, text=True, check=False)
    return re.sub(r"\x1b\[[0-9;]*m", "", ran.stdout + ran.stderr)


TOMBI, TAPLO = ("tombi", "lint", "--offline"), ("taplo", "lint")


def test_tombi_is_quiet_on_good_specs(folder: Path) -> None:
    found = linted(folder, *TOMBI)
    assert f"{len([*SPECS.glob('*.snn.toml')]) + 1} files linted successfully" in found
    assert "Warning" not in found


def test_taplo_is_quiet_on_good_specs(folder: Path) -> None:
    found = linted(folder, *TAPLO)
    assert f"found files total={len([*SPECS.glob('*.snn.toml')]) + 1}" in found
    assert "ERROR" not in found


def line(number: int) -> int:
    """The line of a mistake."""
    return GOOD[: GOOD.index(MISTAKES[number][0])].count("\n") + 1


def places(found: str) -> set[tuple[int, int]]:
    """Numbers of specs with the lines that are named."""
    return {(int(n), int(at)) for n, at in re.findall(r"n(\d\d)\.snn\.toml:(\d+)", found)}


@pytest.mark.parametrize("command", [TOMBI, TAPLO], ids=["tombi", "taplo"])
def test_mistakes_are_shown_where_they_are(folder: Path, command: tuple[str, ...]) -> None:
    found = places(linted(folder / "bad", *command))
    right = [n for n in range(len(MISTAKES)) if (n, line(n)) in found]
    missed = [MISTAKES[n][1] for n in range(len(MISTAKES)) if n not in right]
    assert len(right) >= 16, missed


def test_every_key_is_described() -> None:
    """Hovers are empty otherwise. That a section is complete is said beside, of the same keys."""

    def undescribed(node: object) -> list[str]:
        if isinstance(node, list):
            return [name for item in node for name in undescribed(item)]
        if not isinstance(node, dict):
            return []
        inner = node.get("properties")
        known = inner.items() if isinstance(inner, dict) else ()
        bare = [key for key, value in known if value and "description" not in value]
        return bare + undescribed([*node.values()])

    found = json.loads(schema.text())
    assert found.pop("anyOf")
    assert undescribed(found) == []
