"""One spec, with everything that is wrong with it."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from snnc.document import EDGES, Document, Examined, examine
from snnc.graph.build import inspect
from snnc.graph.origin import explicit, section
from snnc.graph.types import Graph
from snnc.rules import LintRule, findings
from snnc.source.diagnostic import Diagnostic, Findings, Place, Span

_OF_NETWORK = frozenset(
    {"", "*", "network", "blocks", "vars", "defaults", "neurons", "input", "inputs"}
)
"""Tables without which nothing can be told of the network."""

_OF_TRAINING = ("SNN307", "SNN309")
_OF_EDGES = ("SNN302", "SNN304", "SNN306", "SNN308")
_OF_WHOLE = ("SNN401", "SNN402")
"""Rules that look at a network as a whole, which say nothing while its edges are in doubt."""
_OF_DOCUMENT = ("SNN403", "SNN404", "SNN405")
"""Rules that need no network."""


@dataclass(frozen=True)
class Checked:
    """The findings in a spec, whatever its comments ignore, and what was read of it.

    ``document`` is there if it is a valid one. ``ruled``: the rules could look at it. ``graph`` is
    that of as much as is right, in which nodes in doubt are opaque.
    """

    findings: tuple[Diagnostic, ...]
    examined: Examined | None = None
    ruled: bool = False
    graph: Graph | None = None

    @property
    def document(self) -> Document | None:
        return None if self.examined is None or self.examined.findings else self.examined.document


def checked(
    path: Path | str, settings: Sequence[str] = (), chosen: Iterable[LintRule] | None = None
) -> Checked:
    """The spec at ``path``, looked at by the default rules or by chosen ones. Raises OSError."""
    try:
        examined = examine(path, settings)
    except Findings as none_left:
        return Checked(none_left.diagnostics)
    found, document = list(examined.findings), examined.document
    if document is None or examined.source.lost & _OF_NETWORK:
        return Checked(tuple(found), examined)
    graph, wrong = _graph(document, found)
    found += wrong
    warned = [] if graph is None else findings(_sound(document, wrong), graph, chosen)
    errors = tuple(found)
    found += [
        d for d in _beside(document, errors, warned) if _speaks(d.code, document, errors, wrong)
    ]
    return Checked(tuple(found), examined, graph is not None, graph)


def _beside(
    document: Document, errors: Sequence[Diagnostic], warned: Sequence[Diagnostic]
) -> list[Diagnostic]:
    """The findings of rules, but about no layer that an error is in: its keys are in doubt."""
    starts: dict[str, list[int]] = {}
    for error in errors:
        starts.setdefault(error.place.path, []).append(error.place.span.start)
    for ordered in starts.values():
        ordered.sort()
    clear = (d for d in warned if not _within(starts.get(d.place.path, []), _entry(d.place)))
    layers = document.tree.find(("network", "layers"))[0].items
    hit = (n for n in layers if _within(starts.get(n.place.path, []), n.place.span))
    wrong = {str(name.value) for layer in hit if (name := layer.get("name"))}
    return [d for d in clear if not any(f"`{name}`" in d.message for name in wrong)]


def _entry(place: Place) -> Span:
    """The span of a place; of a key, with the line of its value."""
    end = place.text.find("\n", place.span.end)
    rest = place.text[place.span.end : end if end >= 0 else len(place.text)]
    is_key = rest.lstrip().startswith("=")
    return Span(place.span.start, place.span.end + len(rest) * is_key)


def _within(starts: Sequence[int], span: Span) -> bool:
    """Whether one of ``starts``, which are in order, lies in ``span``."""
    first = bisect_left(starts, span.start)
    return first < len(starts) and starts[first] < span.end


def _speaks(
    code: str, document: Document, found: Sequence[Diagnostic], wrong: Sequence[Diagnostic]
) -> bool:
    """Whether a rule can be sure of what it finds beside all that is wrong."""
    if found and (document.spec.convert or "convert" in document.doubt):
        return code in _OF_DOCUMENT  # it has seen the ANN
    if code == "SNN402" and "network" in document.doubt:
        return False  # a neuron may be what is wrong
    return code not in _OF_WHOLE or _certain(document, wrong)


def _certain(document: Document, wrong: Sequence[Diagnostic]) -> bool:
    """Whether it is known which layer reads which."""
    if EDGES in document.doubt or any(d.code in _OF_EDGES for d in wrong):
        return False
    stated = any(explicit(document, section(document, "output", n)) for n in document.spec.outputs)
    return not stated or not any(d.code in _OF_TRAINING for d in wrong)


def _sound(document: Document, wrong: Sequence[Diagnostic]) -> Document:
    """The document for rules: without its training, if something is wrong with that."""
    doubt = "train" in document.doubt or any(d.code in _OF_TRAINING for d in wrong)
    if not doubt:
        return document
    return replace(document, spec=document.spec.model_copy(update={"train": None}))


def _graph(
    document: Document, found: Sequence[Diagnostic]
) -> tuple[Graph | None, tuple[Diagnostic, ...]]:
    """The graph that rules look at, the SNN's of a conversion, and what is wrong with it."""
    graph, wrong = inspect(document)
    if found or wrong or document.spec.convert is None:
        return graph, wrong
    from snnc.ann2snn import convert  # few specs convert

    try:
        return convert(document, graph).snn, ()
    except Findings as findings:
        return None, findings.diagnostics
