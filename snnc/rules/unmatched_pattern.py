"""unmatched-pattern."""

from collections.abc import Iterator, Sequence
from typing import ClassVar

from snnc.analysis.tensors import learned
from snnc.document import Document
from snnc.graph.types import Graph
from snnc.rules import LintRule, finding
from snnc.sections.groups import matches
from snnc.sections.train import Train
from snnc.source.diagnostic import Diagnostic
from snnc.source.nearest import nearest
from snnc.source.tree import Path


class UnmatchedPattern(LintRule):
    """A pattern of ``frozen`` or of ``groups`` that no parameter is left for.

    ## Why is this bad?

    Whoever misspells a name trains what should be frozen, or decays what should not decay. A
    parameter that is frozen is in no group, and one of two groups belongs to the first. The
    training script refuses a pattern that matches no name, and a network without parameters to
    train.

    ## Example

    ```toml
    [network]
    layers = [
      { kind = "Linear", name = "fc1", out_features = 16 },
      { kind = "PLIF", name = "hidden" },
      { kind = "Linear", name = "fc2", out_features = 10 },
    ]

    [train]
    dataset = { kind = "module", loader = "mine:load" }
    loss = "cross_entropy"
    epochs = 10
    batch_size = 8
    optimizer = "AdamW"
    frozen = ["fc_1.*"]
    groups = [{ parameters = "*.tau", weight_decay = 0.0 }]
    ```

    ## Use instead

    ```toml
    [network]
    layers = [
      { kind = "Linear", name = "fc1", out_features = 16 },
      { kind = "PLIF", name = "hidden" },
      { kind = "Linear", name = "fc2", out_features = 10 },
    ]

    [train]
    dataset = { kind = "module", loader = "mine:load" }
    loss = "cross_entropy"
    epochs = 10
    batch_size = 8
    optimizer = "AdamW"
    frozen = ["fc1.*"]
    groups = [{ parameters = "*.tau", weight_decay = 0.0 }]
    ```

    ## Fix

    None: the message names the parameter that is nearest.
    """

    code: ClassVar[str] = "SNN466"
    name: ClassVar[str] = "unmatched-pattern"

    def check(self, document: Document, graph: Graph) -> Iterator[Diagnostic]:
        """Each pattern, in the order in which they take parameters."""
        train = document.spec.train
        if train is None or not (train.frozen or train.groups):
            return
        names = [f"{node.path}.{name}" for node in graph.nodes for name in learned(node)]
        left = names
        for at, pattern in _patterns(train):
            taken = [name for name in left if matches(pattern, name)]
            left = [name for name in left if name not in taken]
            if not taken:
                yield self._finding(document, at, pattern, names)
            elif not left and at[1] == "frozen":
                message = f"`{pattern}` freezes the last parameter: there is nothing to train"
                yield finding(self, document.tree.find(at)[0], message, "leave a layer out")

    def _finding(
        self, document: Document, at: Path, pattern: str, names: Sequence[str]
    ) -> Diagnostic:
        tree = document.tree.find(at)[0]
        if any(matches(pattern, name) for name in names):
            message = f"`{pattern}` matches only parameters that are frozen or in another group"
            return finding(self, tree, message, "the first group that matches has a parameter")
        guess = nearest(pattern, dict.fromkeys(each for name in names for each in _guesses(name)))
        help = f"did you mean `{guess}`?" if guess else "`snnc show` lists the layers"
        return finding(self, tree, f"no parameter is called `{pattern}`", help)


def _patterns(train: Train) -> Iterator[tuple[Path, str]]:
    """Each pattern and its place: frozen ones first."""
    yield from ((("train", "frozen", i), pattern) for i, pattern in enumerate(train.frozen))
    for i, group in enumerate(train.groups):
        at: Path = ("train", "groups", i, "parameters")
        for j, pattern in enumerate(group.patterns):
            yield at if isinstance(group.parameters, str) else (*at, j), pattern


def _guesses(name: str) -> Iterator[str]:
    """A parameter, all of its layer, and all of its name."""
    layer, _, own = name.removesuffix("_raw").rpartition(".")
    yield from (f"{layer}.{own}", f"{layer}.*", f"*.{own}")


RULE = UnmatchedPattern()
