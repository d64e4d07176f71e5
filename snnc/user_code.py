"""Functions of a user's own modules, which only the training script imports when it runs."""

import keyword
from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from snnc.escape import string

LONGEST = 64
"""Of a function: its line in generated code fits."""


def dotted(text: str) -> str:
    """``package.module:function``. Raises PydanticCustomError."""
    module, _, function = text.partition(":")
    names = [*module.split("."), function]
    if not all(name.isidentifier() and name.isascii() for name in names) or len(text) > LONGEST:
        message = 'is not a function of a module: write "package.module:function"'
        raise PydanticCustomError("bad_name", message)
    if any(map(keyword.iskeyword, names)):
        raise PydanticCustomError("bad_name", "has a Python keyword in it")
    return text


def _keyword(text: str) -> str:
    """The name of an argument."""
    if not (text.isidentifier() and text.isascii()) or len(text) > LONGEST:
        raise PydanticCustomError("bad_name", "is not the name of an argument")
    if keyword.iskeyword(text):
        raise PydanticCustomError("bad_name", "is a Python keyword")
    return text


Function = Annotated[str, AfterValidator(dotted)]
Finite = Annotated[float, Field(allow_inf_nan=False)]
Arguments = dict[Annotated[str, AfterValidator(_keyword)], bool | int | Finite | str]


def called(function: str, given: str, arguments: Mapping[str, bool | float | str]) -> str:
    """The call of a function, by an expression of what it is given."""
    texts = ((key, string(v) if isinstance(v, str) else repr(v)) for key, v in arguments.items())
    return f"{function}({', '.join([given, *(f'{key}={text}' for key, text in texts)])})"
