"""A call of a chain of layers, checked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from ..calls import Spec, Tensors
from ..checked import broadcasts, check_backend, described, plain
from ..draws import LAST

DTYPES = (torch.float32, torch.float64)


@dataclass(frozen=True)
class Product:
    """A linear layer."""

    reads: int
    width: int
    bias: bool = True

    @property
    def shapes(self) -> list[tuple[int, ...]]:
        """Those of its weight and of its bias, if it has one."""
        return [(self.width, self.reads), *([(self.width,)] if self.bias else [])]


@dataclass(frozen=True)
class Draw:
    """A spike of each input at each step, with the input as its probability.

    If ``flat``, a layer makes vectors of the inputs.
    """

    width: int
    flat: bool = False


@dataclass(frozen=True)
class Neurons:
    """As many neurons of one kernel."""

    kernel: str
    width: int


@dataclass(frozen=True)
class Feedback:
    """Neurons of one kernel, whose output comes back through a linear layer.

    It reads so many inputs too, behind the output or ``before`` it; if none, they are added.
    """

    kernel: str
    reads: int
    width: int
    bias: bool = True
    before: bool = False

    @property
    def shapes(self) -> list[tuple[int, ...]]:
        """Those of the layer's weight and of its bias, if it has one."""
        weight = self.width, self.reads + self.width
        return [weight, *([(self.width,)] if self.bias else [])]

    @property
    def beside(self) -> dict[str, int]:
        """Where the output stands beside the input, as neurons are called."""
        where = "before" if self.before else "behind"
        return {where: self.width} if self.reads else {}


Stage = Draw | Product | Neurons | Feedback


@dataclass(frozen=True)
class Chain:
    """Layers one behind the other, and how the last value leaves time: mean, sum or last.

    A static chain, and one that draws, reads [B, N], another one [T, B, N].
    """

    stages: tuple[Stage, ...]
    how: str
    static: bool = False

    @property
    def draws(self) -> bool:
        """Whether its first stage draws spikes."""
        return isinstance(self.stages[0], Draw)

    @property
    def reads(self) -> int:
        """The features of its input."""
        first = self.stages[0]
        reads = first.reads if isinstance(first, Product | Feedback) else 0
        return reads or first.width

    def read(self, y: Tensor) -> Tensor:
        """The readout of [T, B, N]."""
        if self.how == "last":
            return y[-1]
        return y.mean(0) if self.how == "mean" else y.sum(0)


@dataclass(frozen=True)
class Passed:
    """One call of the chain ``name``: weights and biases, and the terms of neurons, in order."""

    name: str
    chain: Chain
    specs: dict[str, Spec]
    x: Tensor
    weights: Tensors
    terms: Tensors
    steps: int
    key: int
    first: int
    backend: str

    @property
    def batch(self) -> int:
        """How many samples there are."""
        return self.x.shape[-2]

    def parts(self) -> Iterator[tuple[Stage, list[Tensor], list[Tensor]]]:
        """Each stage with its own weights and its own terms."""
        weights, terms = iter(self.weights), iter(self.terms)
        for stage in self.chain.stages:
            shapes = stage.shapes if isinstance(stage, Product | Feedback) else []
            count = 0
            if isinstance(stage, Neurons | Feedback):
                count = self.specs[stage.kernel].terms
            yield (
                stage,
                [next(weights) for _ in shapes],
                [next(terms) for _ in range(count)],
            )


def checked(call: Passed) -> Passed:
    """The call, if every operand has the type and the shape that the chain says."""
    check_backend(call.backend)
    x, lead = call.x, ["B"] if call.chain.static else ["T", "B"]
    right = plain(x) and x.is_cpu and x.dtype in DTYPES
    if not right or x.dim() != len(lead) + 1 or x.shape[-1] != call.chain.reads:
        shape = ", ".join([*lead, str(call.chain.reads)])
        refuse(call, "x", x, f"float32 or float64 [{shape}] on cpu, dense")
    if call.steps < 0 or not (call.chain.static or call.steps == x.shape[0]):
        want = "0 or more" if call.chain.static else f"{x.shape[0]}, as x has"
        raise ValueError(f"{call.name}: steps is {call.steps}, not {want}")
    if call.first < 0 or call.first + call.steps > LAST:
        raise ValueError(f"{call.name}: first is {call.first}, not from 0 on")
    stages = call.chain.stages
    products = [p for p in stages if isinstance(p, Product | Feedback)]
    shapes = [s for p in products for s in p.shapes]
    check_all(call, "weights", call.weights, len(shapes))
    for i, (weight, size) in enumerate(zip(call.weights, shapes)):
        check_one(call, f"weights[{i}]", weight, weight.shape == size, [*size])
    cells = [p for p in stages if isinstance(p, Neurons | Feedback)]
    widths = [p.width for p in cells for _ in range(call.specs[p.kernel].terms)]
    check_all(call, "terms", call.terms, len(widths))
    for i, (term, width) in enumerate(zip(call.terms, widths)):
        fits = broadcasts(term.shape, (width,))
        check_one(call, f"terms[{i}]", term, fits, [width])
    return call


def check_grad(call: Passed, grad: Tensor) -> None:
    """A gradient of what the forward gave, in any layout."""
    shape = (call.batch, call.chain.stages[-1].width)
    fits = plain(grad) and grad.shape == shape
    check_one(call, "grad", grad, fits, [*shape])


def check_all(call: Passed, what: str, tensors: Sequence[Tensor], count: int) -> None:
    """So many."""
    if len(tensors) != count:
        raise ValueError(f"{call.name}: {what} are {len(tensors)}, not {count}")


def check_one(
    call: Passed, what: str, x: Tensor, fits: bool, shape: Sequence[int]
) -> None:
    """Of the type and the device of the input, and of a shape that fits."""
    if not fits or not plain(x) or x.dtype != call.x.dtype or not x.is_cpu:
        refuse(call, what, x, f"{call.x.dtype} {[*shape]} on cpu")


def refuse(call: Passed, what: str, x: Tensor, want: str) -> None:
    """Says which argument is wrong."""
    raise ValueError(f"{call.name}: {what} is {described(x)}, not {want}")
