"""Whether what a checkpoint has of an optimizer and its schedule fits those of a run."""

import copy
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from ..weights import brief, flaw, plain
from .allowed import OPTIMIZERS, POSITIVE, SCHEDULERS, real, unlike, whole

RATE = real(0)
SCHEDULED = {"last_epoch": whole(0), "_step_count": whole(0), "total_steps": whole()}
SCALED = {"scale": POSITIVE, "_growth_tracker": whole(0)}


def unfit_optimizer(found: Any, optimizer: torch.optim.Optimizer) -> str | None:
    """Why an optimizer cannot go on from a state, or None.

    The state of a parameter may be missing: it had no gradient so far.
    """
    own = after_a_step(optimizer)
    if not isinstance(found, dict) or found.keys() != own.keys():
        return "it is none of an optimizer"
    if wrong := unlike_ours(found["param_groups"], own["param_groups"], "param_groups"):
        return wrong
    values = {**OPTIMIZERS[type(optimizer).__name__], "lr": RATE, "initial_lr": RATE}
    for group, ours in zip(found["param_groups"], own["param_groups"], strict=True):
        if wrong := unlike(group, values):
            return wrong
        if group["params"] != ours["params"]:
            return "params are others"
    states = found["state"]
    if not isinstance(states, dict) or states.keys() - own["state"].keys():
        return "it has states of other parameters"
    for key, state in states.items():
        wrong = unlike_ours(state, own["state"][key], f"state {key}")
        if wrong or "step" in state and not state["step"] >= 0:
            return wrong or f"state {key} has steps below 0"
    return None


def after_a_step(optimizer: torch.optim.Optimizer) -> dict[str, Any]:
    """The state that such an optimizer has after a step, without numbers: on no device."""
    probe = copy.copy(optimizer)
    probe.state, probe.param_groups = type(optimizer.state)(dict), []
    for group in optimizer.param_groups:
        probe.param_groups.append(
            {**group, "params": [*map(imagined, group["params"])]}
        )
    probe.step()
    return probe.state_dict()


def imagined(parameter: nn.Parameter) -> nn.Parameter:
    """A parameter of the same shape with a gradient, neither of which has memory."""
    made = nn.Parameter(torch.empty_like(parameter, device="meta"))
    made.grad = torch.empty_like(made)
    return made


def unfit_schedule(found: Any, own: Mapping[str, Any], kind: str) -> str | None:
    """Why a scheduler of that kind cannot go on from a state, or None."""
    if wrong := unlike_ours(found, own, "scheduler"):
        return wrong
    if wrong := unlike(found, {**SCHEDULERS.get(kind, {}), **SCHEDULED}):
        return wrong
    if found.get("last_epoch", 0) > found.get(
        "total_steps", found.get("last_epoch", 0)
    ):
        return "last_epoch is beyond total_steps"
    return None


def unfit_scaler(found: Any, own: Mapping[str, Any]) -> str | None:
    """Why a gradient scaler cannot go on from a state, or None."""
    return unlike_ours(found, own, "scaler") or unlike(found, SCALED)


def unlike_ours(found: Any, own: Any, where: str) -> str | None:
    """The first place where a value is not of our own one's structure and types, or None.

    Numbers are not compared, but they have to be finite.
    """
    if isinstance(own, Tensor):
        return unlike_tensor(found, own, where)
    if type(own) in (int, float):
        return None if real()(found) else f"{where} is {brief(found)}"
    if type(found) is not type(own):
        return f"{where} is {brief(found)}"
    if isinstance(own, dict):
        return unlike_items(found, own, where)
    if isinstance(own, (list, tuple)):
        if len(found) != len(own):
            return f"{where} has {len(found)} items, not {len(own)}"
        return unlike_items(dict(enumerate(found)), dict(enumerate(own)), where)
    return None


def unlike_items(found: dict[Any, Any], own: dict[Any, Any], where: str) -> str | None:
    """The same of every item."""
    for key in [*own, *(key for key in found if key not in own)]:
        if key not in found or key not in own:
            there = "missing" if key in own else "unknown"
            return f"{brief(key)} of {where} is {there}"
        if wrong := unlike_ours(found[key], own[key], f"{where}, {brief(key)}"):
            return wrong
    return None


def unlike_tensor(found: object, own: Tensor, where: str) -> str | None:
    """The same of a tensor."""
    if not isinstance(found, Tensor) or not plain(found):
        return f"{where} is no plain tensor"
    if found.shape != own.shape:
        return f"{where} is {list(found.shape)} there and {list(own.shape)} here"
    problem = flaw(found, own)
    return f"{where} {problem}" if problem else None
