"""Whole numbers, which no value of a spec is: casts to them, and tables that they look up."""

from typing import Any

from snnc.exchange import Refused
from snnc.exchange.torch_fx.types import Handler, Layers
from snnc.shapes import Shape


def embedding(out: Shape, input: Any, *options: Any, **named: Any) -> Layers:
    """A table of vectors, one for each index. Raises Refused."""
    raise Refused(
        "it reads indices, where a spec reads numbers: import the network behind it, and look "
        "vectors up in the data, or replace it by a Linear that reads one-hot vectors"
    )


def whole(out: Shape, input: Any, *options: Any, **named: Any) -> Layers:
    """A cast to whole numbers. Raises Refused."""
    raise Refused("it makes whole numbers, where a spec computes with real ones: do it in the data")


TABLE: dict[str, Handler] = {
    "Embedding EmbeddingBag embedding embedding_bag": embedding,
    "Tensor.long Tensor.int Tensor.short argmax argmin": whole,
}
