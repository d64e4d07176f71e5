"""A neuron into its kernel."""

from dataclasses import replace

from snnc.kernel.safe import safe, safe_step
from snnc.kernel.types import Axes, Kernel, Operand
from snnc.neuron import Neuron, SpikingNeuron
from snnc.step.grad import Adjoint, adjoint, seed
from snnc.step.shorten import shortened
from snnc.step.simplify import Lifted, simplified
from snnc.step.ssa import Step, names

_PER: dict[str, Axes] = {"layer": "", "channel": "c", "neuron": "ce"}
_ORDER = ("", "c", "ce")


def kernel(name: str, neuron: Neuron) -> Kernel:
    """The kernel of ``neuron`` under a name that C can use."""
    plain, lifted = simplified(neuron.equations())
    step = safe_step(plain)
    step = replace(step, body=shortened(step.body, _names(step)))
    slope = neuron.surrogate.derivative() if isinstance(neuron, SpikingNeuron) else None
    return Kernel(
        name=name,
        step=step,
        adjoint=_short(adjoint(step, slope), step),
        inputs=tuple(Operand(x, "tbce") for x in step.inputs),
        states=tuple(Operand(state, "bce") for state in step.states),
        terms=tuple(Operand(safe(term.name), _axes(neuron, term)) for term in lifted),
        lifted=lifted,
        start={safe(s): v if isinstance(v, float) else 0.0 for s, v in neuron.start().items()},
    )


def _names(step: Step) -> set[str]:
    own = {*step.inputs, *step.states, *step.parameters}
    return own | {a.name for a in step.body} | {n for a in step.body for n in names(a.value)}


def _short(found: Adjoint, step: Step) -> Adjoint:
    taken = _names(step) | {a.name for a in found.body} | {seed(s) for s in step.states}
    return replace(found, body=shortened(found.body, {*taken, seed("output")}))


def _axes(neuron: Neuron, term: Lifted) -> Axes:
    """The axes of a term: the most that any of its parameters has."""
    values = neuron.run_time()
    found = [_PER[values[parameter].per] for parameter in term.parameters]
    return max(found, key=_ORDER.index)
