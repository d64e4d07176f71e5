"""Time constants as other libraries write them, with the number converted.

A potential that keeps the share b of itself in a step has ``tau = 1 / (1 - b)``, in steps.
"""

from collections.abc import Mapping

from snnc.source.tree import Tree
from snnc.source.words import fold

_KEPT = ("beta", "decay", "alpha", "alphamem", "memdecay", "decayrate", "leak", "betamem", "vdecay")
_SNNTORCH = ("beta",)
_INVERSE = ("taumeminv", "tauinv", "invtau")
_SECOND = ("taumem", "taum", "memtau", "membranetau", "timeconstant", "inittau")
_CURRENT = ("tausyn", "taus", "tausynapse", "tausyninv", "alphasyn", "tauexc")
_STEP = 0.001
"""Seconds: the step of the libraries that state inverse time constants."""
_SECONDS = 0.2
"""Below it, a time constant is one in seconds rather than a share that is kept."""


def converted(key: str, value: object, owner: frozenset[str], written: Mapping[str, Tree]) -> str:
    """The right thing for a time constant that the owner of these keys calls otherwise; "" if none.

    ``written`` are the keys that stand beside it.
    """
    word, number = fold(key), _number(value)
    if word in _CURRENT and "c_decay" not in owner:
        return _current(word, number)
    if "tau" in owner and word in _SECOND and number and 0 < number < _SECONDS:
        return bound("tau", number) or ""
    if word == "alpha" and number and number > 1:
        return ""  # of a surrogate
    if "tau" not in owner or word not in (*_KEPT, *_INVERSE):
        return ""
    if "tau" in written:
        return f"`{key}` and `tau` say the same: delete `{key}`"
    if word in _INVERSE:
        return _inverse(key, number)
    return _kept(key, number, owner)


def as_keys(key: str, value: object, owner: frozenset[str]) -> str:
    """A share that is kept, as the keys of this owner: ``tau = 10.0, decay_input = false``."""
    number = _number(value)
    if "tau" not in owner or fold(key) not in _KEPT or number is None or not 0 < number < 1:
        return ""
    return _keys(key, number, owner)


def bound(key: str, value: object) -> str | None:
    """Advice where a time constant in steps must be greater than 1."""
    number = _number(value)
    if key != "tau" or number is None or not 0 < number <= 1:
        return None
    if number == 1:
        return "with `tau = 1` nothing is left of the step before; the usual start is `tau = 2.0`"
    if number < _SECONDS:
        steps = _shown(number / _STEP)
        return f"time is in steps: {_plain(number)} s in steps of 1 ms is `tau = {steps}`"
    return f"a potential that keeps {_plain(number)} a step has `tau = {_tau(number)}`"


def _kept(key: str, number: float | None, owner: frozenset[str]) -> str:
    if number is None:
        return f"`tau` says it, in steps: tau = 1 / (1 - {key})"
    if not 0 <= number <= 1:
        rule = f"tau = 1 / (1 - {key})"
        return f"`{key}` must lie between 0 and 1, and `tau` says it, in steps: {rule}"
    if number == 1:
        return "nothing decays: use `IF`"
    if number == 0:
        return "nothing is left of the step before; the usual start is `tau = 2.0`"
    told = f"{key} = {_plain(number)} is `{_keys(key, number, owner)}`: tau = 1 / (1 - {key})"
    return told if fold(key) in _SNNTORCH else f"{told}{_unlike(owner)}"


def _keys(key: str, number: float, owner: frozenset[str]) -> str:
    told = f"tau = {_tau(number)}"
    if fold(key) in _SNNTORCH:
        told += ", decay_input = false" * ("decay_input" in owner)
        told += ', reset = "soft"' * ("reset" in owner)
    return told


def _unlike(owner: frozenset[str]) -> str:
    """The further keys where the library that it comes from adds the input as it is."""
    if not {"decay_input", "reset"} <= owner:
        return ""
    whole, minus = (
        "`decay_input = false` if the input is not scaled",
        '`reset = "soft"` if it subtracts',
    )
    return f"; add {whole}, {minus}"


def _inverse(key: str, number: float | None) -> str:
    if not number or number * _STEP >= 1:
        return f"`tau` is in steps: tau = 1 / (dt * {key})"
    steps = _shown(1 / (number * _STEP))
    return f"`tau` is in steps: tau = 1 / (dt * {key}), with steps of 1 ms `tau = {steps}`"


def _current(word: str, number: float | None) -> str:
    """A synaptic current is a state of its own, which LIF does not have."""
    decay = "1 - 1 / tau_syn" if number is None else _current_decay(word, number)
    return f"`CUBALIF` has a synaptic current: its `c_decay` is {decay}"


def _current_decay(word: str, number: float) -> str:
    share = {"alphasyn": number, "tausyninv": 1 - number * _STEP}.get(word)
    if share is None:
        share = 1 - 1 / number if number > 1 else -1
    return _shown(share) if 0 <= share < 1 else "1 - 1 / tau_syn, in steps"


def _tau(share: float) -> str:
    return _shown(1 / (1 - share))


def _number(value: object) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _plain(number: float) -> str:
    return f"{number:g}"


def _shown(number: float) -> str:
    """A TOML float: 10.0, 6.66667."""
    text = f"{number:.6g}"
    return text if "." in text or "e" in text else f"{text}.0"
