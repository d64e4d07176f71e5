"""Names of a step that Python accepts beside those that its printed functions use themselves.

C and CUDA need no such list: :mod:`snnc.step.symbol`.
"""

import keyword
from collections.abc import Mapping
from dataclasses import replace

from snnc.kernel.compose import used
from snnc.step.grad import seed
from snnc.step.ssa import Assign, Step, Var, replaced, unused

_TAKEN = frozenset("Tensor Tensors choose output spike spike_above torch".split())
_GRADIENT = seed("")


def safe_names(step: Step) -> dict[str, str]:
    """For every name of ``step`` itself, or ``own_name`` if it could be mistaken; all differ."""
    names = sorted(used(step))
    taken = {name for name in names if not _mistaken(name)}
    return {name: name if name in taken else unused(f"own_{name}", taken) for name in names}


def _mistaken(name: str) -> bool:
    return name in _TAKEN or keyword.iskeyword(name) or name.startswith(_GRADIENT)


def safe_step(step: Step, names: Mapping[str, str]) -> Step:
    """The step with every name as ``names`` has it."""
    values = {name: Var(other) for name, other in names.items()}
    body = tuple(Assign(names[a.name], replaced(a.value, values), a.source) for a in step.body)
    return replace(
        step,
        inputs=tuple(names[name] for name in step.inputs),
        states=tuple(names[name] for name in step.states),
        parameters=tuple(names[name] for name in step.parameters),
        body=body,
        output=names[step.output],
        next={names[state]: names[after] for state, after in step.next.items()},
    )
