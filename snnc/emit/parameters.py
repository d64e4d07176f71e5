"""The run-time numbers of a neuron as members of its generated class."""

from collections.abc import Iterable, Iterator

from snnc.emit.layout import statement
from snnc.kernel.types import Kernel
from snnc.neuron import Neuron
from snnc.number import Value
from snnc.step.print_torch import expression, number
from snnc.step.ssa import Expr, Op, Var

_SIZES = {"layer": "()", "channel": "channels(shape)", "neuron": "shape"}


def members(neuron: Neuron, kernel: Kernel) -> list[str]:
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
        lines += ["", *_starts(neuron)]
    return lines


def needs_shape(neuron: Neuron) -> bool:
    """Whether the class must be told the shape of a sample."""
    return any(value.per != "layer" for value in neuron.run_time().values())


def _init(values: dict[str, Value]) -> Iterator[str]:
    shape = any(value.per != "layer" for value in values.values())
    yield f"    def __init__(self{', shape: tuple[int, ...]' if shape else ''}) -> None:"
    yield "        super().__init__()"
    for name, value in values.items():
        start = _raw(_drawn(value), value)
        if value.learnable:
            key = name if value.range is None else f"{name}_raw"
            yield from statement(f"self.{key} = nn.Parameter({start})", 8)
        else:
            yield f"        self.{name}: Tensor"
            yield from statement(f'self.register_buffer("{name}", {start})', 8)


def _drawn(value: Value) -> str:
    size = _SIZES[value.per]
    if value.uniform is None:
        return f"torch.full({size}, {number(value.numbers[0])})"
    low, high = map(number, value.uniform)
    return f"torch.empty({size}).uniform_({low}, {high})"


def _raw(start: str, value: Value) -> str:
    """The inverse of the parametrisation."""
    if value.range is None:
        return start
    low, high = value.range
    if high == float("inf"):
        return f"-torch.log({start} - {number(low)})"
    return f"torch.logit(({start} - {number(low)}) / {number(high - low)})"


def _property(name: str, value: Value) -> Iterator[str]:
    assert value.range is not None
    low, high = value.range
    raw = f"self.{name}_raw"
    if high == float("inf"):
        text, span = f"{number(low)} + torch.exp(-{raw})", f"above {number(low)}"
    else:
        text = f"{number(low)} + {number(high - low)} * torch.sigmoid({raw})"
        span = f"between {number(low)} and {number(high)}"
    yield "    @property"
    yield f"    def {name}(self) -> Tensor:"
    yield f'        """Kept {span} by its parametrisation."""'
    yield from statement(f"return {text}", 8)


def _terms(kernel: Kernel) -> Iterator[str]:
    yield "    def terms(self) -> list[Tensor]:"
    read = [expression(_own(term.value)) for term in kernel.lifted]
    yield from statement(f"return [{', '.join(read)}]", 8)


def _own(expr: Expr) -> Expr:
    """Parameters as attributes of the module."""
    if isinstance(expr, Var):
        return Var(f"self.{expr.name}")
    if isinstance(expr, Op):
        return Op(expr.name, tuple(_own(arg) for arg in expr.args))
    return expr


def _starts(neuron: Neuron) -> Iterator[str]:
    yield "    def starts(self) -> list[State]:"
    starts: Iterable[str] = (
        f"self.{start}" if isinstance(start, str) else number(start)
        for start in neuron.start().values()
    )
    yield from statement(f"return [{', '.join(starts)}]", 8)
