"""Optimizers, schedulers and warm-up beside PyTorch's own and formulas written out."""

import math

import pytest
import torch
from torch import nn

from tests.runtime.runtime import module

optimizers = module("training.optimizers")
settings = module("training.settings")

COSINE = "CosineAnnealingLR"
SGD = {"kind": "SGD", "lr": 0.5, "momentum": 0.9}


def made(**more: object) -> object:
    usual = {"epochs": 4, "batch_size": 2, "time_steps": 1, "optimizer": SGD}
    return settings.Settings(**usual | more)


def parameter() -> nn.Parameter:
    found = nn.Parameter(torch.tensor([1.0]))
    found.grad = torch.tensor([2.0])
    return found


def test_an_optimizer_is_pytorchs_with_these_arguments() -> None:
    p = parameter()
    found = optimizers.make_optimizer([p], SGD)
    assert type(found) is torch.optim.SGD
    assert found.defaults["momentum"] == 0.9
    found.step()
    assert float(p.detach()) == 1.0 - 0.5 * 2.0


@pytest.mark.parametrize(
    ("given", "want"),
    [
        ({}, {"kind": "SGD", "lr": 0.5, "momentum": 0.9}),
        ({"lr": 0.1}, {"kind": "SGD", "lr": 0.1, "momentum": 0.9}),
        ({"opt": "SGD", "weight_decay": 0.2}, SGD | {"weight_decay": 0.2}),
        ({"opt": "Adam"}, {"kind": "Adam", "lr": 1e-3}),
        ({"opt": "AdamW", "lr": 0.2}, {"kind": "AdamW", "lr": 0.2}),
    ],
)
def test_another_optimizer_starts_anew(given: dict[str, object], want: dict[str, object]) -> None:
    assert optimizers.chosen("opt", SGD, given) == want


@pytest.mark.parametrize(
    ("given", "want"),
    [
        ({"scheduler": "none"}, None),
        ({"scheduler": "StepLR", "step_size": 3}, {"kind": "StepLR", "step_size": 3}),
        ({"scheduler": COSINE}, {"kind": COSINE, "T_max": 7}),
        (
            {"scheduler": COSINE, "epochs": 5},
            {"kind": COSINE, "T_max": 5},
        ),
    ],
)
def test_a_scheduler_is_given_the_length_of_the_run(
    given: dict[str, object], want: dict[str, object] | None
) -> None:
    assert optimizers.chosen("scheduler", None, given, 7) == want


@pytest.mark.parametrize(
    ("of", "given", "said"),
    [
        ("opt", {"opt": "Adam", "momentum": 0.9}, "--momentum does not apply to --opt Adam"),
        ("scheduler", {"gamma": 0.1}, "--gamma does not apply to --scheduler none"),
        ("scheduler", {"scheduler": "StepLR"}, "--scheduler StepLR needs --step-size"),
        ("scheduler", {"scheduler": "OneCycleLR"}, "--scheduler OneCycleLR needs --max-lr"),
    ],
)
def test_what_does_not_apply_is_said(of: str, given: dict[str, object], said: str) -> None:
    table = SGD if of == "opt" else None
    with pytest.raises(optimizers.SettingError) as raised:
        optimizers.chosen(of, table, given, 4)
    assert str(raised.value) == said


def test_the_rate_warms_up_and_is_the_optimizers_own_again() -> None:
    """Two epochs of three steps: step k of six has (k + 1) / 6 of the rate."""
    optimizer = optimizers.make_optimizer([parameter()], SGD)
    schedule = optimizers.Schedule(optimizer, made(warmup_epochs=2.0), 3)
    rates = [schedule.rate(step) for step in range(8)]
    assert rates == pytest.approx([0.5 * min(1, (k + 1) / 6) for k in range(8)])
    with schedule.warmed(0):
        assert optimizer.param_groups[0]["lr"] == pytest.approx(0.5 / 6)
    assert optimizer.param_groups[0]["lr"] == 0.5


def test_a_cosine_falls_once_an_epoch() -> None:
    optimizer = optimizers.make_optimizer([parameter()], SGD)
    cosine = {"kind": COSINE, "T_max": 4}
    schedule = optimizers.Schedule(optimizer, made(scheduler=cosine), 3)
    seen = []
    for _ in range(4):
        seen.append(schedule.rate(0))
        for _ in range(3):
            schedule.after_step()
        schedule.after_epoch()
    assert seen == pytest.approx([0.25 * (1 + math.cos(math.pi * k / 4)) for k in range(4)])


