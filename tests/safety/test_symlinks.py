"""Links in a package's folder, at every level: refused by name, whatever is done with it."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.cli import SPEC, Ran, snnc

Run = Callable[..., Ran]
INSIDE = f'{SPEC}[build]\nruntime = "inside"\n'
SECRET = "SECRET = 'hunter2'\n"
WAYS = [(), ("--force",), ("--check",), ("--diff",)]
IN_THE_WAY = "which snnc neither follows nor replaces\n"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """``snnc build`` in a project, beside which lies somebody else's folder."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/model.py").write_text(SECRET)
    (tmp_path / "project").mkdir()
    monkeypatch.chdir(tmp_path / "project")
    Path("net.snn.toml").write_text(INSIDE)
    return lambda *arguments: snnc(capsys, "build", *(arguments or ("net.snn.toml",)))


def everything(root: Path) -> dict[str, bytes]:
    files = (Path(folder, name) for folder, _, names in os.walk(root) for name in names)
    return {str(path): path.read_bytes() for path in files if path.is_file()}


def refused(run: Run, said: str) -> None:
    """Nothing changes and nothing is told, but that there is a link."""
    before = everything(Path("..").resolve())
    for way in WAYS:
        ran = run("net.snn.toml", *way)
        assert ran.code == 1
        assert "hunter2" not in ran.out + ran.err
        assert said in ran.out or way == ("--diff",)
        assert everything(Path("..").resolve()) == before


@pytest.mark.parametrize(
    "name", ["model.py", "__init__.py", "snn_runtime/py.typed", "snn_runtime/fused/calls.py"]
)
@pytest.mark.parametrize("built", [True, False])
def test_a_file_that_is_a_link(run: Run, name: str, built: bool) -> None:
    if built:
        run()
        Path("net", name).unlink()
    Path("net", name).parent.mkdir(parents=True, exist_ok=True)
    Path("net", name).symlink_to(Path("../elsewhere/model.py").resolve())
    refused(run, f"net/{name} is a symlink, {IN_THE_WAY}")


@pytest.mark.parametrize("target", ["../../elsewhere", ".", "../net", "nowhere"])
def test_a_folder_that_is_a_link(run: Run, target: str) -> None:
    Path("net").mkdir()
    Path("net/snn_runtime").symlink_to(target)
    refused(run, f"net/snn_runtime is a symlink, {IN_THE_WAY}")
    assert [path.name for path in Path("../elsewhere").iterdir()] == ["model.py"]


def test_a_deep_folder_that_is_a_link(run: Run) -> None:
    run()
    deep = Path("net/snn_runtime/fused/recurrent")
    deep.rename("moved")
    deep.symlink_to(Path("../elsewhere").resolve())
    refused(run, f"{deep} is a symlink, {IN_THE_WAY}")


@pytest.mark.parametrize("target", ["../elsewhere", ".", "..", "inside"])
def test_a_package_that_is_a_link(run: Run, target: str) -> None:
    Path("inside").mkdir()
    Path("net").symlink_to(target)
    before = everything(Path("..").resolve())
    for way in WAYS:
        ran = run("net.snn.toml", *way)
        assert (ran.code, "SNN209" in ran.out) == (1, True)
        assert everything(Path("..").resolve()) == before


@pytest.mark.parametrize("out", ["link/net", "link", "./link/../link/net", "deep/link/net"])
def test_an_out_that_leads_through_a_link(run: Run, out: str) -> None:
    Path("deep").mkdir()
    for link in ("link", "deep/link"):
        Path(link).symlink_to(Path("../elsewhere").resolve())
    Path("net.snn.toml").write_text(f'{SPEC}[build]\nout = "{out}"\n')
    before = everything(Path("..").resolve())
    for way in WAYS:
        assert "SNN209" in run("net.snn.toml", *way).out
        assert everything(Path("..").resolve()) == before


def test_whoever_names_a_link_on_the_command_line_means_it(run: Run) -> None:
    Path("link").symlink_to("../elsewhere")
    Path("../elsewhere/model.py").unlink()
    assert run("net.snn.toml", "-o", "link/net").code == 0
    assert Path("../elsewhere/net/model.py").exists()


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
def test_what_is_no_file(run: Run, make: Callable[[str], None]) -> None:
    Path("net").mkdir()
    make("net/model.py")
    what = "a named pipe" if make is os.mkfifo else "a folder"
    refused(run, f"net/model.py is {what}, {IN_THE_WAY}")


def test_a_file_of_many_bytes_is_not_read(run: Run) -> None:
    Path("net").mkdir()
    with Path("net/model.py").open("wb") as file:
        file.truncate(2**40)  # a hole: it takes no room
    ran = run("net.snn.toml", "--diff")
    assert (ran.code, len(ran.out) < 10**6) == (1, True)
    assert "net/model.py is larger than any generated file" in run().out
    Path("net/model.py").unlink()


def test_what_is_left_over_behind_a_link_stays(run: Run) -> None:
    run()
    Path("net.snn.toml").write_text(SPEC)
    Path("net/snn_runtime").rename("../elsewhere/snn_runtime")
    Path("net/snn_runtime").symlink_to("../../elsewhere/snn_runtime")
    before = everything(Path("../elsewhere").resolve())
    for way in WAYS:
        run("net.snn.toml", *way)
        assert everything(Path("../elsewhere").resolve()) == before


def test_a_schema_replaces_nothing_of_others(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    Path("mine.json").write_text("{}")
    Path("link.json").symlink_to("../elsewhere/model.py")
    Path("dangling.json").symlink_to("../elsewhere/new.json")
    os.mkfifo("pipe.json")
    Path("folder.json").mkdir()
    Path("empty.json").touch()
    before = everything(Path("..").resolve())
    names = "mine link dangling pipe folder empty".split()
    for name in [*(f"{name}.json" for name in names), ".", "", "net.snn.toml"]:
        ran = snnc(capsys, "schema", "-o", name)
        assert (ran.code, ran.err.startswith("snnc: "), "hunter2" in ran.err) == (2, True, False)
        assert everything(Path("..").resolve()) == before


def test_a_schema_is_only_compared(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    missing = snnc(capsys, "schema", "--check", "-o", "new.json")
    assert (missing.code, missing.err) == (1, "new.json: missing: run snnc schema -o new.json\n")
    assert not Path("new.json").exists()
    assert snnc(capsys, "schema", "-o", "new.json").code == 0
    assert snnc(capsys, "schema", "--check", "-o", "new.json").code == 0
    old = Path("new.json").read_text("utf-8").replace("compiles", "compiled")
    Path("new.json").write_text(old, "utf-8")
    assert "out of date" in snnc(capsys, "schema", "--check", "-o", "new.json").err
    assert Path("new.json").read_text("utf-8") == old
    assert snnc(capsys, "schema", "--check").code == 2


def test_a_schema_replaces_one(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert snnc(capsys, "schema", "-o", "new.json").code == 0
    text = Path("new.json").read_text("utf-8")
    Path("new.json").write_text(text.replace("format 1", "format 0", 1), "utf-8")
    assert snnc(capsys, "schema", "-o", "new.json").code == 0
    assert Path("new.json").read_text("utf-8") == text


def test_a_new_project_follows_no_link(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    Path("mine").symlink_to("../elsewhere")
    Path("other").mkdir()
    Path("other/.github").symlink_to("../../elsewhere")
    before = everything(Path("..").resolve())
    for name in ("mine", "other"):
        assert snnc(capsys, "new", name).code == 2
        assert everything(Path("..").resolve()) == before
