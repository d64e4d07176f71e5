"""``snnc diff``: the meaning of a change of a spec, for people, programs and pull requests."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

import snnc
from snnc import terminal
from snnc.commands.revision import checked_out
from snnc.commands.show import fused
from snnc.difference import (
    ChangedLayer,
    ChangedValue,
    CheckpointFit,
    PlacedNetwork,
    SpecDifference,
    difference,
)
from snnc.document import Document

FORMATS = ("text", "json", "markdown")
_SIGNS = {"added": "+", "removed": "-", "changed": "~"}
_WHERE = {"before": "before the time loop", "time": "in it", "after": "after it", "dropped": "not"}


def diff(
    old: Path, new: Path | None, against: str | None, settings: Sequence[str], format: str
) -> tuple[str, bool]:
    """The text, and whether anything differs. Raises Findings, UsageError."""
    if (new is None) == (against is None):
        raise terminal.UsageError("name two specs, or one and --against REV")
    if new is not None:
        found = difference(_side(old, settings), _side(new, settings))
    else:
        with checked_out(old, str(against)) as before:
            found = difference(_side(before, settings), _side(old, settings))
    return _FORMS[format](found), not found.empty


def _side(path: Path, settings: Sequence[str]) -> PlacedNetwork:
    document: Document = snnc.load(path, settings)
    program = snnc.plan(document, snnc.link(document))
    return PlacedNetwork(program, {each.layer: each.kernel for each in fused(program)})


def as_text(found: SpecDifference) -> str:
    """Some lines: totals, layers, what becomes of a checkpoint."""
    if found.empty:
        return "the same network\n"
    lines = [f"{one.what}: {one.old} → {one.new}" for one in found.totals]
    lines += [_layer(layer) for layer in found.layers]
    return "\n".join([*lines, *_weights(found.weights), ""])


def as_json(found: SpecDifference) -> str:
    """The same as an object."""
    whole = {**asdict(found), "same": found.empty, "checkpoint_loads": found.weights.whole}
    return json.dumps(whole, indent=2) + "\n"


def as_markdown(found: SpecDifference) -> str:
    """The same as tables, for a comment in a pull request."""
    if found.empty:
        return "The network is the same.\n"
    rows = [("", one.what, one.old, one.new) for one in found.totals]
    rows += [(f"`{layer.layer}`", *row) for layer in found.layers for row in _rows(layer)]
    table = ["| layer | what | before | after |", "|---|---|---|---|"]
    table += [f"| {' | '.join(map(_cell, row))} |" for row in rows]
    return "\n".join([*(table if rows else ()), "", *_weights(found.weights, "`"), ""])


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _rows(layer: ChangedLayer) -> Iterator[tuple[str, str, str]]:
    if layer.state == "added":
        yield "layer", "", layer.kind
    if layer.state == "removed":
        yield "layer", layer.kind, ""
    for one in layer.changes:
        yield one.what, *_told(one)


def _layer(layer: ChangedLayer) -> str:
    told = [f"{one.what} {' → '.join(_told(one))}" for one in layer.changes]
    why = f" ({layer.why})" if layer.why else ""
    about = layer.kind if layer.state != "changed" else "; ".join(told)
    return f"{_SIGNS[layer.state]} {layer.layer}: {about}{why}"


def _told(one: ChangedValue) -> tuple[str, str]:
    pair = one.old, one.new
    return (_WHERE[pair[0]], _WHERE[pair[1]]) if one.what == "computed" else pair


def _weights(weights: CheckpointFit, mark: str = "") -> Iterator[str]:
    """Sentences on a checkpoint of the old network."""

    def listed(names: Sequence[str]) -> str:
        return ", ".join(f"{mark}{name}{mark}" for name in names)

    if weights.whole:
        yield "A checkpoint of the old network loads as it is."
        return
    yield "A checkpoint of the old network does not load as it is."
    if weights.renamed:
        pairs = [f"{mark}{a}{mark} is now {mark}{b}{mark}" for a, b in weights.renamed.items()]
        yield f"- renamed: {', '.join(pairs)}; a `name` for each keeps its keys"
    for what, names in (
        ("other shapes", weights.reshaped),
        ("gone", weights.gone),
        ("new", weights.new),
        ("loads", weights.loads),
    ):
        if names:
            yield f"- {what}: {listed(names)}"


_FORMS = {"text": as_text, "json": as_json, "markdown": as_markdown}
