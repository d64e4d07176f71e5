"""module."""

from typing import Literal

from snnc.datasets._arrays import Arrays
from snnc.escape import string
from snnc.labels import Form
from snnc.user_code import Function


class Module(Arrays):
    """The arrays x_train, y_train, x_test and y_test that a user-defined function returns.

    ``loader`` names the function as "package.module:function". Only the training script imports it,
    when it runs. The script calls it with --data-dir (a Path) and, if the encoder is none, with the
    number of time steps. Arrays or tensors have the shapes that npz requires. For an autoencoder,
    y_train and y_test may be None. With ``lengths``, lengths_train and lengths_test follow.
    """

    kind: Literal["module"] = "module"
    loader: Function

    title = "data of one's own"
    standard_library = ("from importlib import import_module",)
    third_party = ("import numpy as np",)

    def source_of(self, timed: bool, form: Form) -> str:
        text = _SOURCE
        for usual, measured in _MEASURED.items() if self.lengths else ():
            text = text.replace(usual, measured)
        return self.filled(text, timed, form, loader=string(self.loader))


_SOURCE = '''\
LOADER = $loader


def read(data_dir: Path$parameter) -> tuple[Split, Split]:
    """What the function that the spec names returns."""
    module, _, function = LOADER.partition(":")
    try:
        loader = getattr(import_module(module), function)
    except (AttributeError, ImportError) as error:
        raise DataError(f"{LOADER} cannot be imported: {error}.") from error
    names = ("x_train", "y_train", "x_test", "y_test")
    made = loader(data_dir$steps)
    if not isinstance(made, (tuple, list)) or len(made) != len(names):
        found = len(made) if isinstance(made, (tuple, list)) else type(made).__name__
        instead = f"instead of the four arrays {', '.join(names)}"
        raise DataError(f"{LOADER} returned {found} {instead}.")
    wanted = [name for name in names if LABELLED or name.startswith("x")]
    arrays = {n: tensor(a, n) for n, a in zip(names, made) if n in wanted}
    train, test = arrays["x_train"], arrays["x_test"]
    return (
        checked(train, arrays.get("y_train")$steps),
        checked(test, arrays.get("y_test")$steps),
    )
'''

_MEASURED = {
    '"y_test")\n    made': '"y_test", "lengths_train", "lengths_test")\n    made',
    "the four arrays": "the six arrays",
    'LABELLED or name.startswith("x")': 'LABELLED or not name.startswith("y")',
    'arrays.get("y_train")': 'arrays.get("y_train"), arrays["lengths_train"]',
    'arrays.get("y_test")': 'arrays.get("y_test"), arrays["lengths_test"]',
}
"""The text with lengths, piece by piece."""
