"""The JSON Schema of a project's configuration, for editors: snnc.toml, or [tool.snnc]."""

import json

from snnc.project_settings import ProjectSettings

FILE = "snnc-configuration.schema.json"
TITLE = "snnc configuration"
_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def text() -> str:
    """The schema as a file, the same at every call."""
    found = ProjectSettings.model_json_schema(by_alias=True)
    found.pop("title")
    head = {"$schema": _DIALECT, "title": TITLE}
    return json.dumps({**head, **found}, indent=2, ensure_ascii=False) + "\n"


def is_ours(text: str) -> bool:
    """Whether a file is such a schema, of this snnc or of another."""
    return f'"title": "{TITLE}"' in text[:1000]
