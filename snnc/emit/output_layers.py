"""Which layers give a network's answers: those that mixed precision leaves in full."""

from snnc.program.types import Program, Scan


def answering(program: Program) -> list[str]:
    """The last layers of weights before each output, in the order of the network.

    Without those whose product is part of a neuron's kernel: they are not called.
    """
    graph, inside = program.graph, _inside(program)
    known, found = {node.path for node in graph.steps}, set[str]()
    ahead, seen = [*graph.outputs], set(graph.outputs)
    while ahead:
        for name in graph[ahead.pop()].reads:
            if name in seen or name not in known:
                continue
            seen.add(name)
            if graph[name].operator.role == "weights":
                found.add(name)
            else:
                ahead.append(name)
    return [node.path for node in graph.nodes if node.path in found - inside]


def _inside(program: Program) -> set[str]:
    scans = [region for region in program.regions if isinstance(region, Scan)]
    recurrent = (region.ops for region in scans if region.form == "recurrent")
    chained = (link for r in scans if r.form == "whole" for link in r.links if len(link) > 1)
    return {op.node for ops in (*recurrent, *chained) for op in ops}
