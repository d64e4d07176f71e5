"""The base of batch norms: their meaning in time belongs to the spec, not to the schedule."""

from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from snnc.layer import Role, Site, Traits
from snnc.layers._weighted import Weighted
from snnc.shapes import Shape, ShapeError, one, show
from snnc.sizes import Positive

EXPECTS = {
    1: ((1, 2), "features [C] or [C, L]"),
    2: ((3,), "an image [C, H, W]"),
    3: ((4,), "a volume [C, D, H, W]"),
}
"""The axes that a sample may have, and how they are called."""
Momentum = Annotated[float, Field(ge=0, le=1)]


class Normalisation(Weighted):
    """Normalises each channel by its mean and variance over samples and the inner axes."""

    stem: ClassVar[str] = "bn"
    role: ClassVar[Role] = "norm"
    inner: ClassVar[int]
    unprinted: ClassVar[frozenset[str]] = frozenset({"num_features", "stats"})

    kind: str = ""
    num_features: Positive | None = None
    eps: Annotated[float, Field(gt=0)] = 1e-5
    momentum: Momentum = 0.1
    affine: bool = True

    @property
    def weight_axes(self) -> int:
        return int(self.affine)

    @property
    def biased(self) -> bool:
        return self.affine

    @property
    def module(self) -> str:
        """PyTorch's class for one step."""
        return f"nn.BatchNorm{self.inner}d"

    def shape(self, *inputs: Shape) -> Shape:
        (shape,) = inputs
        ranks, expected = EXPECTS[self.inner]
        if len(shape) not in ranks:
            raise ShapeError(f"expected {expected}, got {show(shape)}")
        if self.num_features is not None:
            one(self.num_features, shape[0], "num_features", "channel")
        return shape

    def leading(self, *inputs: Shape) -> tuple[object, ...]:
        return (inputs[0][0],)

    def parameters(self, *inputs: Shape) -> int:
        return 2 * inputs[0][0] if self.affine else 0


class SequenceNorm(Normalisation):
    """Statistics over all T·B samples, and one running update."""

    @property
    def per_step(self) -> bool:
        """Whether the statistics are those of each time step and not of the whole sequence."""
        return False

    @property
    def over_time(self) -> bool:
        # statistics of each step need the steps apart
        return self.per_step

    @property
    def normalises(self) -> bool:
        return not self.per_step

    def traits(self, training: bool) -> Traits:
        if not training:
            return Traits(algebra="affine")
        time: Literal["whole", "pointwise"] = "pointwise" if self.per_step else "whole"
        return Traits(time=time, batch=True, updates=True)

    def call(self, name: str, args: Sequence[str], site: Site) -> str:
        (x,) = args
        time_steps = ", time_steps" if site == "once" else ""
        return f"{self._helper(site)}(self.{name}, {x}{time_steps})"

    def uses(self, site: Site) -> tuple[str, ...]:
        return (self._helper(site), *(("time_steps",) if site == "once" else ()))

    def _helper(self, site: Site) -> str:
        """The function of the runtime that calls PyTorch's module: never the network itself."""
        if site == "once":
            return "batch_norm_once_per_step" if self.per_step else "batch_norm_once"
        return "batch_norm_per_step" if site == "fold" and self.per_step else "batch_norm"


class BatchNorm(SequenceNorm):
    """A batch norm whose statistics follow ``stats``.

    ``"sequence"`` takes statistics over all T·B samples and makes one running update. ``"step"``
    takes statistics of each time step and makes T running updates. With ``momentum =
    "cumulative"``, running statistics are the mean of all batches so far.
    """

    momentum: Momentum | Literal["cumulative"] = 0.1  # type: ignore[assignment]
    stats: Literal["sequence", "step"] = "sequence"

    def keywords(self) -> dict[str, object]:
        cumulative = {"momentum": None} if self.momentum == "cumulative" else {}
        return {**super().keywords(), **cumulative}

    @property
    def per_step(self) -> bool:
        return self.stats == "step"
