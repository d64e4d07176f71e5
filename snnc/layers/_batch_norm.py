"""What batch normalisations share: their meaning in time is the spec's, never the schedule's."""

from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from snnc.layer import Layer, Shape, ShapeError, Site, Traits, one, show
from snnc.sizes import Positive


class BatchNorm(Layer):
    """Normalises each channel by its mean and variance over the batch and the inner axes.

    ``stats = "sequence"`` takes statistics over all T·B samples and makes one running update;
    ``"step"`` takes them anew at every step and makes T running updates.
    """

    stem: ClassVar[str] = "bn"
    ranks: ClassVar[tuple[int, ...]]
    expects: ClassVar[str]
    unprinted: ClassVar[frozenset[str]] = frozenset({"num_features", "stats"})

    kind: str = ""
    num_features: Positive | None = None
    eps: Annotated[float, Field(gt=0)] = 1e-5
    momentum: Annotated[float, Field(ge=0, le=1)] = 0.1
    affine: bool = True
    stats: Literal["sequence", "step"] = "sequence"

    @property
    def over_time(self) -> bool:
        # statistics of each step need the steps apart
        return self.stats == "step"

    def traits(self, training: bool) -> Traits:
        if not training:
            return Traits(algebra="affine")
        time: Literal["whole", "pointwise"] = "whole" if self.stats == "sequence" else "pointwise"
        return Traits(time=time, batch=True, updates=True)

    def shape(self, *inputs: Shape) -> Shape:
        (shape,) = inputs
        if len(shape) not in self.ranks:
            raise ShapeError(f"expected {self.expects}, got {show(shape)}")
        if self.num_features is not None:
            one(self.num_features, shape[0], "num_features", "channel")
        return shape

    def leading(self, *inputs: Shape) -> tuple[object, ...]:
        return (inputs[0][0],)

    def parameters(self, *inputs: Shape) -> int:
        return 2 * inputs[0][0] if self.affine else 0

    def call(self, name: str, args: Sequence[str], site: Site) -> str:
        (x,) = args
        helper = self._helper(site)
        if helper is None:
            return f"self.{name}({x})"
        time_steps = ", time_steps" if site == "once" else ""
        return f"{helper}(self.{name}, {x}{time_steps})"

    def helpers(self, site: Site) -> tuple[str, ...]:
        helper = self._helper(site)
        return (helper,) if helper else ()

    def _helper(self, site: Site) -> str | None:
        if site == "once":
            return "batch_norm_once" if self.stats == "sequence" else "batch_norm_once_per_step"
        return "batch_norm_per_step" if site == "fold" and self.stats == "step" else None
