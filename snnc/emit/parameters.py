"""The run-time numbers of a neuron as members of its generated class."""

from collections.abc import Iterator, Mapping

from snnc.emit.code import Code
from snnc.emit.python_format import WIDTH, statement
from snnc.kernel.types import Kernel
from snnc.neuron import Neuron
from snnc.number import Range, Value
from snnc.step.print_torch import called, expression, number
from snnc.step.ssa import Expr, Operation, Var

_SIZES = {"layer": "()", "channel": "channels(shape)", "neuron": "shape"}


def members(neuron: Neuron, kernel: Kernel) -> Code:
    """``__init__``, a property for each number in a range, ``terms`` and ``starts``."""
    values = neuron.run_time()
    lines: list[str] = []
    if values:
        lines += ["", *_init(values)]
    for name, value in values.items():
        if value.range is not None:
            lines += ["", *_property(name, value)]
    if kernel.lifted:
        lines += ["", *_terms(kernel)]
    if any(isinstance(start, str) for start in neuron.start().values()):
        lines += ["", *_starts(neuron, kernel)]
    return Code(lines, _uses(neuron, kernel))


def _uses(neuron: Neuron, kernel: Kernel) -> Iterator[str]:
    """The names that the members refer to."""
    values = neuron.run_time().values()
    yield from ["torch"] if values else []
    yield from ["nn"] if any(value.learnable for value in values) else []
    yield from ["channels"] if any(value.per == "channel" for value in values) else []
    yield from ["State"] if any(isinstance(at, str) for at in neuron.start().values()) else []
    for term in kernel.lifted:
        yield from called(term.value)


def needs_shape(neuron: Neuron) -> bool:
    """Whether the class must be told the shape of a sample."""
    return any(value.per != "layer" for value in neuron.run_time().values())


def _init(values: Mapping[str, Value]) -> Iterator[str]:
    shape = any(value.per != "layer" for value in values.values())
    yield f"    def __init__(self{', shape: tuple[int, ...]' if shape else ''}) -> None:"
    yield "        super().__init__()"
    for name, value in values.items():
        if not value.learnable:
            yield f"        self.{name}: Tensor"
            yield from statement(f'self.register_buffer("{name}", {_drawn(value)})', 8)
        elif value.range is None:
            yield from statement(f"self.{name} = nn.Parameter({_drawn(value)})", 8)
        else:
            yield from statement(f"start = {_drawn(value)}", 8)
            yield from statement(f"self.{name}_raw = nn.Parameter({_raw(value.range)})", 8)


def _drawn(value: Value) -> str:
    size = _SIZES[value.per]
    if value.uniform is None:
        return f"torch.full({size}, {number(value.numbers[0])})"
    low, high = map(number, value.uniform)
    return f"torch.empty({size}).uniform_({low}, {high})"


def _raw(range: Range) -> str:
    """The inverse of the parametrisation, at ``start``."""
    low, high = range
    if high == float("inf"):
        return f"-torch.log(start - {number(low)})"
    return f"torch.logit((start - {number(low)}) / {number(high - low)})"


def _property(name: str, value: Value) -> Iterator[str]:
    assert value.range is not None
    low, high = value.range
    if high == float("inf"):
        span, text = f"above {number(low)}", f"torch.exp(-self.{name}_raw)"
    else:
        span = f"between {number(low)} and {number(high)}"
        text = f"{number(high - low)} * torch.sigmoid(self.{name}_raw)"
    yield "    @property"
    yield f"    def {name}(self) -> Tensor:"
    yield f'        """Kept {span} by its parametrisation."""'
    line = f"        return {number(low)} + {text}"
    if len(line) <= WIDTH:
        yield line
    else:
        yield from (f"        above = {text}", f"        return {number(low)} + above")


def _terms(kernel: Kernel) -> Iterator[str]:
    yield "    def terms(self) -> list[Tensor]:"
    read = [expression(_own(term.value)) for term in kernel.lifted]
    yield from statement(f"return [{', '.join(read)}]", 8)


def _own(expr: Expr) -> Expr:
    """Parameters as attributes of the module, or of one that it holds and reads."""
    if isinstance(expr, Var):
        module, _, name = expr.name.rpartition(".")
        return Var(f'self.inner("{module}").{name}' if module else f"self.{name}")
    if isinstance(expr, Operation):
        return Operation(expr.name, tuple(_own(arg) for arg in expr.args))
    return expr


def _starts(neuron: Neuron, kernel: Kernel) -> Iterator[str]:
    yield "    def starts(self) -> list[State]:"
    starts = list(neuron.start().values())
    starts += list(kernel.start.values())[len(starts) :]  # states that other layers brought
    texts = (f"self.{s}" if isinstance(s, str) else number(s) for s in starts)
    yield from statement(f"return [{', '.join(texts)}]", 8)
