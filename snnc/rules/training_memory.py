"""training-memory."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

from snnc.analysis.memory import kept
from snnc.document import Document
from snnc.graph.types import Graph
from snnc.rules import LintRule, finding
from snnc.source.diagnostic import Diagnostic


@dataclass(frozen=True)
class TrainingMemory(LintRule):
    """A batch whose values, kept for the backward pass, fill a GPU.

    ## Why is this bad?

    Backpropagation through time keeps the input of every layer at every time step. The rule
    estimates them for a batch: a layer of weights, a norm and a neuron each keep what they read,
    once for a value that does not change over time. Against the tensors that PyTorch saves, the
    estimate is within 2 % for the feed-forward networks of the zoo, and within half for recurrent
    ones. Gradients and work space come on top. The limit is 8 GiB.

    ## Example

    ```toml
    time_steps = 100

    [input]
    shape = [3, 32, 32]

    [network]
    layers = [
      { kind = "Conv2d", out_channels = 256, kernel_size = 3, bias = false },
      { kind = "BatchNorm2d" },
      { kind = "LIF" },
      { kind = "Conv2d", out_channels = 256, kernel_size = 3, bias = false },
      { kind = "BatchNorm2d" },
      { kind = "LIF" },
      { kind = "AdaptiveAvgPool2d", output_size = 1 },
      { kind = "Flatten" },
      { kind = "Linear", out_features = 10 },
    ]

    [train]
    dataset = "CIFAR10"
    loss = "cross_entropy"
    epochs = 10
    batch_size = 64
    optimizer = "Adam"
    ```

    ## Use instead

    ```toml
    time_steps = 100

    [input]
    shape = [3, 32, 32]

    [network]
    layers = [
      { kind = "Conv2d", out_channels = 256, kernel_size = 3, bias = false },
      { kind = "BatchNorm2d" },
      { kind = "LIF" },
      { kind = "Conv2d", out_channels = 256, kernel_size = 3, bias = false },
      { kind = "BatchNorm2d" },
      { kind = "LIF" },
      { kind = "AdaptiveAvgPool2d", output_size = 1 },
      { kind = "Flatten" },
      { kind = "Linear", out_features = 10 },
    ]

    [train]
    dataset = "CIFAR10"
    loss = "cross_entropy"
    epochs = 10
    batch_size = 16
    accumulate = 4
    amp = true
    optimizer = "Adam"
    ```

    ## Fix

    None: ``amp = true`` halves it; a smaller ``batch_size`` with ``accumulate`` has the same
    gradients but for batch norms; fewer time steps.

    ## References

    - spikingjelly issue 218; snntorch issues 240 and 394.
    """

    code: ClassVar[str] = "SNN464"
    name: ClassVar[str] = "training-memory"

    limit: float = 8.0
    """GiB."""

    def limited(self, memory: float) -> LintRule:
        """The rule with the limit of a project."""
        return replace(self, limit=memory)

    def check(self, document: Document, graph: Graph) -> Iterator[Diagnostic]:
        """The batch size; an ANN before its conversion has no time steps to keep."""
        train = document.spec.train
        if train is None or document.spec.convert:
            return
        sizes = kept(graph)
        size = sum(sizes.values()) * train.batch_size / (2 if train.amp else 1) / 2**30
        if size > self.limit:
            most = max(sizes, key=sizes.__getitem__)
            share = f"{sizes[most] / sum(sizes.values()):.0%} of it for `{most}`"
            message = f"estimate: training keeps {size:.3g} GiB of values a batch, {share}"
            help = "lower `batch_size` (with `accumulate`), write `amp = true`, or take fewer steps"
            yield finding(self, document.tree.find(("train", "batch_size"))[0], message, help)


RULE = TrainingMemory()
