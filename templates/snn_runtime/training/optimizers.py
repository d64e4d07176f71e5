"""Optimizers and schedulers of PyTorch, by their names."""

import inspect
import warnings
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn
from torch.optim import lr_scheduler

from . import allowed
from .settings import RunError, Settings, Table, flag

OPTIMIZERS = tuple(allowed.OPTIMIZERS)
SCHEDULERS = tuple(allowed.SCHEDULERS)
FUSED = {"Adam", "AdamW", "SGD"}  # a step of which PyTorch has as one kernel


class SettingError(RunError):
    """Settings that do not fit each other; the message says which."""


@dataclass(frozen=True)
class Key:
    """A flag that sets an argument of an optimizer or of a scheduler."""

    of: str  # the flag that names the kind
    keyword: str
    reads: str
    help: str
    usual: object = "PyTorch's"


KEYS = {
    "opt": Key("opt", "kind", "optimizer", ", ".join(OPTIMIZERS)),
    "lr": Key("opt", "lr", "positive", "learning rate"),
    "momentum": Key("opt", "momentum", "not negative", "of SGD and RMSprop"),
    "weight_decay": Key("opt", "weight_decay", "not negative", "pull towards 0"),
    "scheduler": Key(
        "scheduler", "kind", "scheduler", f"none, {', '.join(SCHEDULERS)}", "none"
    ),
    "step_size": Key("scheduler", "step_size", "count", "epochs of a step of StepLR"),
    "gamma": Key("scheduler", "gamma", "positive", "factor at a step of StepLR"),
    "t_max": Key(
        "scheduler", "T_max", "count", "epochs of half a cosine", "all epochs"
    ),
    "t_0": Key("scheduler", "T_0", "count", "epochs to the first warm restart"),
    "max_lr": Key("scheduler", "max_lr", "positive", "highest rate of OneCycleLR"),
    "patience": Key(
        "scheduler", "patience", "natural", "epochs that ReduceLROnPlateau waits"
    ),
}


def chosen(
    of: str, table: Table | None, given: Mapping[str, Any], epochs: int = 0
) -> Table | None:
    """A kind and its arguments with what was given; another kind starts anew.

    Raises SettingError for an argument that the kind does not have.
    """
    name = given.get(of, table["kind"] if table else "none")
    keys = {k: KEYS[k] for k in given if k in KEYS and KEYS[k].of == of and k != of}
    where = torch.optim if of == "opt" else lr_scheduler
    known = inspect.signature(getattr(where, name)).parameters if name != "none" else {}
    for key, entry in keys.items():
        if entry.keyword not in known:
            raise SettingError(f"{flag(key)} does not apply to {flag(of)} {name}")
    if name == "none":
        return None
    same = table is not None and table["kind"] == name
    arguments = {entry.keyword: given[key] for key, entry in keys.items()}
    made = {**(table if same and table else {"kind": name}), **arguments}
    return completed(made, known, given.get("epochs", epochs))


def completed(table: Table, known: Mapping[str, Any], epochs: int) -> Table:
    """With the learning rate or the length that a kind cannot do without."""
    usual = {"lr": 1e-3, "T_max": epochs}
    found = {k: v for k, v in usual.items() if k in known and k not in table}
    full = {"kind": table["kind"], **found, **table}
    for keyword, parameter in known.items():
        needed = parameter.default is inspect.Parameter.empty
        if needed and keyword not in {"params", "optimizer", *full}:
            name = next(
                (k for k, key in KEYS.items() if key.keyword == keyword), keyword
            )
            raise SettingError(f"--scheduler {table['kind']} needs {flag(name)}")
    return full


def make_optimizer(
    given: Iterable[nn.Parameter | Mapping[str, Any]], table: Table
) -> torch.optim.Optimizer:
    """The optimizer of parameters, or of groups of them. Raises SettingError.

    On GPUs a step is one kernel, if PyTorch has one for the kind, which also reads
    whether a gradient overflowed.
    """
    parts = list(given)
    groups = (each["params"] if isinstance(each, Mapping) else [each] for each in parts)
    every = [p for group in groups for p in group]
    fused = table["kind"] in FUSED and every and all(p.is_cuda for p in every)
    how = {"fused": True} if fused else {}
    made: torch.optim.Optimizer = called(torch.optim, table, parts, **how)
    return made


def called(module: object, table: Table, first: object, **more: object) -> Any:
    """The table's kind out of a module of PyTorch, with the table's arguments.

    Raises SettingError if it does not take these.
    """
    arguments = {name: value for name, value in table.items() if name != "kind"}
    try:
        return getattr(module, table["kind"])(first, **arguments, **more)
    except (TypeError, ValueError) as error:
        raise SettingError(f"{table['kind']} cannot be made: {error}.") from error


class Schedule:
    """The learning rate: PyTorch's scheduler, and a linear warm-up that scales it.

    OneCycleLR changes the rate after every step, the others after every epoch;
    ReduceLROnPlateau by a metric, of which more is better if ``sign`` is 1.
    """

    def __init__(
        self,
        optimizer: torch.optim.Optimizer,
        settings: Settings,
        steps: int,
        sign: int = -1,
    ) -> None:
        self.optimizer = optimizer
        self.warmup = round(settings.warmup_epochs * steps)
        table = settings.scheduler or {}
        self.every_step = table.get("kind") == "OneCycleLR"
        self.measured = table.get("kind") == "ReduceLROnPlateau"
        more: dict[str, Any] = {}
        if self.every_step:
            more = {"total_steps": settings.epochs * steps}
            first = optimizer.param_groups[0]["lr"]
            shares = [group["lr"] / first for group in optimizer.param_groups]
            table = {**table, "max_lr": [table["max_lr"] * share for share in shares]}
        elif self.measured:
            more = {"mode": "max" if sign > 0 else "min"}
        self.scheduler: lr_scheduler.LRScheduler | None = None
        if table:
            self.scheduler = called(lr_scheduler, table, optimizer, **more)

    def factor(self, step: int) -> float:
        """What the warm-up scales the rate by at a step, from 0 over all epochs."""
        return (step + 1) / self.warmup if step < self.warmup else 1.0

    def rate(self, step: int) -> float:
        """The learning rate of a step."""
        return float(self.optimizer.param_groups[0]["lr"]) * self.factor(step)

    @contextmanager
    def warmed(self, step: int) -> Iterator[None]:
        """While the optimizer takes a step."""
        groups = self.optimizer.param_groups
        rates = [group["lr"] for group in groups]
        for group, rate in zip(groups, rates, strict=True):
            group["lr"] = rate * self.factor(step)
        yield
        for group, rate in zip(groups, rates, strict=True):
            group["lr"] = rate

    def after_step(self) -> None:
        """To be called after every step of the optimizer."""
        if self.every_step:
            self.advance()

    def after_epoch(self, value: float = 0.0) -> None:
        """To be called after every epoch, with the metric that selects the best one."""
        if self.measured:
            self.advance(value)
        elif not self.every_step:
            self.advance()

    def advance(self, *measured: float) -> None:
        """The scheduler's own step.

        It would warn if the optimizer took none so far: the scaler left it out, or it
        was taken before the run was resumed.
        """
        if self.scheduler:
            with warnings.catch_warnings():
                warnings.filterwarnings("ignore", "Detected call of `lr_scheduler")
                self.scheduler.step(*measured)  # type: ignore[arg-type, unused-ignore]

    def state_dict(self) -> dict[str, Any]:
        """What has to be kept to go on."""
        return self.scheduler.state_dict() if self.scheduler else {}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Goes on where another stopped."""
        if self.scheduler:
            self.scheduler.load_state_dict(state)
