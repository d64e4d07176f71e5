"""kernels.py: the neurons of a network, and what its layers share."""

import re
from collections.abc import Iterable, Sequence

from snnc.backends import cpu, cupy, pooled, recurrent, steps, torch
from snnc.emit.environment import environment
from snnc.emit.layout import imported, statement
from snnc.emit.neurons import Class, Neurons
from snnc.emit.parameters import members
from snnc.kernel.types import Kernel
from snnc.layer import Site
from snnc.program.types import Fold, Once, Program, Region, Scan
from snnc.window import Window

_STANDARD = (
    ("import math", "math."),
    ("import sys", "sys."),
)
_FUSED = (
    *("FusedNeuron", "Kernels", "Spec", "State", "Tensors"),
    *("bernoulli", "channels", "choose", "selfcheck", "spike", "uniform"),
)
_POOLED = ("PooledKernels", "PooledNeuron")
_NORMED = ("NormedKernels", "NormedNeuron")
_RECURRENT = ("RecurrentKernels", "RecurrentNeuron", "selfcheck")


def kernels_py(name: str, neurons: Neurons, needed: Sequence[str]) -> str:
    """The text of kernels.py, without the header of generated code; "" if nothing needs one.

    ``needed`` are pieces of templates/helpers.
    """
    if not neurons.classes and not needed:
        return ""
    return printed(name, neurons.classes, needed)


def printed(name: str, classes: Sequence[Class], needed: Iterable[str] = ()) -> str:
    """kernels.py of a network called ``name``: its neurons, and pieces of templates/helpers."""
    kernels = [found.kernel for found in classes]
    back = [k for k in kernels if k.recurrent]
    context = {
        "name": name,
        "neurons": [_neuron(found) for found in classes],
        "recurrent": "\n".join(statement(f"{_tuple(k.name for k in back)},", 4)) if back else "",
        "steps": "\n".join(map(steps.steps, kernels)),
        "c": "\n".join([*map(cpu.loops, kernels), *map(recurrent.loops, back)]),
        "cuda": "\n".join(map(cupy.loops, kernels)),
        "helpers": [_helper(helper) for helper in needed],
        "pooled": "\n".join(pooled.loops(c.kernel, w) for c in classes for w in c.windows),
        "pools": "\n".join(_pools(found, found.windows) for found in classes if found.windows),
        "checks": _checks(classes),
        "normed": "\n".join(pooled.loops(c.kernel, w, True) for c in classes for w in c.norms),
        "norms": "\n".join(_pools(found, found.norms) for found in classes if found.norms),
    }
    template = environment().get_template("kernels.py.jinja")
    code = template.render(imports="", **context)
    return template.render(imports=_imports(code.split('"""', 2)[2]), **context)


def helpers(programs: Iterable[Program], text: str) -> tuple[str, ...]:
    """The pieces of templates/helpers that layers need, or ``text`` calls, each once."""
    needed = {
        name: None
        for program in programs
        for region, op in program.placed()
        for name in program.node(op).operator.helpers(site(region))
    }
    called = {name.lower() for name in re.findall(r"(?<![.\w])(\w+)\(", text)}
    needed |= dict.fromkeys(called.intersection(_pieces()))
    return tuple(sorted(needed))


def _pieces() -> list[str]:
    names = environment().list_templates(extensions=["py"])
    return [n.removeprefix("helpers/")[:-3] for n in names if n.startswith("helpers/")]


def defined(needed: Iterable[str], neurons: Neurons) -> list[str]:
    """The names that kernels.py has for model.py, with these pieces."""
    texts = "\n".join(_helper(name) for name in needed)
    names = re.findall(r"^(?:def|class) (\w+)", texts, re.MULTILINE)
    return [*names, *(found.name for found in neurons.classes)]


def site(region: Region) -> Site:
    """The site of the calls in a region."""
    match region:
        case Once():
            return "once"
        case Fold():
            return "fold"
        case Scan():
            return "step"


