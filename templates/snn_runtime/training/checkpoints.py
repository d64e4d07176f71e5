"""Checkpoints: replaced at once, and checked before anything is believed."""

import errno
import io
import os
from collections.abc import Mapping
from pathlib import Path
from pickle import PickleError
from typing import Any

import torch
from torch import Tensor, nn

from .settings import RunError

State = dict[str, Any]

FORMAT = 1
# What torch.load raises when a file is not what it should be.
BROKEN = (OSError, RuntimeError, EOFError, ValueError, LookupError, PickleError)
LATEST, BEST = "checkpoint_latest.pt", "checkpoint_best.pt"


class CheckpointError(RunError):
    """A checkpoint cannot be written, or not be used; the message says why."""


def write(state: State, path: Path) -> None:
    """Replaces a checkpoint at once: come what may, the old or the new one is there."""
    content = io.BytesIO()
    torch.save(state, content)
    try:
        replace(path, content.getvalue())
    except OSError as error:
        kept = "; the one before it is still there" if path.exists() else ""
        problem = f"{path} cannot be written: {reason(error)}{kept}."
        raise CheckpointError(problem) from error


def replace(path: Path, content: bytes) -> None:
    """Puts the content on the disk beside the file, then in its place."""
    unfinished = path.with_name(f"{path.name}.unfinished")
    try:
        with unfinished.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(unfinished, path)
    except OSError:
        unfinished.unlink(missing_ok=True)
        raise
    sync(path.parent)


def sync(folder: Path) -> None:
    """Puts the folder's list of names on the disk, where folders can be opened."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def reason(error: OSError) -> str:
    """Why, in a few words."""
    full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    return f"the disk is full ({error.strerror})" if full else str(error.strerror)


def read(path: Path, name: str) -> State:
    """The checkpoint of that network. Raises CheckpointError if it is none."""
    if not path.exists():
        raise CheckpointError(f"{path} does not exist.")
    try:
        content = io.BytesIO(path.read_bytes())
    except OSError as error:
        raise CheckpointError(f"{path} cannot be read: {error.strerror}.") from error
    try:
        state = torch.load(content, "cpu", weights_only=True)
    except BROKEN as error:
        problem = f"{path} is damaged, or no checkpoint at all"
        raise CheckpointError(f"{problem}; nothing was changed.") from error
    if not isinstance(state, dict) or state.get("format") != FORMAT:
        problem = f"{path} holds something else than a checkpoint of train.py"
        raise CheckpointError(f"{problem}; nothing was changed.")
    if state["network"] != name:
        problem = f"{path} is a checkpoint of {state['network']}, and this is {name}"
        raise CheckpointError(f"{problem}; nothing was changed.")
    return state


def check(net: nn.Module, saved: Mapping[str, Tensor], path: Path) -> None:
    """Raises CheckpointError unless the network has exactly these tensors."""
    have = net.state_dict()
    for name in [*have, *(name for name in saved if name not in have)]:
        here, there = (shape(tensors.get(name)) for tensors in (have, saved))
        if here != there:
            problem = f"{path} does not fit: {name} is {there} there and {here} here"
            raise CheckpointError(f"{problem}; nothing was changed.")


def shape(tensor: Tensor | None) -> str:
    """How large a tensor is."""
    return "missing" if tensor is None else str(list(tensor.shape))
