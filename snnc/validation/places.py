"""The places at which words of other libraries are looked up: the table that holds a key."""

from snnc.layer import Layer
from snnc.neuron import Neuron
from snnc.number import Value
from snnc.validation.schema import Owner

_KEY = "key"
_SORTS = {"compare": "rule", "layers": "layer", "feedback": "layer", "losses": "loss"}
_SORTS |= {"weight_init": "initializer", "bias_init": "initializer"}
_SORTS |= {"augment": "augmentation", "penalties": "penalty", "init": "initializer"}


def of_keys(owner: Owner) -> tuple[str, ...]:
    """The places of the keys of a table, its own first."""
    if isinstance(owner.model, type) and issubclass(owner.model, Layer):
        return ("neuron" if issubclass(owner.model, Neuron) else "layers", _KEY)
    if owner.model is Value:
        return ("number", _KEY)
    names = [str(step) for step in owner.path if isinstance(step, str)]
    return (names[-1] if names else "top", _KEY)


def of_kinds(key: str) -> str:
    """The sort of the kinds that stand at a key, or in its array."""
    return _SORTS.get(key, key)
