"""The editor's JSON Schema of a spec, derived from the document's models.

pydantic's schema is that of a resolved document. A file may also write ``"$name"`` for any value,
leave out what ``[defaults]`` or ``extends`` give, write the short forms, and name kinds of its own.
The schema refuses nothing that snnc accepts, but for a variable in place of a whole section; what
it cannot see is left to ``snnc lint``.
"""

import json
from collections.abc import Iterator
from typing import Any

from pydantic.json_schema import GenerateJsonSchema
from pydantic_core.core_schema import ModelSchema

from snnc.blocks.schema import BLOCKS, KEYS, PATCH
from snnc.docstrings import own
from snnc.kinds import catalog
from snnc.neuron import SpikingNeuron
from snnc.schema_keys import sentence
from snnc.schema_words import Json, chosen, is_choice, words
from snnc.source.reading import SCHEMA
from snnc.spec import LAYERS, Spec

FILE = SCHEMA
"""What specs call it in their first line."""

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
ADDRESS = "https://json.schemastore.org/snnc.json"
"""The address that editors will know it by."""
_TITLE = "snnc spec, format "
_OWN = ("snnc.neurons", "snnc.surrogates")
"""The catalogs that a file adds to."""
_REST = "additionalProperties"
_VARIABLE = {"$ref": "#/$defs/Variable"}
_VARIABLE_SCHEMA: Json = {
    "description": 'A variable of [vars], "$name", or an expression of them, "${name * 2}".',
    "type": "string",
    "pattern": r"^\$",
}
_DEFAULTS = (
    "Keys for every layer of a kind. `neuron` applies to all spiking kinds. A layer's own keys win."
)


class _Documented(GenerateJsonSchema):
    """Descriptions come from docstrings, also where the interpreter has stripped them."""

    def model_schema(self, schema: ModelSchema) -> Json:
        found = super().model_schema(schema)
        doc = own(schema["cls"])
        return {"description": doc, **found} if doc else found


def text() -> str:
    """The schema as a file, the same at every call: a line for each definition."""
    return _lines(schema(), 2) + "\n"


def _lines(node: Any, levels: int, indent: str = "") -> str:
    """JSON whose tables are a line for each key, as many levels deep."""
    if not levels or not isinstance(node, dict):
        return json.dumps(node, ensure_ascii=False)
    inner = indent + "  "
    parts = (
        f"{json.dumps(key)}: {_lines(value, levels - 1, inner)}" for key, value in node.items()
    )
    return "{\n" + ",\n".join(inner + part for part in parts) + f"\n{indent}}}"


def _opened(node: Any) -> Any:
    """The schema with all that it leaves open said: strict editors take silence for a no."""
    if isinstance(node, list):
        return [*map(_opened, node)]
    if not isinstance(node, dict):
        return node
    found = {key: _opened(value) for key, value in node.items()}
    table = found.get("type") == "object" or isinstance(found.get("required"), list)
    if (table or isinstance(found.get("properties"), dict)) and _REST not in found:
        found[_REST] = True
    return found


def is_ours(text: str) -> bool:
    """Whether a file is such a schema, of this snnc or of another."""
    return f'"title": "{_TITLE}' in text[:1000]


def schema() -> Json:
    """The schema of a whole ``*.snn.toml``."""
    raw = Spec.model_json_schema(by_alias=True, schema_generator=_Documented)
    writer = _Writer()
    properties = writer.properties(raw["properties"])
    models = {name: writer.table(model) for name, model in raw["$defs"].items()}
    models["Network"]["properties"]["patch"] = PATCH
    rest = {**writer.choices, "Variable": _VARIABLE_SCHEMA}
    short = {
        "input": {"description": "The only input.", "$ref": "#/$defs/Input"},
        "output": {"description": "The only output.", "$ref": "#/$defs/Output"},
    }
    whole: Json = {
        "$schema": _DIALECT,
        "$id": ADDRESS,
        "title": f"{_TITLE}1",
        "description": "A spiking neural network that snnc compiles to PyTorch.",
        "type": "object",
        "properties": {**_head(models), "blocks": BLOCKS, **short, **properties},
        "additionalProperties": False,
        "anyOf": [{"required": ["extends"]}, {"required": ["abstract"]}, _complete(raw)],
        "$defs": dict(sorted({**models, **_layers(models), **rest}.items())),
    }
    opened: Json = _opened(whole)
    return opened


def _layers(models: Json) -> Json:
    """The kinds of layers with the keys that are put in before a document is validated."""
    kinds = (kind.__name__ for package in LAYERS for kind in catalog(package).values())
    return {n: {**models[n], "properties": {**models[n]["properties"], **KEYS}} for n in kinds}


