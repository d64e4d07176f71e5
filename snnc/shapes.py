"""Shapes of one sample: what fits, and how they are written."""

from collections.abc import Iterable

Shape = tuple[int, ...]
"""The shape of one sample: neither time nor batch."""


class ShapeError(ValueError):
    """The inputs do not fit; ``field`` is the key to blame, if one is."""

    def __init__(self, message: str, field: str | None = None, help: str | None = None) -> None:
        super().__init__(message)
        self.message, self.field, self.help = message, field, help


def one(value: int, got: int, key: str, what: str) -> None:
    """Check a stated size against the inferred one. Raises ShapeError."""
    if value != got:
        message = f"`{key}` is {value}, but the input has {plural(got, what)}"
        raise ShapeError(message, key, "leave it out: it follows from the layers before")


def plural(count: int, what: str) -> str:
    """``1 channel``, ``2 channels``."""
    return f"{count} {what}{'' if count == 1 else 's'}"


def rank(shape: Shape, want: int, axes: str) -> None:
    """Check the number of axes of one sample. Raises ShapeError."""
    if len(shape) != want:
        raise ShapeError(
            f"expected an input of shape {axes}, got {show(shape)}",
            help="a sample has neither time nor batch axis" if len(shape) > want else None,
        )


def axis(shape: Shape, index: int, key: str) -> int:
    """The axis of a sample, from 0 on; ``index`` may count from the end. Raises ShapeError."""
    if not -len(shape) <= index < len(shape):
        message = f"`{key}` is {index}, but a sample is {show(shape)}"
        raise ShapeError(message, key, _without_batch(shape, index, key))
    return index % len(shape)


def _without_batch(shape: Shape, index: int, key: str) -> str:
    if key == "start_dim":
        return "leave it out: the batch is no axis of a sample"
    if index == len(shape) and not key.endswith("s"):
        return f"write `{key} = {index - 1}`: the batch is no axis of a sample"
    return f"the batch is no axis of a sample: the last one is {len(shape) - 1}, or -1"


def merged(inputs: Iterable[Shape | None]) -> Shape | None:
    """The one shape of inputs that must have the same, if any of them is known."""
    return next((shape for shape in inputs if shape is not None), None)


def show(shape: Shape) -> str:
    """``[128, 28, 28]``."""
    return f"[{', '.join(map(str, shape))}]"
