"""A NIR graph computed plainly, step by step and in float64, by the primitives' own equations."""

from collections.abc import Mapping
from typing import Any

import nir
import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

Array = NDArray[np.float64]


def outputs(
    graph: Any,
    order: list[str],
    late: set[tuple[str, str]],
    x: Array,
    dt: float,
    soft: bool = False,
) -> Mapping[str, Array]:
    """Every value [T, ...] of a graph without graphs inside; ``late`` edges are one step late."""
    values: dict[str, list[Array]] = {name: [] for name in order}
    states: dict[str, Any] = {}
    for t in range(len(x)):
        for name in order:
            node = graph.nodes[name]
            if isinstance(node, nir.Input):
                values[name].append(x[t])
                continue
            terms = [
                values[a][t - ((a, b) in late)]
                if t or (a, b) not in late
                else 0.0 * values[a][0]
                if values[a]
                else np.zeros(node.input_type["input"])
                for a, b in graph.edges
                if b == name
            ]
            total = np.sum(terms, axis=0)
            values[name].append(_value(node, total, t, states.setdefault(name, {}), dt, soft))
    return {name: np.stack(steps) for name, steps in values.items()}


def _value(node: Any, x: Array, t: int, state: dict[str, Any], dt: float, soft: bool) -> Any:
    if isinstance(node, nir.Output):
        return x
    if isinstance(node, nir.Affine | nir.Linear):
        bias = node.bias if isinstance(node, nir.Affine) else 0.0
        return np.asarray(np.asarray(node.weight, np.float64) @ x + np.asarray(bias, np.float64))
    if isinstance(node, nir.Scale):
        return np.asarray(node.scale, np.float64) * x
    if isinstance(node, nir.Threshold):
        return (x > node.threshold).astype(np.float64)
    if isinstance(node, nir.Delay):
        past = state.setdefault("past", [])
        past.append(x)
        back = np.rint(node.delay / dt).astype(int)
        index = np.ndindex(back.shape)
        return np.array([past[t - back[i]][i] if t >= back[i] else 0.0 for i in index]).reshape(
            back.shape
        )
    if isinstance(node, nir.Conv1d | nir.Conv2d | nir.SumPool2d | nir.AvgPool2d | nir.Flatten):
        return _by_torch(node, torch.from_numpy(x)[None])[0].numpy()
    return _neuron(node, x, state, dt, soft)


def _by_torch(node: Any, x: torch.Tensor) -> torch.Tensor:
    if isinstance(node, nir.Flatten):
        start, end = (a + (a >= 0) for a in (int(node.start_dim), int(node.end_dim)))
        return x.flatten(start, end)
    if isinstance(node, nir.SumPool2d | nir.AvgPool2d):
        kernel, stride, padding = (
            tuple(map(int, v)) for v in (node.kernel_size, node.stride, node.padding)
        )
        one = 1 if isinstance(node, nir.SumPool2d) else None
        return F.avg_pool2d(x, kernel, stride, padding, divisor_override=one)
    weight, bias = (torch.from_numpy(np.asarray(v, np.float64)) for v in (node.weight, node.bias))
    call: Any = F.conv1d if isinstance(node, nir.Conv1d) else F.conv2d
    window = (node.stride, node.padding, node.dilation, int(node.groups))
    found: torch.Tensor = call(x, weight, bias, *window)
    return found


class _Wide:
    """The numbers of a node in float64."""

    def __init__(self, node: Any) -> None:
        self._node = node

    def __getattr__(self, name: str) -> Array:
        return np.asarray(getattr(self._node, name), np.float64)


def _neuron(found: Any, x: Array, state: dict[str, Any], dt: float, soft: bool) -> Any:
    node = _Wide(found)
    v, i = state.get("v", np.zeros_like(x)), state.get("i", np.zeros_like(x))
    if isinstance(found, nir.CubaLIF | nir.CubaLI):
        i = i + dt / node.tau_syn * (node.w_in * x - i)
        v = v + dt / node.tau_mem * ((node.v_leak - v) + node.r * i)
    elif isinstance(found, nir.IF | nir.I):
        v = v + dt * node.r * x
    else:
        v = v + dt / node.tau * ((node.v_leak - v) + node.r * x)
    state["i"] = i
    if isinstance(found, nir.LI | nir.CubaLI | nir.I):
        state["v"] = v
        return v
    spikes = (v > node.v_threshold).astype(np.float64)
    state["v"] = v - spikes * node.v_threshold if soft else np.where(spikes > 0, node.v_reset, v)
    return spikes
