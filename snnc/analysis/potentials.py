"""Potentials: how far above its threshold a neuron can get in so many time steps."""

from collections.abc import Mapping
from math import inf

from snnc.analysis.charging import MOST_STEPS, SETTLED, Charging, LinearForm
from snnc.step.bounds import Bounds


def highest(charging: Charging, inputs: Mapping[str, Bounds], steps: int) -> float:
    """The highest that an argument of its spikes can be while it has not spiked; inf if unknown.

    Below 0, the neuron never spikes, whatever its inputs are between these bounds. Of more than
    ``MOST_STEPS`` steps only a potential that settles before is known.
    """
    if not charging.linear or not charging.spikes:
        return inf
    return max(_highest(spike, charging, inputs, steps) for spike in charging.spikes)


def _highest(
    spike: LinearForm, charging: Charging, inputs: Mapping[str, Bounds], steps: int
) -> float:
    """Goes back in time: ``row`` is the weight of each state some steps ago."""
    total = top = spike.value + _largest(spike.gains, inputs)
    row = {state: spike.gains.get(state, 0.0) for state in charging.next}
    drift = {state: form.value - charging.start[state] for state, form in charging.next.items()}
    for _ in range(min(steps, MOST_STEPS) - 1):
        if top >= 0 or max(map(abs, row.values()), default=0.0) < SETTLED:
            return top
        reach = _largest(charging.back(row, inputs), inputs)
        total += reach + sum(row[state] * drift[state] for state in row)
        row = charging.back(row, charging.next)
        top = max(top, total)
    return top if steps <= MOST_STEPS or top >= 0 else inf


def _largest(gains: Mapping[str, float], inputs: Mapping[str, Bounds]) -> float:
    """The largest sum of inputs times their gains."""
    ends = ((gains.get(name, 0.0), bounds) for name, bounds in inputs.items())
    return sum(max(gain * low, gain * high) for gain, (low, high) in ends if gain)
