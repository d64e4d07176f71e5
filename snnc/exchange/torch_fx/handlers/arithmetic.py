"""Sums, products and functions of elements, of two values or of a value and a constant."""

from typing import Any

from torch import Tensor, nn

from snnc.exchange import Refused
from snnc.exchange.libraries.types import number
from snnc.exchange.torch_fx.handlers.reshaping import reshaped, shapes
from snnc.exchange.torch_fx.types import (
    Handler,
    Layers,
    MadeLayer,
    TracedValue,
    elementwise,
    only,
    read,
)
from snnc.shapes import Shape, show

Number = tuple[object, dict[str, Tensor]]


def add(out: Shape, input: Any, other: Any, alpha: Any = 1) -> Layers:
    """A sum; 0 adds nothing, as in ``sum([a, b])``."""
    only("alpha", alpha, 1)
    for zero, term in ((input, other), (other, input)):
        if isinstance(term, TracedValue) and isinstance(zero, int | float) and zero == 0:
            return term
    if _values(input, other):
        return _joined("Add", out, input, other)
    x, c = _sorted(input, other)
    return (elementwise("Shifted", "y = x + shift", (x,), shift=_constant(c, out, "shift")),)


def mul(out: Shape, input: Any, other: Any) -> Layers:
    """A product."""
    if _values(input, other):
        return _joined("Mul", out, input, other)
    x, c = _sorted(input, other)
    return (elementwise("Scaled", "y = x * factor", (x,), factor=_constant(c, out, "factor")),)


def sub(out: Shape, input: Any, other: Any, alpha: Any = 1) -> Layers:
    """A difference, of which either may be a constant."""
    only("alpha", alpha, 1)
    return _ordered("Difference", "-", out, input, other)


def rsub(out: Shape, input: Any, other: Any, alpha: Any = 1) -> Layers:
    """A difference whose operands are the other way round."""
    only("alpha", alpha, 1)
    return _ordered("Difference", "-", out, other, input)


def div(out: Shape, input: Any, other: Any, rounding_mode: Any = None) -> Layers:
    """A quotient, of which either may be a constant."""
    only("rounding_mode", rounding_mode, None)
    return _ordered("Quotient", "/", out, input, other)


def power(out: Shape, input: Any, exponent: Any) -> Layers:
    """A power with a small whole exponent, or a root. Raises Refused."""
    if exponent == 0.5:
        return (elementwise("SquareRoot", "y = sqrt(x)", (read(input),)),)
    if exponent not in (1, 2, 3, 4, 5, 6, 7, 8):
        raise Refused(f"its exponent is {exponent}, where 1 to 8 and 0.5 are known")
    return (elementwise(f"Power{int(exponent)}", f"y = x ** {int(exponent)}", (read(input),)),)


def square(out: Shape, input: Any) -> Layers:
    """A value times itself."""
    return power(out, input, 2)


def clamp(out: Shape, input: Any, min: Any = None, max: Any = None) -> Layers:
    """Between two ends: a ReLU where there is one with these ends. Raises Refused."""
    x = read(input)
    if not all(end is None or isinstance(end, int | float) for end in (min, max)):
        raise Refused("its ends are no numbers")
    if min == 0 and max in (None, 6):
        return (MadeLayer("ReLU" if max is None else "ReLU6", {}, (x,)),)
    if min == 0 and max > 0:
        return (MadeLayer("ClippedReLU", {"max": float(max)}, (x,)),)
    if max is None:
        return (elementwise("Clipped", "y = max(x, low)", (x,), low=(float(min), {})),)
    if min is None:
        return (elementwise("Clipped", "y = min(x, high)", (x,), high=(float(max), {})),)
    ends: dict[str, Number] = {"low": (float(min), {}), "high": (float(max), {})}
    return (elementwise("Clipped", "y = clip(x, low, high)", (x,), ("x",), **ends),)


def hardtanh(out: Shape, input: Any, min_val: float = -1.0, max_val: float = 1.0) -> Layers:
    """Between two ends."""
    return clamp(out, input, min_val, max_val)


def function(kind: str, step: str) -> Handler:
    """A function of each element that the language of equations has."""

    def made(out: Shape, input: Any) -> Layers:
        return (elementwise(kind, step, (read(input),)),)

    return made


def _values(*operands: Any) -> bool:
    return all(isinstance(operand, TracedValue) for operand in operands)


def _sorted(one: Any, other: Any) -> tuple[TracedValue, Any]:
    return (one, other) if isinstance(one, TracedValue) else (read(other), one)


