"""Pad."""

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from snnc.layer import Call, Layer, Traits
from snnc.shapes import Shape, ShapeError, show

_MODULES = {
    "constant": "ConstantPad",
    "reflect": "ReflectionPad",
    "replicate": "ReplicationPad",
    "circular": "CircularPad",
}
Width = Annotated[int, Field(ge=0)]


class Pad(Layer):
    """A sample of [C, L], [C, H, W] or [C, D, H, W] with a border (torch.nn.ConstantPad2d).

    ``padding`` is the width of the border: one number for all sides, or two for each axis after the
    channel, the last axis first, as in PyTorch: ``[left, right, top, bottom]``. ``mode`` fills it
    with ``value``, or with the sample's own elements.
    """

    example: ClassVar[str] = '{ kind = "Pad", padding = [0, 1, 0, 1] }'
    stem: ClassVar[str] = "pad"

    kind: Literal["Pad"] = "Pad"
    padding: Width | Annotated[tuple[Width, ...], Field(min_length=2, max_length=6)] = 1
    mode: Literal["constant", "reflect", "replicate", "circular"] = "constant"
    value: float = 0.0

    @model_validator(mode="after")
    def _of_its_mode(self) -> Self:
        if self.mode != "constant" and self.value:
            raise PydanticCustomError("conflict", '`value` needs `mode = "constant"`')
        return self

    def traits(self, training: bool) -> Traits:
        linear = self.mode != "constant" or not self.value
        return Traits(algebra="linear" if linear else "affine")

    def shape(self, *inputs: Shape) -> Shape:
        (shape,) = inputs
        if not 2 <= len(shape) <= 4:
            raise ShapeError(f"expected one to three axes after the channel, got {show(shape)}")
        sides = self._sides(shape)
        if len(sides) != 2 * (len(shape) - 1):
            message = f"`padding` has {len(sides)} numbers, where {show(shape)} needs two an axis"
            raise ShapeError(f"{message} after the channel", "padding")
        pairs = zip(sides[::2], sides[1::2], strict=True)
        for size, pair in zip(shape[:0:-1], pairs, strict=True):
            most = {"reflect": size - 1, "circular": size}.get(self.mode, max(pair))
            if max(pair) > most:
                message = f'`mode = "{self.mode}"` has {most} elements for a border'
                raise ShapeError(f"{message} of {max(pair)}", "padding")
        added = [a + b for a, b in zip(sides[::2], sides[1::2], strict=True)][::-1]
        return (shape[0], *(size + more for size, more in zip(shape[1:], added, strict=True)))

    def idle(self, *inputs: Shape) -> str:
        return "its border has no width" if self.shape(*inputs) == inputs[0] else ""

    def torch_call(self, *inputs: Shape) -> Call:
        rank = len(inputs[0]) - 1
        names: tuple[str, ...] = ("padding",)
        args: tuple[object, ...] = (self.padding,)
        if self.mode == "constant":
            names, args = (*names, "value"), (*args, self.value)
        return Call(f"nn.{_MODULES[self.mode]}{rank}d", args, names=names)

    def _sides(self, shape: Shape) -> tuple[int, ...]:
        if isinstance(self.padding, tuple):
            return self.padding
        return (self.padding,) * (2 * (len(shape) - 1))
