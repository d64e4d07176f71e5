"""A spec for every kind and section, in which any of its fields can be given another value.

Nothing is listed by name: kinds come from the catalogues, their fields from the models, and what a
kind needs to be valid is found by trying.
"""

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any

from pydantic import BaseModel

import snnc
from snnc.blocks.definition import Stated
from snnc.blocks.head import Head
from snnc.kinds import Kind, catalog
from snnc.layer import Layer
from snnc.sections.convert import Convert
from snnc.sections.train import Train
from snnc.sections.user_kinds import OwnNeuron, OwnSurrogate
from snnc.spec import Build, Input, Output, Spec

Keys = tuple[str | int, ...]
SHAPES = ("[4]", "[4, 4]", "[4, 4, 4]", "[4, 4, 4, 4]")
FILLINGS = ("1", "2", "0.5", "[0]", "[0, 1]", "[1, 0, 2]", "[-1]", '"data:load"', '"a.npz"', '"n"')
"""What a required field may need."""


@dataclass(frozen=True)
class Raw:
    """A value as TOML has it."""

    text: str


@dataclass(frozen=True)
class Host:
    """A valid spec, and the table in it whose fields are those of ``model``."""

    title: str
    spec: Mapping[str, Any]
    at: Keys
    model: type[BaseModel]

    def text(self) -> str:
        return "".join(f"{key} = {toml(value)}\n" for key, value in self.spec.items())

    def with_field(self, key: str, value: str) -> str:
        """The spec with another value of one field."""
        changed = put(self.spec, (*self.at, key), Raw(value))
        return replace(self, spec=changed).text()

    @property
    def table(self) -> str:
        """The table itself."""
        node: Any = self.spec
        for step in self.at:
            node = node[step]
        return toml(node)

    @property
    def fields(self) -> list[str]:
        return [field.alias or name for name, field in self.model.model_fields.items()]


def toml(value: object) -> str:
    if isinstance(value, Raw):
        return value.text
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {toml(v)}" for key, v in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return f'"{value}"' if isinstance(value, str) else str(value).lower()


def put(node: Any, path: Keys, value: object) -> Any:
    """The node with another value at a path; tables on the way are made."""
    if not path:
        return value
    if isinstance(node, list):
        return [put(v, path[1:], value) if i == path[0] else v for i, v in enumerate(node)]
    return {**(node or {}), path[0]: put((node or {}).get(path[0]), path[1:], value)}


def net(layers: list[Any], shape: str = "[4]", **more: Any) -> dict[str, Any]:
    head: dict[str, Any] = {"format": 1, "name": "net", "time_steps": 3}
    given = {"input": {"shape": Raw(shape)}, "network": {"layers": layers}}
    return head | given | more


LINEAR = {"kind": "Linear", "out_features": 3}
LIF = {"kind": "LIF", "name": "n"}
TRAINED: dict[str, Any] = {
    "dataset": {"kind": "module", "loader": "data:load"}, "loss": {"kind": "mse"}, "epochs": 1,
    "batch_size": 2, "optimizer": {"kind": "Adam"},
}  # fmt: skip
OWN: dict[str, Any] = {
    "inputs": ["x"], "parameters": {"p": Raw("2.0"), "f": True}, "state": {"v": Raw("0.0")},
    "step": "v = v + x / p", "output": "v",
}  # fmt: skip
SECTIONS: tuple[Host, ...] = (
    Host("a spec", net([LIF]), (), Spec),
    Host("[input]", net([LIF]), ("input",), Input),
    Host("[output]", net([LIF]), ("output",), Output),
    Host("[build]", net([LIF]), ("build",), Build),
    Host("[train]", net([LIF], train=TRAINED), ("train",), Train),
    Host("[convert]", net([LINEAR, "ReLU"], convert={}, train=TRAINED), ("convert",), Convert),
    Host("[neurons.Z]", net(["Z"], neurons={"Z": OWN}), ("neurons", "Z"), OwnNeuron),
    Host(
        "[surrogates.S]",
        net([{**LIF, "surrogate": "S"}], surrogates={"S": {"gradient": "1 / (1 + abs(u))"}}),
        ("surrogates", "S"),
        OwnSurrogate,
    ),
    Host("[blocks.B]", net(["B"], blocks={"B": {"layers": [LIF]}}), ("blocks", "B"), Stated),
    Host("a head", net([LIF, {"kind": "IF"}]), ("network", "layers", 1), Head),
)
UNNAMED = ("snnc.ann2snn", "snnc.graph")
"""Their kinds are what [convert] and `"a@-1"` make; a spec cannot name them."""
PLACES: Mapping[str, tuple[Mapping[str, Any], Keys]] = {
    "surrogates": (net([LIF]), ("network", "layers", 0, "surrogate")),
    "encoders": (net([LIF]), ("input", "encoder")),
    "readouts": (net([LIF]), ("output", "readout")),
    "initializers": (net([LINEAR]), ("network", "layers", 0, "weight_init")),
    "losses": (net([LIF], train=TRAINED), ("train", "loss")),
    "metrics": (net([LIF], train=TRAINED), ("train", "metric")),
    "penalties": (net([LIF], train={**TRAINED, "penalties": [{}]}), ("train", "penalties", 0)),
    "datasets": (net([LIF], train=TRAINED), ("train", "dataset")),
    "optimizers": (net([LIF], train=TRAINED), ("train", "optimizer")),
    "schedulers": (net([LIF], train=TRAINED), ("train", "scheduler")),
    "threshold_rules": (net([LINEAR, "ReLU"], convert={}, train=TRAINED), ("convert", "rule")),
    "augmentations": (
        net(
            ["Flatten", {"kind": "Linear", "out_features": 10}],
            "[3, 32, 32]",
            train={**TRAINED, "dataset": {"kind": "CIFAR10", "augment": [{}]}},
        ),
        ("train", "dataset", "augment", 0),
    ),
}
"""Where a kind of each catalogue stands; layers of any catalogue stand in the list of layers."""


