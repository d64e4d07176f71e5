"""npz."""

from typing import Annotated, Literal

from pydantic import AfterValidator

from snnc.datasets._arrays import Arrays, printable_path
from snnc.escape import string
from snnc.labels import Form


class Npz(Arrays):
    """User-defined arrays: the file ``path`` with x_train, y_train, x_test and y_test.

    Samples x are [N, ...] in the shape of the network's input, or [N, T, ...] if its encoder is
    none. Labels y are integers [N], or [N, T] with one per time step; an autoencoder needs none.
    With ``lengths``, lengths_train and lengths_test are integers [N]: the real steps of a sample.
    ``path`` starts at --data-dir. ``white`` is the number that stands for 1 (255 for images of
    bytes). `numpy.savez_compressed` writes such a file.
    """

    kind: Literal["npz"] = "npz"
    path: Annotated[str, AfterValidator(printable_path)]

    title = "arrays of one's own"
    standard_library = ("import zipfile", "import zlib")
    third_party = ("import numpy as np",)

    def source_of(self, timed: bool, form: Form) -> str:
        returned = _MEASURED if self.lengths else _RETURNED
        steps = ", time_steps" * timed
        returned = returned.replace("$steps", steps)
        return self.filled(_SOURCE, timed, form, path=string(self.path), returned=returned)


_RETURNED = "    return checked(*train$steps), checked(*test$steps)"
_MEASURED = """\
    return (
        checked(*train, array(path, "lengths_train")$steps),
        checked(*test, array(path, "lengths_test")$steps),
    )"""
_SOURCE = '''\
# Below --data-dir.
PATH = $path


def read(data_dir: Path$parameter) -> tuple[Split, Split]:
    """The four arrays of the file."""
    path = data_dir / PATH
    if not path.exists():
        how = "numpy.savez(path, x_train=…, y_train=…, x_test=…, y_test=…)"
        raise DataError(f"There is no {path}: `{how}` writes it.")
    train = array(path, "x_train"), array(path, "y_train") if LABELLED else None
    test = array(path, "x_test"), array(path, "y_test") if LABELLED else None
$returned


def array(path: Path, name: str) -> Tensor:
    """One array of the file; what a pickle might hold is not run."""
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
            return tensor(file[name], name)
    except (EOFError, LookupError, OSError, TypeError, ValueError) as error:
        raise DataError(f"{path} has no {name} to read: {error}.") from error
    except (zipfile.BadZipFile, zlib.error) as error:
        raise DataError(f"{path} is broken: {error}.") from error
'''
