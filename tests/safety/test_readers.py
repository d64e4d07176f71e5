"""What is read as a spec: regular files of the project, not too large; nothing else is quoted."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from snnc import formats
from tests.support.cli import SPEC, Ran, snnc

Run = Callable[..., Ran]
SECRET = 'password = hunter2\nname = "hunter2"\n'
COMMANDS = [
    ("lint",),
    ("build",),
    ("build", "--check"),
    ("build", "--diff"),
    ("show",),
    ("verify",),
]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """A command in a project; beside it and in it are secrets."""
    monkeypatch.delenv("SNNC_MAX_BYTES", raising=False)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/secrets").write_text(SECRET)
    (tmp_path / "elsewhere/theirs.snn.toml").write_text(SECRET)
    (tmp_path / "project/specs").mkdir(parents=True)
    (tmp_path / "project/.git").mkdir()
    (tmp_path / "project/.env").write_text(SECRET)
    monkeypatch.chdir(tmp_path / "project/specs")
    return lambda *arguments: snnc(capsys, *arguments)


def refused(run: Run, said: str, code: str = "SNN005") -> None:
    for command in COMMANDS:
        ran = run(*command, "net.snn.toml")
        assert (ran.code, f"error[{code}]" in ran.out, said in ran.out) == (1, True, True), command
        assert "hunter2" not in ran.out + ran.err
    for name in formats.names():
        ran = run("lint", "--output-format", name, "net.snn.toml")
        assert (ran.code, "hunter2" in ran.out + ran.err) == (1, False)


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("../../elsewhere/secrets", "lies outside of the project"),
        ("../../elsewhere/theirs.snn.toml", "lies outside of the project"),
        ("/etc/passwd", "lies outside of the project"),
        ("/dev/zero", "lies outside of the project"),
        ("../.env", "is a symlink to what is no *.snn.toml file"),
    ],
)
def test_a_spec_that_is_a_link(run: Run, target: str, said: str) -> None:
    Path("net.snn.toml").symlink_to(target)
    refused(run, said)


def test_links_to_links(run: Run) -> None:
    Path("a.snn.toml").symlink_to("../.env")
    Path("net.snn.toml").symlink_to("a.snn.toml")
    refused(run, "is a symlink to what is no *.snn.toml file")


@pytest.mark.parametrize("target", ["base.snn.toml", "deep/base.snn.toml"])
@pytest.mark.parametrize(
    ("secret", "said"),
    [
        ("../../elsewhere/theirs.snn.toml", "outside of the project"),
        ("../.env", "is a symlink to what"),
    ],
)
def test_a_base_that_is_a_link(run: Run, target: str, secret: str, said: str) -> None:
    Path("net.snn.toml").write_text(f'extends = "{target}"\n')
    Path(target).parent.mkdir(exist_ok=True)
    Path(target).symlink_to(Path(secret).resolve())
    refused(run, said)


def test_a_base_in_a_folder_that_is_a_link(run: Run) -> None:
    Path("deep").symlink_to("../../elsewhere")
    Path("net.snn.toml").write_text('extends = "deep/theirs.snn.toml"\n')
    refused(run, "lies outside of the project", "SNN101")
    Path("net.snn.toml").write_text('extends = "deep/their.snn.toml"\n')
    refused(run, "lies outside of the project", "SNN101")
    assert "theirs" not in run("lint", "net.snn.toml").out


@pytest.mark.parametrize("below", [True, False])
def test_links_within_the_project_are_fine(run: Run, below: bool) -> None:
    Path("../common").mkdir()
    Path("../common/real.snn.toml").write_text(SPEC)
    Path("net.snn.toml").symlink_to("../common/real.snn.toml")
    assert run("lint", "." if below else "net.snn.toml").code == 0


def test_a_project_is_told_by_its_settings_too(run: Run) -> None:
    Path("../.git").rmdir()
    Path("../real.snn.toml").write_text(SPEC)
    Path("net.snn.toml").symlink_to("../real.snn.toml")
    assert "lies outside of the project" in run("lint", "net.snn.toml").out
    Path("../pyproject.toml").write_text("[tool.other]\n")
    assert run("lint", "net.snn.toml").code == 1
    for broken in ("[tool.snnc", "x = " + "[" * 100_000):
        Path("../pyproject.toml").write_text(broken)
        assert run("lint", "net.snn.toml").code == 1
    Path("../pyproject.toml").write_text("[tool.snnc]\n")
    assert run("lint", "net.snn.toml").code == 0


@pytest.mark.parametrize("link", [True, False])
def test_a_named_pipe_is_never_opened(run: Run, link: bool) -> None:
    os.mkfifo("pipe.snn.toml" if link else "net.snn.toml")
    if link:
        Path("net.snn.toml").symlink_to("pipe.snn.toml")
    refused(run, "this is a named pipe, no file")
    Path("net.snn.toml").unlink()
    Path("net.snn.toml").write_text('extends = "pipe.snn.toml"\n')
    if link:
        refused(run, "this is a named pipe, no file")


def test_a_folder_and_what_leads_nowhere(run: Run) -> None:
    Path("folder").mkdir()
    Path("folder/net.snn.toml").symlink_to("nothing.snn.toml")
    ran = run("lint", "folder")
    assert (ran.code, "symlink that leads nowhere" in ran.out) == (1, True)
    Path("around.snn.toml").symlink_to("around.snn.toml")
    assert run("lint", ".").code == 1


def test_a_large_file_is_not_read(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    with Path("net.snn.toml").open("wb") as file:
        file.truncate(2**40)
    refused(run, "the file has more than 1,000,000 bytes")
    Path("net.snn.toml").write_text(SPEC)
    monkeypatch.setenv("SNNC_MAX_BYTES", "100")
    refused(run, "the file has more than 100 bytes")
    monkeypatch.setenv("SNNC_MAX_BYTES", str(len(SPEC)))
    assert run("lint", "net.snn.toml").code == 0
    for wrong in ("many", "-1", "1e6", "²", "9" * 40):
        monkeypatch.setenv("SNNC_MAX_BYTES", wrong)
        refused(run, "SNNC_MAX_BYTES must be a whole number of bytes")


def test_a_project_cannot_allow_itself_more(run: Run) -> None:
    Path("net.snn.toml").write_text(SPEC + "#" * 1_000_000)
    refused(run, "the file has more than 1,000,000 bytes")
    for key, said, code in (
        ("limits.file-size", "must be at most 1000000", "SNN204"),
        ("limits.max-bytes", "unknown key", "SNN201"),
        ("max-bytes", "unknown key", "SNN201"),
    ):
        Path("../pyproject.toml").write_text(f"[tool.snnc]\n{key} = 10000000000\n")
        refused(run, said, code)


@pytest.mark.parametrize("path", ["a\\u0000.snn.toml", "a\\u0000/b.snn.toml", "a\\n.snn.toml"])
def test_a_base_that_no_file_is_called(run: Run, path: str) -> None:
    Path("net.snn.toml").write_text(f'extends = "{path}"\n')
    refused(run, "must be printable", "SNN101")