def packages() -> list[str]:
    """Every catalogue of snnc: a package with kinds that a spec can name."""
    folders = pkgutil.iter_modules(snnc.__path__, "snnc.")
    return sorted(m.name for m in folders if m.ispkg and _is_catalog(m.name))


def _is_catalog(name: str) -> bool:
    folder = importlib.import_module(name)
    return name not in UNNAMED and hasattr(folder, "__path__") and bool(catalog(name))


def hosts(folder: Path, every: int = 1) -> Iterator[Host | str]:
    """A host for every section and kind, or the sentence that there is none.

    ``every``: of the kinds of a catalogue only one in so many.
    """
    for host in SECTIONS:
        yield host if valid(host, folder) else f"the spec of {host.title} is not valid"
    for package in packages():
        for name, kind in [*catalog(package).items()][::every]:
            found = host_of(package, name, kind, folder)
            yield found or f"no spec was found in which {name} of {package} is valid"


def host_of(package: str, name: str, kind: type[Kind], folder: Path) -> Host | None:
    """The first spec in which a kind is valid, with as few fields as can be."""
    return next((h for h in _tries(package, name, kind) if valid(h, folder)), None)


def valid(host: Host, folder: Path) -> bool:
    """Whether the linter has no error to tell."""
    path = folder / "net.snn.toml"
    path.write_text(host.text(), encoding="utf-8")
    return not any(found.severity == "error" for found in snnc.check(path))


def _tries(package: str, name: str, kind: type[Kind]) -> Iterator[Host]:
    needed = [f.alias or n for n, f in kind.model_fields.items() if f.is_required()]
    spare = [f.alias or n for n, f in kind.model_fields.items() if not f.is_required()]
    ways = [needed, *([*needed, one] for one in spare if one not in ("kind", "name", "from"))]
    for keys in ways:
        for values in product(FILLINGS, repeat=len(keys)):
            table = {"kind": name, **{k: Raw(v) for k, v in zip(keys, values, strict=True)}}
            yield from _placed(package, name, kind, table)
        if len(keys) > 2:
            return


def _placed(package: str, name: str, kind: type[Kind], table: Mapping[str, Any]) -> Iterator[Host]:
    title = f"{name} of {package}"
    if issubclass(kind, Layer):
        joins = kind.ports != 1
        more = {"from": ["input"] * (kind.ports or 2)} if joins else {}
        for shape in SHAPES:
            yield Host(title, net([{**table, **more}], shape), ("network", "layers", 0), kind)
        return
    spec, at = PLACES[package.rpartition(".")[2]]
    own, labels = getattr(kind, "shape", None), getattr(kind, "labels", None)
    shapes = [str(list(own))] if isinstance(own, tuple) else ["[4]", "[4, 4, 4]"]
    for shape in shapes if package.rpartition(".")[2] in ("datasets", "encoders") else [""]:
        made = put(spec, ("input", "shape"), Raw(shape)) if shape else spec
        if labels or getattr(kind, "timed", False):
            made = put(made, ("input", "encoder"), "none" if kind.timed else "direct")  # type: ignore[attr-defined]
            ends = ["Flatten", {"kind": "Linear", "out_features": len(labels or "abcd")}, LIF]
            made = put(made, ("network", "layers"), ends)
        if package.endswith("encoders"):
            for steps in (3, 4):
                yield Host(title, put(put(made, ("time_steps",), steps), at, table), at, kind)
            continue
        yield Host(title, put(made, at, table), at, kind)
    if package in ("snnc.losses", "snnc.metrics"):
        for trained in _compared():
            yield Host(title, put(trained, at, table), at, kind)


def _compared() -> Iterator[Mapping[str, Any]]:
    """Networks of vectors and of maps, with every loss and what it may compare with."""
    targets: tuple[dict[str, str], ...] = ({}, {"target": "values"}, {"target": "input"})
    for shape, loss, target in product(SHAPES[::2], catalog("snnc.losses"), targets):
        made = put(net([LIF], shape, train=TRAINED), ("train", "loss"), {"kind": loss, **target})
        yield made
    sequence = put(net([LIF], train=TRAINED), ("output", "readout"), "sequence")
    yield put(sequence, ("train", "loss"), "ctc")
