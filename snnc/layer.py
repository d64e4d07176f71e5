"""Operators of a network: each states its ports, shapes, behaviour over time and PyTorch call.

Passes, rules, emitters and the interpreter ask for these, and never for the name of a kind.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import AfterValidator, Field

from snnc.kinds import Kind
from snnc.names import identifier, path, reference
from snnc.shapes import Shape
from snnc.step.bounds import ANYTHING, Bounds, hull, output
from snnc.step.ssa import Step
from snnc.window import Window

Site = Literal["once", "fold", "step"]
"""Where a call stands: before or after time, over all steps at once, or inside the time loop."""

Role = Literal["", "activation", "largest", "noise", "norm", "same", "softmax", "weights"]
"""What an ANN that becomes an SNN asks of a layer: "" is kept as it is, if it is linear.

An "activation" becomes a neuron; the "largest" of some values is taken before one; "noise" is of
training only; a "norm" scales and shifts channels, which "weights" before or after it can do too;
the "same" is only another name; a "softmax" at the end changes no answer.
"""

Draw = Callable[[Shape, int], Any]
"""Uniform numbers in [0, 1) as a tensor of a shape, at a step: a function of the call's seed."""


@dataclass(frozen=True)
class Traits:
    """The behaviour of an operator over time, in one mode (training or eval).

    ``time``: pointwise f(x[t]), indexed f(x[t], t), causal (a state) or whole (needs all steps).
    ``batch``: couples the samples of a batch. ``random``: draws per "step", per "sequence" or not.
    ``updates``: writes buffers. ``algebra``: what it commutes with.
    """

    time: Literal["pointwise", "indexed", "causal", "whole"] = "pointwise"
    batch: bool = False
    algebra: Literal["move", "linear", "affine", "monotone", "other"] = "other"
    random: Literal["no", "step", "sequence"] = "no"
    updates: bool = False


@dataclass(frozen=True)
class Call:
    """A call as it is printed and as the reference makes it: ``nn.Conv2d(1, 128, bias=False)``.

    ``of`` says how inputs meet it: it makes a "module" for them, is a binary function that joins
    "each" of them to those before, or a function of their "list". ``names`` are those of ``args``
    where the fields of the kind do not tell them.
    """

    target: str
    args: tuple[object, ...] = ()
    keywords: Mapping[str, object] = field(default_factory=dict)
    of: Literal["module", "each", "list"] = "module"
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Kept:
    """The parameters and buffers of an operator in the reference: PyTorch's ``module``, and more.

    ``more`` gives parameters that the module lacks, by their path in it: a shape, a start.
    """

    module: Call
    more: Mapping[str, tuple[Shape, float]] = field(default_factory=dict)


