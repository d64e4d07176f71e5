"""The base of threshold-dependent batch norms."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from snnc.layer import Call
from snnc.layers._batch_norm import SequenceNorm

Scale = Annotated[float, Field(gt=0)]


class TDBatchNorm(SequenceNorm):
    """Normalises to the threshold of the neuron after it.

    Statistics cover the whole sequence. The weight starts at ``alpha`` times ``v_threshold``.
    """

    alpha: Scale = 1.0
    v_threshold: Scale = 1.0

    def keywords(self) -> dict[str, object]:
        own = ("alpha", "v_threshold")
        return {key: value for key, value in super().keywords().items() if key not in own}

    def initialise(self) -> Mapping[str, Call]:
        start = Call("nn.init.constant_", (self.alpha * self.v_threshold,))
        return {**({"weight": start} if self.affine else {}), **super().initialise()}
