"""What a run is told."""

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..weights import brief
from .allowed import OPTIMIZERS, SCHEDULERS, SETTINGS, misnamed, unlike

Table = Mapping[str, Any]


class RunError(Exception):
    """A run cannot begin or go on; the message is a sentence that says why."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What decides the numbers that come out; saved with them."""

    epochs: int
    batch_size: int  # samples of a batch, on all processes together
    time_steps: int
    optimizer: Table  # its kind, and the arguments of that class in torch.optim
    scheduler: Table | None = None  # likewise, of torch.optim.lr_scheduler
    warmup_epochs: float = 0.0
    amp: bool = False  # automatic mixed precision: 16-bit products, 32-bit weights
    accumulate: int = 1  # batches of one step of the optimizer
    grad_clip: float | None = None  # the largest norm that the gradient may have
    label_smoothing: float | None = None  # None: each loss has its own, if any
    early_stop: int | None = None  # epochs without a better one
    limit: int | None = None  # samples of each split
    seed: int = 0
    dtype: str = "float32"
    deterministic: bool = False
    truncate: int | None = None  # steps that a gradient goes back through
    ema: float | None = None  # the decay of an average of the weights


# What may differ when a run goes on; all else decides what the next epoch does.
FREE = {"epochs", "early_stop", "deterministic"}
LATER = {"ema", "truncate"}  # older checkpoints have none of these


def misfit(saved: Mapping[str, Any]) -> str | None:
    """Why a mapping does not hold exactly the settings of a run, or None."""
    for name in [*SETTINGS, *(name for name in saved if name not in SETTINGS)]:
        if name not in saved and name not in LATER:
            return f"the setting {name} is missing"
        if name not in SETTINGS:
            return f"there is no setting {brief(name)}"
    if wrong := unlike(saved, SETTINGS):
        return f"the setting {wrong}"
    tables = {"optimizer": OPTIMIZERS, "scheduler": SCHEDULERS}
    told = {name: saved[name] for name in tables if saved[name] is not None}
    if not all("kind" in table for table in told.values()):
        return "an optimizer or a scheduler has no kind"
    found = ((name, misnamed(table, tables[name])) for name, table in told.items())
    return next((f"in {name}, {wrong}" for name, wrong in found if wrong), None)


def flag(name: str) -> str:
    """A setting as the command line calls it."""
    return f"--{name.replace('_', '-')}"


def title(settings: Settings, network: str) -> str:
    """A name for the folder of a run: what makes it another run, and nothing else.

    Of the network it has the start of the digest: an edited one gets another folder.
    """
    parts = [f"T{settings.time_steps}", f"b{settings.batch_size}"]
    parts += words(settings.optimizer) + words(settings.scheduler or {})
    usual = {field.name: field.default for field in dataclasses.fields(settings)}
    for name, value in vars(settings).items():
        told = name in FREE or isinstance(value, Mapping) or not value
        if name == "seed" or not (told or usual[name] in (dataclasses.MISSING, value)):
            parts.append(name if value is True else f"{name}{value}")
    return re.sub(r"[^\w.+-]+", "-", "_".join([*parts, network[:8]]))


def words(table: Table) -> list[str]:
    """A kind and its numbers: ["SGD", "lr0.1", "momentum0.9"]."""
    rest = [f"{name}{value}" for name, value in table.items() if name != "kind"]
    return [str(table["kind"]), *rest] if table else []
