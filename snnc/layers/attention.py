"""Attention."""

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from snnc.layer import Draw, Layer, Site, Traits
from snnc.shapes import Shape, ShapeError, plural, rank, show
from snnc.sizes import Positive


class Attention(Layer):
    """Multi-head attention of three inputs: queries, keys and values, each [C, N] with N tokens.

    Each of the ``heads`` has C / ``heads`` channels. The output at a token is a weighted sum of all
    values. A weight is ``scale`` times the product of the token's query with a key. ``scale`` is 1
    / sqrt(C / heads) unless stated. With ``softmax``, the weights of a token are normalised by a
    softmax (Vaswani et al., NeurIPS 2017). Without it, they stay as they are (Zhou et al.,
    Spikformer, ICLR 2023).
    """

    example: ClassVar[str] = (
        '{ kind = "Attention", from = ["q", "k", "v"], heads = 4, softmax = false }'
    )
    stem: ClassVar[str] = "attention"
    ports: ClassVar[int | None] = 3
    inputs: ClassVar[tuple[str, ...]] = ("queries", "keys", "values")

    kind: Literal["Attention"] = "Attention"
    heads: Positive = 1
    scale: Annotated[float, Field(gt=0)] | None = None
    softmax: bool = True

    def traits(self, training: bool) -> Traits:
        return Traits()

    def shape(self, *inputs: Shape) -> Shape:
        for shape in inputs:
            rank(shape, 2, "[C, N]")
        query, key, value = inputs
        if query[0] != key[0]:
            pair = f"queries {show(query)} and keys {show(key)}"
            raise ShapeError(f"{pair} differ in channels", "from")
        if key[1] != value[1]:
            pair = f"keys {show(key)} and values {show(value)}"
            raise ShapeError(f"{pair} differ in tokens", "from")
        for channels in (query[0], value[0]):
            if channels % self.heads:
                message = f"{plural(channels, 'channel')} cannot be split into {self.heads} heads"
                raise ShapeError(message, "heads")
        return value[0], query[1]

    def call(self, name: str, args: Sequence[str], site: Site) -> str:
        scale = "" if self.scale is None else f", {self.scale!r}"
        return f"{self._helper}({', '.join(args)}, {self.heads}{scale})"

    def uses(self, site: Site) -> tuple[str, ...]:
        return (self._helper,)

    @property
    def _helper(self) -> str:
        return "softmax_attention" if self.softmax else "linear_attention"

    def macs(self, *inputs: Shape) -> int:
        (channels, queries), (_, tokens), (values, _) = inputs
        weights_first = tokens * queries * (channels + values)
        if self.softmax:
            return weights_first
        return min(weights_first, channels * values // self.heads * (tokens + queries))

    def textbook(
        self, inputs: Sequence[Any], t: int, module: Any, training: bool, draw: Draw
    ) -> Any:
        q, k, v = (x.unflatten(1, (self.heads, -1)) for x in inputs)  # [B, heads, C, N]
        scale = self.scale or q.shape[2] ** -0.5
        weights = q.transpose(2, 3) @ k * scale  # of each query, for each key
        weights = weights.softmax(3) if self.softmax else weights
        return (v @ weights.transpose(2, 3)).flatten(1, 2)
