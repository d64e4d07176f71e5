"""The types of a conversion: two graphs, and the map from the numbers of one to the other."""

from dataclasses import dataclass

from snnc.graph.types import Graph


@dataclass(frozen=True)
class FoldedNorm:
    """A batch normalisation whose numbers go into the weights before it, or ``before`` which it is.

    In ``into`` each of its channels stands for ``spread`` inputs, where a flattening lies between.
    """

    norm: str
    into: str
    before: bool = False
    spread: int = 1


@dataclass(frozen=True)
class ReplacedActivation:
    """An activation that became a neuron.

    ``value`` is the layer of the ANN whose values the neuron's rate stands for: a pooling that has
    changed places with it, or itself. ``bias`` is the layer whose bias corrects the neuron, if one
    does. ``trained``: the ANN has learned its threshold.
    """

    path: str
    value: str
    bias: str | None
    trained: bool


@dataclass(frozen=True)
class Conversion:
    """The ANN, the SNN, and what lies between."""

    ann: Graph
    snn: Graph
    folds: tuple[FoldedNorm, ...]
    activations: tuple[ReplacedActivation, ...]
