"""The whole package: {path: text}, formatted, and nothing written yet."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from snnc.emit.ann import Ann
from snnc.emit.answers import answering
from snnc.emit.attributes import module_classes
from snnc.emit.docstring import paragraph
from snnc.emit.environment import environment
from snnc.emit.forward import bodies
from snnc.emit.kernels import kernels_py
from snnc.emit.model import model_py
from snnc.emit.neurons import Neurons, neurons
from snnc.emit.recording import layers
from snnc.emit.runtime import FORMAT, Runtime
from snnc.emit.train import classified
from snnc.emit.training import training_files
from snnc.encoder import Encoder
from snnc.graph import Graph
from snnc.names import class_name
from snnc.program.types import Program
from snnc.training import Train

if TYPE_CHECKING:
    from snnc.conversion import Convert
    from snnc.converting import Conversion


@dataclass(frozen=True)
class Converted:
    """What a network with [convert] has beside others: an ANN, and an answer at every step."""

    section: "Convert"
    conversion: "Conversion"
    over_time: Program


def emit(
    program: Program,
    plain: Program,
    runtime: Runtime,
    train: Train | None = None,
    converted: Converted | None = None,
) -> dict[str, str]:
    """The files of the package that ``program`` becomes, without the header of generated code.

    ``plain`` is the same network under the schedule "fold", with every value at every step:
    ``values`` always runs it.
    """
    graph = program.graph
    ann = Ann(converted.conversion.ann) if converted else None
    own, written = neurons(program), bodies(program, plain)
    found = replace(own, classes=(*own.classes, *(ann.neurons.classes if ann else ())))
    held = module_classes(graph, own)
    kernels = kernels_py(graph.name, found, runtime)
    files = {
        "model.py": model_py(program, written, held, found, runtime),
        **(_converted(converted, ann, found, runtime) if converted and ann else {}),
        **({"kernels.py": kernels} if kernels else {}),
        "__init__.py": _init_py(program, runtime),
    }
    if train is None:
        return files
    name, steps = class_name(graph.name), graph.time_steps
    data = graph[graph.inputs[0]]
    timed = getattr(data.operator, "timed_data", False)
    outputs = {
        path: bool(getattr(graph[path].operator, "keeps_time", False)) for path in graph.outputs
    }
    classes = graph[classified(train, outputs) or graph.outputs[0]].shape[0]
    context = (runtime, train, graph.name, name, data.shapes[0], steps, timed, classes)
    sweep = data.operator.sweep if isinstance(data.operator, Encoder) else ""
    more = (_fixed(graph), ann.name if ann else "", answering(program), sweep)
    scripts = training_files(*context, layers(graph), outputs, *more)
    return {**files, **scripts}


def _fixed(graph: Graph) -> bool:
    """Whether the data itself fixes T, as an image's columns do."""
    nodes = [graph[name] for name in graph.inputs]
    return any(n.operator.steps(n.shapes[0]) for n in nodes if isinstance(n.operator, Encoder))


def _converted(
    converted: Converted, ann: Ann, neurons: Neurons, runtime: Runtime
) -> dict[str, str]:
    """The ANN, and what converts it."""
    from snnc.emit.conversion import convert_py

    section, found, over_time = converted.section, converted.conversion, converted.over_time
    script = convert_py(section, found, ann, over_time, neurons, runtime)
    return {"ann.py": ann.module(neurons, runtime), "convert.py": script}


def _init_py(program: Program, runtime: Runtime) -> str:
    graph = program.graph
    names = [class_name(graph.name)]
    exports = [*names, *(f"{n}Output" for n in names if len(graph.outputs) > 1)]
    doc = paragraph(graph.doc.strip() or f"The network {graph.name}.", 0)
    template = environment().get_template("__init__.py.jinja")
    return template.render(doc=doc, exports=exports, runtime=runtime, format=FORMAT)
