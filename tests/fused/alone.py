"""Neurons with what feeds them back, as generated code has them, without a network around them."""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch

from snnc.compile import alone, in_process, module
from snnc.emit.kernels import printed
from snnc.emit.neurons import NeuronClass
from snnc.emit.runtime import Runtime
from snnc.kernel.build import Front, kernel
from snnc.neuron import Neuron
from tests.support.nets import document

OWN = '''
[input]
shape = [4]
[network]
layers = [{{ kind = "{kind}" {fields} }}]
[neurons.{kind}]
inputs = [{inputs}]
state = {{ {state} }}
step = """
{step}
"""
output = "{output}"
[neurons.{kind}.parameters]
{parameters}
'''


def own(
    kind: str, step: str, output: str, inputs: str = "x", state: str = "", parameters: str = ""
) -> Neuron:
    """A neuron of a spec's own, by its equations."""
    quoted = ", ".join(f'"{name}"' for name in inputs.split())
    count = len(inputs.split())
    source = f", from = {['input'] * count}" if count > 1 else ""
    text = OWN.format(
        kind=kind, fields=source, inputs=quoted, state=state, step=step, output=output,
        parameters=parameters,
    )  # fmt: skip
    with TemporaryDirectory() as folder:
        found = document(Path(folder), text).spec.network.layers[0]
    assert isinstance(found, Neuron)
    return found


def files(
    neuron: Neuron,
    fronts: Sequence[Front] = (),
    recurrent: bool = False,
    others: Sequence[NeuronClass] = (),
    inner: tuple[tuple[str, str], ...] = (),
    runtime: Runtime | None = None,
) -> dict[str, str]:
    """A package that defines ``Cell``, and ``others`` before it."""
    made = kernel("cell", neuron, fronts, recurrent)
    where = runtime or in_process("alone")
    classes = [*others, NeuronClass("Cell", neuron, made, ("cell",), inner)]
    return {"__init__.py": "", "kernels.py": printed("alone", classes, where)}


def cell(text: dict[str, str], *arguments: Any, dtype: torch.dtype = torch.float64) -> Any:
    """A ``Cell`` out of such a package, its numbers always the same."""
    torch.manual_seed(1)
    return module(alone("alone", text), "kernels").Cell(*arguments).to(dtype)
