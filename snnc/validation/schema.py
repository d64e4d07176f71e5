"""The model of each table of a document, and the keys that it may have."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, get_args, get_origin

from pydantic import BaseModel

from snnc.choice import Choice
from snnc.kinds import Kind, keys_of
from snnc.source.tree import Path, Tree

_RESOLVED = frozenset({"abstract", "extends", "vars", "defaults", "blocks", "input", "output"})
"""Keys at the top of a document that are put in before it is validated."""


@dataclass(frozen=True)
class Owner:
    """A table of the document: its path, and the model that it is validated as, if any."""

    path: Path
    model: Any

    @staticmethod
    def at(path: Path, tree: Tree, root: type[BaseModel]) -> "Owner":
        """The table at ``path``: a Choice is what its ``kind`` says."""
        model: object = root
        node: Tree | None = tree
        for step in path:
            node = node.get(step) if node else None
            model = _into(model, step, node)
        return Owner(path, model)

    @property
    def keys(self) -> frozenset[str]:
        """The keys that it may have; a plural section has its short form too."""
        keys = keys_of(self.model) if _is_model(self.model) else frozenset()
        return keys | _RESOLVED if "format" in keys else keys

    @property
    def sorted_keys(self) -> list[str]:
        """The keys to suggest; a table that lacks something else has its ``kind``."""
        return sorted(self.keys - {"kind"})

    @property
    def inner(self) -> Iterator[tuple[str, Mapping[str, type[Kind]]]]:
        """The keys that hold a kind of their own, and the kinds."""
        fields = self.model.model_fields if _is_model(self.model) else {}
        for name, field in fields.items():
            for mark in field.metadata:
                if isinstance(mark, Choice):
                    yield field.alias or name, mark.kinds()

    @property
    def kind(self) -> str:
        """The name of its kind; "" if it is a section."""
        is_kind = isinstance(self.model, type) and issubclass(self.model, Kind)
        return str(self.model.model_fields["kind"].default) if is_kind else ""

    @property
    def title(self) -> str:
        """The name in messages: ``Conv2d``, ``[train]``, ``the spec``; in a layer, its key."""
        if self.kind or not self.path:
            return self.kind or "the spec"
        inline = any(isinstance(step, int) for step in self.path)
        return f"`{self.path[-1]}`" if inline else f"[{'.'.join(map(str, self.path))}]"


def sections(root: type[BaseModel]) -> dict[str, frozenset[str]]:
    """The keys of every section that has a name of its own."""
    singular = {"inputs": "input", "outputs": "output"}
    models = {name: _table(f.annotation, (), None) for name, f in root.model_fields.items()}
    inner = {name: get_args(m)[-1] if get_origin(m) is dict else m for name, m in models.items()}
    return {singular.get(n, n): Owner((), m).keys for n, m in inner.items() if _is_model(m)}


def _is_model(annotation: object) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _into(annotation: object, step: str | int, node: Tree | None) -> object:
    fields = getattr(annotation, "model_fields", None)
    if fields is None:
        args = [arg for arg in get_args(annotation) if arg is not Ellipsis]
        return _table(args[-1], (), node) if args else None
    name = f"{step}s" if f"{step}s" in fields and step not in fields else step
    field = {f.alias or key: f for key, f in fields.items()}.get(str(name))
    if field is None:
        return None
    inner = _table(field.annotation, field.metadata, node)
    return _into(inner, step, node) if name != step else inner


def _table(annotation: object, metadata: Iterable[object], node: Tree | None) -> object:
    """The type of a field as its value chooses it: a Choice by its ``kind``."""
    if hasattr(annotation, "__metadata__"):
        return _table(get_args(annotation)[0], annotation.__metadata__, node)
    for mark in metadata:
        if isinstance(mark, Choice):
            return _chosen(mark, node)
    if get_origin(annotation) in (dict, tuple) or _is_model(annotation):
        return annotation
    tables = [arg for arg in get_args(annotation) if _is_model(arg)]
    return tables[0] if tables else annotation


def _chosen(choice: Choice, node: Tree | None) -> object:
    kind = (node.get("kind") or node) if node else None
    return choice.kinds().get(str(kind.value)) if kind else None
