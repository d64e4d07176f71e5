"""The ANN's numbers into the SNN."""

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from pickle import UnpicklingError
from typing import NamedTuple

import torch
from torch import Tensor, nn

# What torch raises for files that hold something else, or half of a checkpoint.
UNREADABLE = (
    *(AttributeError, EOFError, LookupError, OSError, RuntimeError),
    *(TypeError, UnpicklingError, ValueError),
)


class WeightsError(Exception):
    """A file does not hold the network's weights; the message says so."""


class Activation(NamedTuple):
    """A neuron of the SNN in the place of an activation of the ANN.

    Its rate stands for the values of the ANN's layer `value`; `bias` is the layer whose
    bias corrects it, if one does. `trained`: the ANN has learned its threshold.
    """

    path: str
    value: str
    bias: str | None = None
    trained: bool = False


def read(net: nn.Module, path: Path) -> None:
    """Loads weights from a checkpoint of train.py, or from a state_dict.

    Raises WeightsError.
    """
    problem = f"{path} does not hold the weights of this ANN"
    content = io.BytesIO(held(path))
    try:
        found = torch.load(content, "cpu", weights_only=True)
        have = found.get("model", found)
    except UNREADABLE as error:
        raise WeightsError(f"{problem}.") from error
    try:
        net.load_state_dict(have)
    except UNREADABLE as error:
        raise WeightsError(f"{problem}{difference(net, have)}.") from error
    for name, tensor in net.state_dict().items():
        if not tensor.isfinite().all():
            raise WeightsError(f"{path}: {name} holds NaN or infinity.")


def held(path: Path) -> bytes:
    """What is in a file. Raises WeightsError."""
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise WeightsError(f"There is no file {path}.") from error
    except OSError as error:
        raise WeightsError(f"{path} cannot be read: {error.strerror}.") from error


def difference(net: nn.Module, have: object) -> str:
    """Where a state_dict first differs from the network's, as the end of a sentence."""
    want = net.state_dict()
    if not isinstance(have, Mapping):
        return ""
    foreign = [name for name in have if name not in want]
    for name, tensor in want.items():
        if name not in have:
            there = f", but there is {foreign[0]}" if foreign else ""
            return f": {name} is missing{there}"
        shapes = list(getattr(have[name], "shape", ())), list(tensor.shape)
        if shapes[0] != shapes[1]:
            return f": {name} is {shapes[0]} instead of {shapes[1]}"
    return f": {foreign[0]} is not in the ANN" if foreign else ""


def trained(net: nn.Module, activations: Sequence[Activation]) -> dict[str, Tensor]:
    """The thresholds that the ANN has learned, [1]."""
    return {
        a.path: net.get_parameter(f"{a.path}.threshold").detach().abs().view(1)
        for a in activations
        if a.trained
    }


def transfer(
    ann: nn.Module, snn: nn.Module, heights: Mapping[str, Tensor], half: bool
) -> None:
    """Gives the SNN the folded ANN's weights, thresholds, and where potentials start."""
    have, want = ann.state_dict(), snn.state_dict()
    for name in want:
        path, _, number = name.rpartition(".")
        if path not in heights:
            want[name] = have[name]
        elif number == "v_threshold":
            want[name] = (
                heights[path]
                .view(-1, *[1] * (want[name].dim() - 1))
                .expand_as(want[name])
            )
        else:
            start = heights[path].view(-1, *[1] * (want[name].dim() - 1)) / 2
            want[name] = (start if half else start * 0).expand_as(want[name])
    snn.load_state_dict(want)
