"""npy."""

from typing import Annotated, Literal

from pydantic import AfterValidator

from snnc.datasets._arrays import Arrays, printable_path
from snnc.escape import string
from snnc.labels import Form


class Npy(Arrays):
    """User-defined arrays that may be larger than memory: the folder ``path`` with .npy files.

    x_train.npy and x_test.npy are mapped into memory, so that a batch reads its own samples only;
    or parts of them are, x_train_0.npy, x_train_1.npy, … The labels y_train.npy and y_test.npy are
    read as a whole. All have the shapes that npz requires. ``path`` starts at --data-dir.
    """

    kind: Literal["npy"] = "npy"
    path: Annotated[str, AfterValidator(printable_path)]

    title = "arrays of one's own"
    third_party = ("import numpy as np",)
    mapped = True

    def source_of(self, timed: bool, form: Form) -> str:
        steps = ", time_steps" * timed
        returned = f'    return split(folder, "train"{steps}), split(folder, "test"{steps})'
        measure = ', whole(folder, f"lengths_{name}")' * self.padded
        words = {"path": string(self.path), "returned": returned, "measure": measure}
        return self.filled(_SOURCE, timed, form, **words)


_SOURCE = '''\
# A folder below --data-dir.
PATH = $path


def read(data_dir: Path$parameter) -> tuple[Split, Split]:
    """Samples that stay in their files, and labels."""
    folder = data_dir / PATH
$returned


def split(folder: Path, name: str$parameter) -> Split:
    """One of the two splits."""
    labels = whole(folder, f"y_{name}") if LABELLED else None
    samples = Mapped(files(folder, f"x_{name}"))
    return checked(samples, labels$measure$steps)


def whole(folder: Path, name: str) -> Tensor:
    """An array that is read as a whole."""
    found = Mapped(files(folder, name))
    return found[torch.arange(len(found))]
'''
