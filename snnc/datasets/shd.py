"""SHD."""

from typing import Literal

from snnc.datasets._events import Events


class SHD(Events):
    """Spiking Heidelberg Digits: 10,420 spoken digits as the spikes of 700 channels of a cochlea.

    8,156 samples are for training and 2,264 for testing, of twenty classes: zero to nine in English
    and in German (Cramer et al., The Heidelberg spiking data sets, IEEE Transactions on Neural
    Networks and Learning Systems, 2022). h5py reads the files shd_train.h5 and shd_test.h5, in the
    folder SHD or in --data-dir itself.
    """

    kind: Literal["SHD"] = "SHD"

    title = "SHD"
    shape = (700,)
    labels = tuple(
        """zero one two three four five six seven eight nine
        null eins zwei drei vier fünf sechs sieben acht neun""".split()
    )

    def reading(self) -> str:
        return _READING


_READING = '''\
@dataclass(frozen=True)
class Recording:
    """The spikes of one spoken digit: when (in seconds) and in which channel."""

    name: str
    label: int
    seconds: Array
    channels: Array


def find(data_dir: Path) -> tuple[list[Recording], list[Recording]]:
    """The recordings of both files, from where tonic unpacks them or on their own."""
    for folder in (data_dir / "SHD", data_dir):
        if (folder / "shd_train.h5").exists():
            train, test = (folder / f"shd_{name}.h5" for name in ("train", "test"))
            return recordings(train), recordings(test)
    raise DataError(MISSING.format(data_dir=data_dir))


def recordings(path: Path) -> list[Recording]:
    """All recordings of an HDF5 file, mixed once and for all."""
    try:
        import h5py  # type: ignore[import-untyped, unused-ignore]
    except ImportError as error:
        raise DataError("h5py reads SHD: pip install h5py") from error
    try:
        with h5py.File(path) as file:
            columns = file["labels"], file["spikes/times"], file["spikes/units"]
            spoken = list(zip(*(column[:] for column in columns), strict=True))
    except (KeyError, OSError, TypeError, ValueError) as error:
        raise DataError(f"{path} cannot be read: {error}.") from error
    order = np.random.RandomState(0).permutation(len(spoken))
    return [Recording(f"{path}, sample {i}", *spoken[i]) for i in order]


def events(recording: Recording) -> tuple[Array, Address]:
    """When events are, in milliseconds, and their channels."""
    milliseconds = recording.seconds.astype(np.float64) * 1000
    return milliseconds, (recording.channels.astype(np.int64),)
'''
