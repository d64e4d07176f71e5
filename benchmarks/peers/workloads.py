"""The workloads: which generated package, its layers by name, and what peers are given of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

import torch
from torch import Tensor, nn

from benchmarks.peers import converted
from benchmarks.peers.layers import Layer, layers
from benchmarks.peers.pictures import pictures
from benchmarks.peers.settings import Settings

CONV = "conv1 bn1 if1:IF pool1 conv2 bn2 if2:IF pool2 flatten1"
STAGE = "stages.{0}.conv stages.{0}.relu1:ScaledIF stages.{0}.pool1"
SEQUENTIAL = {"fc1": 1.5, "fc2": 1.5}


@dataclass(frozen=True)
class Workload:
    """One network and how it is run; ``text`` lists its layers (see ``layers.layers``)."""

    name: str
    package: str
    text: str
    encode: Callable[[Tensor], Tensor] | None = None  # [B, ...] to [T, B, ...], if not static
    gains: Mapping[str, float] = field(default_factory=dict)  # so that every layer fires
    modules: Mapping[str, str] = field(default_factory=dict)
    reads: Mapping[str, str] = field(default_factory=dict)  # of a product, if not the layer before
    random: bool = False  # whether the encoder draws
    tutorial: str = "multi-step"  # the style of SpikingJelly's tutorial of this network
    trains: bool = True


@dataclass(frozen=True)
class Problem:
    """A workload with its weights and its batch; all contestants are given the same."""

    workload: Workload
    net: nn.Module  # as the package makes it
    parts: tuple[Layer, ...]  # as a peer's own converter would leave them
    by_hand: tuple[Layer, ...]  # as somebody who wants speed would write them
    gain: float  # what answers of by_hand are to be multiplied with
    steps: int
    x: Tensor
    labels: Tensor
    source: str

    @property
    def train(self) -> Any:
        """The package's training script."""
        return import_module(f"{self.workload.package}.train")


def problem(workload: Workload, settings: Settings) -> Problem:
    """The network of seed 0, with weights and statistics that let every layer fire, and a batch."""
    train: Any = import_module(f"{workload.package}.train")
    count = settings.batch or train.SPEC.batch_size
    x, labels, source = pictures(workload.package, count, settings.data_dir)
    if not workload.trains:
        net, said = converted.network(x, settings.weights)
        by_hand, gain = converted.rescaled(layers(net, workload.text, workload.modules))
        source = f"{source}; {said}"
    else:
        net, by_hand, gain = train.make_network(train.SPEC), None, 1.0
        amplify(net, workload.gains)
        converted.settle(net, x)
    parts = layers(net, workload.text, workload.modules)
    steps = net.time_steps
    return Problem(workload, net, parts, by_hand or parts, gain, steps, x, labels, source)


@torch.no_grad()
def amplify(net: nn.Module, gains: Mapping[str, float]) -> None:
    """Weights times a number; of a batch normalisation the bias becomes the number."""
    for name, gain in gains.items():
        module: Any = net.get_submodule(name)
        if isinstance(module, nn.BatchNorm2d):
            module.bias.fill_(gain)
        else:
            module.weight.mul_(gain)


def poisson(steps: int) -> Callable[[Tensor], Tensor]:
    """Spikes with probability x at each step, in one call of ``torch.rand``."""

    def encode(x: Tensor) -> Tensor:
        return (torch.rand(steps, *x.shape, dtype=x.dtype) < x).to(x.dtype)

    return encode


def columns(x: Tensor) -> Tensor:
    """The columns of a picture one after the other: [B, 1, 28, 28] to [28, B, 28]."""
    return x.movedim(-1, 0).flatten(2)


WORKLOADS = (
    Workload(
        "W1",
        "conv_fmnist",
        f"{CONV} fc1 if3:IF fc2 if4:IF",
        gains={"fc1": 2.0, "fc2": 3.0, "bn2": 0.2},
    ),
    Workload(
        "W1b",
        "conv_fmnist_lif",
        f"{CONV} dropout1:Dropout fc1 lif1:LIF dropout2:Dropout fc2 lif2:LIF fc3 lif3:LIF",
        gains={"fc1": 4.0, "fc2": 6.0, "fc3": 6.0, "bn2": 0.2},
        tutorial="loop, stem hoisted",
    ),
    Workload(
        "W2",
        "lif_fc_mnist",
        "flatten1 fc1 lif1:LIF",
        encode=poisson(100),
        random=True,
        gains={"fc1": 6.0},
        tutorial="loop",
    ),
    Workload(
        "W3",
        "ann2snn_mnist",
        f"{' '.join(STAGE.format(i) for i in range(3))} flatten1 fc relu1:ScaledIF",
        tutorial="loop",
        trains=False,
    ),
    Workload(
        "W4-plain",
        "seq_fmnist_plain",
        "fc1 hidden:IF fc2 if2:IF",
        encode=columns,
        gains=SEQUENTIAL,
    ),
    Workload(
        "W4-synapse",
        "seq_fmnist_synapse",
        "fc1 hidden:IF synapse1:SynapseFilter fc2 if2:IF",
        encode=columns,
        gains=SEQUENTIAL,
    ),
    Workload(
        "W4-feedback",
        "seq_fmnist_feedback",
        "fc1 hidden:RecurrentIF fc2 if2:IF",
        encode=columns,
        gains=SEQUENTIAL,
        modules={"hidden": "mix"},
        reads={"hidden": "concat1"},
    ),
)


def chosen(names: list[str]) -> list[Workload]:
    """The workloads of those names; ``W4`` is all of W4-..., none is all there are."""
    if not names:
        return list(WORKLOADS)
    return [w for w in WORKLOADS if w.name in names or w.name.partition("-")[0] in names]
