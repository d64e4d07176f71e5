"""Kinds by their names, and their descriptions in Markdown."""

from functools import cache

from snnc.describe import describe
from snnc.kinds import Kind, catalog

_FOLDERS = {
    "augment": ("snnc.augmentations",),
    "bias_init": ("snnc.initializers",),
    "dataset": ("snnc.datasets",),
    "encoder": ("snnc.encoders",),
    "layers": ("snnc.layers", "snnc.neurons"),
    "loss": ("snnc.losses",),
    "losses": ("snnc.losses",),
    "metric": ("snnc.metrics",),
    "optimizer": ("snnc.optimizers",),
    "penalties": ("snnc.penalties",),
    "readout": ("snnc.readouts",),
    "scheduler": ("snnc.schedulers",),
    "surrogate": ("snnc.surrogates",),
    "weight_init": ("snnc.initializers",),
}
"""The folders of kinds that a field may have."""


def known(name: str, field: str) -> type[Kind] | None:
    """The kind of a name, in a field such as "layers" or "optimizer"; None if there is none."""
    folders = _FOLDERS.get(field, ())
    return next((found for f in folders if (found := catalog(f).get(name))), None)


def required(kind: type[Kind] | None) -> frozenset[str]:
    """The keys that a kind must have."""
    fields = kind.model_fields.items() if kind else ()
    return frozenset(field.alias or name for name, field in fields if field.is_required())


@cache
def doc_of(name: str, kind: type[Kind]) -> str:
    """The description of a kind: meaning, equations, an example, behaviour over time."""
    said = describe(kind)
    code = f"```python\n{said.code}\n```" if said.code else ""
    example = f"```toml\n{said.example}\n```" if said.example else ""
    parts = [f"**{name}**", said.doc.replace("``", "`"), code, " ".join(said.notes), example]
    return "\n\n".join(part for part in [*parts, *said.sentences] if part)
