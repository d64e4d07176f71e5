"""scheduler-length."""

from collections.abc import Iterator
from typing import ClassVar

from snnc.document import Document
from snnc.fixes import statement
from snnc.graph.types import Graph
from snnc.rules import LintRule, finding
from snnc.source.diagnostic import Diagnostic


class SchedulerLength(LintRule):
    """A schedule of the learning rate that does not fit the number of epochs.

    ## Why is this bad?

    A step that comes after the last epoch never happens. Half a cosine of ``T_max = 10`` in 100
    epochs rises again after epoch 10: the rate is back at its start in epoch 20, and training ends
    wherever the wave happens to be. A warm-up as long as training never ends.

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
    epochs = 100
    batch_size = 8
    optimizer = "Adam"
    scheduler = { kind = "CosineAnnealingLR", T_max = 10 }
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
    epochs = 100
    batch_size = 8
    optimizer = "Adam"
    scheduler = { kind = "CosineAnnealingLR", T_max = 100 }
    ```

    ## Fix

    Unsafe: ``T_max`` as ``epochs`` says. Other learning rates give another network.

    ## References

    - Loshchilov and Hutter, SGDR, ICLR 2017.
    """

    code: ClassVar[str] = "SNN460"
    name: ClassVar[str] = "scheduler-length"

    def check(self, document: Document, graph: Graph) -> Iterator[Diagnostic]:
        """The scheduler, against the epochs."""
        train = document.spec.train
        found = train.scheduler.misfit(train.epochs) if train and train.scheduler else None
        if train and found:
            key, message = found
            tree = document.tree.find(("train", "scheduler", key))[0]
            help = f"write `{key} = {train.epochs}`, the epochs"
            if key != "T_max":
                help = f"write less than {train.epochs}, the epochs"
            fixes = statement(tree.key, key, str(train.epochs)) if key == "T_max" else ()
            yield finding(self, tree, f"`{key}`: {message}", help, fixes)


RULE = SchedulerLength()
