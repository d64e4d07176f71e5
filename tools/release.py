"""``make release``: builds the wheel and the sdist of this version, and proves that they work.

    python -m tools.release [--rehearse] [--tag v0.1.0]

Needs ``build`` and ``hatchling``, no secret, and an index for what snnc depends on. It publishes
nothing: it prints what a person then does. ``--rehearse`` leaves out what is only true on the day
of a release: a dated section of the changelog, and everything committed.
"""

import argparse
import email
import email.message
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import venv
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
DIST = ROOT / "dist"


class Refusal(Exception):
    """Something is not ready; the sentence says what."""


def version(text: str) -> str:
    """The version that ``snnc/__init__.py`` states. Raises Refusal if it states none."""
    found = re.search(r'^__version__ = "(\d+\.\d+\.\d+(?:(?:a|b|rc)\d+)?)"$', text, re.MULTILINE)
    if found is None:
        raise Refusal('snnc/__init__.py: there is no line __version__ = "X.Y.Z"')
    return found[1]


def changes(changelog: str, wanted: str, rehearsal: bool = False) -> str:
    """What the changelog says of a version. Raises Refusal: nothing, or without a date."""
    pattern = rf"^## \[{re.escape(wanted)}\](?P<rest>[^\n]*)\n(?P<said>.*?)(?=^## |\Z)"
    found = re.search(pattern, changelog, re.MULTILINE | re.DOTALL)
    if found is None or not found["said"].strip():
        raise Refusal(f"CHANGELOG.md: there is no section [{wanted}] that says what changed")
    if not rehearsal and not re.fullmatch(r" - \d{4}-\d\d-\d\d", found["rest"]):
        raise Refusal(f"CHANGELOG.md: the section [{wanted}] has no date, such as - 2026-01-31")
    return found["said"].strip()


def committed() -> None:
    """Raises Refusal if the work tree holds what no commit does."""
    if status := _git("status", "--porcelain"):
        raise Refusal(f"these are not committed:\n{status}")


def built() -> tuple[Path, Path]:
    """The sdist, and the wheel that is built of it, in an empty ``dist/``."""
    shutil.rmtree(DIST, ignore_errors=True)
    _run(sys.executable, "-m", "build", "--no-isolation", "--outdir", str(DIST), str(ROOT))
    (sdist,), (wheel,) = DIST.glob("*.tar.gz"), DIST.glob("*.whl")
    return sdist, wheel


def metadata(wheel: Path, sdist: Path) -> Iterator[email.message.Message]:
    """What both say of themselves to an index."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (n for n in archive.namelist() if n.endswith(".dist-info/METADATA"))
        yield email.message_from_bytes(archive.read(name))
    with tarfile.open(sdist) as tar:
        (member,) = (n for n in tar.getnames() if n.count("/") == 1 and n.endswith("/PKG-INFO"))
        content = tar.extractfile(member)
        assert content is not None
        yield email.message_from_bytes(content.read())


def faults(said: email.message.Message, wanted: str) -> list[str]:
    """What an index would refuse, or show badly."""
    expected = {
        "Name": "snnc",
        "Version": wanted,
        "Description-Content-Type": "text/markdown",
        "License-Expression": "Apache-2.0",
    }
    found = [
        f"{key} is {said[key]!r}, not {value!r}"
        for key, value in expected.items()
        if said[key] != value
    ]
    empty = [key for key in ("Summary", "Requires-Python") if not said[key]]
    description = said.get_payload()
    if not isinstance(description, str) or not description.startswith("# "):
        empty.append("the description")
    return found + [f"{key} is empty" for key in empty]


def installed(wheel: Path, wanted: str) -> None:
    """Installs the wheel where no torch is; there it lints and builds the zoo."""
    with tempfile.TemporaryDirectory() as folder:
        # the links are resolved: macOS has its temporary folder behind one
        home = Path(folder).resolve()
        venv.create(home / "venv", with_pip=True)
        python, snnc = home / "venv" / "bin" / "python", home / "venv" / "bin" / "snnc"
        _run(str(python), "-m", "pip", "install", "-qq", str(wheel), at=home)
        shutil.copytree(ROOT / "specs", home / "specs")
        if _run(str(snnc), "--version", at=home).strip() != f"snnc {wanted}":
            raise Refusal("the installed snnc states another version")
        if not _fails(str(python), "-c", "import torch", at=home):
            raise Refusal("the wheel brings torch, which lint and build must do without")
        _run(str(snnc), "lint", "specs", at=home)
        _run(str(snnc), "build", "--check", "specs", at=home)


def _git(*arguments: str) -> str:
    return _run("git", *arguments, at=ROOT).strip()


def _run(*command: str, at: Path = ROOT) -> str:
    """What a command prints, run in a folder. Raises Refusal with all of it if it fails."""
    done = subprocess.run(
        command, cwd=at, env=_alone(), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Refusal(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}".rstrip())
    return done.stdout


def _fails(*command: str, at: Path) -> bool:
    done = subprocess.run(command, cwd=at, env=_alone(), capture_output=True, check=False)
    return done.returncode != 0


def _alone() -> dict[str, str]:
    """The environment without what would let the checkout stand in for what is installed."""
    return {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}


def release(tag: str = "", rehearsal: bool = False) -> str:
    """What is left to be done by a person. Raises Refusal."""
    now = version((ROOT / "snnc" / "__init__.py").read_text("utf-8"))
    if tag and tag != f"v{now}":
        raise Refusal(f"the tag is {tag}, but snnc/__init__.py states {now}: expected v{now}")
    changes((ROOT / "CHANGELOG.md").read_text("utf-8"), now, rehearsal)
    if not rehearsal:
        committed()
    sdist, wheel = built()
    for said in metadata(wheel, sdist):
        if found := faults(said, now):
            raise Refusal(f"{wheel.name}: {'; '.join(found)}")
    installed(wheel, now)
    return _next(now, sdist, wheel)


def _next(now: str, sdist: Path, wheel: Path) -> str:
    return f"""\
dist/{sdist.name}
dist/{wheel.name}
Both are built and checked; nothing is published. What a person then does:
  git tag -a v{now} -m "snnc {now}"
  git push origin v{now}
The workflow `release` builds and checks the tag again and waits for somebody to approve the
environment `pypi`; then it publishes. Afterwards: state the next version in snnc/__init__.py, and
begin its section in CHANGELOG.md.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0: ready; 1: not ready, in one sentence."""
    parser = argparse.ArgumentParser("python -m tools.release", description=__doc__)
    parser.add_argument("--rehearse", action="store_true", help="The day has not come yet.")
    parser.add_argument("--tag", default="", help="It must be that of this version.")
    given = parser.parse_args(arguments)
    try:
        sys.stdout.write(release(given.tag, given.rehearse))
    except Refusal as refusal:
        sys.stderr.write(f"not ready: {refusal}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
