"""Names of a spec that generated code has for something else."""

from collections.abc import Collection, Iterator

from snnc.blocks.uses import Use
from snnc.document import Document
from snnc.graph.origin import section
from snnc.names import VARIABLES, class_name
from snnc.neuron import Neuron
from snnc.source.diagnostic import Diagnostic
from snnc.source.tree import Path


def generated(document: Document) -> Iterator[Diagnostic]:
    """Findings on the names of the network, its inputs and its outputs."""
    spec = document.spec
    name = class_name(spec.name)
    if "name" not in document.doubt:
        yield from _of_network(document, name)
    counted = {"first", "state", "t"}
    yield from _taken(
        document, "input", counted, "generated code counts steps and keeps states by it"
    )
    if len(spec.inputs) > 1:
        words = {*VARIABLES, f"{name}Output"} - {"input", *counted}
        yield from _taken(document, "input", words, "generated code needs it for something else")
    of_tuple = "a tuple of outputs has a method of that name"
    yield from _taken(document, "output", {"count", "index"}, of_tuple)
    yield from _taken(document, "output", {"Tensor"}, "generated code needs it for something else")


def _of_network(document: Document, name: str) -> Iterator[Diagnostic]:
    spec, free = document.spec, f"for example `{document.spec.name}_net`"
    kinds = {layer.kind for layer in spec.network.layers if isinstance(layer, Neuron)}
    if name in {class_name(use.block) for use in document.blocks.values() if isinstance(use, Use)}:
        message = f"`{spec.name}` is taken: the class of a block is called {name}"
        yield _bad(document, ("name",), message, free)
    if name.rstrip("0123456789") in kinds:
        message = f"`{spec.name}` is taken: the class of a neuron is called {name}"
        yield _bad(document, ("name",), message, free)


def _taken(
    document: Document, singular: str, words: Collection[str], why: str
) -> Iterator[Diagnostic]:
    """Inputs or outputs of these names."""
    names = document.spec.inputs if singular == "input" else document.spec.outputs
    for name in names:
        if name in words:
            at = section(document, singular, name)
            yield _bad(document, at, f"`{name}` is taken: {why}", f"for example `{name}1`")


def _bad(document: Document, at: Path, message: str, help: str) -> Diagnostic:
    node = document.tree.find(at)[0]
    return Diagnostic("SNN206", "bad-name", message, node.place, help, node.notes)
