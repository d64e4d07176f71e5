"""kernels.py: the neurons of a network, and what its layers share."""

import re
from collections.abc import Iterable

from snnc.emit.environment import environment
from snnc.emit.layout import statement
from snnc.emit.neurons import Neurons, NeuronText, SurrogateText
from snnc.layer import Site
from snnc.program.types import Fold, Once, Program, Region, Scan

_IMPORTS = (
    ("import math", "math."),
    ("from collections.abc import Sequence", "Sequence["),
    ("from typing import Any", "Any"),
    ("import torch", "torch."),
    ("import torch.nn.functional as F", "F."),
)


def kernels_py(programs: Iterable[Program], neurons: Neurons) -> str:
    """The text of kernels.py, without the header of generated code."""
    programs = tuple(programs)
    context = {
        "name": programs[0].graph.name,
        "surrogates": [_surrogate(s) for s in neurons.surrogates],
        "neurons": [_neuron(n) for n in neurons.neurons],
        "helpers": [_helper(name) for name in helpers(programs)],
    }
    template = environment().get_template("kernels.py.jinja")
    body = template.render(imports="", **context)
    return template.render(imports=_imports(body), **context)


def helpers(programs: Iterable[Program]) -> tuple[str, ...]:
    """The pieces of templates/helpers that the layers of these programs need, each once."""
    needed = {
        name: None
        for program in programs
        for region, op in program.placed()
        for name in program.node(op).operator.helpers(site(region))
    }
    return tuple(sorted(needed, key=lambda name: (name != "uniform", name)))


def defined(programs: Iterable[Program], neurons: Neurons) -> list[str]:
    """The names that kernels.py has for model.py."""
    texts = "\n".join(_helper(name) for name in helpers(programs))
    names = re.findall(r"^(?:def|class) (\w+)", texts, re.MULTILINE)
    return [*names, *(neuron.name for neuron in neurons.neurons)]


def site(region: Region) -> Site:
    """How calls in a region are printed."""
    match region:
        case Once():
            return "once"
        case Fold():
            return "fold"
        case Scan():
            return "step"


def _imports(body: str) -> str:
    found = [line for line, use in _IMPORTS if use in body]
    standard = [line for line in found if "torch" not in line]
    names = "Tensor, nn" if "nn." in body else "Tensor"
    torch = [line for line in found if "torch" in line]
    groups = ["\n".join(standard), "\n".join([*torch, f"from torch import {names}"])]
    return "\n\n".join(group for group in groups if group)


def _surrogate(text: SurrogateText) -> dict[str, str]:
    lines = statement(f"return grad * ({text.gradient})", 8)
    return {"name": text.name, "doc": text.doc, "function": text.function, "body": "\n".join(lines)}


def _neuron(text: NeuronText) -> dict[str, object]:
    states = list(text.states)
    arguments = ", ".join(f"{state}: Tensor | float" for state in states)
    returns = ", ".join(["Tensor"] * (len(states) + 1))
    signature = f"def step(self, x: Tensor, {arguments}) -> tuple[{returns}]:"
    starts = (f"        {s}: Tensor | float = {v!r}" for s, v in text.states.items())
    return {
        "name": text.name,
        "doc": text.doc,
        "equations": text.equations,
        "signature": "\n".join(statement(signature, 4)),
        "body": "\n".join(line for code in text.lines for line in statement(code, 8)),
        "output": text.output,
        "state": ", ".join(states),
        "starts": "\n".join(starts),
    }


def _helper(name: str) -> str:
    env = environment()
    assert env.loader is not None
    return env.loader.get_source(env, f"helpers/{name}.py")[0].rstrip()