def _imports(code: str) -> str:
    words = set(re.findall(r"\w+", code))
    abstract = [name for name in ("Callable", "Mapping", "Sequence") if f"{name}[" in code]
    standard = [line for line, use in _STANDARD if use in code]
    standard += [f"from collections.abc import {', '.join(abstract)}"] if abstract else []
    used = {"Any": ": Any", "Generic": "Generic[", "TypeVar": "TypeVar(", "cast": "cast("}
    typing = [name for name, use in used.items() if use in code]
    standard += [f"from typing import {', '.join(typing)}"] if typing else []
    torch = ["import torch"] if "torch." in code else []
    torch += ["import torch.nn.functional as F"] if "F." in code else []
    names = ["Tensor"] * ("Tensor" in words) + ["nn"] * ("nn" in words)
    torch += [f"from torch import {', '.join(names)}"] if names else []
    called = set(re.findall(r"\w+(?=\()", code)) | {w for w in words if not w.islower()}
    fed = [name for name in _RECURRENT if name in called and _RECURRENT[0] in called]
    own = imported(".fused", [name for name in _FUSED if name in called and name not in fed])
    back = imported(".fused.recurrent", fed)
    ahead = imported(".fused.normed", [name for name in _NORMED if name in called])
    behind = imported(".fused.pooled", [name for name in _POOLED if name in called])
    fused = "\n".join(filter(None, [own, ahead, behind, back]))
    groups = ["\n".join(standard), "\n".join(torch), fused]
    return "\n\n".join(group for group in groups if group)


def _neuron(found: Class) -> dict[str, object]:
    own = members(found.neuron, found.kernel)
    return {
        "name": found.name,
        "kernel": found.kernel.name,
        "doc": found.doc,
        "equations": found.equations,
        "surrogate": found.surrogate,
        "slope": found.slope,
        "step": _function(*torch.step(found.kernel)),
        "adjoint": _function(*torch.adjoint(found.kernel)),
        "spec": _spec(found.kernel),
        "states": _tuple(found.kernel.written.states),
        "inner": found.inner,
        "parameters": "\n".join(own),
        "base": _base(found),
        "pools": bool(found.windows),
        "norms": bool(found.norms),
    }


def _base(found: Class) -> str:
    if found.norms:
        return "NormedNeuron"
    if found.windows:
        return "PooledNeuron"
    return "RecurrentNeuron" if found.kernel.recurrent else "FusedNeuron"


def _pools(found: Class, windows: Iterable[Window | None]) -> str:
    """The windows that a kernel is pooled in, "" for none, as an entry of a dict."""
    names = _tuple(window.text if window else "" for window in windows)
    return "\n".join(statement(f'"{found.kernel.name}": {names},', 8))


def _checks(classes: Sequence[Class]) -> str:
    """The self-checks of all kernels, one after the other."""
    more = {"POOLS": any(c.windows for c in classes), "NORMS": any(c.norms for c in classes)}
    found = ["KERNELS", *(name for name, there in more.items() if there)]
    return " or ".join(f"selfcheck({name})" for name in found)


def _function(signature: str, lines: list[str]) -> str:
    body = (line for text in lines for line in statement(text, 4))
    return "\n".join([*statement(signature, 0), *body])


def _spec(k: Kernel) -> str:
    start = tuple(k.start.values())
    inputs = tuple(k.step.inputs.index(name) for name in k.kept_inputs)
    states = tuple(k.step.states.index(name) for name in k.kept_states)
    fields = [f"{len(k.inputs)}", f"{len(k.terms)}", repr(start)]
    fields += [f"{k.name}_step", f"{k.name}_adjoint"]
    fields += [repr(inputs), repr(states), str(len(k.kept_values)), str(k.segment)]
    return "\n".join(statement(f'"{k.name}": Spec({", ".join(fields)}),', 8))


def _tuple(names: Iterable[str]) -> str:
    items = [f'"{name}"' for name in names]
    return f"({', '.join(items)}{',' if len(items) == 1 else ''})"


def _helper(name: str) -> str:
    env = environment()
    assert env.loader is not None
    return env.loader.get_source(env, f"helpers/{name}.py")[0].rstrip()
