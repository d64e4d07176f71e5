"""The neurons of a network as classes: one for each distinct set of equations."""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass

from snnc.emit.docstring import paragraph
from snnc.emit.parameters import needs_shape
from snnc.graph import Graph
from snnc.kernel.build import kernel
from snnc.kernel.types import Kernel
from snnc.layer import Shape
from snnc.neuron import Neuron, SpikingNeuron
from snnc.step.print_torch import equations


@dataclass(frozen=True)
class Class:
    """A neuron as kernels.py writes it, and the layers that it is the class of."""

    name: str
    neuron: Neuron
    kernel: Kernel
    layers: tuple[str, ...]

    @property
    def doc(self) -> str:
        """The first paragraph of what the kind says about itself."""
        return paragraph((type(self.neuron).__doc__ or "").split("\n\n")[0], 4)

    @property
    def equations(self) -> list[str]:
        """Its step with its numbers filled in, to read."""
        return equations(self.neuron.equations().body)

    @property
    def surrogate(self) -> str:
        """``ATan (alpha = 2.0)``, or nothing for a neuron that does not spike."""
        if not isinstance(self.neuron, SpikingNeuron):
            return ""
        surrogate = self.neuron.surrogate
        fields = (key for key in type(surrogate).model_fields if key != "kind")
        numbers = ", ".join(f"{key} = {getattr(surrogate, key)!r}" for key in fields)
        return f"{surrogate.kind} ({numbers})" if numbers else surrogate.kind

    @property
    def slope(self) -> list[str]:
        """The surrogate's gradient, to read."""
        if not isinstance(self.neuron, SpikingNeuron):
            return []
        return equations(self.neuron.surrogate.derivative().body)


@dataclass(frozen=True)
class Neurons:
    """Every distinct neuron of a network; ``calls`` is how each layer's module is made."""

    classes: tuple[Class, ...]
    calls: Mapping[str, str]


def neurons(graph: Graph) -> Neurons:
    """What kernels.py defines for ``graph``."""
    layers = {n.path: n for n in graph.nodes if isinstance(n.operator, Neuron)}
    operators = {path: n.operator for path, n in layers.items() if isinstance(n.operator, Neuron)}
    names = _named((type(neuron).__name__, _key(neuron)) for neuron in operators.values())
    first = {_key(neuron): neuron for neuron in reversed(operators.values())}
    layers_of: dict[Hashable, list[str]] = {}
    for path, neuron in operators.items():
        layers_of.setdefault(_key(neuron), []).append(path)
    classes = (
        Class(name, first[key], kernel(name.lower(), first[key]), tuple(layers_of[key]))
        for key, name in names.items()
    )
    calls = {
        path: f"{names[_key(neuron)]}({_shape(neuron, layers[path].shapes[0])})"
        for path, neuron in operators.items()
    }
    return Neurons(tuple(classes), calls)


def _shape(neuron: Neuron, shape: Shape) -> str:
    return repr(shape) if needs_shape(neuron) else ""


def _key(neuron: Neuron) -> Hashable:
    """What makes two layers the same neuron: everything but their names and sources."""
    return neuron.model_copy(update={"name": None, "source": None}).model_dump_json()


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
