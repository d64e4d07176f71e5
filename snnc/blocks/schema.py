"""What the editor's schema has to know of blocks, since no model of a flat document does."""

from typing import Any

Json = dict[str, Any]

_VARIABLE: Json = {"$ref": "#/$defs/Variable"}
_NAMES: Json = {"type": "array", "items": {"type": "string"}}

KEYS: Json = {
    "when": {
        "description": "Whether the layer is there; who reads an absent one reads its source.",
        "default": True,
        "anyOf": [{"type": "boolean"}, _VARIABLE],
    },
    "repeat": {
        "description": "How many of them follow each other: `NAME.0`, `NAME.1`, …",
        "anyOf": [{"type": "integer", "minimum": 1}, _VARIABLE],
    },
    "first": {
        "description": "What the first of the repetitions has otherwise.",
        "type": "object",
    },
    "feedback": {
        "description": "What it reads of its own value one step earlier: a merge, or a layer.",
        "$ref": "#/$defs/layers",
    },
}
"""Keys of every layer."""

BLOCKS: Json = {
    "description": "Lists of layers to use as kinds.",
    "type": "object",
    "additionalProperties": {
        "type": "object",
        "properties": {
            "doc": {"type": "string"},
            "inputs": {**_NAMES, "minItems": 1, "default": ["input"]},
            "required": {"description": "Parameters that a use has to give.", **_NAMES},
            "parameters": {
                "description": 'Other parameters and their defaults, to use as "$name".',
                "type": "object",
            },
            "layers": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/layers"}},
        },
        "additionalProperties": False,
    },
}
"""The table ``[blocks]``."""
