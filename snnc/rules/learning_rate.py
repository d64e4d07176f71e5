"""learning-rate."""

from collections.abc import Iterator
from typing import ClassVar

from snnc.document import Document
from snnc.graph.types import Graph
from snnc.rules import LintRule, finding
from snnc.source.diagnostic import Diagnostic


class LearningRate(LintRule):
    """A learning rate far from those with which networks have been trained.

    ## Why is this bad?

    Adam moves each weight by about its learning rate a step, so 0.1 moves weights of 0.05 past 0 at
    once: the loss jumps, or becomes NaN. A rate far too low learns nothing in the epochs there are.
    The usual cause is a rate that belonged to another optimizer. What is usual is a matter of
    experience: 1e-5 to 5 for SGD, 1e-6 to 0.03 for all others.

    ## Example

    ```toml
    [network]
    layers = [
      "LIF",
      { kind = "Linear", out_features = 10 },
    ]

    [train]
    dataset = { kind = "module", loader = "mine:load" }
    loss = "cross_entropy"
    epochs = 10
    batch_size = 8
    optimizer = { kind = "Adam", lr = 0.1 }
    ```

    ## Use instead

    ```toml
    [network]
    layers = [
      "LIF",
      { kind = "Linear", out_features = 10 },
    ]

    [train]
    dataset = { kind = "module", loader = "mine:load" }
    loss = "cross_entropy"
    epochs = 10
    batch_size = 8
    optimizer = { kind = "Adam", lr = 1e-3 }
    ```

    ## Fix

    None: only training tells which rate is right.
    """

    code: ClassVar[str] = "SNN461"
    name: ClassVar[str] = "learning-rate"

    def check(self, document: Document, graph: Graph) -> Iterator[Diagnostic]:
        """The optimizer, or the scheduler that states a rate of its own."""
        train = document.spec.train
        if train is None:
            return
        highest = train.scheduler.highest if train.scheduler else None
        rate, (low, high) = highest or train.optimizer.lr, train.optimizer.usual
        if not low <= rate <= high:
            at = ("train", "scheduler", "max_lr") if highest else ("train", "optimizer", "lr")
            message = f"{train.optimizer.kind} with a learning rate of {rate:g}"
            help = f"rates from {low:g} to {high:g} are usual"
            yield finding(self, document.tree.find(at)[0], message, help)


RULE = LearningRate()
