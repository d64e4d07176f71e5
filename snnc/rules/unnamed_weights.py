"""unnamed-weights."""

from collections.abc import Iterator
from typing import ClassVar

from snnc.analysis.tensors import tensors
from snnc.document import Document
from snnc.fixes.entries import entry, stated
from snnc.graph.types import Graph
from snnc.rules import LintRule, finding
from snnc.source.diagnostic import Diagnostic, Fix, Origin
from snnc.source.tree import Tree


class UnnamedWeights(LintRule):
    """A layer of which checkpoints have numbers, and which states no ``name``.

    ## Why is this bad?

    It is called by its kind and a number, such as ``bn2``, and so are its keys in a ``state_dict``.
    Whoever puts another BatchNorm2d in before it makes it ``bn3``. A checkpoint that was trained
    before then has its numbers under ``bn2``: where the shapes fit, they go into the new layer
    without a word. ``snnc diff`` shows such a change, and a name prevents it. Networks that are
    never trained on need none, so the rule runs only if it is selected.

    ## Example

    ```toml
    [network]
    layers = [
      { kind = "Linear", out_features = 4 },
      { kind = "LIF", name = "answer" },
    ]
    ```

    ## Use instead

    ```toml
    [network]
    layers = [
      { kind = "Linear", name = "fc", out_features = 4 },
      { kind = "LIF", name = "answer" },
    ]
    ```

    ## Fix

    Safe: state the name that the layer has by its number. No key changes.
    """

    code: ClassVar[str] = "SNN481"
    name: ClassVar[str] = "unnamed-weights"
    opt_in: ClassVar[bool] = True

    def check(self, document: Document, graph: Graph) -> Iterator[Diagnostic]:
        """Each entry without a name that keys of the ``state_dict`` go through."""
        told: set[str] = set()
        for node in graph.nodes:
            keys = [f"`{node.path}.{name}`" for name in tensors(node)]
            for path in _through(node.path) if keys else ():
                if path in document.unnamed and path not in told:
                    told.add(path)
                    yield self._finding(path, document.unnamed[path], keys[0])

    def _finding(self, path: str, tree: Tree, key: str) -> Diagnostic:
        name = path.rpartition(".")[2]
        message = f"`{path}` is only a number in {key}: layers before it renumber that key"
        return finding(self, tree, message, f'write `name = "{name}"`', _fix(tree, name))


def _through(path: str) -> Iterator[str]:
    """A path and those above it, the highest first."""
    steps = path.split(".")
    yield from (".".join(steps[: count + 1]) for count in range(len(steps)))


def _fix(tree: Tree, name: str) -> tuple[Fix, ...]:
    """The name, in the entry as it is written, which for a block is not at its use."""
    written = next((note.place for note in tree.notes if isinstance(note, Origin)), tree.place)
    found = entry(written)
    edit = stated(found, "name", f'"{name}"') if found else None
    return (Fix(f'Write `name = "{name}"`', (edit,)),) if edit else ()


RULE = UnnamedWeights()
