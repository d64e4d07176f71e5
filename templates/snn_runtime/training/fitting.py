"""Whether a checkpoint's optimizer and schedule fit those of a run."""

import copy
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from ..weights import brief, flaw, plain
from .allowed import OPTIMIZERS, POSITIVE, SCHEDULERS, among, real, unlike, whole

State = dict[str, Any]

RATE = real(0)
HOW = ("capturable", "foreach", "fused")  # by which kernels a step is computed
PLAINLY = {"foreach": None, "fused": None}
SCHEDULED = {
    **dict.fromkeys(("last_epoch", "_step_count", "T_cur"), whole(0)),
    **dict.fromkeys(("num_bad_epochs", "cooldown_counter"), whole(0)),
    **dict.fromkeys(("total_steps", "T_i"), whole()),
    "mode": among("min", "max"),
}
SCALED = {"scale": POSITIVE, "_growth_tracker": whole(0)}


def unfit_optimizer(
    found: Mapping[str, Any], optimizer: torch.optim.Optimizer
) -> str | None:
    """Why an optimizer cannot go on from a state, or None."""
    own = optimizer.state_dict()
    if found.keys() != own.keys() or not isinstance(found["state"], dict):
        return "it is none of an optimizer"
    allowed = {**OPTIMIZERS[type(optimizer).__name__], "lr": RATE, "initial_lr": RATE}
    groups, ours = found["param_groups"], own["param_groups"]
    return (
        unlike_ours(groups, ours, "param_groups")
        or next(filter(None, (unlike(group, allowed) for group in groups)), None)
        or unordered(groups, ours)
        or unfit_states(found["state"], after_a_step(optimizer))
    )


def unordered(found: list[State], own: list[State]) -> str | None:
    """Whether groups hold other parameters than ours, as a phrase."""
    same = [group["params"] for group in found] == [group["params"] for group in own]
    return None if same else "params are others"


def unfit_states(found: State, own: State) -> str | None:
    """Why what is kept of each parameter cannot be, or None.

    That of a parameter may be missing: it had no gradient so far.
    """
    if found.keys() - own.keys():
        return "it has states of other parameters"
    for key, state in found.items():
        if wrong := unlike_ours(state, own[key], f"state {key}"):
            return wrong
        if "step" in state and not state["step"] >= 0:
            return f"state {key} has steps below 0"
    return None


def here(found: State, optimizer: torch.optim.Optimizer) -> State:
    """A state for how this optimizer computes, not as on the device before."""
    groups = found.get("param_groups")
    if not isinstance(groups, list) or not all(isinstance(g, dict) for g in groups):
        return found
    own = optimizer.param_groups[0]
    how = {key: own[key] for key in HOW if key in own}
    return {**found, "param_groups": [{**group, **how} for group in groups]}


def after_a_step(optimizer: torch.optim.Optimizer) -> State:
    """What such an optimizer keeps of each parameter after a step, without numbers."""
    probe = copy.copy(optimizer)
    probe.state, probe.param_groups = type(optimizer.state)(dict), []
    for group in optimizer.param_groups:
        params = [*map(imagined, group["params"])]
        probe.param_groups.append({**group, **PLAINLY, "params": params})
    probe.step()
    kept: State = probe.state_dict()["state"]
    return kept


def imagined(parameter: nn.Parameter) -> nn.Parameter:
    """A parameter of the same shape with a gradient, neither of which has memory."""
    made = nn.Parameter(torch.empty_like(parameter, device="meta"))
    made.grad = torch.empty_like(made)
    return made


def unfit_schedule(
    found: Mapping[str, Any], own: Mapping[str, Any], kind: str
) -> str | None:
    """Why a scheduler of that kind cannot go on from a state, or None."""
    if wrong := unlike_ours(found, own, "scheduler"):
        return wrong
    if wrong := unlike(found, {**SCHEDULERS.get(kind, {}), **SCHEDULED}):
        return wrong
    done = found.get("last_epoch", 0)
    if done > found.get("total_steps", done):
        return "last_epoch is beyond total_steps"
    return None


def unfit_scaler(found: Mapping[str, Any], own: Mapping[str, Any]) -> str | None:
    """Why a gradient scaler cannot go on from a state, or None."""
    return unlike_ours(found, own, "scaler") or unlike(found, SCALED)


def unlike_ours(found: Any, own: Any, where: str) -> str | None:
    """The first place where a value is not built as our own one, or None.

    Numbers are not compared, but they have to be finite.
    """
    if isinstance(own, Tensor):
        return unlike_tensor(found, own, where)
    if type(own) in (int, float):
        endless = type(found) is float and found == own  # the worst of a metric
        return None if endless or real()(found) else f"{where} is {brief(found)}"
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
