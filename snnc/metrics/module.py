"""module."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from snnc.escape import string
from snnc.kinds import catalog
from snnc.labels import SAID
from snnc.metrics import Metric
from snnc.user_code import Arguments, Function, called


def _unlike_ours(text: str) -> str:
    """A function whose name is no other metric's: tables of numbers have one for each name."""
    name = text.partition(":")[2]
    if name in catalog("snnc.metrics"):
        message = f"is called as the metric `{name}`: give the function another name"
        raise PydanticCustomError("bad_name", message)
    return text


class OwnMetric(Metric):
    """A metric of one's own: a ``function`` of a module, as "package.module:function".

    Only the training script imports it, when it runs. ``function(y, labels, **arguments)`` returns
    a number for every sample, [B], or their mean. ``better`` says whether more of it is better.
    With ``target = "input"`` the function is given the input in place of labels.
    """

    kind: Literal["module"] = "module"
    function: Annotated[Function, AfterValidator(_unlike_ours)]
    arguments: Arguments = Field(default_factory=dict)
    better: Literal["higher", "lower"] = "higher"
    target: Literal["label", "input"] = "label"

    forms = tuple(SAID)
    says = "The user's metric, summed over the samples."

    @property
    def wants(self) -> Literal["labels", "x"]:  # type: ignore[override]
        return "x" if self.target == "input" else "labels"

    @property
    def higher(self) -> bool:  # type: ignore[override]
        return self.better == "higher"

    @property
    def title(self) -> str:
        return self.function.partition(":")[2]

    @property
    def function_name(self) -> str:
        """The function that the training script imports."""
        return self.function

    def source(self, y: str = "y", over_time: bool = False, timed: bool = False) -> str:
        samples = f"{y}.shape[1]" if over_time else f"len({y})"
        own = f"training.own_metric({string(self.function)}, {samples})"
        return called(own, f"{y}, {self.wants}", self.arguments)

    def on_maps(self, y: str, over_time: bool) -> str:
        """The same: the function is given labels of every place."""
        return self.source(y, over_time)
