"""Optimizers: PyTorch's, with PyTorch's field names and defaults; one per file."""

from typing import Annotated, Any, ClassVar

from pydantic import Field

from snnc.kinds import Kind

Rate = Annotated[float, Field(gt=0)]
NotNegative = Annotated[float, Field(ge=0)]
Beta = Annotated[float, Field(ge=0, lt=1)]


class Optimizer(Kind):
    """An update of the weights along their gradients. A kind is named as its PyTorch class."""

    usual: ClassVar[tuple[float, float]]
    """The learning rates with which networks have been trained."""

    lr: Rate = 1e-3

    def table(self) -> dict[str, Any]:
        """The kind, the learning rate, and the fields off their default: the class's arguments."""
        fields = self.model_dump(exclude={"kind", "lr"}, exclude_defaults=True)
        return {"kind": self.kind, "lr": self.lr, **fields}
