"""MatMul."""

from collections.abc import Sequence
from math import prod
from typing import ClassVar, Literal

from snnc.layer import Call, Layer, Site, Traits
from snnc.shapes import Shape, ShapeError, show


class MatMul(Layer):
    """The matrix product of two inputs, [..., N, K] and [..., K, M] to [..., N, M] (torch.matmul).

    The axes before the last two are those of several products, and the same in both inputs.
    """

    example: ClassVar[str] = '{ kind = "MatMul", from = ["a", "b"] }'
    stem: ClassVar[str] = "matmul"
    ports: ClassVar[int | None] = 2

    kind: Literal["MatMul"] = "MatMul"

    def traits(self, training: bool) -> Traits:
        return Traits()

    def shape(self, *inputs: Shape) -> Shape:
        a, b = inputs
        fits = len(a) == len(b) >= 2 and a[:-2] == b[:-2] and a[-1] == b[-2]
        if not fits:
            raise ShapeError(f"cannot multiply {show(a)} by {show(b)} as matrices", "from")
        return (*a[:-1], b[-1])

    def torch_call(self, *inputs: Shape) -> Call:
        return Call("torch.matmul", of="each")

    def call(self, name: str, args: Sequence[str], site: Site) -> str:
        return " @ ".join(args)

    def macs(self, *inputs: Shape) -> int:
        return prod(inputs[0]) * inputs[1][-1]
