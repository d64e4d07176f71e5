"""kernels.py: the neurons of a network, as steps over tensors and as C and CUDA text."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from snnc.backends import cpu, cupy, places, recurrent, steps, torch
from snnc.emit import whole
from snnc.emit.environment import environment
from snnc.emit.neurons import NeuronClass, Neurons
from snnc.emit.parameters import members
from snnc.emit.python_format import WIDTH, statement
from snnc.emit.runtime import Runtime, statements
from snnc.escape import string
from snnc.kernel.types import Kernel
from snnc.kernel.whole import Cells, Draw, Feedback, Product, Whole
from snnc.neuron import Neuron, SpikingNeuron
from snnc.step.ssa import SPIKE_ABOVE


def kernels_py(name: str, neurons: Neurons, runtime: Runtime, chains: Sequence[Whole] = ()) -> str:
    """The text of kernels.py, without the header of generated code; "" if there are no neurons."""
    return printed(name, neurons.classes, runtime, chains) if neurons.classes else ""


def printed(
    name: str, classes: Sequence[NeuronClass], runtime: Runtime, chains: Sequence[Whole] = ()
) -> str:
    """kernels.py of a network called ``name``, which has these neurons and chains."""
    kernels = [found.kernel for found in classes]
    back = [k for k in kernels if k.recurrent]
    checks = _checks(classes)
    context = {
        "name": name,
        "imports": _imports(classes, {*checks.values(), *_chained(chains)}, runtime),
        "whole": whole.texts(chains),
        "chains": whole.table(chains),
        "neurons": [_neuron(found) for found in classes],
        "recurrent": "\n".join(statement(f"{_tuple(k.name for k in back)},", 4)) if back else "",
        "steps": "\n".join(map(steps.steps, kernels)),
        "c": "\n".join([*map(cpu.loops, kernels), *map(recurrent.loops, back)]),
        "cuda": "\n".join(map(cupy.loops, kernels)),
        "places": "\n".join(places.loops(c.kernel, w) for c in classes for w in c.windows),
        "forms": "\n".join(map(_forms, (found for found in classes if found.kernel.joined))),
        "checks": " or ".join(f"{call}({table})" for table, call in checks.items()),
    }
    return environment().get_template("kernels.py.jinja").render(**context)


def _imports(classes: Sequence[NeuronClass], more: Collection[str], runtime: Runtime) -> str:
    members_of = [members(found.neuron, found.kernel) for found in classes]
    uses = {name for found in classes for name in torch.uses(found.kernel)}
    uses |= {name for code in members_of for name in code.uses}
    inner = {target for found in classes for _, target in found.inner}
    uses |= {*inner, *(target.partition(".")[0] for target in inner)} - {c.name for c in classes}
    uses |= {"Spec", "Tensors", *more, *map(_base, classes), *_tables(classes)}
    names = ["Tensor", *sorted(uses & {"nn"})]
    heads = ["import torch"] * ("torch" in uses) + [f"from torch import {', '.join(names)}"]
    shared = statements(runtime.used(uses, runtime.relative))
    return "\n\n".join(["import sys", "\n".join(heads), shared])


def _tables(classes: Sequence[NeuronClass]) -> Iterator[str]:
    """The classes of the tables of kernels."""
    recurrent = any(found.kernel.recurrent for found in classes)
    yield "RecurrentKernels" if recurrent else "Kernels"
    yield from ["JoinedKernels"] if any(found.kernel.joined for found in classes) else []


def _chained(chains: Sequence[Whole]) -> Iterator[str]:
    """The classes of the table of chains."""
    if chains:
        yield from ("Chain", "WholeKernels")
    names = {Draw: "Draw", Product: "Product", Cells: "Neurons", Feedback: "Feedback"}
    yield from {names[type(stage)] for w in chains for stage in w.stages}


def _neuron(found: NeuronClass) -> dict[str, object]:
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
        "numbers": _numbers(found.numbers),
        "fire": _fire(found.neuron),
        "spike": _spike(found.neuron.spike_value),
        "inner": found.inner,
        "parameters": own.text,
        "base": _base(found),
        "joined": found.kernel.joined,
    }


def _numbers(text: str) -> str:
    """A literal; one that is too long for its line stands in brackets, if it fits there."""
    literal = string(text) if text else ""
    over, fits = len(f"    numbers = {literal}") > WIDTH, len(literal) + 8 <= WIDTH
    return f"(\n        {literal}\n    )" if over and fits else literal


def _fire(neuron: Neuron) -> str:
    """The function that its equations call ``spike``, as they are printed."""
    above = isinstance(neuron, SpikingNeuron) and neuron.reset_rule.above
    return SPIKE_ABOVE if above else "spike"


def _spike(value: float | str | None) -> str:
    """The number that a spike adds to the output, as a literal, unless it is 1."""
    if value is None or value == 1:
        return ""
    return f'"{value}"' if isinstance(value, str) else repr(value)


def _base(found: NeuronClass) -> str:
    if found.kernel.joined:
        return "JoinedNeuron"
    return "RecurrentNeuron" if found.kernel.recurrent else "FusedNeuron"


def _forms(found: NeuronClass) -> str:
    """The layers that a kernel runs besides, as an entry of a dict."""
    names = [window.text for window in found.windows]
    names += [f"{window.text}_normed" if window else "normed" for window in found.norms]
    return "\n".join(statement(f'"{found.kernel.name}": {_tuple(names)},', 8))


def _checks(classes: Sequence[NeuronClass]) -> Mapping[str, str]:
    """The function that checks each table of kernels, by the table's name."""
    recurrent = any(found.kernel.recurrent for found in classes)
    checks = {"KERNELS": "selfcheck_recurrent" if recurrent else "selfcheck"}
    joined = any(found.kernel.joined for found in classes)
    return checks | ({"JOINED": "selfcheck"} if joined else {})


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
    fields += ["joined=True"] if k.joined else []
    return "\n".join(statement(f'"{k.name}": Spec({", ".join(fields)}),', 8))


def _tuple(names: Iterable[str]) -> str:
    items = [f'"{name}"' for name in names]
    return f"({', '.join(items)}{',' if len(items) == 1 else ''})"
