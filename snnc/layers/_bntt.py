"""The base of batch norms through time."""

from collections.abc import Sequence
from typing import Any

from snnc.layer import Call, Draw, Kept, Site, Traits
from snnc.layers._te_batch_norm import ForEachStep
from snnc.shapes import Shape


class BNTT(ForEachStep):
    """A separate batch norm for every time step, with a weight and, as published, no bias."""

    bias: bool = False

    @property
    def biased(self) -> bool:
        return self.affine and self.bias

    def traits(self, training: bool) -> Traits:
        return Traits("indexed", batch=training, updates=training)

    def why(self) -> str:
        return "is another normalisation at every step"

    def kept(self, *inputs: Shape) -> Kept:
        keywords = {key: value for key, value in self.keywords().items() if key != "bias"}
        each = Call(self.module, self.leading(*inputs), {**keywords, "affine": False})
        names = (("weight", 1.0), ("bias", 0.0))[: self.affine + self.biased]
        more = {f"{t}.{n}": (inputs[0][:1], v) for t in range(self._steps) for n, v in names}
        return Kept(Call("nn.ModuleList", ((each,) * self._steps,)), more)

    def call(self, name: str, args: Sequence[str], site: Site) -> str:
        if site == "step":
            return f"batch_norm(self.{name}[first + t], {args[0]})"
        return f"self.{name}({args[0]}{', first' if site == 'fold' else ''})"

    def uses(self, site: Site) -> tuple[str, ...]:
        return {"step": ("batch_norm", "first", "t"), "fold": ("first",), "once": ()}[site]

    def parameters(self, *inputs: Shape) -> int:
        return self._steps * (self.affine + self.biased) * inputs[0][0]

    def textbook(
        self, inputs: Sequence[Any], t: int, module: Any, training: bool, draw: Draw
    ) -> Any:
        return module[t](inputs[0])
