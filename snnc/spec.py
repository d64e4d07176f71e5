"""The document: what a spec says once everything is resolved. Frozen and complete."""

from collections.abc import Mapping
from importlib import import_module
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, PydanticKnownError, core_schema

from snnc.choice import Choice
from snnc.datasets import Dataset
from snnc.encoder import Encoder
from snnc.encoders.direct import Direct
from snnc.layer import Layer, Name, Source
from snnc.names import dotted, network, runtime_name
from snnc.readout import Readout
from snnc.readouts.mean import Mean
from snnc.sections.convert import Convert
from snnc.sections.data import Data
from snnc.sections.train import Train
from snnc.sections.user_kinds import OwnNeuron, OwnSurrogate
from snnc.sizes import Positive, Steps
from snnc.source.reading import LONGEST_NAME

LAYERS = ("snnc.layers", "snnc.neurons")


class Section(BaseModel):
    """A table of the document."""

    model_config = ConfigDict(
        defer_build=True, frozen=True, extra="forbid", strict=True, allow_inf_nan=False
    )


class Input(Section):
    """``[input]``: the shape of one sample, and how it enters time."""

    shape: Annotated[tuple[Positive, ...], Field(min_length=1)]
    encoder: Annotated[Encoder, Choice("snnc.encoders")] = Direct()


class Output(Section):
    """``[output]``: which layer is read, and how its values over time become one."""

    readout: Annotated[Readout, Choice("snnc.readouts")] = Mean()
    source: Source | None = Field(default=None, alias="from")


class Network(Section):
    """``[network]``: the layers, in order."""

    layers: Annotated[tuple[Annotated[Layer, Choice(*LAYERS)], ...], Field(min_length=1)]


def _folder(text: str) -> str:
    """A path that a file system and a message can hold."""
    long = any(len(part.encode()) > LONGEST_NAME for part in text.split("/"))
    if not text or long or not text.isprintable():
        message = (
            f"is not a folder's path: names of printable characters, up to {LONGEST_NAME} bytes"
        )
        raise PydanticCustomError("bad_name", message)
    return text


class PassName:
    """Marks a field that names an optional pass; the passes say which there are."""

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_after_validator_function(_optional, core_schema.str_schema())

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"enum": list(_passes()), "type": "string"}


def _passes() -> tuple[str, ...]:
    """The names of optional passes; no other field of a spec needs what they are made of."""
    found: tuple[str, ...] = import_module("snnc.passes").OPTIONAL
    return found


def _optional(name: str) -> str:
    if name not in _passes():
        expected = ", ".join(f"'{known}'" for known in _passes())
        raise PydanticKnownError("literal_error", {"expected": expected})
    return name


class Build(Section):
    """``[build]``: how the code is made; never what it means.

    ``passes`` are the optional passes that run, by default all. ``package`` is the package around
    the generated one (``"lab.models"``). ``runtime`` is where the runtime is: ``"beside"`` the
    package, ``"inside"`` it, or under a dotted name of its own.
    """

    schedule: Literal["fold", "step", "auto"] = "fold"
    out: Annotated[str, AfterValidator(_folder)] | None = None
    package: Annotated[str, AfterValidator(dotted)] | None = None
    runtime: Annotated[str, AfterValidator(runtime_name)] = "beside"
    passes: tuple[Annotated[str, PassName()], ...] | None = None
    time_chunk: Positive | None = None


def _whole(value: Any) -> Any:
    """1, and not what Python takes for equal: true, 1.0."""
    if isinstance(value, bool | float):
        raise PydanticKnownError("literal_error", {"expected": "1"})
    return value


class Spec(Section):
    """A whole network; ``[input]`` is short for ``[inputs.input]``, ``[output]`` likewise."""

    format: Annotated[Literal[1], BeforeValidator(_whole)]
    name: Annotated[str, AfterValidator(network)]
    doc: str = ""
    time_steps: Steps
    inputs: Annotated[dict[Name, Input], Field(min_length=1)]
    network: Network
    outputs: Annotated[dict[Name, Output], Field(min_length=1)]
    neurons: dict[Name, OwnNeuron] = Field(default_factory=dict)
    surrogates: dict[Name, OwnSurrogate] = Field(default_factory=dict)
    data: Data | None = None
    train: Train | None = None
    convert: Convert | None = None
    build: Build = Build()

    @property
    def dataset(self) -> Dataset | None:
        """The dataset of ``[train]`` or, without that, of ``[data]``."""
        found = self.train or self.data
        return found.dataset if found else None

    @model_validator(mode="before")
    @classmethod
    def _singular(cls, data: Any) -> Any:
        if not isinstance(data, Mapping):
            return data
        return {"outputs": {"output": {}}, **_plural(_plural(data, "input"), "output")}


def _plural(data: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """``[input]`` is short for ``[inputs.input]``; stating both is left for extra="forbid"."""
    if name not in data or f"{name}s" in data:
        return data
    rest = {key: value for key, value in data.items() if key != name}
    return {**rest, f"{name}s": {name: data[name]}}
