"""Datasets: labelled samples for training; one per file.

A dataset contributes its own part of the generated data.py: imports, and in ``source()`` the code
that reads its files. Pictures define ``read(data_dir: Path) -> tuple[Split, Split]`` (training,
test). Events define a class ``Recording``, ``find(data_dir) -> tuple[list[Recording], …]`` and
``events(recording)``. Only the training script reads files.
"""

from collections.abc import Sequence
from typing import Annotated, ClassVar

from pydantic import Field

from snnc.augmentations import Augmentation
from snnc.kinds import Kind
from snnc.labels import Form
from snnc.shapes import Shape, ShapeError, show
from snnc.step.bounds import ANYTHING, Bounds


class Dataset(Kind):
    """Labelled samples in two splits, one for training and one for testing.

    ``validation`` is the share of the training samples that is held out, always the same ones. The
    best epoch is then selected on them and not on the test samples.
    """

    title: ClassVar[str]
    """Its name in sentences and pictures."""
    shape: ClassVar[Shape | None]
    """Of one sample, at one step; None if only the training script will know."""
    labels: ClassVar[tuple[str, ...] | None]
    """What the classes are called; None if only the training script will know."""
    timed: ClassVar[bool | None] = False
    """Whether samples have a time axis of their own; None: as the network's encoder says."""
    recorded: ClassVar[bool] = False
    """Whether samples are recordings of events, to be counted in frames."""
    formed: ClassVar[bool] = False
    """Whether labels may be other than a class per sample: per place, several, or values."""
    mapped: ClassVar[bool] = False
    """Whether samples stay in files, of which a batch reads what it needs."""
    mirrors: ClassVar[bool] = True
    """Whether a sample that is mirrored left to right keeps its label."""
    standard_library: ClassVar[tuple[str, ...]] = ()
    third_party: ClassVar[tuple[str, ...]] = ()
    """The import statements that ``source()`` needs beyond those of every data.py."""

    validation: Annotated[float, Field(ge=0, lt=1)] = 0.0

    @property
    def padded(self) -> bool:
        """Whether samples have lengths of their own, with padding behind them."""
        return False

    @property
    def classes(self) -> int | None:
        """The number of classes, if it is known."""
        return len(self.labels) if self.labels else None

    @property
    def each_step(self) -> bool:
        """Whether the spec says that there is one label per time step."""
        return False

    @property
    def scale(self) -> int | None:
        """The number that is 1 for the network, if it is not 1."""
        return None

    @property
    def bounds(self) -> Bounds:
        """The bounds of the numbers that the network reads, if they are known."""
        return ANYTHING

    @property
    def changes(self) -> Sequence[Augmentation]:
        """The augmentations of the training samples of every batch."""
        return ()

    @property
    def moments(self) -> tuple[tuple[float, ...], tuple[float, ...]] | None:
        """Mean and standard deviation of each channel, if the dataset normalises."""
        return None

    def source(self, timed: bool) -> str:
        """Formatted source text that reads the files; ``timed`` as the network's encoder is."""
        raise NotImplementedError

    def source_of(self, timed: bool, form: Form) -> str:
        """The same for labels of that form; a dataset that is not ``formed`` has classes."""
        return self.source(timed)

    def check(self, shape: Shape, timed: bool) -> None:
        """Check that samples fit an input of that shape. Raises ShapeError."""
        if self.shape is not None and shape != self.shape:
            want = show(self.shape)
            message = f"a sample of {self.kind} is {want}, but the input is {show(shape)}"
            raise ShapeError(message, "dataset", f"write `shape = {want}` in [input]")
        if self.timed is not None and self.timed != timed:
            raise ShapeError(*_other_time(self.kind, timed))
        for change in self.changes:
            change.check(shape, timed, self.scale)
        if self.moments:
            _moments(shape, *self.moments)


def _other_time(kind: str, timed: bool) -> tuple[str, str, str]:
    if timed:
        message = f"{kind} has pictures without a time axis, but the encoder none reads sequences"
        return (
            message,
            "dataset",
            'write `encoder = "direct"`, or another encoder that makes time steps',
        )
    message = f"{kind} has its own time axis, and the encoder would add another"
    return message, "dataset", 'write `encoder = "none"` in [input]'


def _moments(shape: Shape, mean: tuple[float, ...], std: tuple[float, ...]) -> None:
    """Check that a mean and a deviation are given once, or once per channel."""
    channels = shape[0] if len(shape) > 1 else 1
    for name, numbers in (("mean", mean), ("std", std)):
        if len(numbers) not in (1, channels):
            message = f"`{name}` has {len(numbers)} numbers, but a sample {show(shape)}"
            message += f" has {channels} channel{'s' * (channels > 1)}"
            raise ShapeError(message, "dataset", "write one number per channel")
