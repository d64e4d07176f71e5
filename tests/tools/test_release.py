"""What is checked before a version is published, and what is said of it."""

import email
import tomllib
from pathlib import Path

import pytest

import snnc
from tools import oldest, release

ROOT = Path(__file__).parents[2]
WHOLE = """\
Metadata-Version: 2.4
Name: snnc
Version: 1.2.3
Summary: It compiles.
License-Expression: Apache-2.0
Requires-Python: >=3.11
Description-Content-Type: text/markdown

# snnc
"""
LOG = """\
# Changelog

## [Unreleased]

- Later.

## [1.2.3] - 2026-01-31

- Something.

## [1.2.2] - unreleased

- Before.

## [1.2.1] - 2025-01-01

"""


def test_the_version_is_stated_once() -> None:
    """In the package; the project, the citation and the tests read or leave it out."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert project["project"]["dynamic"] == ["version"]
    assert project["tool"]["hatch"]["version"]["path"] == "snnc/__init__.py"
    assert release.version((ROOT / "snnc/__init__.py").read_text("utf-8")) == snnc.__version__
    assert "\nversion:" not in (ROOT / "CITATION.cff").read_text("utf-8")


def test_the_changelog_speaks_of_this_version() -> None:
    assert release.changes((ROOT / "CHANGELOG.md").read_text("utf-8"), snnc.__version__, True)


@pytest.mark.parametrize("text", ["", '__version__ = "1.2"', '# __version__ = "1.2.3"'])
def test_a_version_has_three_numbers(text: str) -> None:
    with pytest.raises(release.Refusal, match="there is no line __version__"):
        release.version(text)
    assert release.version('x = 1\n__version__ = "1.2.3rc1"\n') == "1.2.3rc1"


def test_a_section_is_what_stands_below_its_heading() -> None:
    assert release.changes(LOG, "1.2.3") == "- Something."
    assert release.changes(LOG, "1.2.2", rehearsal=True) == "- Before."


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ("1.2.2", "the section [1.2.2] has no date, such as - 2026-01-31"),
        ("1.2.1", "there is no section [1.2.1] that says what changed"),
        ("1.2.0", "there is no section [1.2.0] that says what changed"),
        ("1x2.3", "there is no section [1x2.3] that says what changed"),
    ],
)
def test_a_changelog_that_is_not_ready(wanted: str, said: str) -> None:
    with pytest.raises(release.Refusal) as raised:
        release.changes(LOG, wanted)
    assert str(raised.value) == f"CHANGELOG.md: {said}"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("1.2.3", "1.2.4", "Version is '1.2.4', not '1.2.3'"),
        ("text/markdown", "text/x-rst", "Description-Content-Type is 'text/x-rst'"),
        ("Apache-2.0", "MIT", "License-Expression is 'MIT'"),
        ("Summary: It compiles.\n", "", "Summary is empty"),
        ("# snnc\n", "", "the description is empty"),
    ],
)
def test_metadata_that_an_index_refuses_or_shows_badly(old: str, new: str, said: str) -> None:
    assert release.faults(email.message_from_string(WHOLE), "1.2.3") == []
    (found,) = release.faults(email.message_from_string(WHOLE.replace(old, new)), "1.2.3")
    assert found.startswith(said)


def test_another_tag_stops_before_anything_is_built(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(release, "built", lambda: pytest.fail("it was built"))
    assert release.main(["--tag", "v99.0.0", "--rehearse"]) == 1
    said = capsys.readouterr().err
    now = snnc.__version__
    assert said == (
        f"not ready: the tag is v99.0.0, but snnc/__init__.py states {now}: expected v{now}\n"
    )


def test_a_command_that_fails_is_shown_whole() -> None:
    with pytest.raises(release.Refusal, match=r"git no-such-command failed:\n.*no-such-command"):
        release._run("git", "no-such-command")


def test_the_oldest_versions_are_the_lower_bounds() -> None:
    text = '[project]\ndependencies = ["a-b>=1.2", "c>=0.16,!=0.17.0"]\n'
    assert oldest.oldest(text) == ["a-b==1.2", "c==0.16"]
    found = oldest.oldest((ROOT / "pyproject.toml").read_text("utf-8"))
    assert {line.partition("==")[0] for line in found} == {
        "pydantic",
        "jinja2",
        "networkx",
        "packaging",
        "pathspec",
        "typer",
    }


@pytest.mark.parametrize("wanted", ["a", "a==1", "a>=1,<2", "a[x]>=1"])
def test_a_dependency_without_a_plain_lower_bound_is_refused(wanted: str) -> None:
    with pytest.raises(ValueError, match=r"is not NAME>=VERSION"):
        oldest.oldest(f'[project]\ndependencies = ["{wanted}"]\n')
