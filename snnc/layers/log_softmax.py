"""LogSoftmax."""

from typing import ClassVar, Literal

from snnc.layer import Call
from snnc.layers.softmax import Softmax
from snnc.shapes import Shape
from snnc.step.bounds import Bounds


class LogSoftmax(Softmax):
    """x less the logarithm of the sum of exp(x) along ``dim`` (torch.nn.LogSoftmax).

    0 is the channel axis of a sample. At the end of an ANN it changes no answer.
    """

    example: ClassVar[str] = '{ kind = "LogSoftmax", dim = 0 }'
    stem: ClassVar[str] = "log_softmax"

    kind: Literal["LogSoftmax"] = "LogSoftmax"  # type: ignore[assignment]

    def bounds(self, *inputs: Bounds) -> Bounds:
        return float("-inf"), 0.0

    def torch_call(self, *inputs: Shape) -> Call:
        call = super().torch_call(*inputs)
        return Call("nn.LogSoftmax", keywords=call.keywords)
