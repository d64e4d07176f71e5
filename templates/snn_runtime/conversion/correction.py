"""What the SNN gets wrong in its last steps, layer by layer, into biases or potentials."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from tqdm import tqdm  # type: ignore[import-untyped, unused-ignore]

from ..measures.operations import TOGETHER
from .transfer import Activation


@torch.no_grad()
def correct(
    ann: nn.Module,
    snn: nn.Module,
    activations: Sequence[Activation],
    x: Tensor,
    time_steps: int,
    how: str,
) -> None:
    """Moves every neuron's mean over time towards the ANN's value, on samples [B, ...].

    "bias" adds the mean error of a channel to the bias before it; "potential" adds T times
    the mean error of a neuron to where it starts (Li et al., ICML 2021). The layers follow
    one another, since each changes what the next ones get.
    """
    ann.eval()
    snn.eval()
    want = outputs(ann, [a.value for a in activations], x, None)
    for activation in tqdm(activations, desc=f"correcting by {how}", leave=False):
        (got,) = outputs(snn, [activation.path], x, time_steps).values()
        error = want[activation.value] - got
        if how == "bias":
            assert activation.bias is not None
            bias = snn.get_parameter(f"{activation.bias}.bias")
            bias.add_(error.transpose(0, 1).flatten(1).mean(1))
        else:
            start = snn.get_buffer(f"{activation.path}.v_start")
            start.add_(error.mean(0) * time_steps)


def outputs(
    net: nn.Module, names: Sequence[str], x: Tensor, time_steps: int | None
) -> dict[str, Tensor]:
    """What layers give, [B, ...]; of an SNN, which has so many steps, the mean over time."""
    if time_steps is not None:
        return means(net, names, x)
    found: dict[str, Tensor] = {}

    def keep(name: str) -> None:
        def hook(module: nn.Module, given: object, y: Tensor) -> None:
            plain = module.__class__.__module__.startswith("torch.")
            found[name] = y if plain else y.mean(0)

        handles.append(net.get_submodule(name).register_forward_hook(hook))

    handles: list[torch.utils.hooks.RemovableHandle] = []
    for name in names:
        keep(name)
    try:
        net(x)
    finally:
        for handle in handles:
            handle.remove()
    return found


def means(net: Any, names: Sequence[str], x: Tensor) -> dict[str, Tensor]:
    """The means over time of whole layers: of neurons too that reach no answer."""
    found: dict[str, list[Tensor]] = {name: [] for name in names}
    for piece in torch.split(x, max(1, TOGETHER // net.time_steps)):
        values = net.values(piece)
        for name in names:
            found[name].append(values[name].mean(0))
    return {name: torch.cat(pieces) for name, pieces in found.items()}
