"""A neuron into its kernel."""

from snnc.kernel.types import Axes, Kernel, Operand
from snnc.neuron import Neuron, SpikingNeuron
from snnc.step.grad import adjoint
from snnc.step.simplify import Lifted, simplified

_PER: dict[str, Axes] = {"layer": "", "channel": "c", "neuron": "ce"}
_ORDER = ("", "c", "ce")


def kernel(name: str, neuron: Neuron) -> Kernel:
    """The kernel of ``neuron`` under a name that C can use."""
    step, lifted = simplified(neuron.equations())
    slope = neuron.surrogate.derivative() if isinstance(neuron, SpikingNeuron) else None
    return Kernel(
        name=name,
        step=step,
        adjoint=adjoint(step, slope),
        inputs=tuple(Operand(x, "tbce") for x in step.inputs),
        states=tuple(Operand(state, "bce") for state in step.states),
        terms=tuple(Operand(term.name, _axes(neuron, term)) for term in lifted),
        lifted=lifted,
        start={s: v if isinstance(v, float) else 0.0 for s, v in neuron.start().items()},
    )


def _axes(neuron: Neuron, term: Lifted) -> Axes:
    """The axes of a term: the most that any of its parameters has."""
    values = neuron.run_time()
    found = [_PER[values[parameter].per] for parameter in term.parameters]
    return max(found, key=_ORDER.index)
