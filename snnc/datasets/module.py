"""module."""

import keyword
from typing import Annotated, Literal

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from snnc.datasets._arrays import LONGEST, Arrays
from snnc.escape import string


def _loader(text: str) -> str:
    """``package.module:function``."""
    module, _, function = text.partition(":")
    names = [*module.split("."), function]
    if not all(name.isidentifier() and name.isascii() for name in names) or len(text) > LONGEST:
        message = 'is not a function of a module: write "package.module:function"'
        raise PydanticCustomError("bad_name", message)
    if any(map(keyword.iskeyword, names)):
        raise PydanticCustomError("bad_name", "has a Python keyword in it")
    return text


class Module(Arrays):
    """The arrays x_train, y_train, x_test and y_test that a user-defined function returns.

    ``loader`` names the function as "package.module:function". Only the training script imports it,
    when it runs. The script calls it with --data-dir (a Path) and, if the encoder is none, with the
    number of time steps. Arrays or tensors have the shapes that npz requires.
    """

    kind: Literal["module"] = "module"
    loader: Annotated[str, AfterValidator(_loader)]

    title = "data of one's own"
    standard_library = ("from importlib import import_module",)

    def source(self, timed: bool) -> str:
        return self.filled(_SOURCE, timed, loader=string(self.loader))


_SOURCE = '''\
LOADER = $loader


def read(data_dir: Path$parameter) -> tuple[Split, Split]:
    """What the function that the spec names returns."""
    module, _, function = LOADER.partition(":")
    try:
        loader = getattr(import_module(module), function)
    except (AttributeError, ImportError) as error:
        raise DataError(f"{LOADER} cannot be imported: {error}.") from error
    arrays = [torch.as_tensor(array) for array in loader(data_dir$steps)]
    if len(arrays) != 4:
        raise DataError(f"{LOADER} returned {len(arrays)} arrays instead of 4.")
    x_train, y_train, x_test, y_test = arrays
    return checked(x_train, y_train$steps), checked(x_test, y_test$steps)
'''
