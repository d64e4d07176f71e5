"""Rows for keys: [convert], [train] and [build] with each value of each of their fields."""

from collections.abc import Iterator
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from snnc.kinds import Kind
from snnc.passes import OPTIONAL
from snnc.sections.convert import Convert
from snnc.sections.train import Train
from snnc.spec import Build
from snnc.threshold_rules import ThresholdRule
from tests.matrix.places import NEURON, converting, linear, net, train

Rows = Iterator[tuple[str, Iterator[dict[str, Any]]]]
CONV = {"kind": "Conv2d", "out_channels": 3, "kernel_size": 3}
PASSES = tuple([p for p in OPTIONAL if p != left_out] for left_out in OPTIONAL)
NAMED: dict[str, tuple[Any, ...]] = {
    "passes": ([], *PASSES),
    "runtime": ("inside",),
    "package": (),  # the package would lie elsewhere
    "out": (),
    "compare": (["max", 0.5],),
    "groups": ([{"parameters": "fc*.bias", "weight_decay": 0.0, "lr": 0.01}],),
    "frozen": (["fc1"],),
    "loggers": (["csv"],),
}
"""Values of fields whose types do not tell them."""


def rows() -> Rows:
    """A row for each value of each field; kinds have rows of their own."""
    for key, value in values(Convert):
        yield f"[convert] {key} = {value}", iter([converting(**{key: value})])
    for key, value in values(Train):
        made = net([linear(4), NEURON], train=train(**{key: value}))
        yield f"[train] {key} = {value}", iter([made])
    for key, value in values(Build):
        layers = [CONV, "BatchNorm2d", NEURON, {"kind": "MaxPool2d", "kernel_size": 2}]
        fed = NEURON | {"name": "m", "feedback": {"kind": "Linear"}}
        made = net([*layers, "Flatten", linear(4), fed], (1, 6, 6), build={key: value})
        yield f"[build] {key} = {value}", iter([made | {"time_steps": 5}])


def values(section: type[BaseModel]) -> Iterator[tuple[str, Any]]:
    """Each field with each of its values, or with some that are not the usual one."""
    for name, field in section.model_fields.items():
        for value in NAMED[name] if name in NAMED else plain(field.annotation):
            yield field.alias or name, value


def plain(kind: Any) -> tuple[Any, ...]:
    """Values of a type. Fields of kinds have none: each kind is a row already."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin is Literal:
        return inner
    if origin is Annotated:
        return plain(inner[0])
    if origin in (Union, UnionType):
        return tuple(value for one in inner for value in plain(one))
    if kind in USUAL:
        return USUAL[kind]
    if of_kinds(kind):
        return ()
    raise TypeError(f"the matrix has no value of {kind}")


USUAL: dict[Any, tuple[Any, ...]] = {bool: (True,), int: (2,), float: (0.5,), NoneType: ()}


def of_kinds(kind: Any) -> bool:
    """Whether it is a kind, or a list or table of kinds."""
    inner = get_args(kind)
    if get_origin(kind) in (tuple, dict, Annotated):
        return any(of_kinds(one) for one in inner)
    return isinstance(kind, type) and issubclass(kind, Kind | ThresholdRule)