def test_one_cycle_moves_once_a_step_and_ends_with_the_run() -> None:
    optimizer = optimizers.make_optimizer([parameter()], SGD)
    cycle = {"kind": "OneCycleLR", "max_lr": 1.0}
    schedule = optimizers.Schedule(optimizer, made(scheduler=cycle, epochs=2), 5)
    seen = []
    for step in range(10):
        seen.append(schedule.rate(step))
        optimizer.step()
        if step < 9:
            schedule.after_step()
            schedule.after_epoch()
    assert max(seen) == pytest.approx(1.0)
    assert seen[0] == pytest.approx(1 / 25)
    assert seen[-1] == pytest.approx(1 / 25 / 1e4)


def test_a_schedule_goes_on_where_it_stopped() -> None:
    table = {"kind": "StepLR", "step_size": 2, "gamma": 0.1}
    first = optimizers.make_optimizer([parameter()], SGD)
    schedule = optimizers.Schedule(first, made(scheduler=table), 1)
    for _ in range(3):
        schedule.after_epoch()
    assert schedule.rate(0) == pytest.approx(0.05)
    second = optimizers.make_optimizer([parameter()], SGD)
    other = optimizers.Schedule(second, made(scheduler=table), 1)
    other.load_state_dict(schedule.state_dict())
    second.load_state_dict(first.state_dict())
    for each in (schedule, other):
        each.after_epoch()
    assert other.rate(0) == schedule.rate(0) == pytest.approx(0.005)


class OnGPU(nn.Parameter):
    """Says that it is on a GPU."""

    is_cuda = True


def test_a_step_on_a_gpu_is_one_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[dict[str, object]] = []
    monkeypatch.setattr(torch.optim, "SGD", lambda _, **more: given.append(more))
    optimizers.make_optimizer([OnGPU(torch.zeros(1))], SGD)
    optimizers.make_optimizer([OnGPU(torch.zeros(1)), parameter()], SGD)
    assert [more.get("fused") for more in given] == [True, None]


def test_a_state_of_another_device_is_computed_with_as_here() -> None:
    """A checkpoint of a run on a GPU says fused; on the CPU its steps would round otherwise."""
    fitting = module("training.fitting")
    optimizer = optimizers.make_optimizer([parameter()], SGD)
    optimizer.step()
    state = optimizer.state_dict()
    there = {**state, "param_groups": [{**state["param_groups"][0], "fused": True}]}
    assert fitting.unfit_optimizer(there, optimizer) is not None
    assert fitting.here(there, optimizer) == state
    assert fitting.unfit_optimizer(fitting.here(there, optimizer), optimizer) is None


@pytest.mark.parametrize("kind", ["NAdam", "RAdam", "RMSprop"])
def test_a_kind_without_one_kernel_takes_its_steps_on_a_gpu_too(kind: str) -> None:
    p = OnGPU(torch.tensor([1.0]))
    p.grad = torch.tensor([2.0])
    found = optimizers.make_optimizer([p], {"kind": kind, "lr": 0.1})
    assert type(found) is getattr(torch.optim, kind)
    assert "fused" not in found.defaults


@pytest.mark.parametrize(("sign", "values"), [(1, [0.5, 0.6, 0.6, 0.6]), (-1, [2, 1, 1, 1])])
def test_a_plateau_is_one_of_the_metric_that_selects(sign: int, values: list[float]) -> None:
    table = {"kind": "ReduceLROnPlateau", "patience": 1, "factor": 0.5}
    optimizer = optimizers.make_optimizer([parameter()], SGD)
    schedule = optimizers.Schedule(optimizer, made(scheduler=table), 3, sign)
    seen = []
    for value in values:
        schedule.after_step()
        schedule.after_epoch(value)
        seen.append(schedule.rate(0))
    assert seen == [0.5, 0.5, 0.5, 0.25]


def test_warm_restarts_begin_again_and_last_longer() -> None:
    table = {"kind": "CosineAnnealingWarmRestarts", "T_0": 1, "T_mult": 2}
    optimizer = optimizers.make_optimizer([parameter()], SGD)
    schedule = optimizers.Schedule(optimizer, made(scheduler=table), 3)
    seen = []
    for _ in range(5):
        seen.append(schedule.rate(0))
        schedule.after_epoch(0.0)
    half = 0.5 * (1 + math.cos(math.pi / 2)) / 2
    assert seen == pytest.approx([0.5, 0.5, half, 0.5, 0.25 * (1 + math.cos(math.pi / 4))])
