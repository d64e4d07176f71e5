"""``python -OO`` strips docstrings; what snnc writes and prints is the same without them."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from snnc import docstrings
from snnc.docstrings import docstring, own
from snnc.neurons.lif import LIF
from tests.support.nets import document

ROOT = Path(__file__).parents[2]
MAIN = "from snnc.cli import main; main()"


def printed(*command: str, optimize: str) -> tuple[int, str]:
    """The exit code of a command, and what it prints, at a level of the interpreter's."""
    given = [sys.executable, *([optimize] if optimize else []), "-c", MAIN, *command]
    done = subprocess.run(given, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize(
    "command",
    [
        ["build", "--check", "specs/shd_alif.snn.toml", "specs/conv_fmnist.snn.toml"],
        ["schema"],
        ["--help"],
        ["build", "--help"],
        ["import", "--help"],
        ["explain", "LIF"],
        ["explain", "SNN401"],
    ],
    ids=" ".join,
)
def test_a_command_prints_the_same_without_docstrings(command: list[str]) -> None:
    code, said = printed(*command, optimize="")
    assert code == 0, said
    assert said.strip()
    assert printed(*command, optimize="-OO") == (code, said)


def test_pages_of_the_reference_are_the_same_without_docstrings() -> None:
    code = "from snnc.reference_pages import pages; print(pages())"
    pages = [
        subprocess.run(
            [sys.executable, *flags, "-c", code],
            cwd=ROOT, capture_output=True, text=True, check=True,
        ).stdout
        for flags in ([], ["-OO"])
    ]  # fmt: skip
    assert "## hoist" in pages[0]
    assert pages[0] == pages[1]


class Documented:
    """First.

    Second.
    """

    def method(self) -> None:
        """What it does."""


class Heir(Documented):
    pass


@dataclass(frozen=True)
class Undocumented:
    x: int


@pytest.mark.parametrize("optimize", [0, 2])
def test_a_docstring_is_found(optimize: int, monkeypatch: pytest.MonkeyPatch) -> None:
    if optimize:
        monkeypatch.setattr(docstrings, "sys", Stripped)
        for thing in (Documented, Documented.method):
            monkeypatch.setattr(thing, "__doc__", None)
    assert own(Documented) == docstring(Heir) == "First.\n\nSecond."
    assert own(Documented.method) == "What it does."
    assert own(docstrings).startswith("Docstrings as data")
    assert (own(Heir), own(Undocumented), docstring(Undocumented)) == ("", "", "")


class Stripped:
    """An interpreter that says that it has stripped docstrings."""

    class flags:
        optimize = 2


def test_a_kind_of_a_spec_keeps_its_own_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has no source that could be read, and must not be given that of another class."""
    monkeypatch.setattr(docstrings, "sys", Stripped)
    text = """
[input]
shape = [4]
[network]
layers = [{ kind = "Linear", out_features = 3 }, { kind = "LIF2" }]
[neurons.LIF2]
state = { v = 0.0 }
step = \"\"\"
h = v + x
s = spike(h - 1.0)
v = h - s
\"\"\"
output = "s"
"""
    mine = type(document(tmp_path, text).spec.network.layers[1])
    assert own(mine) == "LIF2."
    assert docstring(LIF).startswith("Leaky integrate-and-fire")
