"""What settings.toml says of a run: its settings, its identity, and where it ran."""

import json
import platform
import shlex
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import torch

from ..weights import digest
from .options import Options
from .settings import FREE, Settings, Table


def toml(settings: Settings, options: Options, processes: int) -> str:
    """The settings; digests under [identity], and where it ran under [run]."""
    values = {k: v for k, v in vars(settings).items() if v is not None}
    tables = {k: v for k, v in values.items() if isinstance(v, Mapping)}
    kept = {k: v for k, v in vars(settings).items() if k not in FREE}
    identity = {"network": options.network.digest, "settings": digest(kept)}
    tables |= {"identity": identity, "run": run(options, processes)}
    lines = [*pairs({k: v for k, v in values.items() if k not in tables})]
    for name, table in tables.items():
        lines += ["", f"[{name}]", *pairs(table)]
    return "\n".join(lines) + "\n"


def run(options: Options, processes: int) -> Table:
    """When, where and with what a run was carried out."""
    found: dict[str, Any] = {
        "date": datetime.now().astimezone().isoformat(" ", "seconds"),
        "command": shlex.join(sys.orig_argv),
        "folder": str(Path.cwd()),
        "device": str(options.device),
        "processes": processes,
        "workers": options.workers,
        "compile": options.compile,
        "graph": options.graph,
        "data_dir": str(options.data_dir),
        "loggers": [each for each in options.loggers if isinstance(each, str)],
        "python": platform.python_version(),
        "torch": str(torch.__version__),
        "output_format": options.network.output_format,
    }
    if options.init is not None:
        found["init"] = str(options.init)
    commit = commit_of(Path.cwd())
    return found if commit is None else found | {"commit": commit}


def commit_of(folder: Path) -> str | None:
    """The commit that is checked out where a folder is, if git keeps it."""
    for place in (folder, *folder.parents):
        if (place / ".git").exists():
            with suppress(OSError, ValueError):
                return head(place / ".git")
            return None
    return None


def head(git: Path) -> str | None:
    """The commit that HEAD names; `git` is .git, or the file that says where it is."""
    if git.is_file():
        git = git.parent / git.read_text("utf-8").removeprefix("gitdir:").strip()
    said = (git / "HEAD").read_text("utf-8").strip()
    if not said.startswith("ref:"):
        return said
    name = said.removeprefix("ref:").strip()
    common = git / "commondir"
    store = git / common.read_text("utf-8").strip() if common.exists() else git
    if (store / name).is_file():
        return (store / name).read_text("utf-8").strip()
    packed = store / "packed-refs"
    lines = packed.read_text("utf-8").splitlines() if packed.is_file() else []
    found = [line.split()[0] for line in lines if line.endswith(f" {name}")]
    return found[0] if found else None


def pairs(table: Table) -> Iterator[str]:
    """One line of TOML a key; it writes values as JSON does, but for DEL."""
    for name, value in table.items():
        text = json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
        yield f"{name} = {text}"
