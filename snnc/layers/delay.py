"""Delay."""

from collections.abc import Iterable, Mapping, Sequence
from math import ceil, inf, prod
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from snnc.layer import Call, Draw, Layer, Site, Traits
from snnc.number import Number, Value, at_least, numbers
from snnc.shapes import Shape
from snnc.sizes import Positive
from snnc.step.bounds import Bounds, hull

Steps = Annotated[Number, at_least(0.0)]


class Delay(Layer):
    """The input ``delay`` time steps earlier, and 0 before the first: y[t] = x[t - delay].

    A delay between two whole steps interpolates linearly. A delay of 1.25 is three quarters of the
    value one step ago and a quarter of the value two steps ago. A delay can therefore be learned,
    per layer, channel or neuron. ``max_delay`` bounds a learnable delay: without a ``range``, the
    delay is clipped to [0, max_delay] where it is used.
    """

    example: ClassVar[str] = (
        '{ kind = "Delay", delay = { uniform = [0.0, 8.0], '
        'per = "neuron", learnable = true }, max_delay = 8 }'
    )
    stem: ClassVar[str] = "delay"

    kind: Literal["Delay"] = "Delay"
    delay: Steps
    max_delay: Positive | None = None

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        low, high = self._span
        if low < 0:
            _refuse("`delay` cannot look ahead: its `range` begins below 0")
        if self.max_delay is None and high == inf:
            _refuse("`delay` is learned, so it needs a `max_delay` or a `range` that ends")
        if self.max_delay is not None and max(numbers(self.delay)) > self.max_delay:
            _refuse("`max_delay` is less than `delay`")
        return self

    @property
    def _span(self) -> tuple[float, float]:
        """The range of a learnable delay."""
        stated = self.delay
        if isinstance(stated, Value) and stated.learnable:
            return stated.range or (0.0, inf)
        return min(numbers(stated)), max(numbers(stated))

    @property
    def longest(self) -> int:
        """The largest number of time steps back, at least 1."""
        return self.max_delay or max(1, ceil(self._span[1]))

    @property
    def remembers(self) -> int:
        return self.longest

    def run_time(self) -> Mapping[str, Value]:
        value = self.delay
        tensor = isinstance(value, Value) and value.constant is None
        return {"delay": value} if tensor and isinstance(value, Value) else {}

    @property
    def over_time(self) -> bool:
        return True

    def traits(self, training: bool) -> Traits:
        # it takes all steps at once, and what went before them from the state
        return Traits(time="whole" if training else "causal")

    def carries(self) -> Mapping[str, float | str]:
        return {"": 0.0}

    def call(self, name: str, args: Sequence[str], site: Site) -> str:
        return f'self.{name}({args[0]}, "{name}", state)'

    def why(self) -> str:
        return "remembers earlier steps: its output changes over time"

    def shape(self, *inputs: Shape) -> Shape:
        return inputs[0]

    def bounds(self, *inputs: Bounds) -> Bounds:
        return hull(*inputs, (0.0, 0.0))

    def idle(self, *inputs: Shape) -> str:
        return "" if self.run_time() or max(numbers(self.delay)) else "it delays by 0 time steps"

    def attribute(self, name: str, *inputs: Shape) -> Call:
        found = self.run_time().get("delay")
        if found is None:
            return Call("Delay", (max(numbers(self.delay)),), names=("delay",))
        (shape,) = inputs
        start = (found.numbers[0], found.numbers[-1])
        args = (_size(found, shape), start, self.longest)
        keywords = {"learnable": found.learnable, "span": found.range}
        return Call("VariableDelay", args, keywords, names=("size", "start", "max_delay"))

    def uses(self, site: Site) -> tuple[str, ...]:
        return ("state",)

    def parameters(self, *inputs: Shape) -> int:
        learned = (value for value in self.run_time().values() if value.learnable)
        return sum(prod(_size(value, inputs[0])) for value in learned)

    def textbook_steps(
        self, inputs: Sequence[Any], module: Any, training: bool, draw: Draw
    ) -> Iterable[Any]:
        (x,) = inputs
        delay = module()["delay"] if module else x.new_tensor(max(numbers(self.delay)))
        delay = delay.clamp(0, self.longest)
        whole = delay.detach().floor().clamp(max=self.longest - 1)
        part = delay - whole
        weights = [(whole == k) * (1 - part) + (whole + 1 == k) * part for k in self._back]
        return [
            sum((w * x[t - k] for k, w in enumerate(weights[: t + 1])), x[0] * 0)
            for t in range(len(x))
        ]

    @property
    def _back(self) -> range:
        """The age in time steps of each value that the delay needs."""
        return range(self.longest + 1)


def _size(value: Value, shape: Shape) -> Shape:
    """The shape of its numbers, as they broadcast over a sample."""
    if value.per == "channel":
        return (shape[0], *(1 for _ in shape[1:]))
    return shape if value.per == "neuron" else ()


def _refuse(message: str) -> None:
    raise PydanticCustomError("conflict", "{message}", {"message": message})
