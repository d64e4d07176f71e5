"""The three forms of a network in ONNX: a loop, every step written out, or one step."""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import onnx
import torch
from onnx import helper

import snnc
from snnc.document import Document
from snnc.encoder import Encoder
from snnc.encoders.none import NoEncoder
from snnc.exchange import Refused
from snnc.exchange.onnx_export.builder import OPSET, Builder, value
from snnc.exchange.onnx_export.sequences import SequenceWriter
from snnc.exchange.onnx_export.stepping import Operators
from snnc.exchange.states import State, state_of
from snnc.exchange.unsaid import Unsaid
from snnc.graph.types import Graph
from snnc.passes import OPTIONAL
from snnc.program.types import Op, timed_data
from snnc.readout import Readout
from snnc.reference import Reference

Form = Literal["scan", "unroll", "step"]
_STEP = (
    "one time step: give the states back that it gives; they start as `starts` in its metadata "
    "says, and encoder and readout are yours"
)
_KEPT = frozenset({"hoist"})


@dataclass(frozen=True)
class OnnxExport:
    """A model, and the network that it was made of, ``original`` with its encoders."""

    model: onnx.ModelProto
    graph: Graph
    original: Graph
    state: State
    form: Form

    @property
    def behind(self) -> bool:
        """Whether the model begins behind the encoders."""
        return self.graph is not self.original

    @property
    def remarks(self) -> tuple[str, ...]:
        """Remarks about the form."""
        if self.form == "step":
            return (_STEP,)
        return ()


def exported(
    document: Document, weights: Path, form: Form, behind_encoder: bool = False
) -> OnnxExport:
    """The network of a document in plain operators of ONNX.

    Raises:
        Refused: an operator has no form in ONNX; each, with its line.
        Unusable: the file holds no weights of this network.
        Findings: the document has a mistake.
        OSError: the file of weights cannot be read.
    """
    original = snnc.link(document)
    state = state_of(weights, original.nodes)
    graph = _behind(original) if behind_encoder else original
    reference = Reference(graph).eval()
    reference.load_state_dict({k: torch.from_numpy(v) for k, v in state.items()}, strict=False)
    operators = Operators(graph, reference)
    try:
        model = (_step if form == "step" else _sequence)(graph, operators, form)
    except Unsaid as error:
        raise Refused(_told(document, error)) from error
    onnx.checker.check_model(model, full_check=True)
    return OnnxExport(model, graph, original, state, form)


def _behind(graph: Graph) -> Graph:
    """The same network, fed with what its encoders make."""
    nodes = tuple(
        replace(node, operator=NoEncoder(), shapes=(node.shape,))
        if isinstance(node.operator, Encoder)
        else node
        for node in graph.nodes
    )
    return replace(graph, nodes=nodes)


def _sequence(graph: Graph, operators: Operators, form: Form) -> onnx.ModelProto:
    program = snnc.lower(graph, without={*OPTIONAL} - _KEPT)
    b = Builder()
    writer = SequenceWriter(b, operators, program, form == "unroll")
    inputs = []
    timed = timed_data(graph)
    for name in graph.inputs:
        over_time = f"{name}.data" in timed
        open_end = over_time and form == "scan"
        axes = ["steps" if open_end else graph.time_steps] if over_time else []
        b.name(name)
        inputs.append(value(name, *axes, "batch", *_data_shape(graph, name)))
        writer.read(name, name, None if open_end else graph.time_steps)
    outputs = []
    for name in graph.outputs:
        over_time = graph[name].operator.kind == "sequence"
        outputs.append(value(b.name(name), *(["steps"] * over_time), "batch", *graph[name].shape))
    writer.write()
    for name in graph.outputs:
        b.named(writer.static[name], name)
    return _model(graph, b, inputs, outputs, {"form": form})


def _data_shape(graph: Graph, name: str) -> tuple[int, ...]:
    """The shape of one sample of data."""
    (shape,) = graph[name].shapes or ((),)
    return tuple(shape)


def _step(graph: Graph, operators: Operators, form: Form) -> onnx.ModelProto:
    """One step: inputs and states in, what the readouts read and the states out."""
    b = Builder()
    nodes = [n for n in graph.steps if not isinstance(n.operator, Encoder | Readout)]
    ops = [Op(node.path, node.reads, node.path, 1) for node in nodes]
    states = operators.states(ops)
    given = {name: b.name(name) for name in graph.inputs}
    before = {state.name: b.name(state.name) for state in states}
    for name in graph.outputs:
        b.name(name)
    found, after = operators.step(b, ops, given, before)
    for name in graph.outputs:
        b.named(found[graph[name].inputs[0].node], name)
    ends = [(b.name(f"{state.name}.next"), state) for state in states]
    for name, state in ends:
        b.named(after[state.name], name)
    inputs = [value(name, "batch", *graph[name].shape) for name in graph.inputs]
    inputs += [value(before[state.name], "batch", *state.shape) for state in states]
    outputs = [
        value(name, "batch", *graph[graph[name].inputs[0].node].shape) for name in graph.outputs
    ]
    outputs += [value(name, "batch", *state.shape) for name, state in ends]
    starts = {before[state.name]: state.start.tolist() for state in states}
    return _model(graph, b, inputs, outputs, {"form": form, "starts": json.dumps(starts)})


def _model(
    graph: Graph, b: Builder, inputs: Any, outputs: Any, about: dict[str, str]
) -> onnx.ModelProto:
    whole = helper.make_graph(b.nodes, graph.name, inputs, outputs, b.weights, graph.doc)
    model = helper.make_model(
        whole,
        opset_imports=[helper.make_opsetid("", OPSET)],
        producer_name="snnc",
        producer_version=snnc.__version__,
        ir_version=9,
    )
    helper.set_model_props(model, {"time_steps": str(graph.time_steps), **about})
    return model


def _told(document: Document, error: Unsaid) -> str:
    help = f": {error.help}" if error.help else ""
    if error.node is None:
        return f"{document.source.path}: {error.reason}{help}"
    key = ("encoder",) if isinstance(error.node.operator, Encoder) else ()
    place = document.place(*error.node.at, *key)
    name = error.node.path
    return f"{place.path}:{place.start.line}: {name}: {error.reason}{help}"
