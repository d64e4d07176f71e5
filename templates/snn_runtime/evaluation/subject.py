"""What the script of a package tells of its network: all that differs from package to package."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import torch
from matplotlib.figure import Figure
from torch import Tensor, nn

from ..training import Learner, Network, Score, Seen, Settings, Split
from ..training.mapped import Mapped

Drawn = Iterator[tuple[str, Figure]]  # each under its file's name


class EvaluatedSplit(Split, Protocol):
    """A split as data.py has it: its samples one by one, and all labels."""

    @property
    def samples(self) -> Tensor | Mapped: ...

    @property
    def labels(self) -> Tensor: ...

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor]: ...


class Data(Protocol):
    """What data.py loads."""

    @property
    def train(self) -> EvaluatedSplit: ...

    @property
    def validation(self) -> EvaluatedSplit | None: ...

    @property
    def test(self) -> EvaluatedSplit: ...

    def to(self, device: torch.device) -> "Data":
        """The same on another device."""
        ...


class Evaluate(Protocol):
    """train.evaluate: one pass over a split, in which ``seen`` is given every answer."""

    def __call__(
        self, learner: Learner, split: Any, title: str, seen: Seen
    ) -> Score: ...


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A network, its data and its figures.

    ``load`` takes the folder of the data, how many samples of each split, and the time steps.
    ``checkpoint`` is the file that the folder of a run has, and ``ann`` makes the ANN that the
    network was converted from, if it was. ``output`` names the output that tells the class; ""
    if there are none. ``probabilities``: the softmax of that output is trained to be one.
    """

    name: str
    network: Network
    settings: Settings
    make: Callable[[Settings], nn.Module]
    load: Callable[[Path, int | None, int], Data]
    evaluate: Evaluate
    draw: Callable[[nn.Module, Tensor, Tensor, Path], Drawn]
    metric: str
    higher: bool
    checkpoint: str
    program: str
    labels: tuple[str, ...]
    output: str = ""
    probabilities: bool = False
    over_time: bool = False  # whether that output has every step
    timed: bool = False  # whether a sample has a time axis
    fixed: bool = False  # whether the network can have no other time steps
    ann: Callable[[Settings], nn.Module] | None = None
    ann_network: Network | None = None
    error: type[Exception] = OSError  # what data.py raises
