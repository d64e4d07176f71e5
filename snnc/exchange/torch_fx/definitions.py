"""Neurons and surrogates that a spec defines by equations, each once."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from snnc.exchange.entry import Definition, SpecLine
from snnc.exchange.libraries.types import Equations, SpikingLayer

_Key = tuple[str, str, tuple[str, ...], str, str]


class Defined(Protocol):
    """A layer whose kind may be defined in the spec itself."""

    @property
    def kind(self) -> str: ...
    @property
    def fields(self) -> Mapping[str, object]: ...
    @property
    def equations(self) -> Equations | None: ...


class OwnKindsMade:
    """Gives each set of equations a kind; its parameters' defaults are those of its first use."""

    def __init__(self) -> None:
        self._kinds: dict[_Key, str] = {}
        self._made: dict[str, Definition] = {}

    def kind(self, layer: Defined, output: str = "s", suffix: str = "") -> str:
        """The kind of a layer whose value is ``output``; ``suffix`` tells its results apart."""
        own = layer.equations
        if own is None:
            return layer.kind
        wanted = layer.kind + suffix
        key = (wanted, own.step, own.inputs, output, own.doc)
        if key not in self._kinds:
            taken = sum(known[0] == wanted for known in self._kinds)
            self._kinds[key] = f"{wanted}{taken + 1}" if taken else wanted
            self._made[self._kinds[key]] = _neuron(self._kinds[key], own, output, layer.fields)
        return self._kinds[key]

    def spiking(self, layer: SpikingLayer, output: str) -> str:
        """The kind of a library's neuron, whose surrogate may be defined too."""
        if layer.equations is not None and layer.surrogate is not None:
            self._enter_surrogate(layer)
        return self.kind(layer, output, "" if output == layer.results[0] else output.capitalize())

    def stated(self, kind: str, fields: Mapping[str, object]) -> dict[str, object]:
        """The keys of a layer that differ from its kind's defaults."""
        defaults = self._made[kind].defaults
        return {key: v for key, v in fields.items() if key not in defaults or defaults[key] != v}

    def of(self, entries: Sequence[SpecLine]) -> tuple[Definition, ...]:
        """The definitions that entries need."""
        used = {entry.kind for entry in entries}
        for entry in entries:
            surrogate = entry.fields.get("surrogate")
            used |= {str(surrogate["kind"])} if isinstance(surrogate, Mapping) else set()
        return tuple(made for name, made in self._made.items() if name in used)

    def _enter_surrogate(self, layer: SpikingLayer) -> None:
        surrogate, own = layer.fields["surrogate"], layer.surrogate
        assert isinstance(surrogate, Mapping)
        assert own is not None
        name = str(surrogate["kind"])
        keys = {"parameters": dict(own.parameters), "gradient": own.gradient}
        self._made.setdefault(name, Definition("surrogates", name, {"doc": own.doc, **keys}))


def _neuron(name: str, own: Equations, output: str, fields: Mapping[str, object]) -> Definition:
    defaults = {key: _first(fields.get(key, value)) for key, value in own.parameters.items()}
    keys: dict[str, object] = {"doc": own.doc} if own.doc else {}
    keys |= {"inputs": list(own.inputs)} if own.inputs != ("x",) else {}
    keys |= {"parameters": defaults} if defaults else {}
    keys |= {"state": dict(own.states)} if own.states else {}
    return Definition("neurons", name, {**keys, "step": own.step, "output": output}, defaults)


def _first(value: object) -> object:
    """The number of a parameter that is a table."""
    return value["value"] if isinstance(value, Mapping) else value
