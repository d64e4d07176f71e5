"""Keys that a table needs and does not have."""

import re
from collections.abc import Sequence
from pathlib import PurePath

from pydantic_core import PydanticCustomError

from snnc.names import network
from snnc.source.diagnostic import Diagnostic
from snnc.source.reading import SUFFIX
from snnc.source.tree import Tree
from snnc.validation.keys import guessed
from snnc.validation.refusal import Refusal
from snnc.validation.schema import Owner
from snnc.validation.words import join

_MOST = 50
"""Unknown keys of a table that are compared with those that it lacks."""


def missing(refusal: Refusal) -> Diagnostic | None:
    """The keys that a table needs, less those that it has under another name."""
    owner, written = refusal.itself, refusal.node
    wanted = [_short(str(error.last)) for error in refusal.errors]
    misspelt = _meant(written, owner)
    lost = {key for key in wanted if refusal.excused(refusal.path, key) or _below(key, refusal)}
    lacking = [key for key in wanted if key not in misspelt | lost]
    if not lacking or "extends" in misspelt:
        return None
    names = join([f"`{key}`" for key in lacking], "and")
    help = _stated(refusal, lacking)
    kind = written.get("kind")
    at = kind.place if kind else written.place
    return refusal.say("SNN203", "missing-key", f"{owner.title} needs {names}", help, at)


def _stated(refusal: Refusal, lacking: Sequence[str]) -> str | None:
    """The keys that are missing, as somebody would write them."""
    owner = refusal.itself
    if owner.path:
        return _as_example(owner, lacking) or _of_epochs(refusal, lacking)
    stem = PurePath(refusal.tree.place.path).name.removesuffix(SUFFIX)
    head = {"format": "format = 1", "name": f'name = "{_network(stem)}"'}
    head |= {"time_steps": "time_steps = 4"}
    above = [f"`{text}`" for key, text in head.items() if key in lacking]
    tables = {"input": "[input] with `shape`", "network": "[network] with `layers`"}
    below = [text for key, text in tables.items() if key in lacking]
    written = [f"write {join(above, 'and')} at the top"] if above else []
    return "; ".join([*written, *([f"add {join(below, 'and')}"] if below else [])]) or None


def _network(stem: str) -> str:
    """The name of the file, if a network can have it."""
    try:
        return network(stem)
    except PydanticCustomError:
        return "net"


def _as_example(owner: Owner, lacking: Sequence[str]) -> str | None:
    """The usual line of a spec with such a kind, if that has the keys."""
    example = str(getattr(owner.model, "example", ""))
    shown = example and all(re.search(rf"\b{key} = ", example) for key in lacking)
    return f"for example {example}" if shown else None


def _of_epochs(refusal: Refusal, lacking: Sequence[str]) -> str | None:
    """The length of a schedule of the learning rate, which follows from the training."""
    epochs, kind = refusal.tree.find(("train", "epochs"))[0].value, refusal.itself.kind
    if type(epochs) is not int or epochs < 1 or len(lacking) > 1:
        return None
    usual = {"T_max": epochs, "step_size": max(1, epochs // 3)}.get(lacking[0])
    return f'write {{ kind = "{kind}", {lacking[0]} = {usual} }}' if usual else None


def _below(key: str, refusal: Refusal) -> bool:
    """Whether a key of the top stands below a [table], where it is told."""
    tables = () if refusal.path else refusal.tree.table.items()
    return any(
        key in node.table and key not in Owner.at((name,), refusal.tree, refusal.model).keys
        for name, node in tables
    )


def _meant(written: Tree, owner: Owner) -> set[str]:
    """The keys that unknown ones stand for; those that are told, and so few of many."""
    told = sorted(written.table.keys() - owner.keys)[:_MOST]
    return {guess for key in told if (guess := guessed(key, owner, written.table[key]))}


def _short(key: str) -> str:
    """The short form that most people write."""
    return {"inputs": "input", "outputs": "output"}.get(key, key)
