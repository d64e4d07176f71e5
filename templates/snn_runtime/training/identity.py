"""Which network a run is of: every word and number of its spec that decides results."""

import json
import tomllib
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import NamedTuple

from ..weights import brief

# Of [train]; all else there are settings, which flags change and a run keeps itself.
LEARNT = ("dataset", "loss", "losses", "penalties", "metric", "groups", "frozen")
FREE = ("format", "name", "doc", "time_steps", "train")  # time steps are a setting too
SHOWN = 3  # differences that are named


class Network(NamedTuple):
    """A network by its name and by what decides its results."""

    name: str
    identity: dict[str, str]
    spec: str  # as built, in TOML
    output_format: int  # of snnc, which wrote the package

    @property
    def digest(self) -> str:
        """One for each identity, 64 hexadecimal digits."""
        return sha256(json.dumps(self.identity, sort_keys=True).encode()).hexdigest()


def network(spec: str, output_format: int = 0, converted: bool = False) -> Network:
    """The network of a spec; `converted`: the SNN that [convert] makes of it."""
    tables = tomllib.loads(spec)
    free = FREE if converted else (*FREE, "convert")
    kept = {name: value for name, value in tables.items() if name not in free}
    train = tables.get("train", {})
    kept["train"] = {name: train[name] for name in LEARNT if name in train}
    return Network(tables["name"], dict(flat("", kept)), spec.lstrip(), output_format)


def flat(path: str, value: object) -> Iterator[tuple[str, str]]:
    """Every value by its path; a layer's path is its name."""
    if isinstance(value, Mapping):
        for name, each in value.items():
            if name == "layers":
                for layer in each:
                    yield from flat(layer["name"], layer)
            elif name != "doc":
                yield from flat(f"{path}.{name}".removeprefix("."), each)
    else:
        yield path, json.dumps(value)


def trained(key: str) -> bool:
    """Whether a key of an identity says how the network was trained."""
    return key.startswith("train.")


def difference(saved: Mapping[str, str], own: Mapping[str, str]) -> str | None:
    """What differs between two identities, as a phrase; None if nothing does."""
    keys = [*own, *(key for key in saved if key not in own)]
    if not any(map(trained, own)):  # of the network alone, as pictures need it
        keys = [key for key in keys if not trained(key)]
    found = [key for key in keys if saved.get(key) != own.get(key)]
    if not found:
        return None
    said = [
        f"{brief(key)} is {brief(saved.get(key, 'missing'))} there"
        f" and {brief(own.get(key, 'missing'))} here"
        for key in found[:SHOWN]
    ]
    more = f" (and {len(found) - SHOWN} more)" if len(found) > SHOWN else ""
    return f"{', '.join(said)}{more}"
