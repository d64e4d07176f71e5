"""Checkpoints: replaced at once, and checked before anything is believed."""

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from ..weights import digest, intact
from .files import replace
from .identity import Network, difference
from .settings import RunError, misfit

State = dict[str, Any]

FORMAT = 2
LATEST, BEST = "checkpoint_latest.pt", "checkpoint_best.pt"
# Every key of a checkpoint, and the types that its value may have.
KEYS: dict[str, tuple[type, ...]] = {
    "format": (int,),
    "network": (str,),
    "identity": (dict,),
    "settings": (dict,),
    "data": (dict,),
    "time_steps": (int,),
    "model": (dict,),
    "optimizer": (dict,),
    "scheduler": (dict,),
    "scaler": (dict,),
    "score": (list,),
    "epoch": (int,),
    "batch": (int,),
    "lr": (float,),
    "best": (float, type(None)),
    "best_epoch": (int,),
    "history": (list,),
    "digest": (str,),
}


class CheckpointError(RunError):
    """A checkpoint cannot be used; the message says why."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(f"{path} {problem}; nothing was changed.")


def write(state: State, path: Path) -> None:
    """Replaces a checkpoint, sealed with its digest. Raises FileError."""
    content = io.BytesIO()
    torch.save(sealed(state), content)
    replace(path, content.getvalue())


def sealed(state: State) -> State:
    """The state with the digest of all else that is in it."""
    rest = {key: value for key, value in state.items() if key != "digest"}
    return {**rest, "digest": digest(rest)}


def read(path: Path, network: Network) -> State:
    """The checkpoint of that network. Raises CheckpointError."""
    state = loaded(path)
    if not isinstance(state, dict) or type(state.get("format")) is not int:
        problem = "holds something else than a checkpoint of train.py"
        raise CheckpointError(path, problem)
    if state["format"] != FORMAT:
        problem = f"is a checkpoint of format {state['format']}, and this is {FORMAT}"
        raise CheckpointError(path, problem)
    if wrong := fault(state):
        raise CheckpointError(path, f"is no whole checkpoint: {wrong}")
    if not intact(state):
        raise CheckpointError(path, "is damaged: its digest is that of other contents")
    if state["network"] != network.name:
        problem = f"is a checkpoint of {state['network']}, and this is {network.name}"
        raise CheckpointError(path, problem)
    if other := difference(state["identity"], network.identity):
        raise CheckpointError(path, f"is of another network: {other}")
    return state


def loaded(path: Path) -> object:
    """What torch reads from a file, without executing any of it.

    Raises CheckpointError.
    """
    if not path.exists():
        raise CheckpointError(path, "does not exist")
    if not path.is_file():
        raise CheckpointError(path, "is no file")
    try:
        content = io.BytesIO(path.read_bytes())
    except OSError as error:
        raise CheckpointError(path, f"cannot be read: {error.strerror}") from error
    try:
        found: object = torch.load(content, "cpu", weights_only=True)
    except Exception as error:  # what broken bytes raise has no end
        raise CheckpointError(path, "is damaged, or no checkpoint at all") from error
    return found


def fault(state: State) -> str | None:
    """What is wrong with a checkpoint, or None."""
    for key, kinds in KEYS.items():
        if key not in state:
            return f"{key} is missing"
        if type(state[key]) is bool or not isinstance(state[key], kinds):
            return f"{key} is of the type {type(state[key]).__name__}"
    for name, tensor in state["model"].items():
        if not isinstance(name, str) or not isinstance(tensor, Tensor):
            return f"model has {name!r}, which is no tensor"
    rows = [row for row in state["history"] if isinstance(row, dict) and "epoch" in row]
    numbers = [*state["score"], *(number for row in rows for number in row.values())]
    if len(rows) < len(state["history"]) or len(state["score"]) != 4:
        return "history or score is incomplete"
    if not all(isinstance(number, (int, float)) for number in numbers):
        return "history or score holds something else than numbers"
    return misfit(state["settings"])


def check(net: nn.Module, saved: Mapping[str, Tensor], path: Path) -> None:
    """Raises CheckpointError unless the network has exactly these tensors."""
    have = net.state_dict()
    for name in [*have, *(name for name in saved if name not in have)]:
        here, there = (shape(tensors.get(name)) for tensors in (have, saved))
        if here != there:
            problem = f"does not fit: {name} is {there} there and {here} here"
            raise CheckpointError(path, problem)


def shape(tensor: Tensor | None) -> str:
    """How large a tensor is."""
    return "missing" if tensor is None else str(list(tensor.shape))
