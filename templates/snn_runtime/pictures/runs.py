"""Which run is drawn."""

from pathlib import Path


def newest(folder: Path, checkpoint: str) -> Path:
    """The folder, if it holds a run, or else the run in it whose checkpoint is newest.

    train.py gives every run a folder of its own, named by its settings.
    """
    runs = [run for run in folder.glob("*/") if (run / checkpoint).exists()]
    if (folder / checkpoint).exists() or not runs:
        return folder
    return max(runs, key=lambda run: (run / checkpoint).stat().st_mtime_ns)
