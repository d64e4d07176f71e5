"""Several uses of a block into one class: what differs becomes an argument."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from snnc.emit.constructors import Constructor, Variable
from snnc.emit.scope import unique
from snnc.names import VARIABLES

Parts = Mapping[str, Constructor]
_ABSENT = object()


def alike(instances: Mapping[str, Parts]) -> list[list[str]]:
    """Groups of uses whose common parts are made by the same calls, in order."""
    groups: list[tuple[dict[str, object], list[str]]] = []
    for path, parts in instances.items():
        mine: dict[str, object] = {name: _form(part) for name, part in parts.items()}
        for forms, paths in groups:
            if all(forms.get(name, form) == form for name, form in mine.items()):
                forms.update(mine)
                paths.append(path)
                break
        else:
            groups.append((mine, [path]))
    return [paths for _, paths in groups]


def _form(part: Constructor) -> object:
    return part.target, part.positional, part.after, tuple(map(_form, part.parts))


class Merger:
    """One class out of uses that are alike; ``parameters`` are those of the block, for each."""

    def __init__(
        self, parameters: Sequence[Mapping[str, object]], instances: Sequence[Parts]
    ) -> None:
        self.parameters, self.instances = parameters, instances
        self.columns: dict[str, list[Any]] = {}
        self.own = _arguments(dict.fromkeys(name for given in parameters for name in given))

    def merged(self) -> tuple[dict[str, Constructor], dict[str, Variable]]:
        """Every part of any use; and for a part that not all have, the argument that says so."""
        names = _ordered([list(parts) for parts in self.instances])
        parts, optional = {}, {}
        for name in names:
            found = [instance.get(name) for instance in self.instances]
            if any(part is None for part in found):
                there = [part is not None for part in found]
                optional[name] = self.variable(f"has_{name}".replace(".", "_"), there)
            parts[name] = self.part(name, found)
        return parts, optional

    def part(self, name: str, found: Sequence[Constructor | None]) -> Constructor:
        """One attribute, its numbers either the same in all uses or arguments."""
        first = next(part for part in found if part is not None)
        keys = _in_order({key for part in found if part for key in part.arguments}, first)
        arguments = {key: self.value(name, key, found) for key in keys}
        inner = tuple(
            self.part(name, [part and part.parts[at] for part in found])
            for at in range(len(first.parts))
        )
        return Constructor(first.target, arguments, first.positional, {}, inner, first.after)

    def value(self, name: str, key: str, found: Sequence[Constructor | None]) -> object:
        """The literal that all uses have, or the argument for it."""
        values = [_argument(part, key) if part else _ABSENT for part in found]
        some = [value for value in values if value is not _ABSENT]
        if all(value == some[0] for value in some):
            return some[0]
        return self.variable(key, values, name)

    def variable(self, wanted: str, values: list[Any], part: str = "") -> Variable:
        """The argument with these values: the block's own, one known already, or a new one."""
        for name, argument in self.own.items():
            if _agree([given.get(name) for given in self.parameters], values):
                self.columns.setdefault(argument, [given[name] for given in self.parameters])
                return Variable(argument)
        for name, known in self.columns.items():
            if _agree(known, values):
                self.columns[name] = [
                    v if k is _ABSENT else k for k, v in zip(known, values, strict=True)
                ]
                return Variable(name)
        name = _free(wanted, part, {*VARIABLES, *self.columns, *self.own.values()})
        self.columns[name] = values
        return Variable(name)

    def types(self) -> dict[str, str]:
        """The arguments of the class and what they are."""
        return {
            name: _type(v for v in values if v is not _ABSENT) for name, values in self._order()
        }

    def call(self, target: str, at: int) -> Constructor:
        """The constructor call of use number ``at``."""
        arguments = {}
        for name, values in self._order():
            some = next(value for value in values if value is not _ABSENT)
            arguments[name] = some if values[at] is _ABSENT else values[at]
        return Constructor(target, arguments, min(2, len(arguments)))

    def _order(self) -> Iterable[tuple[str, list[Any]]]:
        """Sizes first; whether a part is there comes last."""
        return sorted(self.columns.items(), key=lambda item: isinstance(item[1][0], bool))


def _arguments(names: Iterable[str]) -> dict[str, str]:
    """A block's own parameters as arguments in Python, each under a name that nothing has."""
    taken, found = set(VARIABLES), dict[str, str]()
    for name in names:
        plain = "".join(c if c.isascii() else "_" for c in name)
        found[name] = unique(plain if plain[0].isalpha() else f"p{plain}", taken)
        taken.add(found[name])
    return found


def _in_order(keys: set[str], part: Constructor) -> list[str]:
    """The positional arguments, then the others as the kind declares them."""
    first = list(part.arguments)[: part.positional]
    rest = [key for key in part.defaults if key in keys and key not in first]
    return [*first, *rest, *sorted(keys.difference(first, rest))]


def _argument(part: Constructor, key: str) -> Any:
    return part.arguments[key] if key in part.arguments else part.defaults.get(key)


def _agree(known: Sequence[Any], values: Sequence[Any]) -> bool:
    pairs = zip(known, values, strict=True)
    return all(a is _ABSENT or b is _ABSENT or (type(a), a) == (type(b), b) for a, b in pairs)


def _ordered(lists: Iterable[Sequence[str]]) -> list[str]:
    """All names, each behind the one that it follows where it stands."""
    order: list[str] = []
    for names in lists:
        after = 0
        for name in names:
            if name not in order:
                order.insert(after, name)
            after = order.index(name) + 1
    return order


def _free(wanted: str, part: str, taken: set[str]) -> str:
    for name in (wanted, f"{part}_{wanted}".replace(".", "_")):
        if name not in taken:
            return name
    return _free(f"{wanted}_", part, taken)


def _type(values: Iterable[object]) -> str:
    return " | ".join(dict.fromkeys(_type_of(v) for v in values if v is not _ABSENT))


def _type_of(value: object) -> str:
    if isinstance(value, tuple):
        return f"tuple[{', '.join(_type_of(item) for item in value)}]"
    return "None" if value is None else type(value).__name__
