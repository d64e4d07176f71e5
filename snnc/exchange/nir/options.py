"""Options of an import: what a NIR file leaves open."""

from dataclasses import dataclass
from typing import Literal

from snnc.exchange.nir.cycles import Recurrence


@dataclass(frozen=True)
class NirOptions:
    """The answers. ``dt`` is the length of a time step, in the unit of the file's taus.

    ``reset``: v becomes v_reset ("hard") or loses the threshold ("soft"). ``recurrence``: spikes or
    currents of a cycle are one step late. ``start``: v begins at 0 or at v_leak. ``profile``: the
    neurons of a library, instead of NIR's equations.
    """

    dt: float
    reset: Literal["hard", "soft"] = "hard"
    recurrence: Recurrence = "spike"
    start: Literal["zero", "v_leak"] = "zero"
    fires: Literal["above", "at"] = "above"
    profile: Literal["nir", "sinabs"] = "nir"