class Operator(Kind):
    """Anything that computes a value: layers, encoders and readouts.

    ``ports`` is how many inputs it takes (None: two or more), ``inputs`` what they are called, if
    it tells them apart, ``role`` what it is to an ANN.
    """

    ports: ClassVar[int | None] = 1
    inputs: ClassVar[tuple[str, ...]] = ()
    role: ClassVar[Role] = ""

    @property
    def over_time(self) -> bool:
        """Whether, over all steps at once, it takes [T, B, ...] and not the folded [T*B, ...]."""
        return False

    def traits(self, training: bool) -> Traits:
        """The behaviour over time in training or eval mode."""
        raise NotImplementedError

    @property
    def hoists(self) -> bool:
        """Whether one execution on a static input can stand for all time steps, in both modes."""
        modes = (self.traits(training) for training in (True, False))
        return all(m.time in ("pointwise", "whole") and m.random != "step" for m in modes)

    def bounds(self, *inputs: Bounds) -> Bounds:
        """The bounds of its values, in both modes, from those of its inputs."""
        if inputs and self.traits(training=False).algebra == "move":
            return hull(*inputs)
        step = self.elementwise(len(inputs))
        return output(step, dict(zip(step.inputs, inputs, strict=True))) if step else ANYTHING

    def idle(self, *inputs: Shape) -> str:
        """The reason that its output is its input; "" if it is not."""
        return ""

    def carries(self) -> Mapping[str, float | str]:
        """Each state that it hands from step to step, and where that starts.

        A start is a number, or the name of a run-time parameter.
        """
        return {}

    @property
    def remembers(self) -> int:
        """The number of earlier steps of its input that it carries along."""
        return 0

    def shape(self, *inputs: Shape) -> Shape:
        """The shape of its output. Raises ShapeError if the inputs do not fit."""
        raise NotImplementedError

    def told(self, *inputs: Shape | None) -> Shape | None:
        """The shape of its output if the inputs that are known tell it; None if they do not.

        An input whose shape is unknown, because it comes around a cycle, is None.
        """
        return None

    def torch_call(self, *inputs: Shape) -> Call | None:
        """The PyTorch call of the operator, or None if PyTorch has none."""
        return None

    @property
    def fixes_time(self) -> bool:
        """Whether the operator has a part for each time step, so T cannot change at run time."""
        return False

    def bound(self, time_steps: int) -> Self:
        """The operator in a network of so many time steps; only one that fixes time changes."""
        return self

    def kept(self, *inputs: Shape) -> Kept | None:
        """The parameters and buffers, in PyTorch's terms."""
        call = self.torch_call(*inputs)
        return Kept(call) if call and call.of == "module" else None

    def run_time(self) -> Mapping[str, Any]:
        """The parameters (:class:`snnc.number.Value`) that are tensors at run time."""
        return {}

    def initialise(self) -> Mapping[str, Call]:
        """The calls that start its parameters, by their names, if the spec says how."""
        return {}

    def attribute(self, name: str, *inputs: Shape) -> Call | None:
        """The module that the network keeps for it under ``name``, or None."""
        call = self.torch_call(*inputs)
        return call if call and call.of == "module" else None

    def call(self, name: str, args: Sequence[str], site: Site) -> str:
        """The expression that applies it, ``name`` being its attribute on the network."""
        return f"self.{name}({', '.join(args)})"

    def uses(self, site: Site) -> tuple[str, ...]:
        """The names that :meth:`call` refers to besides its arguments.

        They are functions of the runtime, modules (``torch``), and what a generated function works
        out first: ``time_steps``, ``first``, ``t`` (in a loop), ``seed``, ``state``.
        """
        return ()

    def parameters(self, *inputs: Shape) -> int:
        """The number of learnable numbers."""
        return 0

    def macs(self, *inputs: Shape) -> int:
        """Multiply-accumulates of one execution on one sample."""
        return 0

    def corners(self, corner: Shape, *inputs: Shape) -> tuple[Shape, ...]:
        """The part of each input that ``corner`` of the output needs, exactly.

        A corner is a shape: all channels and, of each axis behind them, the first elements. The
        part may be less than everything only if this holds in training and in eval mode.
        """
        return inputs

    @property
    def product(self) -> bool:
        """Whether this is a product with a ``weight``, [out, in], plus a ``bias`` if any."""
        return False

    @property
    def flattens(self) -> bool:
        """Whether the operator joins axes and leaves every number where it is."""
        return False

    @property
    def concatenates(self) -> bool:
        """Whether the operator joins features."""
        return False

    def elementwise(self, count: int) -> Step | None:
        """The equations at one element of ``count`` inputs, for fusion with a neuron.

        None if the operator is not element-wise, or has a state or a spike of its own.
        """
        return None

    def window(self) -> Window | None:
        """The windows over a neuron's output, if a kernel can do both."""
        return None

    @property
    def normalises(self) -> bool:
        """Whether this is PyTorch's batch norm of all time steps, which a kernel can do too."""
        return False

    def why(self) -> str:
        """The reason that a static input does not make the operator run once; "" if it does."""
        match self.traits(training=True):
            case Traits(time="causal"):
                return "has a state: its output changes over time"
            case Traits(time="indexed"):
                return "reads another part of its input at every step"
            case Traits(random="step"):
                return "draws anew at every step"
        return ""


Name = Annotated[str, AfterValidator(identifier)]
Path = Annotated[str, AfterValidator(path)]
Source = Annotated[str, AfterValidator(reference)]
Sources = Source | Annotated[tuple[Source, ...], Field(min_length=1)]


class Layer(Operator):
    """One entry of ``[network] layers``, whose ``name`` is a path once blocks are expanded.

    ``stem`` makes the default name (``conv1``). ``example`` is a line of a spec. Fields that are
    PyTorch's keywords are passed on if off PyTorch's default; ``positional`` ones by position.
    """

    stem: ClassVar[str]
    example: ClassVar[str] = ""
    torch: ClassVar[str] = ""
    positional: ClassVar[tuple[str, ...]] = ()
    unprinted: ClassVar[frozenset[str]] = frozenset()

    name: Path | None = None
    source: Sources | None = Field(default=None, alias="from")

    @property
    def sources(self) -> tuple[str, ...]:
        """The names it reads; empty for "the layer above"."""
        if self.source is None:
            return ()
        return (self.source,) if isinstance(self.source, str) else self.source

    def torch_call(self, *inputs: Shape) -> Call | None:
        return Call(self.torch, self.leading(*inputs), self.keywords()) if self.torch else None

    def textbook(
        self, inputs: Sequence[Any], t: int, module: Any, training: bool, draw: Draw
    ) -> Any:
        """The value [B, ...] at step ``t`` of inputs [B, ...], for layers that PyTorch lacks.

        ``module`` is the result of :meth:`kept`.
        """
        raise NotImplementedError

    def textbook_steps(
        self, inputs: Sequence[Any], module: Any, training: bool, draw: Draw
    ) -> Iterable[Any]:
        """The same at every step, of inputs [T, B, ...], for what needs more than one of them."""
        steps = enumerate(zip(*inputs, strict=True))
        return [self.textbook(at_t, t, module, training, draw) for t, at_t in steps]

    def leading(self, *inputs: Shape) -> tuple[object, ...]:
        """The positional arguments of the PyTorch call."""
        return ()

    def keywords(self) -> dict[str, object]:
        """The fields that the PyTorch call needs by name: those off their default."""
        own = type(self).model_fields.keys() - Layer.model_fields.keys() - self.unprinted
        fields = type(self).model_fields.items()
        values = {key: (getattr(self, key), f.default) for key, f in fields if key in own}
        return {key: value for key, (value, default) in values.items() if value != default}
