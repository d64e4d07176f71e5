"""What the settings and the counters of a checkpoint may be."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..weights import MOST_STEPS, brief

Nothing = type(None)
MOST = sys.float_info.max
MOST_WHOLE = 2**63 - 1


@dataclass(frozen=True)
class Allowed:
    """What a value may be: its types, the bounds of numbers, the words of text."""

    types: tuple[type, ...]
    least: float = -MOST
    most: float = MOST
    open: bool = False  # the bounds themselves are excluded
    words: tuple[str, ...] = ()

    def __call__(self, value: object) -> bool:
        """Whether a value is one of these; NaN never is."""
        if type(value) not in self.types:
            return False
        if isinstance(value, str):
            return value in self.words
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            closed = self.least <= value <= self.most
            return closed and not (self.open and value in (self.least, self.most))
        return True


def whole(least: int = 1, most: int = MOST_WHOLE) -> Allowed:
    """Whole numbers between bounds."""
    return Allowed((int,), least, most)


def real(least: float = -MOST, most: float = MOST, open: bool = False) -> Allowed:
    """Finite numbers between bounds."""
    return Allowed((int, float), least, most, open)


def among(*words: str) -> Allowed:
    """One of some words."""
    return Allowed((str,), words=words)


def optional(one: Allowed) -> Allowed:
    """The same, or None."""
    return Allowed((*one.types, Nothing), one.least, one.most, one.open, one.words)


def pair(value: object) -> bool:
    """Whether a value is the two decays of Adam."""
    if not isinstance(value, (list, tuple)) or len(value) != 2:
        return False
    return all(type(each) in (int, float) and 0 <= each < 1 for each in value)


SWITCH = Allowed((bool,))
POSITIVE = real(0, open=True)
SHARE = real(0, 1)
TABLE = Allowed((dict,))
SETTINGS = {
    "epochs": whole(),
    "batch_size": whole(),
    "time_steps": whole(1, MOST_STEPS),
    "optimizer": TABLE,
    "scheduler": optional(TABLE),
    "warmup_epochs": real(0, MOST_WHOLE),
    "amp": SWITCH,
    "accumulate": whole(),
    "grad_clip": optional(POSITIVE),
    "label_smoothing": optional(SHARE),
    "early_stop": optional(whole()),
    "limit": optional(whole()),
    "seed": whole(0, 2**64 - 1),  # what torch.manual_seed takes
    "dtype": among("float32", "float64"),
    "deterministic": SWITCH,
    "truncate": optional(whole()),
    "ema": optional(real(0, 1, open=True)),
}
ADAM = {
    "lr": POSITIVE,
    "betas": pair,
    "eps": real(0),
    "weight_decay": real(0),
    "amsgrad": SWITCH,
}
DECOUPLED = {
    **{name: ADAM[name] for name in ("lr", "betas", "eps", "weight_decay")},
    "decoupled_weight_decay": SWITCH,
}
OPTIMIZERS: Mapping[str, Mapping[str, Any]] = {
    "Adam": ADAM,
    "AdamW": ADAM,
    "NAdam": {**DECOUPLED, "momentum_decay": real(0)},
    "RAdam": DECOUPLED,
    "RMSprop": {
        "lr": POSITIVE,
        "alpha": SHARE,
        "eps": real(0),
        "weight_decay": real(0),
        "momentum": real(0),
        "centered": SWITCH,
    },
    "SGD": {
        "lr": POSITIVE,
        "momentum": real(0),
        "dampening": real(),
        "weight_decay": real(0),
        "nesterov": SWITCH,
    },
}
SCHEDULERS: Mapping[str, Mapping[str, Any]] = {
    "CosineAnnealingLR": {"T_max": whole(), "eta_min": real(0)},
    "CosineAnnealingWarmRestarts": {
        "T_0": whole(),
        "T_mult": whole(),
        "eta_min": real(0),
    },
    "OneCycleLR": {
        "max_lr": POSITIVE,
        "pct_start": SHARE,
        "anneal_strategy": among("cos", "linear"),
        "cycle_momentum": SWITCH,
        "base_momentum": SHARE,
        "max_momentum": SHARE,
        "div_factor": POSITIVE,
        "final_div_factor": POSITIVE,
        "three_phase": SWITCH,
    },
    "ReduceLROnPlateau": {
        "factor": real(0, 1, open=True),
        "patience": whole(0),
        "threshold": real(0),
        "threshold_mode": among("rel", "abs"),
        "cooldown": whole(0),
        "min_lr": real(0),
        "eps": real(0),
    },
    "StepLR": {"step_size": whole(), "gamma": POSITIVE},
}
COUNTERS = {
    "time_steps": whole(1, MOST_STEPS),
    "epoch": whole(0),
    "batch": whole(0),
    "lr": real(),
    "best": optional(real()),
    "best_epoch": whole(0),
}


def unlike(values: Mapping[str, Any], allowed: Mapping[str, Any]) -> str | None:
    """The first of the values that is not allowed, as a phrase; None if all are."""
    for name, value in values.items():
        if name in allowed and not allowed[name](value):
            text = repr(value) if isinstance(value, str) else value
            return f"{name} is {brief(text)}"
    return None


def misnamed(
    table: Mapping[str, Any], kinds: Mapping[str, Mapping[str, Any]]
) -> str | None:
    """Why a table is not that of one of the kinds and of its arguments, or None."""
    kind = table["kind"]
    if not isinstance(kind, str) or kind not in kinds:
        return f"kind is {brief(kind)}"
    for name in table:
        if name != "kind" and name not in kinds[kind]:
            return f"{kind} has no {brief(name)}"
    return unlike(table, kinds[kind])
