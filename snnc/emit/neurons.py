"""The neurons of a network as classes: one for each distinct set of equations."""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass

from snnc.emit.docstring import paragraph
from snnc.emit.made import Made, shaped
from snnc.emit.parameters import needs_shape
from snnc.graph import Graph
from snnc.kernel.build import kernel
from snnc.kernel.types import Kernel
from snnc.neuron import Neuron, SpikingNeuron
from snnc.step.print_torch import equations


@dataclass(frozen=True)
class Class:
    """A neuron as kernels.py writes it, and the layers that it is the class of.

    ``inner`` are layers that it holds, of its feedback: their names and PyTorch's classes.
    """

    name: str
    neuron: Neuron
    kernel: Kernel
    layers: tuple[str, ...]
    inner: tuple[tuple[str, str], ...] = ()

    @property
    def doc(self) -> str:
        """The first paragraph of what the kind says about itself."""
        return paragraph((type(self.neuron).__doc__ or "").split("\n\n")[0], 4)

    @property
    def equations(self) -> list[str]:
        """Its step with its numbers filled in, to read."""
        return equations(self.kernel.written.body)

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
    """Every distinct neuron of a network; ``made`` is how each layer's module is made."""

    classes: tuple[Class, ...]
    made: Mapping[str, Made]


def neurons(graph: Graph) -> Neurons:
    """What kernels.py defines for ``graph``."""
    layers = {n.path: n.operator for n in graph.nodes if isinstance(n.operator, Neuron)}
    inner = _inner(graph, layers)
    keys = {path: (_key(neuron), inner.get(path, ())) for path, neuron in layers.items()}
    names = _named((type(neuron).__name__, keys[path]) for path, neuron in layers.items())
    layers_of: dict[Hashable, list[str]] = {}
    for path in layers:
        layers_of.setdefault(keys[path], []).append(path)
    classes = []
    for key, name in names.items():
        paths = layers_of[key]
        neuron = layers[paths[0]]
        made = kernel(name.lower(), neuron)
        classes.append(Class(name, neuron, made, tuple(paths), inner.get(paths[0], ())))
    calls = {
        path: shaped(names[keys[path]], graph[path].shapes[0] if needs_shape(neuron) else None)
        for path, neuron in layers.items()
    }
    return Neurons(tuple(classes), calls)


def _inner(graph: Graph, layers: Mapping[str, Neuron]) -> dict[str, tuple[tuple[str, str], ...]]:
    """What stands below a neuron's path: the layer of its feedback."""
    found: dict[str, tuple[tuple[str, str], ...]] = {}
    for node in graph.nodes:
        parent, _, name = node.path.rpartition(".")
        made = node.operator.attribute(node.path, *node.shapes) if parent in layers else None
        if made:
            found[parent] = (*found.get(parent, ()), (name, made.target))
    return found


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
