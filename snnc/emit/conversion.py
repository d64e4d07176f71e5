"""[convert] ─▶ convert.py: the ANN, and how it becomes the SNN."""

from collections.abc import Iterator

from snnc.ann2snn import Conversion
from snnc.ann2snn.spiking import ScaledIF
from snnc.ann2snn.types import FoldedNorm, ReplacedActivation
from snnc.emit.ann import Ann
from snnc.emit.environment import environment
from snnc.emit.forward import forward
from snnc.emit.literal import source
from snnc.emit.neurons import Neurons
from snnc.emit.runtime import Runtime, statements
from snnc.emit.signatures import signature
from snnc.graph.types import Node
from snnc.names import class_name
from snnc.program.types import Program
from snnc.sections.convert import Convert
from snnc.shapes import Shape


def convert_py(
    section: Convert,
    found: Conversion,
    ann: Ann,
    over_time: Program,
    neurons: Neurons,
    runtime: Runtime,
) -> str:
    """The text of convert.py, without the header of generated code.

    ``over_time`` is the SNN that answers at every step.
    """
    snn = found.snn
    body = forward(over_time)
    neuron = next((n.operator.kind for n in snn.nodes if isinstance(n.operator, ScaledIF)), "")
    context = {
        "name": snn.name,
        "class_name": class_name(snn.name),
        "ann": ann.name,
        "ann_classes": ann.classes,
        "package": runtime,
        "imports": _imports(ann, {neuron, *body.uses, *ann.uses}, neurons, runtime),
        "settings": ", ".join(_settings(section, snn.time_steps)),
        "corrections": _corrections(section),
        "activations": [_activation(one) for one in found.activations],
        "folds": [_fold(one) for one in found.folds],
        "table": list(_table(found)),
        "neuron": neuron,
        "images": any(len(n.shape) == len(_data(found)) == 3 for n in _weights(found)),
        "signature": "\n".join(signature(over_time, "forward", "Tensor")),
        "body": body.text,
    }
    return environment().get_template("convert.py.jinja").render(context)


def _imports(ann: Ann, uses: set[str], neurons: Neurons, runtime: Runtime) -> str:
    classes = neurons.names & uses
    return statements(
        {
            f"{runtime.package}.data": ["DataError", "Split", "load"],
            f"{runtime.package}.kernels": classes,
            f"{runtime.package}.model": ["BUILT_FROM", "PROGRAM", class_name(ann.graph.name)],
            runtime.absolute: ["conversion", "page", "training"],
            **runtime.used(uses - classes, runtime.absolute),
        }
    )


def _settings(section: Convert, time_steps: int) -> Iterator[str]:
    """The arguments of Settings that are not its defaults."""
    rules = [f"conversion.{rule.source()}" for rule in section.rules]
    yield f"rules=({', '.join(rules)}{',' * (len(rules) == 1)})"
    yield f"time_steps={time_steps}"
    for name in ("per", "initial", "calibrate", "readout_delay", "cos", "samples"):
        value = getattr(section, name)
        if value != Convert.model_fields[name].default:
            yield f'{name}="{value}"' if isinstance(value, str) else f"{name}={value}"


def _corrections(section: Convert) -> str:
    """Other ways need a network of another form, which the spec says."""
    return source(tuple(dict.fromkeys(["none", section.calibrate])))


def _activation(one: ReplacedActivation) -> str:
    parts = [f'"{one.path}"', f'"{one.value}"']
    parts += [f'bias="{one.bias}"'] * bool(one.bias) + ["trained=True"] * one.trained
    return f"conversion.Activation({', '.join(parts)})"


def _fold(fold: FoldedNorm) -> str:
    parts = [f'"{fold.norm}"', f'"{fold.into}"'] + ["before=True"] * fold.before
    parts += [f"spread={fold.spread}"] * (fold.spread > 1)
    return f"conversion.Fold({', '.join(parts)})"


def _data(found: Conversion) -> Shape:
    """The shape of one sample."""
    return found.snn[found.snn.inputs[0]].shape


def _weights(found: Conversion) -> list[Node]:
    return [node for node in found.snn.nodes if node.operator.macs(*node.shapes)]


def _table(found: Conversion) -> Iterator[str]:
    """Name, kind, target and inputs of every layer, as a tuple each."""
    for node in found.snn.nodes:
        call = node.operator.attribute(node.path, *node.shapes)
        target = call.target if call else node.operator.kind
        inputs = ", ".join(ref.node for ref in node.inputs)
        yield f'("{node.path}", "{node.operator.kind}", "{target}", "{inputs}")'
