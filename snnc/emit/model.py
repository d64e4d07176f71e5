"""model.py: the network as one module, its forward in visible regions."""

from collections.abc import Collection, Iterable

from snnc.emit.attributes import Held
from snnc.emit.built import built
from snnc.emit.environment import environment
from snnc.emit.fixed_steps import fixed
from snnc.emit.forward import Bodies, output_class
from snnc.emit.literal import paragraph, source
from snnc.emit.neurons import Neurons
from snnc.emit.preamble import STATE, masks
from snnc.emit.program_rows import program_rows, recorded
from snnc.emit.python_format import statement
from snnc.emit.recording import has_rate
from snnc.emit.runtime import Runtime, own_imports
from snnc.emit.signatures import load, signature, step
from snnc.emit.state_keys import state_keys
from snnc.emit.types import Compiled
from snnc.emit.variables import parameters
from snnc.emit.whole import TABLE
from snnc.graph.types import Graph, Node
from snnc.names import class_name
from snnc.neuron import Neuron
from snnc.program.placement import placement
from snnc.program.table import shape_table
from snnc.program.types import Program, data
from snnc.readout import Readout
from snnc.shapes import show


def model_py(made: Compiled, bodies: Bodies, held: Held, neurons: Neurons, runtime: Runtime) -> str:
    """The text of model.py, without the header of generated code."""
    graph, program = made.graph, made.program
    outputs = graph.outputs if len(graph.outputs) > 1 else ()
    answer, placed = output_class(program), placement(program)
    context = {
        "title": f"The network {graph.name}.",
        "class_name": class_name(graph.name),
        "summary": paragraph(graph.doc.strip() or f"The network {graph.name}.", 4),
        "table": "\n".join(f"    {line}".rstrip() for line in shape_table(graph, placed)),
        "imports": _imports(held.uses | bodies.uses, bool(outputs), neurons, runtime),
        "outputs": outputs,
        "built": built(made.document.spec),
        "program": program_rows(graph, placed, recorded(made.document.spec.train)),
        "neurons": _constant("NEURONS", _firing(graph)),
        "state": _constant("STATE", state_keys(program, neurons, bodies.forward.uses)),
        "time_steps": graph.time_steps,
        "variable": not fixed(graph),
        "masked": masks(program),
        "time_chunk": program.time_chunk,
        "blocks": held.blocks,
        "attributes": held.attributes,
        "forward": {
            "signature": "\n".join(signature(program, "forward", answer)),
            "doc": _doc(program),
            "body": bodies.forward.text,
        },
        "step": {
            "signature": "\n".join(signature(program, "step", f"tuple[{answer}, {STATE}]")),
            "body": "\n".join(step(program)),
        },
        "load": "\n".join(load(class_name(graph.name), None if fixed(graph) else graph.time_steps)),
        "values": {
            "signature": "\n".join(signature(program, "values", STATE)),
            "body": bodies.values.text,
        },
    }
    return environment().get_template("model.py.jinja").render(context)


def _firing(graph: Graph) -> list[str]:
    """The layers that have a firing rate."""
    neurons = ((n.path, n.operator) for n in graph.nodes if isinstance(n.operator, Neuron))
    return [path for path, neuron in neurons if has_rate(neuron)]


def _constant(name: str, values: Iterable[str]) -> str:
    return "\n".join(statement(f"{name} = {source(tuple(values))}", 4))


def _doc(program: Program) -> str:
    """The docstring of ``forward``: inputs and outputs with shapes."""
    graph = program.graph
    ins = [f"{p} {_shape(program, data(n), n)}" for n, p in parameters(program).items()]
    outs = [f"{_read(graph[n])}, {_shape(program, n, n)}" for n in graph.outputs]
    if len(outs) > 1:
        outs = [f"{name}: {out}" for name, out in zip(graph.outputs, outs, strict=True)]
    return paragraph(f"From {', '.join(ins)} to {'; '.join(outs)}.", 8)


def _read(node: Node) -> str:
    """An output in words: what its readout makes of which layer."""
    assert isinstance(node.operator, Readout)
    return node.operator.says.format(x=node.reads[0])


def _shape(program: Program, value: str, node: str) -> str:
    found = program.graph[node]
    is_data = value == data(node)
    shape = found.shapes[0] if is_data else found.shape
    axes = "T, B" if value in program.timed or found.operator.kind == "sequence" else "B"
    return show(shape).replace("[", f"[{axes}, ", 1)


def _imports(uses: Collection[str], outputs: bool, neurons: Neurons, runtime: Runtime) -> str:
    """The imports of the module: torch, its runtime, and its neurons."""
    standard = "from pathlib import Path\n"
    standard += f"{'from typing import NamedTuple' if outputs else ''}\n" + "\n" * outputs
    own = own_imports({*uses, "load_weights"}, {*neurons.names, TABLE}, runtime)
    text = f"{standard}import torch\nfrom torch import Tensor, nn"
    return f"{text}\n\n{own}" if own else text
