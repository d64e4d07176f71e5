"""Constructors of the attributes of a generated class: calls whose arguments have names."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from snnc.emit.literal import source
from snnc.layer import Call, Layer, Operator
from snnc.shapes import Shape


@dataclass(frozen=True)
class Variable:
    """An argument of the class that makes the attribute, in place of a number."""

    name: str

    def __repr__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Constructor:
    """``nn.Conv2d(1, 128, bias=False)``: the first ``positional`` arguments go without a name.

    ``defaults`` are the values of keywords that are left out, ``parts`` those of a list,
    ``after`` statements about the attribute, which is ``{}`` in them.
    """

    target: str
    arguments: Mapping[str, object] = field(default_factory=dict)
    positional: int = 0
    defaults: Mapping[str, object] = field(default_factory=dict)
    parts: tuple["Constructor", ...] = ()
    after: tuple[str, ...] = ()

    def __str__(self) -> str:
        values = list(self.arguments.items())
        first = [source(value) for _, value in values[: self.positional]]
        rest = [f"{key}={source(value)}" for key, value in values[self.positional :]]
        return f"{self.target}({', '.join([*map(str, self.parts), *first, *rest])})"

    @property
    def targets(self) -> Iterator[str]:
        """The classes that it calls: ``nn.Conv2d``, ``Dropout``."""
        yield self.target
        for part in self.parts:
            yield from part.targets

    def statements(self, attribute: str) -> Iterator[str]:
        """The assignment, and what follows it."""
        yield f"{attribute} = {self}"
        yield from (text.format(attribute) for text in self.after)


def leaf(operator: Operator, made: Call, after: tuple[str, ...] = ()) -> Constructor:
    """The attribute of one layer."""
    names = _names(operator, made)
    arguments = {**dict(zip(names, made.args, strict=True)), **made.keywords}
    return Constructor(made.target, arguments, len(made.args), _defaults(operator), (), after)


def _names(operator: Operator, made: Call) -> list[str]:
    """PyTorch's names of the positional arguments, which a layer declares in their order."""
    fields = [*type(operator).model_fields]
    known = operator.unprinted.union(operator.positional) if isinstance(operator, Layer) else ()
    names = list(made.names) or [name for name in fields if name in known]
    missing = range(len(names), len(made.args))
    return [*names[: len(made.args)], *(f"argument{i + 1}" for i in missing)]


def _defaults(operator: Operator) -> Mapping[str, object]:
    return {name: info.default for name, info in type(operator).model_fields.items()}


def shaped(name: str, shape: Shape | None, after: tuple[str, ...] = ()) -> Constructor:
    """The attribute of a neuron, which may have to be told the shape of a sample."""
    arguments = {} if shape is None else {"shape": shape}
    return Constructor(name, arguments, len(arguments), {}, (), after)
