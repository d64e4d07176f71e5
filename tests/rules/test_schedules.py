"""Schedules that do not fit the epochs, kind by kind."""

import pytest

from snnc.schedulers import Scheduler
from snnc.schedulers.cosine_annealing_warm_restarts import CosineAnnealingWarmRestarts
from snnc.schedulers.reduce_lr_on_plateau import ReduceLROnPlateau


@pytest.mark.parametrize(
    ("scheduler", "found"),
    [
        (CosineAnnealingWarmRestarts(T_0=10), None),
        (CosineAnnealingWarmRestarts(T_0=21), ("T_0", "10 epochs end before")),
        (CosineAnnealingWarmRestarts(T_0=2, warmup_epochs=10.0), ("warmup_epochs", "the learning")),
        (ReduceLROnPlateau(patience=8), None),
        (ReduceLROnPlateau(patience=9), ("patience", "10 epochs end before")),
        (ReduceLROnPlateau(patience=1, warmup_epochs=10.0), ("warmup_epochs", "the learning")),
    ],
)
def test_what_does_not_fit_ten_epochs_is_found(
    scheduler: Scheduler, found: tuple[str, str] | None
) -> None:
    misfit = scheduler.misfit(10)
    assert (misfit and (misfit[0], misfit[1][: len(found[1]) if found else 0])) == found
