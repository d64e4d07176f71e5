"""Readouts: how a sequence becomes an answer."""

from collections.abc import Sequence
from typing import Any, ClassVar

from snnc.layer import Operator, Site, Traits
from snnc.shapes import Shape
from snnc.window import alike


class Readout(Operator):
    """Takes [T, B, ...] and gives [B, ...] (or all of it): needs every step.

    ``expression`` is the printed form over ``{x}``, and ``says`` the same in words; with
    ``keeps_time`` every step is given.
    ``commutes`` are the algebras of what may as well run after it; ``keeps_static`` says that it
    leaves a value that is the same at every step as it is.
    """

    expression: ClassVar[str]
    says: ClassVar[str]
    keeps_time: ClassVar[bool] = False
    commutes: ClassVar[frozenset[str]] = frozenset()
    keeps_static: ClassVar[bool] = False

    @property
    def over_time(self) -> bool:
        return True

    @property
    def reads_lengths(self) -> bool:
        """Whether a call takes the number of real steps of each sample."""
        return False

    def traits(self, training: bool) -> Traits:
        return Traits(time="whole")

    def shape(self, *inputs: Shape) -> Shape:
        return inputs[0]

    def corners(self, corner: Shape, *inputs: Shape) -> tuple[Shape, ...]:
        return alike(corner, *inputs)

    def call(self, name: str, args: Sequence[str], site: Site) -> str:
        return self.expression.format(x=args[0])

    def read(self, x: Any) -> Any:
        """The readout of a tensor [T, B, ...]: the meaning of :attr:`expression`."""
        raise NotImplementedError


class MaskedReadout(Readout):
    """A readout that can leave out padding.

    With ``masked``, a call of the network takes ``lengths``, the number of real steps of each
    sample; steps behind them are not read. Without ``lengths``, all are.
    """

    masked: bool | None = None

    @property
    def reads_lengths(self) -> bool:
        return bool(self.masked)

    def call(self, name: str, args: Sequence[str], site: Site) -> str:
        if self.masked:
            return f'masked_readout({args[0]}, lengths, "{self.kind}")'
        return super().call(name, args, site)

    def uses(self, site: Site) -> tuple[str, ...]:
        return ("masked_readout", "lengths") if self.masked else ()
