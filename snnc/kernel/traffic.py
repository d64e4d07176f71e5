"""Bytes that a kernel moves: what bounds its speed, as its arithmetic hides behind memory.

A kernel goes over memory in sweeps. What stands around a neuron in its kernel decides which sweeps
there are and what each of them reads and writes; bytes are counted from those lists alone.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from snnc.kernel.types import Kernel
from snnc.window import Window

OUTPUT, GRADIENT = "output", "g_output"


@dataclass(frozen=True)
class Around:
    """The operators that run in a kernel besides its neuron.

    ``normed``: a batch normalisation before it; ``window``: pooling behind it; ``recurrent``: its
    output comes back to its input through a weight.
    """

    normed: bool = False
    window: Window | None = None
    recurrent: bool = False

    def name(self, kernel: Kernel) -> str:
        """``if_max_2x2``, ``if_normed``: the form of the kernel."""
        window = f"_{self.window.text}" if self.window else ""
        return f"{kernel.name}{window}{'_normed' * self.normed}"


@dataclass(frozen=True)
class Sweep:
    """One pass over memory: numbers per neuron and time step that it reads and writes, by name."""

    name: str
    reads: Mapping[str, float]
    writes: Mapping[str, float]

    @property
    def numbers(self) -> float:
        """All of them."""
        return sum(self.reads.values()) + sum(self.writes.values())


@dataclass(frozen=True)
class Traffic:
    """Bytes per neuron and time step of every sweep of a training step, in order."""

    sweeps: Mapping[str, float]

    @property
    def forward(self) -> float:
        """The traffic of the forward pass."""
        return sum(self.sweeps.get(name, 0.0) for name in ("statistics", "forward"))

    @property
    def backward(self) -> float:
        """The traffic of the backward pass."""
        return sum(self.sweeps.get(name, 0.0) for name in ("backward", "finish"))

    @property
    def training(self) -> float:
        """The bytes of a training step: forward and backward."""
        return self.forward + self.backward


def traffic(
    kernel: Kernel,
    around: Around | None = None,
    inputs: float = 1.0,
    outputs: float = 1.0,
    size: int = 4,
) -> Traffic:
    """The bytes that a training step moves, ``size`` bytes a number.

    ``inputs`` and ``outputs`` are how often inputs are read and outputs written per time step:
    1/T of what all steps share. Terms, first and last states, a recurrent weight and numbers per
    channel are not of every neuron and step, so they do not count.
    """
    found = sweeps(kernel, around or Around(), inputs, outputs)
    return Traffic({sweep.name: size * sweep.numbers for sweep in found})


def sweeps(
    kernel: Kernel, around: Around, inputs: float = 1.0, outputs: float = 1.0
) -> Iterator[Sweep]:
    """The passes of a training step over memory, in order."""
    x = {operand.name: inputs for operand in kernel.inputs}
    back = {f"g_{name}": share for name, share in x.items()}
    share = outputs / (around.window.size if around.window else 1)
    if around.normed:
        yield Sweep("statistics", x, {})
    yield Sweep("forward", x, {OUTPUT: share})
    again = {name: x[name] for name in _again(kernel, around)}
    if around.recurrent:  # the gradient of every step's whole input, of which x is a part
        again, back = {**again, **_replayed(kernel, outputs)}, {"g_fed": outputs}
    yield Sweep("backward", {**again, GRADIENT: share}, back)
    if around.normed:
        yield Sweep("finish", {**x, **back}, back)


def _again(kernel: Kernel, around: Around) -> tuple[str, ...]:
    """The inputs that the backward pass reads: all of them where it repeats the steps."""
    chosen = around.window is not None and around.window.how == "max"
    fed = around.recurrent and bool(kernel.kept_inputs)
    if kernel.kept or chosen or fed or around.normed:
        return kernel.step.inputs
    return kernel.kept_inputs


def _replayed(kernel: Kernel, outputs: float) -> Mapping[str, float]:
    """The output that a recurrent kernel feeds back when it repeats the steps."""
    return {OUTPUT: outputs} if kernel.kept or kernel.kept_inputs else {}
