"""The Dockerfile, as far as it can be told without Docker: its form, and what it names is there."""

import json
import re
import shlex
from pathlib import Path

ROOT = Path(__file__).parents[2]
KNOWN = {"FROM", "RUN", "ARG", "WORKDIR", "COPY", "ENV", "CMD"}


def instructions() -> list[tuple[str, str]]:
    """Each instruction and its text, with continued lines joined."""
    text = re.sub(r"^#.*\n", "", (ROOT / "Dockerfile").read_text("utf-8"), flags=re.MULTILINE)
    lines = filter(str.strip, text.replace("\\\n", " ").splitlines())
    return [(word, " ".join(rest.split())) for word, _, rest in (x.partition(" ") for x in lines)]


def of(kind: str) -> list[str]:
    return [text for word, text in instructions() if word == kind]


def test_every_instruction_is_one() -> None:
    words = [word for word, _ in instructions()]
    assert words[0] == "FROM"
    assert words[-1] == "CMD"
    assert {*words} == KNOWN
    for text in of("RUN"):
        assert shlex.split(text)  # quotes are closed
    assert isinstance(json.loads(of("CMD")[0]), list)


def test_what_is_copied_and_run_exists() -> None:
    copied = dict(text.split() for text in of("COPY"))
    assert copied == {f"specs/{name}": name for name in ("digits_conv", "snn_runtime")}
    assert all((ROOT / source).is_dir() for source in copied)
    built = "python -m digits_conv.kernels --build"
    assert built in of("RUN")
    assert (ROOT / "specs/digits_conv/kernels.py").is_file()
    program = json.loads(of("CMD")[0])
    assert program[:2] == ["python", "-c"]
    compile(program[2], "CMD", "exec")
    ignored = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert "*" in ignored
    assert "!specs/*/" in ignored


def test_the_page_shows_the_file() -> None:
    page, text = (ROOT / name for name in ("docs/backends.md", "Dockerfile"))
    shown = page.read_text("utf-8").partition("```dockerfile\n")[2].partition("```")[0]
    assert shown == text.read_text("utf-8")[text.read_text("utf-8").index("FROM") :]
