"""One text, looked at as the linter does: findings, and what is known of the network."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import snnc
from snnc.checked import Checked
from snnc.document import Document
from snnc.graph.types import Graph, Node
from snnc.linting import look
from snnc.opaque import Opaque, OpaqueReader
from snnc.program.placement import Placed, placement
from snnc.source.diagnostic import Diagnostic, Findings, Origin, Place
from snnc.source.source import Source
from snnc.source.tree import Tree

Spot = tuple[str, int]
"""A file, and an offset into it: where an entry of a list of layers begins."""


@dataclass(frozen=True)
class Analysis:
    """A spec as an editor has it. ``findings`` are those of the whole run, bases too.

    ``checked`` is None if nothing could be read.
    """

    path: str
    findings: tuple[Diagnostic, ...] = ()
    checked: Checked | None = field(default=None, repr=False)

    @property
    def sources(self) -> tuple[Source, ...]:
        """The files that it is made of, the lowest base first; none if its text is no TOML."""
        examined = self.checked.examined if self.checked else None
        return examined.sources if examined else ()

    @property
    def document(self) -> Document | None:
        """The document as far as it is right."""
        examined = self.checked.examined if self.checked else None
        return examined.document if examined else None

    @property
    def graph(self) -> Graph | None:
        return self.checked.graph if self.checked else None

    @cached_property
    def nodes(self) -> Mapping[Spot, tuple[Node, ...]]:
        """The nodes of known shape by the place of the entry that says what they are."""
        found: dict[Spot, tuple[Node, ...]] = {}
        for node in self.graph.nodes if self.graph and self.document else ():
            if self.document and not isinstance(node.operator, Opaque | OpaqueReader):
                tree = self.document.tree.find(node.at)[0]
                for place in {_written(tree), tree.place}:
                    spot = place.path, place.span.start
                    found[spot] = (*found.get(spot, ()), node)
        return found

    @cached_property
    def placed(self) -> Mapping[str, Placed]:
        """The place in time and the costs of every layer; none while the network has errors."""
        document, graph = self.document, self.graph
        if document is None or graph is None or any(d.severity == "error" for d in self.findings):
            return {}
        try:
            return {row.name: row for row in placement(snnc.plan(document, graph))}
        except Findings:
            return {}


def _written(tree: Tree) -> Place:
    """The place where an entry is written, which for a block is not that of its use."""
    return next((note.place for note in tree.notes if isinstance(note, Origin)), tree.place)


def analysed(path: Path, others: Sequence[Path] = ()) -> Analysis:
    """The spec at ``path``, in one run with ``others`` that extend it."""
    try:
        run = look([path, *others])
    except OSError:  # one of them is gone
        return analysed(path) if others else Analysis(path.as_posix())
    except Findings as configuration:  # of the project
        return Analysis(path.as_posix(), configuration.diagnostics)
    return Analysis(path.as_posix(), run.findings, run.specs[0].checked)
