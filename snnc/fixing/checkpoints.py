"""The effect of fixes on checkpoints: keys that are renamed, gone or new."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from snnc.difference import CheckpointFit, checkpoint_fit
from snnc.document import load
from snnc.graph.build import build
from snnc.graph.types import Graph
from snnc.source.diagnostic import Findings

_MOST = 3
"""Layers that a sentence names."""


def graphs(paths: Sequence[Path]) -> dict[Path, Graph]:
    """The graphs of the valid ones among specs. Raises OSError."""
    found: dict[Path, Graph] = {}
    for path in paths:
        try:
            found[path] = build(load(path))
        except Findings:
            continue
    return found


def unfit(old: Mapping[Path, Graph], new: Mapping[Path, Graph]) -> str:
    """The keys that checkpoints of a network have and the changed one does not; "" if none."""
    for path, graph in old.items():
        fit = checkpoint_fit(graph, new[path]) if path in new else None
        if fit and not fit.whole:
            return _sentence(fit)
    return ""


def _sentence(fit: CheckpointFit) -> str:
    renamed = [f"`{old}` to `{new}`" for old, new in fit.renamed.items()]
    parts = (
        ("renames", renamed),
        ("changes", [f"`{name}`" for name in fit.reshaped]),
        ("removes", [f"`{name}`" for name in fit.gone]),
        ("adds", [f"`{name}`" for name in fit.new]),
    )
    told = ", ".join(f"{verb} {_few(names)}" for verb, names in parts if names)
    return f"in checkpoints it {told}"


def _few(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
    return ", ".join(names[:_MOST]) + more
