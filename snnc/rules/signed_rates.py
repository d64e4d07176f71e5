"""signed-rates."""

from collections.abc import Iterator
from math import isfinite
from typing import ClassVar

from snnc.document import Document
from snnc.encoder import Encoder
from snnc.fixes import deletion
from snnc.graph.types import Graph
from snnc.rules import LintRule, finding
from snnc.source.diagnostic import Diagnostic
from snnc.step.bounds import ANYTHING


class SignedRates(LintRule):
    """Data that an encoder of probabilities or times refuses.

    ## Why is this bad?

    Poisson and latency encoders take numbers in [0, 1], ``weighted_phase`` numbers below 1.
    Normalised pixels are negative too: training stops at the first batch with a ValueError. The
    rule follows pixels through ``normalize``.

    ## Example

    ```toml
    time_steps = 32

    [input]
    shape = [1, 28, 28]
    encoder = "latency"

    [network]
    layers = ["Flatten", { kind = "Linear", out_features = 10 }, "LI"]

    [train]
    dataset = { kind = "MNIST", normalize = { mean = [0.1307], std = [0.3081] } }
    loss = "cross_entropy"
    epochs = 10
    batch_size = 8
    optimizer = "Adam"
    ```

    ## Use instead

    ```toml
    time_steps = 32

    [input]
    shape = [1, 28, 28]
    encoder = "latency"

    [network]
    layers = ["Flatten", { kind = "Linear", out_features = 10 }, "LI"]

    [train]
    dataset = "MNIST"
    loss = "cross_entropy"
    epochs = 10
    batch_size = 8
    optimizer = "Adam"
    ```

    ## Fix

    Unsafe: delete ``normalize``. Weights that were trained with it do not fit.

    ## References

    - Kim and Panda, Revisiting batch normalization for training low-latency deep spiking neural
      networks, 2021.
    """

    code: ClassVar[str] = "SNN463"
    name: ClassVar[str] = "signed-rates"

    def check(self, document: Document, graph: Graph) -> Iterator[Diagnostic]:
        """The encoder, against the numbers of the dataset."""
        train = document.spec.train
        low, high = train.dataset.bounds if train else (0.0, 0.0)
        for name in graph.inputs if train and isfinite(high - low) else ():
            encoder = graph[name].operator
            least, most = encoder.domain if isinstance(encoder, Encoder) else ANYTHING
            if low < least or high > most:
                takes = f"`{encoder.kind}` takes numbers from {least:g} to {most:g}"
                message = f"{takes}, and the data go from {low:.3g} to {high:.3g}"
                tree = document.tree.find(("train", "dataset", "normalize"))[0]
                help = "delete `normalize`, or use the encoder `direct`"
                warning = "weights that were trained with it do not fit"
                fixes = deletion(tree.key, "Delete `normalize`", warning=warning)
                yield finding(self, tree, message, help, fixes)


RULE = SignedRates()
