"""Dropout, which evaluation does not see."""

from typing import Any

from snnc.exchange import Refused
from snnc.exchange.torch_fx.types import Handler, Layers, MadeLayer, read
from snnc.shapes import Shape


def _dropout(kind: str) -> Handler:
    """A dropout of elements or of channels."""

    def made(out: Shape, input: Any, p: float = 0.5, training: bool = True) -> Layers:
        if training:
            raise Refused("it also drops in eval mode: pass `training=self.training`")
        return (MadeLayer(kind, {"p": float(p)}, (read(input),)),)

    return made


TABLE = {
    "Dropout dropout": _dropout("Dropout"),
    "Dropout1d F.dropout1d": _dropout("Dropout1d"),
    "Dropout2d F.dropout2d": _dropout("Dropout2d"),
    "Dropout3d F.dropout3d": _dropout("Dropout3d"),
}
