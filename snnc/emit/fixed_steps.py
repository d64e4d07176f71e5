"""Networks whose number of steps cannot change: what says so, and the check when they run."""

from snnc.emit.code import Code
from snnc.encoder import Encoder
from snnc.graph.types import Graph


def fixed(graph: Graph) -> bool:
    """Whether the data fixes T, as an image's columns do, or a layer that has one part a step."""
    encoders = (graph[name] for name in graph.inputs)
    return any(node.operator.fixes_time for node in graph.nodes) or any(
        isinstance(n.operator, Encoder) and n.operator.steps(n.shapes[0]) is not None
        for n in encoders
    )


def check(graph: Graph, streams: bool) -> Code:
    """The statements that refuse another number of steps than a layer was made for.

    A function that streams may run them in parts, but not more of them.
    """
    return Code.of(_past_the_data(graph), _past_the_layers(graph, streams))


def _past_the_layers(graph: Graph, streams: bool) -> Code:
    """The statements that refuse more or fewer steps than a layer has parts for."""
    found = next((node.path for node in graph.nodes if node.operator.fixes_time), None)
    if found is None:
        return Code()
    steps = graph.time_steps
    message = f"{found} was made for {steps} steps, not for"
    if not streams:
        refusal = f'    raise ValueError(f"{message} {{time_steps}}")'
        return Code([f"if time_steps != {steps}:", refusal], ["time_steps"])
    test = f"first + time_steps > {steps} or (state is None and time_steps < {steps})"
    refusal = f'    raise ValueError(f"{message} {{first + time_steps}}")'
    return Code([f"if {test}:", refusal], ["first", "time_steps"])


def _past_the_data(graph: Graph) -> Code:
    """The statements that refuse more steps than an image has rows or columns."""
    lines = []
    for name in graph.inputs:
        node = graph[name]
        steps = node.operator.steps(node.shapes[0]) if isinstance(node.operator, Encoder) else None
        if steps is not None:
            message = f"{name} has {steps} steps, not {{first + time_steps}}"
            lines.append(f"if first + time_steps > {steps}:")
            lines.append(f'    raise ValueError(f"{message}")')
    return Code(lines, ["first", "time_steps"] if lines else [])
