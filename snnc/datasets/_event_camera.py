"""The base of recordings of event cameras: pixels, polarities, one file each."""

from collections.abc import Sequence
from string import Template
from typing import Annotated, ClassVar

from snnc.augmentations import Augmentation
from snnc.choice import Choice
from snnc.datasets._events import Events


class EventCamera(Events):
    """Events with an address [polarity, y, x]; channel 0 counts those of less light, 1 of more.

    ``augment`` changes the training samples of every batch, all frames of a sample alike.
    """

    folders: ClassVar[tuple[str, str]]
    """Where tonic unpacks the files to train and to test, below the folder of the kind."""
    pattern: ClassVar[str]
    """Of the files below such a folder."""
    label: ClassVar[str]
    """The expression that tells the class from the path."""
    reader: ClassVar[str]
    """Formatted source text: ``events``."""

    augment: tuple[Annotated[Augmentation, Choice("snnc.augmentations")], ...] = ()

    @property
    def changes(self) -> Sequence[Augmentation]:
        return self.augment

    def reading(self) -> str:
        train, test = self.folders
        found = Template(_FOUND).substitute(
            kind=self.kind, train=train, test=test, pattern=self.pattern, label=self.label
        )
        return f"{found}\n\n{self.reader}"


_FOUND = '''\
SPLITS = ("$train", "$test")


@dataclass(frozen=True)
class Recording:
    """The file of one sample, and its label."""

    path: Path
    label: int

    @property
    def name(self) -> str:
        """What a message calls it."""
        return str(self.path)


def find(data_dir: Path) -> tuple[list[Recording], list[Recording]]:
    """The recordings of both folders, from where tonic unpacks them or on their own."""
    for folder in (data_dir / "$kind", data_dir):
        found = [recordings(folder / split) for split in SPLITS]
        if all(found):
            return found[0], found[1]
    raise DataError(MISSING.format(data_dir=data_dir))


def recordings(folder: Path) -> list[Recording]:
    """The files of a folder, mixed once and for all: they are sorted by class."""
    paths = sorted(folder.glob("$pattern"))
    order = np.random.RandomState(0).permutation(len(paths))
    return [Recording(paths[i], $label) for i in order]
'''
