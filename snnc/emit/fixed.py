"""Networks whose number of steps cannot change: what says so, and the check when they run."""

from collections.abc import Iterator

from snnc.encoder import Encoder
from snnc.graph import Graph


def fixed(graph: Graph) -> bool:
    """Whether the data fixes T, as an image's columns do, or a layer that has one part a step."""
    encoders = (graph[name] for name in graph.inputs)
    return any(node.operator.fixes_time for node in graph.nodes) or any(
        isinstance(n.operator, Encoder) and n.operator.steps(n.shapes[0]) is not None
        for n in encoders
    )


def check(graph: Graph, streams: bool) -> Iterator[str]:
    """The statements that refuse another number of steps than a layer was made for.

    A function that streams may run them in parts, but not more of them.
    """
    yield from _past_the_data(graph)
    found = next((node.path for node in graph.nodes if node.operator.fixes_time), None)
    if found is None:
        return
    steps = graph.time_steps
    message = f"{found} was made for {steps} steps, not for"
    if not streams:
        yield f"if time_steps != {steps}:"
        yield f'    raise ValueError(f"{message} {{time_steps}}")'
        return
    yield f"if first + time_steps > {steps} or (state is None and time_steps < {steps}):"
    yield f'    raise ValueError(f"{message} {{first + time_steps}}")'


def _past_the_data(graph: Graph) -> Iterator[str]:
    """The statements that refuse more steps than an image has rows or columns."""
    for name in graph.inputs:
        node = graph[name]
        steps = node.operator.steps(node.shapes[0]) if isinstance(node.operator, Encoder) else None
        if steps is not None:
            message = f"{name} has {steps} steps, not {{first + time_steps}}"
            yield f"if first + time_steps > {steps}:"
            yield f'    raise ValueError(f"{message}")'
