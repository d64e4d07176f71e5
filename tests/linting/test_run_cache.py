"""The cache of runs: it is used when nothing changed, and never when anything did."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from snnc import linting
from snnc.run_cache import store
from tests.support.cli import SPEC, Ran, snnc

Run = Callable[..., Ran]
BASED = 'extends = "base.snn.toml"\nname = "net"\n'
BASE = SPEC.replace('"net"', '"base"').replace(
    "kernel_size = 3, bias = false }", "kernel_size = 3 }"
)
BASE = BASE.replace('  { kind = "IF" },\n', '  "BatchNorm2d",\n  { kind = "IF" },\n')
"""With a remark, which an entry has to keep."""


class Looks:
    """How often specs were looked at."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count = 0
        self.real = linting.look
        monkeypatch.setattr(linting, "look", self.look)

    def look(self, *arguments: object) -> object:
        self.count += 1
        return self.real(*arguments)  # type: ignore[arg-type]


@pytest.fixture
def looks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Looks:
    monkeypatch.delenv("SNNC_NO_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    project = tmp_path / "project"
    project.mkdir()
    (project / ".git").mkdir()
    monkeypatch.chdir(project)
    Path("net.snn.toml").write_text(BASED)
    Path("base.snn.toml").write_text(BASE)
    return Looks(monkeypatch)


@pytest.fixture
def run(looks: Looks, capsys: pytest.CaptureFixture[str]) -> Run:
    return lambda *words: snnc(capsys, "lint", *words)


def test_an_equal_run_is_remembered(looks: Looks, run: Run) -> None:
    first = run("net.snn.toml")
    assert first.err == "1 remark in 1 spec\n"
    for form in ("full", "json", "sarif", "concise"):
        seen = run("net.snn.toml", "--output-format", form, "--no-cache")
        assert run("net.snn.toml", "--output-format", form) == seen
    assert run("net.snn.toml") == first
    assert looks.count == 1 + 4
    assert Path(".snnc_cache/.gitignore").read_text() == "*\n"
    assert run(".").err == "1 remark in 2 specs\n"


def _changes() -> dict[str, Callable[[], object]]:
    def append(name: str, text: str) -> Callable[[], object]:
        return lambda: Path(name).write_text(Path(name).read_text() + text)

    def same_size() -> None:
        before = Path("base.snn.toml").stat()
        text = Path("base.snn.toml").read_text()
        Path("base.snn.toml").write_text(text.replace("time_steps = 4", "time_steps = 5"))
        os.utime("base.snn.toml", ns=(before.st_atime_ns, before.st_mtime_ns))

    def link() -> None:
        Path("there").mkdir()
        Path("base.snn.toml").rename("there/base.snn.toml")
        Path("base.snn.toml").symlink_to("there/base.snn.toml")

    def linked_package() -> None:
        Path("there").mkdir()
        Path("net").symlink_to("there")

    return {
        "spec": append("net.snn.toml", "# more\n"),
        "base": append("base.snn.toml", "# more\n"),
        "base of the same size and time": same_size,
        "base is gone": lambda: Path("base.snn.toml").unlink(),
        "base becomes a link": link,
        "package becomes a link": linked_package,
        "a configuration": lambda: Path("snnc.toml").write_text('select = ["dead-layer"]\n'),
        "an empty configuration": lambda: Path("snnc.toml").touch(),
        "a pyproject": lambda: Path("pyproject.toml").write_text("[tool.snnc]\n"),
        "a folder that is a package": lambda: Path("__init__.py").touch(),
        "the project's root": lambda: Path(".git").rename("../.git"),
    }


@pytest.mark.parametrize("change", _changes().values(), ids=_changes())
def test_every_input_counts(looks: Looks, run: Run, change: Callable[[], object]) -> None:
    run("net.snn.toml")
    run("net.snn.toml")
    assert looks.count == 1
    change()
    told = run("net.snn.toml")
    assert looks.count == 2
    assert told == run("net.snn.toml", "--no-cache")


@pytest.mark.parametrize(
    ("name", "value"), [("SNNC_MAX_BYTES", "100000"), ("SNNC_MAX_BYTES", "10")]
)
def test_the_environment_counts(
    looks: Looks, run: Run, name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("net.snn.toml")
    monkeypatch.setenv(name, value)
    run("net.snn.toml")
    assert looks.count == 2


def test_options_count(looks: Looks, run: Run) -> None:
    for count, words in enumerate(
        ([], ["--ignore", "SNN433"], ["--select", "SNN433"], ["--config", "select=['SNN433']"]), 1
    ):
        run("net.snn.toml", *words)
        run("net.snn.toml", *words)
        assert looks.count == count
    run("net.snn.toml", "--set", "time_steps=2")
    run("net.snn.toml", "--set", "time_steps=2")
    assert looks.count == 4 + 2


def test_specs_count_and_their_order(looks: Looks, run: Run) -> None:
    for words in (
        ["net.snn.toml"],
        ["net.snn.toml", "base.snn.toml"],
        ["base.snn.toml", "net.snn.toml"],
    ):
        run(*words)
    assert looks.count == 3


def test_snnc_itself_counts(looks: Looks, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    run("net.snn.toml")
    monkeypatch.setattr("snnc.__version__", "9.9")
    run("net.snn.toml")
    assert looks.count == 2
    names = {name.partition(":")[0] for name in store._program()}
    assert {linting.__file__, str(Path(linting.__file__).parent / "source/words.toml")} <= names


def test_a_run_with_an_error_is_not_remembered(looks: Looks, run: Run) -> None:
    Path("base.snn.toml").write_text(BASE.replace("LIF", "LIFF"))
    first = run("net.snn.toml")
    assert (first.code, first) == (1, run("net.snn.toml"))
    assert looks.count == 2


def test_no_cache(looks: Looks, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    run("net.snn.toml", "--no-cache")
    monkeypatch.setenv("SNNC_NO_CACHE", "1")
    run("net.snn.toml")
    assert looks.count == 2
    assert not Path(".snnc_cache").exists()


@pytest.mark.parametrize("spoilt", [b"", b"x", b"{}\n{}", None])
def test_an_entry_that_somebody_else_wrote_is_not_used(
    looks: Looks, run: Run, spoilt: bytes | None
) -> None:
    first = run("net.snn.toml")
    (path,) = (p for p in Path(".snnc_cache").iterdir() if len(p.name) == 64)
    data = path.read_bytes()
    path.write_bytes(data.replace(b"SNN433", b"SNN434") if spoilt is None else spoilt)
    assert run("net.snn.toml") == first
    assert looks.count == 2


def test_another_user_has_another_key(
    looks: Looks, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("net.snn.toml")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "elsewhere"))
    run("net.snn.toml")
    assert looks.count == 2
    assert (tmp_path / "home/snnc/key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("what", ["file", "link", "no home", "read-only"])
def test_without_a_place_there_is_no_cache(
    looks: Looks, run: Run, what: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    if what == "file":
        Path(".snnc_cache").touch()
    elif what == "link":
        (tmp_path / "there").mkdir()
        Path(".snnc_cache").symlink_to(tmp_path / "there")
    elif what == "no home":
        monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    else:
        (tmp_path / "home").write_text("")
    first = run("net.snn.toml")
    assert (first.code, first) == (0, run("net.snn.toml"))
    assert looks.count == 2
    assert what != "link" or not list((tmp_path / "there").iterdir())


def test_old_entries_go(looks: Looks, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "_KEPT", 2)
    for rule in ("SNN401", "SNN402", "SNN403", "SNN404"):
        run("net.snn.toml", "--ignore", rule)
    assert len([p for p in Path(".snnc_cache").iterdir() if len(p.name) == 64]) == 2


def test_what_is_known_needs_no_library(looks: Looks, run: Run) -> None:
    code = "import sys\nfrom snnc.__main__ import main\ntry: main()\nfinally: print(*sys.modules)"
    command = [sys.executable, "-c", code, "lint", "net.snn.toml"]
    for known in (False, True):
        ran = subprocess.run(command, capture_output=True, text=True, check=False)
        heavy = {"pydantic", "pathspec", "snnc.document", "typer"} & set(ran.stdout.split())
        assert heavy == (set() if known else {"pydantic", "snnc.document"})
