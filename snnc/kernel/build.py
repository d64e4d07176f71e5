"""A neuron into its kernel, alone or with what stands in front of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from snnc.kernel.compose import fed_back, in_front, used
from snnc.kernel.safe import safe_names, safe_step
from snnc.kernel.types import Axes, Kernel, Operand
from snnc.layer import Layer
from snnc.neuron import Neuron, SpikingNeuron
from snnc.number import Value
from snnc.step.grad import Adjoint, adjoint, seed
from snnc.step.shorten import shortened
from snnc.step.simplify import Lifted, simplified
from snnc.step.ssa import Step, Var, replaced

_PER: dict[str, Axes] = {"layer": "", "channel": "c", "neuron": "ce"}
_ORDER = ("", "c", "ce")


@dataclass(frozen=True)
class Front:
    """An element-wise layer that computes a neuron's input ``port`` (default: its first).

    ``delays`` has a number for each of the layer's inputs: 0 if it is an input of the kernel, k if
    it is the neuron's own output k steps ago. ``module`` is where the layer's run-time numbers are
    found from the neuron's module.
    """

    layer: Layer
    delays: tuple[int, ...]
    port: str = ""
    module: str = ""


@dataclass(frozen=True)
class _Whole:
    """All that happens at a step; for each run-time number its place and its value."""

    step: Step
    places: Mapping[str, str] = field(default_factory=dict)
    numbers: Mapping[str, Value] = field(default_factory=dict)

    @property
    def fixed(self) -> frozenset[str]:
        """The numbers that are neither learned nor drawn."""
        stated = (name for name, n in self.numbers.items() if not n.learnable and n.uniform is None)
        return frozenset(stated)


def kernel(
    name: str, neuron: Neuron, fronts: Sequence[Front] = (), recurrent: bool = False
) -> Kernel:
    """The kernel of ``neuron`` behind ``fronts`` under a name that C can use.

    Raises:
        ValueError: a front is no element-wise layer, or a recurrent neuron has several inputs.
    """
    whole = _whole(neuron, fronts)
    count = len(whole.step.inputs)
    if not count or (recurrent and count > 1):
        raise ValueError(f"{name} has {count} inputs: it must have {'just ' * recurrent}one")
    plain, lifted = simplified(whole.step, whole.fixed)
    names = safe_names(plain)
    step = safe_step(plain, names)
    step = replace(step, body=shortened(step.body, used(step)))
    slope = neuron.surrogate.derivative() if isinstance(neuron, SpikingNeuron) else None
    start = {s: v if isinstance(v, float) else 0.0 for s, v in neuron.start().items()}
    return Kernel(
        name=name,
        step=step,
        adjoint=_short(adjoint(step, slope), step),
        inputs=tuple(Operand(x, "tbce") for x in step.inputs),
        states=tuple(Operand(state, "bce") for state in step.states),
        terms=tuple(Operand(names[term.name], _axes(whole, term)) for term in lifted),
        lifted=tuple(_placed(whole, term) for term in lifted),
        start={names[state]: start.get(state, 0.0) for state in whole.step.states},
        written=whole.step,
        recurrent=recurrent,
    )


def _whole(neuron: Neuron, fronts: Sequence[Front]) -> _Whole:
    numbers = neuron.run_time()
    whole = _Whole(neuron.equations(), {name: name for name in numbers}, numbers)
    for front in fronts:
        whole = _behind(whole, front)
    return whole


def _behind(whole: _Whole, front: Front) -> _Whole:
    layer, count = front.layer, len(front.delays)
    ahead = layer.elementwise(count)
    if ahead is None:
        raise ValueError(f"{layer.kind} of {count} inputs is not element-wise: it is not fused")
    step, names = in_front(whole.step, front.port or whole.step.inputs[0], ahead)
    for own, delay in zip(ahead.inputs, front.delays, strict=True):
        step = fed_back(step, names[own], delay) if delay else step
    values = layer.run_time() if isinstance(layer, Neuron) else {}
    places = {names[p]: f"{front.module}.{p}".strip(".") for p in ahead.parameters}
    numbers = {names[p]: values[p] for p in ahead.parameters}
    return _Whole(step, {**whole.places, **places}, {**whole.numbers, **numbers})


def _placed(whole: _Whole, term: Lifted) -> Lifted:
    """The term with its parameters under the names by which the neuron's module finds them."""
    places = {name: Var(place) for name, place in whole.places.items()}
    return replace(term, value=replaced(term.value, places))


def _short(found: Adjoint, step: Step) -> Adjoint:
    taken = used(step) | {a.name for a in found.body} | {seed(s) for s in step.states}
    return replace(found, body=shortened(found.body, {*taken, seed("output")}))


def _axes(whole: _Whole, term: Lifted) -> Axes:
    """The axes of a term: the most that any of its parameters has."""
    found = [_PER[whole.numbers[parameter].per] for parameter in term.parameters]
    return max(found, key=_ORDER.index)
