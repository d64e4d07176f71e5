"""flip-changes-label."""

from collections.abc import Iterator
from typing import ClassVar

from snnc.document import Document
from snnc.graph.types import Graph
from snnc.rules import LintRule, finding
from snnc.source.diagnostic import Diagnostic


class FlipChangesLabel(LintRule):
    """Samples mirrored left to right, in a dataset where that makes another class of them.

    ## Why is this bad?

    A mirrored 2 is no 2, and a wave of the right hand becomes one of the left: half of such samples
    have a wrong label.

    ## Example

    ```toml
    [input]
    shape = [1, 28, 28]

    [network]
    layers = ["Flatten", { kind = "Linear", out_features = 10 }, "LI"]

    [train]
    dataset = { kind = "MNIST", augment = ["RandomHorizontalFlip"] }
    loss = "cross_entropy"
    epochs = 10
    batch_size = 8
    optimizer = "Adam"
    ```

    ## Use instead

    ```toml
    [input]
    shape = [1, 28, 28]

    [network]
    layers = ["Flatten", { kind = "Linear", out_features = 10 }, "LI"]

    [train]
    dataset = { kind = "MNIST", augment = [{ kind = "RandomCrop", padding = 2 }] }
    loss = "cross_entropy"
    epochs = 10
    batch_size = 8
    optimizer = "Adam"
    ```

    ## Fix

    None: shifts (RandomCrop) and small rotations keep labels.
    """

    code: ClassVar[str] = "SNN462"
    name: ClassVar[str] = "flip-changes-label"

    def check(self, document: Document, graph: Graph) -> Iterator[Diagnostic]:
        """The augmentations of the dataset."""
        train = document.spec.train
        if train is None or train.dataset.mirrors:
            return
        for index, change in enumerate(train.dataset.changes):
            if change.mirrors:
                tree = document.tree.find(("train", "dataset", "augment", index))[0]
                message = f"a mirrored sample of {train.dataset.title} is one of another class"
                help = "use RandomCrop or small rotations, which keep labels"
                yield finding(self, tree, message, help)


RULE = FlipChangesLabel()
