"""The converted network of W3: its ANN, its thresholds, and its weights as one scales them."""

import copy
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from benchmarks.peers.layers import Layer

PACKAGE = "ann2snn_mnist"
# A percentile is a value that occurs; there rounding would decide whether its neuron fires.
ABOVE = 1.0001


def network(x: Tensor, weights: Path | None) -> tuple[Any, str]:
    """The SNN, and what was converted: trained weights, or those of seed 0.

    Thresholds are found on the batch, by the first rule of the spec.
    """
    convert: Any = import_module(f"{PACKAGE}.convert")
    ann = fitted(convert.Ann2snnMnistANN, x) if weights is None else convert.Ann2snnMnistANN()
    if weights is not None:
        convert.conversion.read(ann, weights)
    folded = convert.conversion.folded(ann.eval(), convert.FOLDS)
    names = [activation.path for activation in convert.ACTIVATIONS]
    target = convert.conversion.Target("layer", convert.SPEC.time_steps, False, 1)
    rules = convert.SPEC.rules[:1]
    (heights,) = convert.conversion.thresholds(
        folded, names, rules, lambda: iter([x]), target
    ).values()
    snn = convert.Ann2snnMnist(convert.SPEC.time_steps).eval()
    above = {name: height * ABOVE for name, height in heights.items()}
    convert.conversion.transfer(folded, snn, above, False)
    said = "an untrained ANN of seed 0" if weights is None else f"the ANN of {weights}"
    return snn.to(memory_format=torch.channels_last), f"{said}, rule {rules[0].text}"


@torch.no_grad()
def fitted(ann: type[nn.Module], x: Tensor) -> nn.Module:
    """An ANN of seed 0 whose batch normalisations know the batch, so that half of it is active."""
    torch.manual_seed(0)
    made = ann()
    settle(made, x)
    return made


@torch.no_grad()
def settle(net: nn.Module, x: Tensor) -> None:
    """Makes the statistics of a batch those that batch normalisations have in eval mode."""
    norms = [module for module in net.modules() if isinstance(module, nn.BatchNorm2d)]
    momenta = [norm.momentum for norm in norms]
    for norm in norms:
        norm.momentum = 1.0
    net.train()(x)
    for norm, momentum in zip(norms, momenta, strict=True):
        norm.momentum = momentum


@torch.no_grad()
def rescaled(parts: tuple[Layer, ...]) -> tuple[tuple[Layer, ...], float]:
    """Layers with thresholds of 1, and what the answers are to be multiplied with.

    A neuron of threshold λ whose spikes are λ fires when one of threshold 1 does that reads 1/λ of
    its input; so each product is divided by its neuron's λ and multiplied with that before.
    """
    scaled, before = [], 1.0
    product: Any = None
    for part in copy.deepcopy(parts):
        module: Any = part.module
        if isinstance(module, (nn.Conv2d, nn.Linear)):
            product = module
        if part.kind == "ScaledIF":
            threshold = float(module.v_threshold.flatten()[0])
            product.weight.mul_(before / threshold)
            product.bias.div_(threshold)
            before = threshold
        scaled.append(replace(part, kind=part.kind.replace("ScaledIF", "SoftIF")))
    return tuple(scaled), before
