"""The experiment behind the theory: the rate of a neuron against a constant input."""

from pathlib import Path

import torch
from matplotlib.figure import Figure
from torch import Tensor, nn

STEPS = 128


@torch.no_grad()
def rates(neuron: nn.Module, x: Tensor, half: bool, time_steps: int = STEPS) -> Tensor:
    """Spikes a step for constant inputs [B], of a neuron whose threshold is 1."""
    neuron.get_buffer("v_threshold").fill_(1.0)
    neuron.get_buffer("v_start").fill_(0.5 if half else 0.0)
    spikes: Tensor = neuron(x[:, None], time_steps=time_steps)
    return spikes.mean(0)[:, 0]


def draw(neuron: nn.Module, half: bool, path: Path) -> None:
    """The staircase beside ReLU, and ReLU that is cut at the threshold."""
    x = torch.linspace(-0.2, 1.2, 281)
    figure = Figure(figsize=(6, 4), layout="constrained")
    axes = figure.subplots()
    axes.plot(x, x.relu(), color="grey", linestyle=":", label="ReLU")
    axes.plot(x, x.clamp(0, 1), color="black", linestyle="--", label="ReLU, cut at 1")
    for steps in (4, STEPS):
        found = rates(neuron, x, half, steps)
        axes.plot(x, found, label=f"rate over {steps} steps", drawstyle="steps-mid")
    axes.set(xlabel="constant input, in thresholds", ylabel="spikes a step")
    axes.grid(alpha=0.3)
    axes.legend()
    figure.savefig(path, dpi=150)
