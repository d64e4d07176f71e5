"""Upsample."""

from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal, Self, TypeVar

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from snnc.layer import Layer, Traits
from snnc.shapes import Shape, ShapeError, plural, show
from snnc.sizes import Positive

Factor = Annotated[float, Field(gt=0)]
_N = TypeVar("_N", int, float)
_INNER = {"linear": (1,), "bilinear": (2,), "bicubic": (2,), "trilinear": (3,)}


class Upsample(Layer):
    """A sample of [C, L], [C, H, W] or [C, D, H, W] enlarged (torch.nn.Upsample).

    ``scale_factor`` or ``size`` sets the output size: one number for all axes after the channel, or
    one for each. ``mode`` fills the space between values with copies (nearest) or interpolates.
    """

    example: ClassVar[str] = '{ kind = "Upsample", scale_factor = 2, mode = "bilinear" }'
    stem: ClassVar[str] = "upsample"
    torch: ClassVar[str] = "nn.Upsample"

    kind: Literal["Upsample"] = "Upsample"
    size: Positive | Annotated[tuple[Positive, ...], Field(min_length=1, max_length=3)] | None = (
        None
    )
    scale_factor: (
        Factor | Annotated[tuple[Factor, ...], Field(min_length=1, max_length=3)] | None
    ) = None
    mode: Literal[
        "nearest", "nearest-exact", "linear", "bilinear", "bicubic", "trilinear"
    ] = "nearest"  # fmt: skip
    align_corners: bool | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.size is None) == (self.scale_factor is None):
            raise PydanticCustomError("conflict", "give either `scale_factor` or `size`")
        if self.align_corners is not None and self.mode not in _INNER:
            raise PydanticCustomError("conflict", "`align_corners` needs an interpolating `mode`")
        return self

    def traits(self, training: bool) -> Traits:
        return Traits(algebra="linear" if self.mode in _INNER else "move")

    def shape(self, *inputs: Shape) -> Shape:
        channels, sizes = inputs[0][0], inputs[0][1:]
        want = _INNER.get(self.mode, (1, 2, 3))
        if len(sizes) not in want:
            axes = (
                "one to three axes"
                if len(want) > 1
                else "1 axis"
                if want == (1,)
                else f"{want[0]} axes"
            )
            message = f'`mode = "{self.mode}"` needs {axes} after the channel'
            raise ShapeError(f"{message}, not {show(inputs[0])}", "mode")
        if self.size is not None:
            return channels, *_each(self.size, sizes, "size")
        return channels, *self._scaled(sizes)

    def idle(self, *inputs: Shape) -> str:
        return "its output is as large as its input" if self.shape(*inputs) == inputs[0] else ""

    def _scaled(self, sizes: Sequence[int]) -> Shape:
        assert self.scale_factor is not None
        factors = _each(self.scale_factor, sizes, "scale_factor")
        made = tuple(int(size * factor) for size, factor in zip(sizes, factors, strict=True))
        if min(made) < 1:
            message = f"`scale_factor` leaves nothing of {show(tuple(sizes))}"
            raise ShapeError(message, "scale_factor")
        return made


def _each(stated: _N | tuple[_N, ...], sizes: Sequence[int], key: str) -> tuple[_N, ...]:
    """One number an axis."""
    if not isinstance(stated, tuple):
        return (stated,) * len(sizes)
    if len(stated) != len(sizes):
        message = f"`{key}` has {plural(len(stated), 'number')}, but there are {len(sizes)} axes"
        raise ShapeError(f"{message} after the channel", key)
    return stated
