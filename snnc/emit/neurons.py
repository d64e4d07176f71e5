"""The neurons of a network as classes: one for each distinct set of equations."""

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

from pydantic import BaseModel

from snnc.docstrings import own
from snnc.emit.constructors import Constructor, shaped
from snnc.emit.feedback import How, feedbacks
from snnc.emit.literal import paragraph
from snnc.emit.names import networks, taken_names
from snnc.emit.parameters import needs_shape
from snnc.emit.scope import unique
from snnc.graph.types import Graph, Node
from snnc.kernel.build import kernel
from snnc.kernel.types import Kernel
from snnc.layer import Layer
from snnc.neuron import Neuron, SpikingNeuron
from snnc.program.types import Program, Scan
from snnc.step.print_torch import equations
from snnc.step.ssa import unused
from snnc.window import Window

_NAMING = ("kind", "name", "source", "initial")


@dataclass(frozen=True)
class NeuronClass:
    """A neuron as kernels.py writes it, and the layers that it is the class of.

    ``inner`` are layers that it holds, of its feedback: their names and PyTorch's classes;
    ``windows`` are those that its output is pooled in, ``norms`` those behind a normalisation,
    None if there is no pooling.
    """

    name: str
    neuron: Neuron
    kernel: Kernel
    layers: tuple[str, ...]
    inner: tuple[tuple[str, str], ...] = ()
    windows: tuple[Window, ...] = ()
    norms: tuple[Window | None, ...] = ()

    @property
    def doc(self) -> str:
        """The first paragraph of what the kind says about itself."""
        return paragraph(own(type(self.neuron)).split("\n\n")[0], 4)

    @property
    def equations(self) -> list[str]:
        """The equations with their numbers filled in, for people."""
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
    def numbers(self) -> str:
        """``v_threshold=1.0, tau=2.0, surrogate=ATan(alpha=2.0)``, for people.

        Those that are tensors are left out, and words and switches that are as usual.
        """
        return ", ".join(_numbers(self.neuron))

    @property
    def slope(self) -> list[str]:
        """The surrogate's gradient, to read."""
        if not isinstance(self.neuron, SpikingNeuron):
            return []
        return equations(self.neuron.surrogate.derivative().body)


def _numbers(neuron: Neuron) -> Iterator[str]:
    tensors = neuron.run_time()
    for key, field in type(neuron).model_fields.items():
        value = getattr(neuron, key)
        if key in _NAMING or key in tensors or value is None:
            continue
        if isinstance(value, BaseModel):
            pairs = [f"{k}={v!r}" for k, v in value.model_dump().items() if k != "kind"]
            yield f"{key}={getattr(value, 'kind', '')}({', '.join(pairs)})"
        elif isinstance(value, float | int) and not isinstance(value, bool):
            yield f"{key}={float(f'{value:.6g}') if isinstance(value, float) else value!r}"
        elif value != field.get_default(call_default_factory=True):
            yield f"{key}={value!r}".replace("'", "")


@dataclass(frozen=True)
class Neurons:
    """Every distinct neuron of a network; ``made`` is how each layer's module is made."""

    classes: tuple[NeuronClass, ...]
    made: Mapping[str, Constructor]

    @property
    def names(self) -> frozenset[str]:
        """The names of the classes."""
        return frozenset(found.name for found in self.classes)


@dataclass(frozen=True)
class _Wanted:
    """A layer of neurons as kernels.py has to define it."""

    neuron: Neuron
    inner: tuple[tuple[str, str], ...]
    how: How

    @property
    def key(self) -> Hashable:
        """The key that equal layers share: everything but their names and sources."""
        fronts = tuple((_plain(f.layer), f.delays, f.port, f.module) for f in self.how.fronts)
        return _plain(self.neuron), self.inner, fronts, self.how.recurrent


def neurons(program: Program) -> Neurons:
    """The definitions of kernels.py for ``program``."""
    graph, how = program.graph, feedbacks(program)
    layers = {n.path: n.operator for n in graph.nodes if isinstance(n.operator, Neuron)}
    inner = _inner(graph, layers)
    wanted = {p: _Wanted(n, inner.get(p, ()), how.get(p, How())) for p, n in layers.items()}
    kinds = ((type(one.neuron).__name__, one.key) for one in wanted.values())
    names = _named(kinds, {*taken_names(), *networks(graph.name)})
    layers_of: dict[Hashable, list[str]] = {}
    for path, one in wanted.items():
        layers_of.setdefault(one.key, []).append(path)
    classes, pools, norms, kernels = [], _windows(program), _norms(program), set[str]()
    for key, name in names.items():
        one = wanted[layers_of[key][0]]
        plain = unused(name.lower().replace("_", ""), kernels)
        paths = tuple(layers_of[key])
        found = tuple(dict.fromkeys(pools[path] for path in paths if path in pools))
        behind = tuple(dict.fromkeys(norms[path] for path in paths if path in norms))
        made = kernel(plain, one.neuron, one.how.fronts, one.how.recurrent)
        made = replace(made, joined=bool(found or behind))
        classes.append(NeuronClass(name, one.neuron, made, paths, one.inner, found, behind))
    calls = {path: _made(names[one.key], one.neuron, graph[path]) for path, one in wanted.items()}
    return Neurons(tuple(classes), calls)


def _windows(program: Program) -> Mapping[str, Window]:
    """The windows that neurons are pooled in, by their paths."""
    ops = [ops for r in program.regions if isinstance(r, Scan) for ops in pairwise(r.ops)]
    pairs = ((cell, program.node(after).operator.window()) for cell, after in ops)
    return {cell.node: window for cell, window in pairs if window}


def _norms(program: Program) -> Mapping[str, Window | None]:
    """The same for neurons behind a normalisation; None for those that are not pooled."""
    regions = (r for r in program.regions if isinstance(r, Scan) and r.form == "normed")
    windows = _windows(program)
    return {r.ops[1].node: windows.get(r.ops[1].node) for r in regions}


def _made(name: str, neuron: Neuron, node: Node) -> Constructor:
    return shaped(name, node.shapes[0] if needs_shape(neuron) else None)


def _plain(layer: Layer) -> str:
    return layer.model_copy(update={"name": None, "source": None}).model_dump_json()


def _inner(graph: Graph, layers: Mapping[str, Neuron]) -> dict[str, tuple[tuple[str, str], ...]]:
    """The attributes below a neuron's path: the layer of its feedback."""
    found: dict[str, tuple[tuple[str, str], ...]] = {}
    for node in graph.nodes:
        parent, _, name = node.path.rpartition(".")
        made = node.operator.attribute(node.path, *node.shapes) if parent in layers else None
        if made:
            found[parent] = (*found.get(parent, ()), (name, made.target))
    return found


def _named(things: Iterable[tuple[str, Hashable]], taken: set[str]) -> dict[Hashable, str]:
    """Each distinct thing with its kind as its name, numbered if there are several of a kind."""
    distinct = dict.fromkeys(things)
    taken |= {f"{kind.lower()}_{end}" for kind, _ in distinct for end in ("step", "adjoint")}
    counts = Counter(kind for kind, _ in distinct)
    seen: Counter[str] = Counter()
    names: dict[Hashable, str] = {}
    for kind, thing in distinct:
        seen[kind] += 1
        names[thing] = unique(f"{kind}{seen[kind]}" if counts[kind] > 1 else kind, taken)
        taken.add(names[thing])
    return names
