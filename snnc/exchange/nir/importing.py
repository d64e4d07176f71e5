"""A NIR file as a spec and weights. It needs h5py and safetensors, and no torch."""

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import safetensors.numpy

import snnc
from snnc.exchange import Refused, Unusable
from snnc.exchange.nir import cycles, report, shapes
from snnc.exchange.nir.confined import checked
from snnc.exchange.nir.flattening import flat
from snnc.exchange.nir.options import NirOptions
from snnc.exchange.nir.text import spec_text
from snnc.exchange.nir.translate import translated
from snnc.source.diagnostic import Findings
from snnc.source.reading import SUFFIX


@dataclass(frozen=True)
class NirImport:
    """The spec's text, the content of its file of weights, and what was exact or assumed."""

    spec: str
    weights: bytes
    layers: int
    remarks: tuple[str, ...]


def from_file(path: Path, name: str, options: NirOptions | None) -> NirImport:
    """The graph in a NIR file as a spec of this name.

    Raises:
        Unusable: the file is broken, or without ``options``, with what it suggests for dt.
        Refused: a spec or the profile cannot express it: a size beyond what snnc takes.
        OSError: the file cannot be read.
    """
    file = checked(path)
    try:
        graph = flat(file)
        if options is None:
            raise Unusable(report.asked(graph.nodes))
        late = cycles.late(graph, options.recurrence)
        order = cycles.ordered(graph, late)
        sized = shapes.inferred(graph, order)
        parts = translated(graph, order, late, sized, options)
    except Unusable as error:
        raise Unusable(f"{path}: {error}") from error
    remarks = report.remarks(graph, late, sized, options)
    doc = f"Imported from {path.name}, a NIR file, with dt = {options.dt!r}."
    text = spec_text(name, doc, parts, remarks)
    _valid(text)
    return NirImport(text, safetensors.numpy.save(parts.weights), len(parts.lines), remarks)


def _valid(text: str) -> None:
    """Check what only a whole spec tells. Raises Refused."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"imported{SUFFIX}"
        path.write_text(text, encoding="utf-8")
        try:
            snnc.link(snnc.load(path))
        except Findings as error:
            raise Refused(*(finding.message for finding in error.diagnostics)) from error