class _Writer:
    """Rewrites pydantic's schemas for what a person may write; gathers the choices it meets."""

    def __init__(self) -> None:
        self.choices: dict[str, Json] = {}

    def table(self, model: Json) -> Json:
        """A model. What its required keys are depends on the whole file."""
        kept = {key: value for key, value in model.items() if key != "required"}
        kept["properties"] = self.properties(
            model.get("properties", {}), model.get("description", "")
        )
        return self.plain(kept)

    def properties(self, properties: Json, doc: str = "") -> Json:
        """The keys of a table that has this docstring."""
        return {
            key: {"description": _told(doc, key, value), **self.value(value, key)}
            for key, value in properties.items()
        }

    def value(self, node: Json, key: str) -> Json:
        """A value at ``key``: as it is, or a variable."""
        if is_choice(node):
            return self.choice(node, key)
        inner = self.inner(node, key)
        if key == "kind" or _is_text(inner) or _is_section(inner):
            return inner
        about: Json = {k: inner.pop(k) for k in ("default", "description") if k in inner}
        return {**about, "anyOf": [*inner.get("anyOf", [inner]), _VARIABLE]}

    def inner(self, node: Json, key: str) -> Json:
        """The parts of a value; there is no null in TOML."""
        made = self.plain({k: v for k, v in node.items() if k != "title"})
        for word in ("items", "additionalProperties"):
            if isinstance(made.get(word), dict):
                made[word] = self.value(made[word], key)
        if "prefixItems" in made:
            made["prefixItems"] = [self.value(item, key) for item in made["prefixItems"]]
        if "anyOf" in made:
            branches = [self.inner(b, key) for b in made["anyOf"] if b != {"type": "null"}]
            del made["anyOf"]
            made |= {"anyOf": branches} if len(branches) > 1 else branches[0]
        return made

    def plain(self, node: Json) -> Json:
        """The schema without null for a default, and its words in Markdown."""
        made = {k: v for k, v in node.items() if (k, v) != ("default", None)}
        if "description" in made:
            made["description"] = made["description"].replace("``", "`")
        return made

    def choice(self, node: Json, key: str) -> Json:
        """A kind: its name, or a table of it. The default is told by its name."""
        self.choices.setdefault(key, _choice(node, key == "layers"))
        default = node.get("default")
        told = {"default": default["kind"]} if isinstance(default, dict) else {}
        return {**told, "$ref": f"#/$defs/{key}"}


def _told(doc: str, key: str, node: Json) -> str:
    """The meaning of a key, or at least what may stand there."""
    return (sentence(doc, key) or f"{words(node)}.").replace("``", "`")


def _is_text(node: Json) -> bool:
    return node.get("type") == "string" and "enum" not in node


def _is_section(node: Json) -> bool:
    """Tables of their own, which nobody writes as a variable; editors then say more of mistakes."""
    parts = (node, node.get("items"), node.get("additionalProperties"))
    return any(isinstance(part, dict) and "$ref" in part for part in parts)


def _choice(node: Json, needs_kind: bool) -> Json:
    """A table without ``kind`` is merged into the one that it extends; an item of a list is not."""
    names, tables = chosen(node), node["anyOf"][1:]
    own = any(name in catalog(package) for package in _OWN for name in names)
    known = [table["$ref"].rpartition("/")[2] for table in tables]
    spare = [name for name in names if name == "none" and len(names) > len(known)]
    other: Json = {"type": "string", "not": {"enum": names}} if own else _VARIABLE
    kind = {"anyOf": [other, {"enum": spare}]} if spare else other
    word = {"type": "string"} if own else _VARIABLE
    told = "A kind of this file, or a variable." if own else "A variable that names a kind."
    about = {"kind": {"description": told, **kind}}
    rest: Json = {"type": "object", "properties": about}
    if needs_kind:
        rest["required"] = ["kind"]
    return {"anyOf": [{"enum": names}, word, *node.get("also", []), *tables, rest]}


def _head(models: Json) -> Json:
    """The keys that are put in before a document is validated."""
    kinds = {name: kind for package in LAYERS for name, kind in catalog(package).items()}
    tables = {
        name: {"description": f"Keys for every {name}.", "$ref": f"#/$defs/{kind.__name__}"}
        for name, kind in kinds.items()
    }
    spiking = [kind.__name__ for kind in kinds.values() if issubclass(kind, SpikingNeuron)]
    neuron = {
        "description": "Keys for every neuron that has them.",
        "type": "object",
        "properties": _common(models[name] for name in spiking),
    }
    own: Json = {"type": "object"}
    return {
        "abstract": {"description": "Only a base for others: never built.", "type": "boolean"},
        "extends": {
            "description": "The spec that this one extends, or several: a later one wins.",
            "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}],
        },
        "vars": {"description": 'Values to use as "$name" or "${expression}".', "type": "object"},
        "defaults": {
            "description": _DEFAULTS,
            "type": "object",
            "properties": {"neuron": neuron, **dict(sorted(tables.items()))},
            "additionalProperties": own,
        },
    }


def _common(models: Iterator[Json]) -> Json:
    """The fields of several kinds; one that differs between them may be anything."""
    found: Json = {}
    for model in models:
        for key, value in model["properties"].items():
            found[key] = value if found.get(key, value) == value else {}
    return {key: value for key, value in found.items() if key not in ("kind", "name", "from")}


def _complete(raw: Json) -> Json:
    """The required keys of a file that extends no other."""
    keys = [key for key in raw["required"] if key not in ("inputs", "outputs")]
    sections = {k: found for k, node in raw["properties"].items() if (found := _needs(raw, node))}
    return {
        "required": keys,
        "anyOf": [{"required": ["input"]}, {"required": ["inputs"]}],
        "properties": {"input": sections["inputs"]["additionalProperties"], **sections},
    }


def _needs(raw: Json, node: Json) -> Json:
    """The keys that a section needs, or each of its tables."""
    inner = node.get("additionalProperties")
    if isinstance(inner, dict):
        found = _needs(raw, inner)
        return {"additionalProperties": found} if found else {}
    branch = node.get("anyOf", [node])[0]
    model = raw["$defs"].get(str(branch.get("$ref")).rpartition("/")[2], {})
    return {"required": model["required"]} if "required" in model else {}
