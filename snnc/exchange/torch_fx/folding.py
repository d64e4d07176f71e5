"""Parts of a sample that a network takes for samples: windows, frames or tokens in the batch.

A tensor [B * k, ...] of B samples is a value [k, ...] of one. Axes of a call count the batch, which
is then the first axis of the value.
"""

from collections.abc import Mapping
from typing import Any

from torch import fx

from snnc.exchange import Refused
from snnc.exchange.torch_fx.handlers import borders, normalising, pooling, weighted
from snnc.exchange.torch_fx.handlers.axes import axes_of
from snnc.exchange.torch_fx.rolling import function
from snnc.shapes import Shape, show

_RESHAPES = frozenset("view reshape flatten unflatten reshape_as view_as".split())
_APART = frozenset({weighted.linear, normalising.batch_norm, normalising.layer_norm})
"""Handlers of modules that read images, which know parts too."""
_OF_IMAGES = frozenset(m.__name__ for m in (borders, normalising, pooling, weighted))


def parts(node: fx.Node, shape: Shape, batch: int, known: Mapping[fx.Node, int]) -> int:
    """The parts of each sample in the first axis of a call's result; 0 if none are folded."""
    read = [n for n in node.all_input_nodes if n in known]
    if read and turned(node):
        return known[read[0]]
    size = shape[0] if shape else 0
    if size <= batch or size % batch:
        return 0
    if function(node) in _RESHAPES:
        return size // batch
    return size // batch if any(known[n] == size // batch for n in read) else 0


def turned(node: fx.Node) -> tuple[int, ...]:
    """The axes of a permute that puts another one before the batch, as of queries and keys."""
    dims = (*axes_of(node.args[1:]),) if function(node) == "permute" else ()
    return dims if dims[1:2] == (0,) else ()


def checked(handler: Any, out: Shape) -> None:
    """Check that a handler knows what parts are. Raises Refused."""
    if getattr(handler, "__module__", "") in _OF_IMAGES and handler not in _APART:
        raise Refused(
            f"it reads parts of a sample as a batch, and makes {show(out)} of each sample: "
            "matrix products, attention and batch norms of such parts are known"
        )
