"""The graph of torch.export in the words of torch.fx, for modules that torch.fx cannot trace.

torch.export runs the module's Python on samples and records PyTorch's operators (aten). Each is
written as the function or method of that name, so that the same reader translates both graphs.
"""

import logging
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from io import StringIO
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, fx, nn
from torch.export import ExportedProgram
from torch.utils import _pytree as trees

from snnc.exchange import Refused
from snnc.exchange.torch_fx import running, where
from snnc.exchange.torch_fx.aten import SPELT, called
from snnc.exchange.torch_fx.tracing import GROUP, LAYER, LINE, OPTIONS, Untraceable

_TORCHS = "torch.nn.modules."


def exported(net: nn.Module, x: Tensor, why: Untraceable) -> fx.GraphModule:
    """The graph of a module for samples. Raises Refused with the reasons of both ways."""
    try:
        with torch.no_grad(), _quiet():
            program = torch.export.export(net, (x,), strict=False).run_decompositions({})
    except Exception as error:
        raise Refused(f"{why}; nor can torch.export ({type(error).__name__})") from error
    return _Rewriting(program, net).graph()


def seen(
    graph: fx.GraphModule, x: Tensor, want: Sequence[Tensor], why: Untraceable
) -> running.SeenShapes:
    """A run of an exported graph. Raises Refused if it does not compute what the module did."""
    try:
        return running.seen(graph, x, want)
    except Exception as error:
        raise Refused(f"{why}; torch.export records something else") from error


@contextmanager
def _quiet() -> Iterator[None]:
    """No warnings, and no graphs, which PyTorch prints of what cannot be exported."""
    before = logging.root.manager.disable
    logging.disable(logging.ERROR)
    try:
        with warnings.catch_warnings(), redirect_stdout(StringIO()), redirect_stderr(StringIO()):
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)


class _Rewriting:
    """Goes through a program once; ``nodes`` has what stands for each of its nodes."""

    def __init__(self, program: ExportedProgram, net: nn.Module) -> None:
        self.program, self.signature, self.net = program, program.graph_signature, net
        self.nodes: dict[fx.Node, Any] = {}
        self.made = fx.Graph()
        self.held: dict[str, Any] = {}

    def graph(self) -> fx.GraphModule:
        for node in self.program.graph.nodes:
            before = len(self.made.nodes)
            if node.op == "output":
                self._output(node)
            else:
                self.nodes[node] = self._written(node)
            for new in list(self.made.nodes)[before:]:
                new.meta.update(_places(node))
                new.meta[OPTIONS] = self._options(new)
        return fx.GraphModule(self.held, self.made)

    def _options(self, new: fx.Node) -> dict[str, Any]:
        """The momentum of a batch norm: an average of all batches is 0 in evaluation."""
        if new.target is not F.batch_norm or LAYER not in new.meta:
            return {}
        return {"momentum": getattr(self.net.get_submodule(new.meta[LAYER]), "momentum", 0.1)}

    def _output(self, node: fx.Node) -> None:
        by_name = {n.name: n for n in node.args[0] if isinstance(n, fx.Node)}  # type: ignore[union-attr]
        flat = [
            self.nodes[by_name[name]] if name in by_name else None
            for name in self.signature.user_outputs
        ]
        self.made.output(trees.tree_unflatten(flat, self.program.call_spec.out_spec))

    def _written(self, node: fx.Node) -> Any:
        if node.op == "placeholder":
            return self._placeholder(node)
        given: Any = fx.node.map_arg((node.args, dict(node.kwargs)), self.nodes.__getitem__)
        args, kwargs = given
        name = _operator(node)
        if name in SPELT:
            return SPELT[name](self.made, node.meta.get("val"), *args, **kwargs)
        return called(self.made, name, node.target, args, kwargs)

    def _placeholder(self, node: fx.Node) -> fx.Node:
        """The input, or a tensor that the program holds."""
        known: Mapping[str, str] = {
            **self.signature.inputs_to_parameters,
            **self.signature.inputs_to_buffers,
            **self.signature.inputs_to_lifted_tensor_constants,
        }
        if node.name not in known:
            return self.made.placeholder(node.name)
        path = known[node.name]
        held = {**self.program.state_dict, **self.program.constants}
        self.held[path] = held[path]
        return self.made.get_attr(path)


def _operator(node: fx.Node) -> str:
    """The name of an operator of aten; "" of another function."""
    schema = getattr(node.target, "_schema", None)
    return str(schema.name).partition("::")[2] if schema is not None else ""


def _places(node: fx.Node) -> dict[str, Any]:
    """The modules around a call and the user's line, as a traced graph has them."""
    stack = [*(node.meta.get("nn_module_stack") or {}).values()]
    named = [(path, str(cls)) for path, cls in stack if path]
    found: dict[str, Any] = {LINE: where.traced(node.meta.get("stack_trace") or "")}
    if named and named[-1][1].startswith(_TORCHS):
        found[LAYER] = named.pop()[0]
    return {**found, GROUP: tuple((path, cls.rpartition(".")[2]) for path, cls in named)}
