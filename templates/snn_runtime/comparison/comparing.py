"""Runs side by side: the best first, with the settings in which they differ."""

import json
from collections.abc import Sequence
from pathlib import Path

from .reading import Run

Cell = str | int | float | None


def ordered(runs: Sequence[Run]) -> list[Run]:
    """The best first; those without a score last, by their folders."""

    def key(run: Run) -> tuple[bool, float, str]:
        score = run.score
        return score is None, -run.sign * (score or 0.0), str(run.folder)

    return sorted(runs, key=key)


def different(runs: Sequence[Run]) -> list[str]:
    """The keys of settings that are not the same in all runs that could be read."""
    read = [run.settings for run in runs if run.settings]
    keys = dict.fromkeys(key for settings in read for key in settings)
    return [key for key in keys if len({settings.get(key) for settings in read}) > 1]


def alike(runs: Sequence[Run]) -> list[str]:
    """The keys of settings that all runs share."""
    apart = {*different(runs)}
    read = [run.settings for run in runs if run.settings]
    return [key for key in (read[0] if read else {}) if key not in apart]


def rows(runs: Sequence[Run], keys: Sequence[str], root: Path) -> list[dict[str, Cell]]:
    """A row for each run: its state, its best epoch, its numbers and these settings."""
    found = []
    for run in runs:
        best = run.best
        told: dict[str, Cell] = {"run": shortened(run.folder, root), "state": run.state}
        told |= {"epochs": len(run.epochs), "of": run.wanted}
        told["best epoch"] = best[0] if best else None
        for split in ("validation", "test", "train"):
            column = f"{split}/{run.metric}"
            if any(column in row for each in runs for row in each.epochs[:1]):
                told[column] = best[1].get(column) if best else None
        told |= {key: plain(run.settings.get(key)) for key in keys}
        found.append(told)
    return found


def shortened(folder: Path, root: Path) -> str:
    """The folder of a run below the one that was asked for."""
    below = folder.is_relative_to(root) and folder != root
    return str(folder.relative_to(root) if below else folder)


def plain(text: str | None) -> Cell:
    """A setting as a value: numbers and words are themselves, all else is its text."""
    if text is None:
        return None
    value = json.loads(text)
    return value if isinstance(value, str | int | float) else text
