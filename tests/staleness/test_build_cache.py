"""The cache of builds: it is used while all is up to date, and never when anything changed."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from snnc.commands.packages import Packages
from snnc.run_cache import store
from snnc.schema import text as schema
from snnc.staleness import BuildState
from tests.support.cli import SPEC, Ran, snnc

Run = Callable[..., Ran]
BASED = 'extends = "base.snn.toml"\nname = "net"\n'
BASE = "abstract = true\n" + SPEC.replace('"net"', '"base"')
FINE = (0, "", "1 package up to date\n")


class Making:
    """How often packages were made."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count = 0
        real = Packages.made

        def made(packages: Packages, all_of_them: bool) -> BuildState:
            self.count += 1
            return real(packages, all_of_them)

        monkeypatch.setattr(Packages, "made", made)


@pytest.fixture
def making(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Making:
    monkeypatch.delenv("SNNC_NO_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    project = tmp_path / "project"
    (project / ".git").mkdir(parents=True)
    monkeypatch.chdir(project)
    Path("net.snn.toml").write_text(BASED)
    Path("base.snn.toml").write_text(BASE)
    return Making(monkeypatch)


@pytest.fixture
def run(making: Making, capsys: pytest.CaptureFixture[str]) -> Run:
    snnc(capsys, "build", "--no-cache", "-q", ".")
    making.count = 0
    return lambda *words: snnc(capsys, "build", *words)


def told(ran: Ran) -> tuple[int, str, str]:
    return ran.code, ran.out, ran.err


def test_a_build_that_is_up_to_date_is_remembered(making: Making, run: Run) -> None:
    assert told(run("--check", ".")) == told(run("--check", ".")) == FINE
    assert making.count == 1
    assert run("--check", ".", "--output-format", "json").out == "[]\n"
    assert told(run("--check", ".", "--no-cache")) == FINE
    assert making.count == 2
    written = run(".")
    assert told(written) == told(run(".")) == (0, "", "net.snn.toml: nothing changed in net\n")
    assert told(run("--diff", ".")) == (0, "", "")
    assert making.count == 3
    assert told(run("--check", ".", "net.snn.toml", "base.snn.toml")) == (
        0,
        "",
        "base.snn.toml: abstract, so there is nothing to build\n1 package up to date\n",
    )
    again = run("--check", ".", "net.snn.toml", "base.snn.toml")
    assert again.err.startswith("base.snn.toml: abstract")
    assert again.code == 0


def _changes() -> dict[str, Callable[[], object]]:
    def append(name: str, text: str) -> Callable[[], object]:
        return lambda: Path(name).write_text(Path(name).read_text() + text)

    def same_size() -> None:
        before = Path("base.snn.toml").stat()
        text = Path("base.snn.toml").read_text()
        Path("base.snn.toml").write_text(text.replace("time_steps = 4", "time_steps = 5"))
        os.utime("base.snn.toml", ns=(before.st_atime_ns, before.st_mtime_ns))

    def same_size_of_a_file() -> None:
        before = Path("net/model.py").stat()
        text = Path("net/model.py").read_text()
        Path("net/model.py").write_text(text.replace("IF", "FI"))
        os.utime("net/model.py", ns=(before.st_atime_ns, before.st_mtime_ns))

    def linked(name: str) -> Callable[[], object]:
        def link() -> None:
            Path("there").mkdir()
            Path(name).rename(f"there/{Path(name).name}")
            Path(name).symlink_to(Path("there", Path(name).name).absolute())

        return link

    def folder_in_the_way() -> None:
        Path("net/model.py").unlink()
        Path("net/model.py").mkdir()

    return {
        "spec": append("net.snn.toml", "doc = 'more'\n"),
        "base": append("base.snn.toml", "# more\n"),
        "base of the same size and time": same_size,
        "base is gone": lambda: Path("base.snn.toml").unlink(),
        "base becomes a link": linked("base.snn.toml"),
        "a file": append("net/model.py", "# more\n"),
        "a file of the same size and time": same_size_of_a_file,
        "a file is gone": lambda: Path("net/kernels.py").unlink(),
        "a file is empty": lambda: Path("net/model.py").write_text(""),
        "a file becomes a link": linked("net/model.py"),
        "a folder is in the way": folder_in_the_way,
        "package becomes a link": linked("net"),
        "package is gone": lambda: Path("net").rename("elsewhere"),
        "a file of the runtime": append("snn_runtime/steps.py", "# more\n"),
        "runtime becomes a link": linked("snn_runtime"),
        "a folder of the runtime becomes a link": linked("snn_runtime/fused"),
        "a configuration": lambda: Path("snnc.toml").write_text('exclude = ["old"]\n'),
        "an empty configuration": lambda: Path("snnc.toml").touch(),
        "a pyproject": lambda: Path("pyproject.toml").write_text("[tool.snnc]\n"),
        "a folder that is a package": lambda: Path("__init__.py").touch(),
        "the project's root": lambda: Path(".git").rename("../.git"),
    }


@pytest.mark.parametrize("change", _changes().values(), ids=_changes())
def test_every_input_counts(making: Making, run: Run, change: Callable[[], object]) -> None:
    run("--check", ".")
    run("--check", ".")
    assert making.count == 1
    change()
    after = run("--check", ".")
    assert making.count >= 1 + (after.code != 2)
    assert told(after) == told(run("--check", ".", "--no-cache"))


def test_what_no_spec_makes_is_seen(making: Making, run: Run) -> None:
    assert told(run("--check", ".")) == FINE
    Path("net").rename("old")
    run("-q", "--no-cache", ".")
    assert told(run("--check", ".")) == told(run("--check", ".", "--no-cache"))
    assert "old/" in run("--check", ".").out


def test_schemas_are_looked_at_each_time(making: Making, run: Run) -> None:
    Path("snnc.schema.json").write_text(schema())
    assert told(run("--check", ".")) == told(run("--check", ".")) == FINE
    assert making.count == 1
    Path("snnc.schema.json").write_text("{}")
    assert "SNN511" in run("--check", ".", "--output-format", "concise").out


def test_packages_made_with_options_count(making: Making, run: Run) -> None:
    assert told(run("--check", ".")) == FINE
    run("net.snn.toml", "--set", "time_steps=2", "-o", "two", "-q")
    assert run("--check", ".").err == "2 packages up to date\n"
    made = making.count
    assert run("--check", ".").err == "2 packages up to date\n"
    assert making.count == made
    Path("two/model.py").write_text(Path("two/model.py").read_text() + "# more\n")
    after = run("--check", ".")
    assert after.code == 1
    assert told(after) == told(run("--check", ".", "--no-cache"))


def test_options_and_the_environment_count(
    making: Making, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("--check", ".")
    assert run("--check", "net.snn.toml", "--set", "time_steps=2").code == 1
    assert run("--check", "net.snn.toml", "-o", "other").code == 1
    assert run("--check", ".", "--config", "exclude=['x']").code == 0
    assert making.count == 4
    monkeypatch.setenv("SNNC_MAX_BYTES", "10")
    assert run("--check", ".").code == 1


def test_snnc_and_its_templates_count(
    making: Making, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    run("--check", ".")
    monkeypatch.setattr("snnc.__version__", "9.9")
    run("--check", ".")
    assert making.count == 2
    names = {Path(name.partition(":")[0]).name for name in store._templates()}
    assert {"train.py.jinja", "steps.py", "py.typed"} <= names
    template = tmp_path / "templates" / "x.jinja"
    template.parent.mkdir()
    monkeypatch.setattr(store, "_ROOT", tmp_path)
    template.write_text("1")
    before = [*store._templates()]
    template.write_text("12")
    assert before != [*store._templates()]


def test_a_build_that_finds_something_is_not_remembered(making: Making, run: Run) -> None:
    Path("net/model.py").write_text("")
    assert run("--check", ".").code == run("--check", ".").code == 1
    assert run(".").code == 1
    assert making.count == 3
    assert not Path(".snnc_cache").exists()


@pytest.mark.parametrize(
    "spoilt", [b"", b"{}\n{}", b"null", b'{"inputs": {}}', b'{"packages": [[]]}']
)
def test_an_entry_that_somebody_else_wrote_is_not_used(
    making: Making, run: Run, spoilt: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("--check", ".")
    (path,) = (p for p in Path(".snnc_cache").iterdir() if len(p.name) == 64)
    kept = path.read_bytes()
    path.write_bytes(spoilt)
    assert told(run("--check", ".")) == FINE
    monkeypatch.setattr(store.Store, "_signed", lambda *_: True)
    path.write_bytes(b"\n" + spoilt)
    assert told(run("--check", ".")) == FINE
    assert making.count == 3
    path.write_bytes(kept.replace(b"net/", b"../"))
    assert told(run("--check", ".")) == FINE


def test_an_entry_holds_no_text_of_a_spec(making: Making, run: Run) -> None:
    Path("base.snn.toml").write_text("# a secret\n" + BASE)
    run("--check", ".")
    (path,) = (p for p in Path(".snnc_cache").iterdir() if len(p.name) == 64)
    assert b"secret" not in path.read_bytes()
    assert set(json.loads(path.read_bytes().partition(b"\n")[2])) >= {"inputs", "packages"}


def test_what_is_known_needs_no_library(making: Making, run: Run) -> None:
    code = "import sys\nfrom snnc.__main__ import main\ntry: main()\nfinally: print(*sys.modules)"
    command = [sys.executable, "-c", code, "build", "--check", "."]
    for known in (False, True):
        ran = subprocess.run(command, capture_output=True, text=True, check=False)
        heavy = {"pydantic", "pathspec", "snnc.document", "typer"} & set(ran.stdout.split())
        assert heavy == (set() if known else {"pydantic", "snnc.document"})
