"""The whole package: {path: text}, formatted, and nothing written yet."""

from dataclasses import replace

from snnc.emit.ann import Ann
from snnc.emit.attributes import module_classes
from snnc.emit.built import trained
from snnc.emit.environment import environment
from snnc.emit.fixed_steps import fixed
from snnc.emit.forward import bodies
from snnc.emit.header import Command, headed
from snnc.emit.kernels import kernels_py
from snnc.emit.literal import paragraph
from snnc.emit.model import model_py
from snnc.emit.neurons import Neurons, neurons
from snnc.emit.output_layers import answering
from snnc.emit.preamble import masks
from snnc.emit.recording import layers
from snnc.emit.runtime import FORMAT, Runtime, files
from snnc.emit.train import labelled
from snnc.emit.training import training_files
from snnc.emit.types import Compiled, GeneratedFiles
from snnc.emit.whole import chains
from snnc.encoder import Encoder
from snnc.graph.types import Graph
from snnc.names import class_name
from snnc.sections.train import of_data


def output(
    made: Compiled, runtime: Runtime, made_by: Command, scripts: bool = True
) -> GeneratedFiles:
    """The package of a network and the runtime that it needs, both with their headers."""
    document, shared = made.document, files()
    own = package(made, runtime, scripts)
    if runtime.inside:
        own |= {f"{runtime.relative[1:]}/{name}": text for name, text in shared.items()}
    texts = headed(own, made_by)
    return GeneratedFiles(
        document.spec.name, texts, {} if runtime.inside else headed(shared), runtime
    )


def package(made: Compiled, runtime: Runtime, scripts: bool = True) -> dict[str, str]:
    """The files of the package, without the header of generated code."""
    graph, program = made.graph, made.program
    ann = Ann(made.conversion.ann) if scripts and made.conversion else None
    own, written = neurons(program), bodies(program, made.observed)
    found = replace(own, classes=(*own.classes, *(ann.neurons.classes if ann else ())))
    held = module_classes(graph, own)
    kernels = kernels_py(graph.name, found, runtime, chains(program, own.classes))
    modules = {
        "model.py": model_py(made, written, held, found, runtime),
        **(_converted(made, ann, found, runtime) if ann else {}),
        **({"kernels.py": kernels} if kernels else {}),
        "__init__.py": _init_py(graph, runtime),
    }
    return {**modules, **(_training(made, ann, runtime) if scripts else {})}


def _training(made: Compiled, ann: Ann | None, runtime: Runtime) -> dict[str, str]:
    """The files that train the network, if its spec says how."""
    graph, spec = made.graph, made.document.spec
    train = spec.train or (of_data(spec.data.dataset) if spec.data else None)
    if train is None:
        return {}
    data = graph[graph.inputs[0]]
    timed = getattr(data.operator, "timed_data", False)
    outputs = {
        path: bool(getattr(graph[path].operator, "keeps_time", False)) for path in graph.outputs
    }
    answer = graph[labelled(train, outputs) or graph.outputs[0]].shape
    classes = answer[0]
    target = answer[1:] if train.form == "map" else answer
    name, steps, shape = class_name(graph.name), graph.time_steps, data.shapes[0]
    context = (runtime, train, graph.name, name, shape, steps, timed, classes)
    sweep = data.operator.sweep if isinstance(data.operator, Encoder) else ""
    more = (fixed(graph), ann.name if ann else "", answering(made.program), sweep)
    built = trained(made.document.spec)
    files = training_files(
        *context, layers(graph), outputs, *more, built, target, masks(made.program)
    )
    return files if spec.train else {"data.py": files["data.py"]}


def _converted(made: Compiled, ann: Ann, neurons: Neurons, runtime: Runtime) -> dict[str, str]:
    """The ANN and what converts it."""
    from snnc.emit.conversion import convert_py

    section, found, over_time = made.document.spec.convert, made.conversion, made.over_time
    assert section is not None
    assert found is not None
    assert over_time is not None
    script = convert_py(section, found, ann, over_time, neurons, runtime)
    return {"convert.py": script}


def _init_py(graph: Graph, runtime: Runtime) -> str:
    names = [class_name(graph.name)]
    exports = [*names, *(f"{n}Output" for n in names if len(graph.outputs) > 1)]
    doc = paragraph(graph.doc.strip() or f"The network {graph.name}.", 0)
    template = environment().get_template("__init__.py.jinja")
    return template.render(doc=doc, exports=exports, runtime=runtime, format=FORMAT)
