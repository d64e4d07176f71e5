"""model.py: the network as one module, its forward in visible regions."""

import re
from collections.abc import Iterable

from snnc.emit.attributes import Held
from snnc.emit.docstring import paragraph
from snnc.emit.environment import environment
from snnc.emit.fixed import fixed
from snnc.emit.forward import Bodies, output_class
from snnc.emit.layout import import_order, imported, statement
from snnc.emit.literal import source
from snnc.emit.names import class_name
from snnc.emit.naming import parameters
from snnc.emit.preamble import STATE
from snnc.emit.signatures import signature, step
from snnc.layer import show
from snnc.neuron import Neuron
from snnc.program.table import shape_table
from snnc.program.types import Program, data


def model_py(program: Program, bodies: Bodies, held: Held, known: Iterable[str]) -> str:
    """The text of model.py, without the header of generated code.

    ``known`` are the names that kernels.py has for it.
    """
    graph = program.graph
    outputs = graph.outputs if len(graph.outputs) > 1 else ()
    answer = output_class(program)
    body, inner = "\n".join(bodies.forward), "\n".join(bodies.values)
    context = {
        "title": f"The network {graph.name}.",
        "class_name": class_name(graph.name),
        "summary": paragraph(graph.doc.strip() or f"The network {graph.name}.", 4),
        "table": "\n".join(f"    {line}".rstrip() for line in shape_table(program)),
        "imports": _imports("\n".join([held.text, body, inner]), bool(outputs), known),
        "outputs": outputs,
        "neurons": _tuple(
            [n.path for n in graph.nodes if isinstance(n.operator, Neuron) and n.operator.states]
        ),
        "time_steps": graph.time_steps,
        "variable": not fixed(graph),
        "time_chunk": program.time_chunk,
        "blocks": held.blocks,
        "attributes": held.attributes,
        "forward": {
            "signature": "\n".join(signature(program, "forward", answer)),
            "doc": _doc(program),
            "body": body,
        },
        "step": {
            "signature": "\n".join(signature(program, "step", f"tuple[{answer}, {STATE}]")),
            "body": "\n".join(step(program)),
        },
        "values": {
            "signature": "\n".join(signature(program, "values", STATE)),
            "body": inner,
        },
    }
    return environment().get_template("model.py.jinja").render(context)


def _tuple(names: list[str]) -> str:
    text = source(tuple(names))
    return "\n".join(statement(f"NEURONS = {text}", 4)).removeprefix("    NEURONS = ")


def _doc(program: Program) -> str:
    """What goes in and what comes out, with shapes."""
    graph = program.graph
    ins = [f"{p} {_shape(program, data(n), n)}" for n, p in parameters(program).items()]
    outs = [f"{n}: {graph[n].operator.kind} {_shape(program, n, n)}" for n in graph.outputs]
    if len(outs) == 1:
        outs = [f"its {outs[0].partition(': ')[2]} over time"]
    return f"From {', '.join(ins)} to {', '.join(outs)}."


def _shape(program: Program, value: str, node: str) -> str:
    found = program.graph[node]
    is_data = value == data(node)
    shape = found.shapes[0] if is_data else found.shape
    axes = "T, B" if value in program.timed or found.operator.kind == "sequence" else "B"
    return show(shape).replace("[", f"[{axes}, ", 1)


def _imports(code: str, outputs: bool, known: Iterable[str]) -> str:
    """What the module needs: torch, and of kernels.py what it uses."""
    words = set(re.findall(r"\w+", code))
    used = sorted((name for name in known if name in words), key=import_order)
    own = imported(".kernels", used)
    fused = imported(".fused", ["place_neurons"] if "place_neurons" in words else [])
    weights = imported(".weights", ["load_weights"])
    own = "\n".join(line for line in (fused, own, weights) if line)
    standard = "from pathlib import Path\n"
    standard += f"{'from typing import NamedTuple' if outputs else ''}\n" + "\n" * outputs
    text = f"{standard}import torch\nfrom torch import Tensor, nn"
    return f"{text}\n\n{own}" if own else text
