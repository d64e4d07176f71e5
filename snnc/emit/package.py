"""The whole package: {path: text}, formatted, and nothing written yet."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from snnc.emit.ann import Ann
from snnc.emit.answers import answering
from snnc.emit.attributes import module_classes
from snnc.emit.built import built, literal
from snnc.emit.docstring import paragraph
from snnc.emit.environment import environment, shared, shared_module
from snnc.emit.forward import bodies
from snnc.emit.kernels import defined, helpers, kernels_py
from snnc.emit.model import model_py
from snnc.emit.names import class_name
from snnc.emit.neurons import Class, neurons
from snnc.emit.recording import layers
from snnc.emit.training import training_files
from snnc.encoder import Encoder
from snnc.graph import Graph
from snnc.program.types import Program
from snnc.training import Train

if TYPE_CHECKING:
    from snnc.conversion import Convert
    from snnc.converting import Conversion
    from snnc.spec import Spec


@dataclass(frozen=True)
class Converted:
    """What a network with [convert] has beside others: an ANN, and an answer at every step."""

    section: "Convert"
    conversion: "Conversion"
    over_time: Program


def emit(
    program: Program,
    plain: Program,
    spec: "Spec",
    train: Train | None,
    converted: Converted | None = None,
) -> dict[str, str]:
    """The files of the package that ``program`` becomes, without the header of generated code.

    ``spec`` is what it was linked from. ``plain`` is the same network under the schedule "fold",
    with every value at every step: ``values`` always runs it.
    """
    graph = program.graph
    ann = Ann(converted.conversion.ann) if converted else None
    own, written = neurons(program), bodies(program, plain)
    found = replace(own, classes=(*own.classes, *(ann.neurons.classes if ann else ())))
    held = module_classes(graph, own)
    needed = helpers((program, plain), f"{written.text}\n{held.text}\n{ann.text if ann else ''}")
    kernels = kernels_py(graph.name, found, needed)
    files = {
        "model.py": model_py(program, written, held, defined(needed, found)),
        **(_converted(converted, ann, defined(needed, found)) if converted and ann else {}),
        **({"kernels.py": kernels} if kernels else {}),
        "__init__.py": _init_py(program, spec),
        "py.typed": "",
        **shared_module("weights.py"),
        **run_time(found.classes, drawn=".fused import" in kernels),
    }
    if train is None:
        return files
    name, steps = class_name(graph.name), graph.time_steps
    data, classes = graph[graph.inputs[0]], graph[graph.outputs[0]].shape[0]
    timed = getattr(data.operator, "timed_data", False)
    images = any(len(n.shape) == 3 and n.operator.macs(*n.shapes) for n in graph.nodes)
    outputs = {
        path: bool(getattr(graph[path].operator, "keeps_time", False)) for path in graph.outputs
    }
    context = (train, graph.name, name, data.shapes[0], steps, images, timed, classes)
    scripts = training_files(
        *context, layers(graph), outputs, _fixed(graph), ann.name if ann else "", answering(program)
    )
    return {**files, **scripts, **shared("pictures"), **shared("training")}


def run_time(classes: Sequence[Class], drawn: bool = False) -> dict[str, str]:
    """What runs these neurons and draws random numbers, without what nobody needs."""
    kernels = [found.kernel for found in classes]
    files = shared("fused") if kernels or drawn else {}
    used = {
        "recurrent": any(kernel.recurrent for kernel in kernels),
        "pooled": any(found.windows or found.norms for found in classes),
        "normed": any(found.norms for found in classes),
    }
    unused = tuple(f"fused/{part}/" for part, needed in used.items() if not needed)
    return {name: text for name, text in files.items() if not name.startswith(unused)}


def _fixed(graph: Graph) -> bool:
    """Whether the data itself fixes T, as an image's columns do."""
    nodes = [graph[name] for name in graph.inputs]
    return any(n.operator.steps(n.shapes[0]) for n in nodes if isinstance(n.operator, Encoder))


def _converted(converted: Converted, ann: Ann, known: list[str]) -> dict[str, str]:
    """The ANN, and what converts it."""
    from snnc.emit.conversion import convert_py

    section, found = converted.section, converted.conversion
    script = convert_py(section, found, ann, converted.over_time, known)
    return {"ann.py": ann.module(known), "convert.py": script, **shared("conversion")}


def _init_py(program: Program, spec: "Spec") -> str:
    graph = program.graph
    names = [class_name(graph.name)]
    exports = [*names, *(f"{n}Output" for n in names if len(graph.outputs) > 1)]
    doc = paragraph(graph.doc.strip() or f"The network {graph.name}.", 0)
    template = environment().get_template("__init__.py.jinja")
    return template.render(doc=doc, exports=exports, built=literal(built(spec)))
