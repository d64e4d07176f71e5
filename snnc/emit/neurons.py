"""The neurons of a network as classes: one for each distinct set of equations."""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass

from snnc.emit.docstring import paragraph
from snnc.graph import Graph
from snnc.neuron import Neuron, SpikingNeuron
from snnc.step.print_torch import assignments, expression
from snnc.surrogate import Surrogate


@dataclass(frozen=True)
class SurrogateText:
    """A surrogate as kernels.py writes it: an autograd Function, and what applies it."""

    name: str
    doc: str
    gradient: str

    @property
    def function(self) -> str:
        return f"spike_{self.name.lower()}"


@dataclass(frozen=True)
class NeuronText:
    """A neuron as kernels.py writes it: its ``equations`` to read, its ``lines`` to run."""

    name: str
    doc: str
    equations: tuple[str, ...]
    lines: tuple[str, ...]
    states: Mapping[str, float]
    output: str


@dataclass(frozen=True)
class Neurons:
    """Every distinct neuron and surrogate of a network; ``classes`` names each layer's class."""

    neurons: tuple[NeuronText, ...]
    surrogates: tuple[SurrogateText, ...]
    classes: Mapping[str, str]


def neurons(graph: Graph) -> Neurons:
    """What kernels.py defines for ``graph``."""
    layers = {n.path: n.operator for n in graph.nodes if isinstance(n.operator, Neuron)}
    spiking = [n for n in layers.values() if isinstance(n, SpikingNeuron)]
    surrogates = _named((s.kind, s) for s in (neuron.surrogate for neuron in spiking))
    names = _named((neuron.kind, _key(neuron)) for neuron in layers.values())
    first = {_key(neuron): neuron for neuron in reversed(layers.values())}
    return Neurons(
        tuple(_neuron(name, first[key], surrogates) for key, name in names.items()),
        tuple(_surrogate(name, kind) for kind, name in surrogates.items()),
        {path: names[_key(neuron)] for path, neuron in layers.items()},
    )


def _key(neuron: Neuron) -> Hashable:
    return neuron.model_copy(update={"name": None, "source": None})


def _named(things: Iterable[tuple[str, Hashable]]) -> dict[Hashable, str]:
    """Each distinct thing with its kind as its name, numbered if there are several of a kind."""
    distinct = dict.fromkeys(things)
    counts = Counter(kind for kind, _ in distinct)
    seen: Counter[str] = Counter()
    names: dict[Hashable, str] = {}
    for kind, thing in distinct:
        seen[kind] += 1
        names[thing] = f"{kind}{seen[kind]}" if counts[kind] > 1 else kind
    return names


def _surrogate(name: str, surrogate: Hashable) -> SurrogateText:
    assert isinstance(surrogate, Surrogate)
    fields = {key: getattr(surrogate, key) for key in type(surrogate).model_fields if key != "kind"}
    numbers = ", ".join(f"{key} = {value!r}" for key, value in fields.items())
    doc = f"{surrogate.kind} ({numbers})" if numbers else surrogate.kind
    return SurrogateText(name, doc, expression(surrogate.derivative()))


def _neuron(name: str, neuron: Neuron, surrogates: Mapping[Hashable, str]) -> NeuronText:
    step = neuron.equations()
    lines = assignments(step.body)
    if isinstance(neuron, SpikingNeuron):
        function = f"spike_{surrogates[neuron.surrogate].lower()}("
        code = [line.replace("spike(", function) for line in lines]
    else:
        code = lines
    doc = paragraph((type(neuron).__doc__ or "").split("\n\n")[0], 4)
    return NeuronText(name, doc, tuple(lines), tuple(code), neuron.start(), neuron.output)
