"""Which run or file is evaluated: its folder, its settings and its weights."""

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch import nn

from ..pictures import newest
from ..training import BEST, Network, RunError, Settings
from ..training import read as read_checkpoint
from ..training.checkpoints import check
from ..training.identity import difference
from ..weights import WeightsError, contents, load_weights
from .subject import Subject


@dataclass(frozen=True)
class Evaluated:
    """A file of weights, the settings that its network was trained with, and where it lies.

    ``state`` is the checkpoint of train.py, if the file is one.
    """

    path: Path
    run: Path
    settings: Settings
    state: dict[str, Any] | None


def found(subject: Subject, target: Path | None) -> Evaluated:
    """The file that is evaluated; the best checkpoint of the newest run unless told otherwise.

    Raises RunError.
    """
    path = file_of(subject, target)
    if not path.exists():
        raise RunError(f"{path} does not exist: {advice(subject)}.")
    content = opened(path)
    run = path.parent.parent if path.parent.name == "convert" else path.parent
    if "settings" in content and "format" in content:
        state = read_checkpoint(path, subject.network)
        return Evaluated(path, run, Settings(**state["settings"]), state)
    agreeing(content.get("identity"), subject.network, path)
    steps = content.get("time_steps", subject.settings.time_steps)
    settings = dataclasses.replace(subject.settings, amp=False)
    if type(steps) is int and steps >= 1:
        settings = dataclasses.replace(settings, time_steps=steps)
    return Evaluated(path, run, settings, None)


def file_of(subject: Subject, target: Path | None) -> Path:
    """The path of the weights in a run; a file is itself."""
    if target is None:
        folder = newest(Path("runs", subject.name), subject.checkpoint)
        return folder / subject.checkpoint
    if not target.is_dir():
        return target
    within = (target / subject.checkpoint, target / Path(subject.checkpoint).name)
    return next((path for path in within if path.exists()), within[0])


def advice(subject: Subject) -> str:
    """The step that comes before an evaluation."""
    if subject.ann is not None:
        return f"convert first (python -m {subject.name}.convert --weights …)"
    return f"train first (python -m {subject.name}.train)"


def opened(path: Path) -> dict[str, object]:
    """The content of a file of weights, unexecuted. Raises RunError."""
    try:
        return {**contents(path)}
    except WeightsError as error:
        raise RunError(str(error)) from error


def agreeing(identity: object, network: Network, path: Path) -> None:
    """Raises RunError if a file says that its weights are another network's."""
    if not isinstance(identity, dict) or not all(
        isinstance(v, str) for v in identity.values()
    ):
        return
    own = {
        key: v for key, v in network.identity.items() if not key.startswith("train.")
    }
    if problem := difference(identity, own):
        raise RunError(f"{path} is of another network: {problem}.")


def restored(net: nn.Module, evaluated: Evaluated) -> None:
    """Gives a network the weights, in place. Raises RunError."""
    if evaluated.state is not None:
        check(net, evaluated.state["model"], evaluated.path)
        net.load_state_dict(evaluated.state["model"])
        return
    try:
        load_weights(net, evaluated.path)
    except WeightsError as error:
        raise RunError(str(error)) from error


def ann_of(subject: Subject, evaluated: Evaluated) -> Evaluated | None:
    """The best checkpoint of the ANN in the same run, if the network was converted from one."""
    path = evaluated.run / BEST
    if subject.ann_network is None or not path.is_file():
        return None
    state = read_checkpoint(path, subject.ann_network)
    return Evaluated(path, evaluated.run, Settings(**state["settings"]), state)
