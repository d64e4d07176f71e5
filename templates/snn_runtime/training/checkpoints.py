"""Checkpoints: replaced at once, and checked before anything is believed."""

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from ..weights import brief, digest, flaw, intact, plain
from .allowed import COUNTERS, real, unlike, whole
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
        other = brief(state["network"])
        problem = f"is a checkpoint of {other}, and this is {network.name}"
        raise CheckpointError(path, problem)
    if changed := difference(state["identity"], network.identity):
        raise CheckpointError(path, f"is of another network: {changed}")
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
            return f"model has {brief(repr(name))}, which is no tensor"
        if not plain(tensor):
            return f"model has {brief(repr(name))}, which is no plain tensor of numbers"
    for key in ("identity", "data"):
        if not all(isinstance(one, str) for pair in state[key].items() for one in pair):
            return f"{key} holds something else than text"
    return unlike(state, COUNTERS) or unmeasured(state) or misfit(state["settings"])


def unmeasured(state: State) -> str | None:
    """What is wrong with the numbers that a checkpoint has of its run, or None."""
    rows, score = state["history"], state["score"]
    names = [name for row in rows if isinstance(row, dict) for name in row]
    whole_rows = all(isinstance(row, dict) and "epoch" in row for row in rows)
    if not whole_rows or len(score) < 4 or set(names) - set(rows[-1] if rows else ()):
        return "history or score is incomplete"
    numbers = [*score, *(number for row in rows for number in row.values())]
    if not all(type(number) in (int, float) for number in numbers):
        return "history or score holds something else than numbers"
    if not all(isinstance(name, str) and name.isprintable() for name in names):
        return "history has something else than names"
    if not all(map(real(), score)) or not all(whole()(row["epoch"]) for row in rows):
        return "history or score holds numbers that cannot be"
    if state["best_epoch"] > state["epoch"] or len(rows) != state["epoch"]:
        return f"history has {len(rows)} epochs of {state['epoch']}"
    return None


def averaged(state: State, path: Path) -> dict[str, Tensor]:
    """The weights of which the model is the average. Raises CheckpointError."""
    kept = state.get("average")
    found = kept if isinstance(kept, dict) else {}
    updates, weights = found.get("updates"), found.get("weights")
    if type(updates) is not int or updates < 0:
        raise CheckpointError(path, "is no whole checkpoint: its average is missing")
    if not isinstance(weights, dict) or any(not named(*one) for one in weights.items()):
        raise CheckpointError(path, "is no whole checkpoint: average holds no weights")
    return weights


def named(name: object, tensor: object) -> bool:
    """Whether these are a name and a plain tensor."""
    return isinstance(name, str) and isinstance(tensor, Tensor) and plain(tensor)


def check(net: nn.Module, saved: Mapping[str, Tensor], path: Path) -> None:
    """Raises CheckpointError unless the network has exactly these tensors."""
    have = net.state_dict()
    for name in [*have, *(name for name in saved if name not in have)]:
        here, there = (shape(tensors.get(name)) for tensors in (have, saved))
        if here != there:
            problem = f"does not fit: {brief(name)} is {there} there and {here} here"
            raise CheckpointError(path, problem)
        if wrong := flaw(saved[name], have[name]):
            raise CheckpointError(path, f"does not fit: {name} {wrong}")


def shape(tensor: Tensor | None) -> str:
    """How large a tensor is."""
    return "missing" if tensor is None else str(list(tensor.shape))
