"""The part of the editor's schema on blocks, which no model of a flat document has."""

from typing import Any

Json = dict[str, Any]

_VARIABLE: Json = {"$ref": "#/$defs/Variable"}
_NAMES: Json = {"type": "array", "items": {"type": "string"}}

KEYS: Json = {
    "when": {
        "description": "Whether the layer exists. Readers of an absent layer read its source.",
        "default": True,
        "anyOf": [{"type": "boolean"}, _VARIABLE],
    },
    "repeat": {
        "description": "The number of copies, each reading the one before: `NAME.0`, `NAME.1`, …",
        "anyOf": [{"type": "integer", "minimum": 1}, _VARIABLE],
    },
    "first": {
        "description": "Values of the first copy that differ from the others.",
        "type": "object",
    },
    "feedback": {
        "description": "A merge, or a layer that transforms the value of one time step earlier.",
        "$ref": "#/$defs/layers",
    },
}
"""Keys of every layer."""

_LAYERS: Json = {"type": "array", "items": {"$ref": "#/$defs/layers"}}

PATCH: Json = {
    "description": "Layers of a base, by name, with the keys that are to be different.",
    "type": "object",
    "additionalProperties": {
        "type": "object",
        "properties": {
            "before": {"description": "Layers to put in before it.", **_LAYERS},
            "after": {"description": "Layers to put in after it.", **_LAYERS},
            "remove": {"description": "Whether it goes.", "type": "boolean"},
        },
    },
}
"""The table ``[network.patch]``, or that of a block."""

BLOCKS: Json = {
    "description": "Named lists of layers that are used like kinds.",
    "type": "object",
    "additionalProperties": {
        "type": "object",
        "properties": {
            "doc": {"description": "A description of the block.", "type": "string"},
            "inputs": {
                "description": "What its layers call what a use of the block reads.",
                **_NAMES,
                "minItems": 1,
                "default": ["input"],
            },
            "required": {"description": "Parameters that every use must give.", **_NAMES},
            "parameters": {
                "description": 'Other parameters and their defaults, to use as "$name".',
                "type": "object",
            },
            "layers": {
                "description": "The layers, in order; each reads the one above.",
                "type": "array",
                "minItems": 1,
                "items": {"$ref": "#/$defs/layers"},
            },
            "patch": PATCH,
        },
        "additionalProperties": False,
    },
}
"""The table ``[blocks]``."""
