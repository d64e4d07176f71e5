"""Optimizers: PyTorch's, with PyTorch's field names and defaults; one per file."""

from typing import Annotated

from pydantic import Field

from snnc.kinds import Kind

Rate = Annotated[float, Field(gt=0)]
NotNegative = Annotated[float, Field(ge=0)]
Beta = Annotated[float, Field(ge=0, lt=1)]


class Optimizer(Kind):
    """Changes the weights along their gradients. A kind is called as its PyTorch class is."""

    lr: Rate = 1e-3

    def source(self) -> str:
        """The call that makes it, with the learning rate and whatever is not a default."""
        fields = self.model_dump(exclude={"kind", "lr"}, exclude_defaults=True)
        settings = "".join(f", {name}={value!r}" for name, value in fields.items())
        return f"torch.optim.{self.kind}(net.parameters(), lr={self.lr!r}{settings})"
