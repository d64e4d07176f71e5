"""Conversion rules, one per file: how high the threshold of a neuron is.

A rule reads the values of an activation over the calibration samples. It returns the threshold of
the neuron that replaces the activation, for the whole layer or for each channel. The computation is
in templates/conversion/rules.py, in the class that :meth:`Rule.source` calls.
"""

import re
from typing import Any

from pydantic import GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError

from snnc.choice import Choice
from snnc.kinds import Kind

_NUMBER = re.compile(r"\s*-?\d*\.?\d+\s*\Z")
_PERCENT = re.compile(r"\s*(-?\d+(?:\.\d+)?)\s*%\s*\Z")


class ThresholdRule(Kind):
    """A method to compute thresholds from activations."""

    @property
    def text(self) -> str:
        """The name in reports and of ``--compare``: ``max``, ``99.9%``, ``0.5``."""
        return self.kind

    def source(self) -> str:
        """The call that creates the rule at run time."""
        raise NotImplementedError


class RuleChoice(Choice):
    """A rule by its kind, ``"99.9%"`` for a percentile, or a number for a fraction of the maximum.

    A number stands for ``{ kind = "fraction", of = … }``, a percentage for ``{ kind = "percentile",
    percent = … }``.
    """

    def _choose(self, value: Any, optional: bool, context: Any) -> Kind | None:
        return super()._choose(_spelt_out(value), optional, context)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        also = [
            {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
            {"type": "string", "pattern": r"^\s*\d+(\.\d+)?\s*%\s*$"},
        ]
        return {**super().__get_pydantic_json_schema__(schema, handler), "also": also}


def _spelt_out(value: Any) -> Any:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return {"kind": "fraction", "of": float(value)}
    if not isinstance(value, str):
        return value
    if percent := _PERCENT.match(value):
        return {"kind": "percentile", "percent": float(percent[1])}
    if value.rstrip().endswith("%"):
        raise PydanticCustomError("conflict", 'a percentile is written like "99.9%"')
    if _NUMBER.match(value):
        raise PydanticCustomError("conflict", "a fraction of the maximum is written without quotes")
    return value
