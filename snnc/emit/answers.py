"""Which layers give a network's answers: those that mixed precision leaves in 32 bits."""

from snnc.graph import Graph


def answering(graph: Graph) -> list[str]:
    """The last layers of weights before each output, in the order of the network."""
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
    return [node.path for node in graph.nodes if node.path in found]
