"""Notebooks, run from nothing and turned into pages."""

import base64
import os
import re
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

SECONDS = 600  # that one cell may take
_ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def run(path: Path, folder: Path) -> str:
    """Runs a notebook in an empty folder; returns its page, and puts its pictures into ``folder``.

    Raises:
        CellExecutionError: a cell fails.
    """
    notebook: Any = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    written = [cell.source for cell in notebook.cells]
    for cell in notebook.cells:
        cell.source = checked(cell.source, "fails" in cell.metadata.get("tags", ()))
    with tempfile.TemporaryDirectory() as empty:
        place = {"metadata": {"path": empty}}
        NotebookClient(notebook, timeout=SECONDS, resources=place).execute(env=environment())
    for cell, source in zip(notebook.cells, written, strict=True):
        cell.source = source
    cells = enumerate(notebook.cells)
    return "\n".join(_cell(cell, f"{path.stem}_{n}", folder) for n, cell in cells)


def environment() -> dict[str, str]:
    """The environment of cells: their commands are those that are installed beside this Python."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    return {**os.environ, "PATH": path}


def checked(source: str, fails: bool) -> str:
    """A cell in which a command that fails is an error; the last one has to, if it ``fails``.

    IPython by itself goes on after a command that failed.
    """
    lines = source.split("\n")
    if source.startswith("%%"):
        return source
    commands = [n for n, line in enumerate(lines) if line.startswith("!")]
    for n in reversed(commands):
        wanted = "!=" if fails and n == commands[-1] else "=="
        lines.insert(n + 1, f"assert _exit_code {wanted} 0")
    return "\n".join(lines)


def _cell(cell: Any, name: str, folder: Path) -> str:
    if cell.cell_type != "code":
        return f"{cell.source}\n"
    outputs = [_output(out, f"{name}_{n}", folder) for n, out in enumerate(joined(cell.outputs))]
    language = "bash" if cell.source.startswith(("!", "%%bash")) else "python"
    return "\n".join([fenced(cell.source, language), *outputs])


def _output(output: Any, name: str, folder: Path) -> str:
    """What a cell gave: a picture as a file, everything else as text."""
    if output.output_type == "stream":
        return fenced(settled(output.text), "text")
    data = output.get("data", {})
    if "image/png" in data:
        (folder / f"{name}.png").write_bytes(base64.b64decode(data["image/png"]))
        return f"![output of the cell above]({name}.png)\n"
    return fenced(data.get("text/plain", ""), "text")


def joined(outputs: Iterable[Any]) -> list[Any]:
    """The outputs, with what was printed in pieces as one."""
    found: list[Any] = []
    for output in outputs:
        if found and output.output_type == found[-1].output_type == "stream":
            found[-1].text += output.text
        else:
            found.append(output)
    return found


def settled(text: str) -> str:
    """What is left on a terminal: no colours, and of a line only what follows its last return."""
    lines = _ESCAPE.sub("", text).replace("\r\n", "\n").split("\n")
    return "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in lines).strip("\n")


def fenced(text: str, language: str) -> str:
    """A block of text; "" if there is none."""
    return f"```{language}\n{text}\n```\n" if text.strip() else ""
