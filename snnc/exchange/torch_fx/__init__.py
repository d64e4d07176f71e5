"""A ``torch.nn.Module`` as a spec and weights, by tracing its forward with torch.fx."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from torch import Tensor, nn

from snnc.exchange import Refused, entry, libraries
from snnc.exchange.entry import SpecLine
from snnc.exchange.torch_fx import check, exported, factory, running, tracing, weights
from snnc.exchange.torch_fx.fitting import remarks
from snnc.exchange.torch_fx.translate import Translated, Translation
from snnc.shapes import Shape

STEPS = 32
"""Time steps of the SNN to be; the ANN itself is the same at every step."""

_MIXED = (
    "as a spec, it computes something else: it folds axes of samples into the batch, and a later "
    "call tells them apart otherwise: keep the batch an axis of its own"
)
_ALIKE = "all random samples have the same output, which proves little: use trained weights"


@dataclass(frozen=True)
class Imported:
    """The spec's text, the file of weights for its network, and what a person should know."""

    spec: str
    weights: bytes
    layers: int
    remarks: tuple[str, ...]


def imported(path: str, name: str, shape: Shape, stored: Path | None = None) -> Imported:
    """The network that ``package.module:factory`` makes, for samples of a shape, as a spec.

    Runs the user's code. ``stored`` is a file of weights for it.

    Raises:
        Unusable: the factory, the shape or the weights are wrong.
        Refused: a spec cannot say it.
        Findings, ArithmeticError: snnc's own mistakes: a bad spec, or one that computes otherwise.
    """
    net = factory.made(path).cpu().eval()
    libraries.told_of_time(net)
    tracing.takes_one(net)
    if stored is not None:
        weights.load(net, stored)
    x = running.samples(net, shape)
    y = running.output(net, x.clone())
    found, way = _translated(net, x, y)
    state = weights.renamed(found.state)
    doc = f"Imported from {path}."
    text = entry.spec(name, doc, shape, STEPS, found.definitions, found.entries, found.outputs)
    _proved(check.difference(text, state, x, y), found.folded)
    said = (
        *way,
        *_said(found.entries),
        *remarks(found.state),
        *([_ALIKE] if check.alike(y) else []),
    )
    return Imported(text, weights.saved(state), len(found.entries), said)


def _translated(
    net: nn.Module, x: Tensor, y: Sequence[Tensor]
) -> tuple[Translated, tuple[str, ...]]:
    """The network as entries, and a note on how it was read if not by torch.fx. Raises Refused."""
    try:
        return Translation(running.seen(tracing.traced(net, x.clone())[0], x, y)).translated(), ()
    except tracing.Untraceable as why:
        graph = exported.exported(net, x.clone(), why)
        found = Translation(exported.seen(graph, x, y, why)).translated()
        dropped = any(isinstance(m, nn.modules.dropout._DropoutNd) for m in net.modules())
        without = ", which leaves dropouts out" if dropped else ""
        return found, (f"{why.short}, so that the network was read by torch.export{without}",)


def _said(entries: Sequence[SpecLine]) -> Iterator[str]:
    """Notes on layers at the end that a conversion leaves out."""
    last = entries[-1]
    if last.kind in ("Softmax", "LogSoftmax"):
        yield f"{last.name} ({last.kind}) changes no answer: a conversion leaves it out"


def _proved(apart: float, folded: bool) -> None:
    if not apart <= check.TOLERANCE and folded:
        raise Refused(_MIXED)
    if not apart <= check.TOLERANCE:
        raise ArithmeticError(
            f"the imported network differs from the original by {apart:.1e} of the largest output"
        )


__all__ = ["Imported", "Refused", "imported"]
