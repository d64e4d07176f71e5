"""Remarks of an import: what the file says, and what is assumed because no file says it."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping

import numpy as np

from snnc.exchange.nir.flattening import Edge, FlatGraph
from snnc.exchange.nir.options import NirOptions
from snnc.exchange.nir.primitives import FIRING, NEURONS
from snnc.exchange.nir.reading import FileNode
from snnc.exchange.nir.shapes import NodeShapes
from snnc.exchange.nir.stateless import counts_batch

_TAUS = ("tau", "tau_mem", "tau_syn")


def taus(nodes: Mapping[str, FileNode]) -> list[float]:
    """Every time constant of a graph, the least first, in the unit of the file."""
    found = (node.fields[key] for node in nodes.values() for key in _TAUS if key in node.fields)
    return sorted(float(tau) for value in found for tau in np.unique(np.asarray(value)))


def asked(nodes: Mapping[str, FileNode]) -> str:
    """The reason that an import needs ``--dt``, with what the file suggests."""
    why = "--dt is missing: a NIR file does not say how long a time step is"
    found = taus(nodes)
    if found:
        low, high = found[0], found[-1]
        unit = "steps" if low >= 1 else "seconds"
        dt = 1.0 if low >= 1 else float(f"{low / 10:.0e}")
        span = f"{low:g}" if low == high else f"{low:g} to {high:g}"
        return (
            f"{why}. Its time constants are {span}, which look like {unit}: "
            f"--dt {dt:g} makes them {span_of(low, high, dt)} steps"
        )
    delays = [float(np.max(n.fields["delay"])) for n in nodes.values() if n.kind == "Delay"]
    if delays:
        return f"{why}. Its longest delay is {max(delays):g}: give dt in the same unit"
    slopes = [np.max(n.fields["r"]) for n in nodes.values() if n.kind in ("I", "IF")]
    if slopes and max(slopes) > 0:
        r = float(max(slopes))
        return f"{why}. With --dt {1 / r:g}, an input of 1 adds 1 to a potential (r is {r:g})"
    return f"{why}. " + (
        "Give it in the unit of r" if slopes else "Nothing in this file depends on it: --dt 1"
    )


def span_of(low: float, high: float, dt: float) -> str:
    """``12`` or ``12 to 34``, in time steps."""
    first, last = (f"{tau / dt:.4g}" for tau in (low, high))
    return first if first == last else f"{first} to {last}"


def remarks(
    graph: FlatGraph, late: Collection[Edge], shapes: Mapping[str, NodeShapes], options: NirOptions
) -> tuple[str, ...]:
    """Lines of what is exact and what is assumed, each with the option that says otherwise."""
    return (_exact(graph), *_assumed(graph, late, shapes, options))


def _exact(graph: FlatGraph) -> str:
    kinds = Counter(n.kind for n in graph.nodes.values() if n.kind not in ("Input", "Output"))
    what = ", ".join(f"{kind} ×{count}" if count > 1 else kind for kind, count in kinds.items())
    return f"exact: {what}; weights, numbers of each neuron, edges"


def _assumed(
    graph: FlatGraph, late: Collection[Edge], shapes: Mapping[str, NodeShapes], options: NirOptions
) -> Iterator[str]:
    kinds = {node.kind for node in graph.nodes.values()}
    if options.profile == "sinabs":
        yield (
            "assumed: neurons as in Sinabs (--profile sinabs): several spikes a step, reset by "
            "subtraction, an IF not below minus its threshold, leaks by exp(-dt / tau)"
        )
    elif kinds & NEURONS:
        yield from _equations(graph, kinds, options)
    yield from _batch_axes(graph, shapes)
    if late:
        yield _recurrence(late, options)


def _equations(graph: FlatGraph, kinds: set[str], options: NirOptions) -> Iterator[str]:
    found = taus(graph.nodes)
    steps = f", so that tau is {span_of(found[0], found[-1], options.dt)} steps" if found else ""
    yield f"assumed: forward Euler with steps of {options.dt:g} (--dt){steps}"
    if found and found[0] < options.dt:
        yield "note: dt is longer than a time constant, so that a potential overshoots"
    at_leak = options.start == "v_leak"
    if any(np.any(n.fields.get("v_leak", 0.0)) for n in graph.nodes.values()):
        begins = "at v_leak (--start v_leak)" if at_leak else "at 0 (--start v_leak)"
        yield f"assumed: potentials begin {begins}"
    if kinds & {"CubaLI", "CubaLIF"}:
        yield "assumed: a synaptic current charges the potential in the step in which it arrives"
    if not kinds & FIRING:
        return
    if options.reset == "soft":
        yield "assumed: a spike subtracts the threshold (--reset soft); v_reset is not used"
    else:
        yield "assumed: a spike sets the potential to v_reset (--reset soft: minus the threshold)"
    yield "assumed: one spike a step at most, and no lowest potential (--profile sinabs has both)"
    if options.fires == "at":
        yield "assumed: a potential exactly at its threshold fires (--fires at); in NIR it does not"


def _batch_axes(graph: FlatGraph, shapes: Mapping[str, NodeShapes]) -> Iterator[str]:
    for name, node in graph.nodes.items():
        if counts_batch(node, shapes[name].reads):
            yield f"assumed: axes of {name} count a batch axis, as its input_type does"


def _recurrence(late: Collection[Edge], options: NirOptions) -> str:
    edges = ", ".join(f"{a} → {b}" for a, b in sorted(late))
    if options.recurrence == "current":
        return f"assumed: currents of a cycle are one step late (--recurrence current): {edges}"
    return (
        f"assumed: spikes of a cycle are one step late, so that a bias behind them acts at once "
        f"(--recurrence current): {edges}"
    )