def _constant(value: Any, out: Shape, key: str) -> Number:
    """A number, or a tensor that has one for each channel or element. Raises Refused."""
    if not isinstance(value, Tensor):
        if not isinstance(value, int | float):
            raise Refused(f"one of its operands is {value!r}")
        return float(value), {}
    if value.numel() == 1:
        return number(value, out, key)
    if value.dim() == len(out) + 1 and bool((value == value[:1]).all()):
        value = _alike(value, value[0])  # the same of every sample
    sizes = tuple(value.shape)
    sizes = (1,) * (len(out) - len(sizes)) + sizes
    fits = len(sizes) == len(out) and all(s in (1, o) for s, o in zip(sizes, out, strict=True))
    if not fits:
        told = show(tuple(value.shape))
        raise Refused(f"one of its operands is a constant of {told}, where a sample is {show(out)}")
    if sizes == (out[0], *(1 for _ in out[1:])):
        return number(_alike(value, value.reshape(out[0])), out, key)
    return number(_alike(value, value.reshape(sizes).expand(out).contiguous()), out, key)


def alike_of_samples(value: Tensor, axes: int) -> Tensor:
    """A constant without its batch axis. Raises Refused if samples differ."""
    if value.dim() != axes + 1 or not bool((value == value[:1]).all()):
        raise Refused(f"one of its operands is a constant of {show(tuple(value.shape))}")
    return value[0]


def _alike(original: Tensor, shaped: Tensor) -> Tensor:
    """A tensor in another shape that is learned if the original is."""
    learned = isinstance(original, nn.Parameter) and original.requires_grad
    return nn.Parameter(shaped.detach()) if learned else shaped


def _ordered(kind: str, sign: str, out: Shape, one: Any, other: Any) -> Layers:
    if _values(one, other):
        first, second, layers = _spread(out, one, other)
        step = f"y = a {sign} b"
        return (*layers, elementwise(kind, step, (first, second), ("a", "b")))
    if isinstance(one, TracedValue):
        step = f"y = x {sign} c"
        return (elementwise(f"{kind}Of", step, (one,), c=_constant(other, out, "c")),)
    step = f"y = c {sign} x"
    return (elementwise(f"{kind}From", step, (read(other),), c=_constant(one, out, "c")),)


def _joined(kind: str, out: Shape, one: TracedValue, other: TracedValue) -> Layers:
    first, second, layers = _spread(out, one, other)
    return (*layers, MadeLayer(kind, {}, (first, second)))


def _spread(out: Shape, *values: TracedValue) -> Any:
    """Both values in the shape of the result: axes of one element are copied along it."""
    layers: list[MadeLayer] = []
    found: list[TracedValue | MadeLayer] = []
    for value in values:
        row = () if value.shape == out else _copied(value, out)
        layers += row
        found.append(row[-1] if row else value)
    return (*found, tuple(layers))


def _copied(x: TracedValue, out: Shape) -> tuple[MadeLayer, ...]:
    """Copies along axes of one element: a whole axis stands in front of them. Raises Refused."""
    rank = len(out)
    wide = [axis for axis in range(rank) if axis < len(x.shape) and x.shape[axis] != out[axis]]
    whole = [axis for axis in range(rank) if axis not in wide]
    known = len(x.shape) == rank <= (4 if whole else 3) and all(x.shape[a] == 1 for a in wide)
    if not known:
        raise Refused(f"it joins {show(x.shape)} and {show(out)}, which have other axes")
    if not whole:
        first = reshaped(x, (1, *x.shape))
        copies = MadeLayer("Upsample", {"size": out}, (first[-1],))
        return (*first, copies, *_reshaped_after(copies, (1, *out), out))
    order = (whole[0], *(axis for axis in range(rank) if axis != whole[0]))
    if whole[0] == 0:
        return (MadeLayer("Upsample", {"size": out[1:]}, (x,)),)
    turned = MadeLayer("Permute", {"dims": order}, (x,))
    copies = MadeLayer("Upsample", {"size": tuple(out[a] for a in order[1:])}, (turned,))
    back = tuple(order.index(axis) for axis in range(rank))
    return (turned, copies, MadeLayer("Permute", {"dims": back}, (copies,)))


def _reshaped_after(layer: MadeLayer, before: Shape, out: Shape) -> tuple[MadeLayer, ...]:
    first, *more = shapes(before, out)
    return (MadeLayer(first.kind, first.fields, (layer,)), *more)


TABLE: dict[str, Handler] = {
    "add iadd add_": add,
    "mul imul mul_ multiply": mul,
    "sub isub sub_ subtract": sub,
    "rsub": rsub,
    "truediv itruediv div div_ divide": div,
    "pow ipow": power,
    "square": square,
    "neg negative": function("Negative", "y = -x"),
    "abs absolute": function("Absolute", "y = abs(x)"),
    "exp": function("Exponential", "y = exp(x)"),
    "log": function("Logarithm", "y = log(x)"),
    "sqrt": function("SquareRoot", "y = sqrt(x)"),
    "sin": function("Sine", "y = sin(x)"),
    "cos": function("Cosine", "y = cos(x)"),
    "Softsign softsign": function("Softsign", "y = x / (1 + abs(x))"),
    "Hardtanh hardtanh hardtanh_": hardtanh,
    "clamp clamp_ clip clip_": clamp,
}
