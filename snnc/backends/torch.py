"""A kernel as Python over tensors: one step and its adjoint, for machines with nothing else."""

from collections.abc import Iterable

from snnc.kernel.types import Kernel
from snnc.step.grad import seed
from snnc.step.print_torch import assignments


def step(k: Kernel) -> tuple[str, list[str]]:
    """The signature and the body of ``NAME_step``: output, states after it, values kept."""
    arguments = [op.name for op in (*k.inputs, *k.terms, *k.states)]
    results = [k.step.output, *k.step.next.values(), *k.kept_values]
    return _signature(f"{k.name}_step", arguments), _body(assignments(k.step.body), results)


def adjoint(k: Kernel) -> tuple[str, list[str]]:
    """The signature and body of ``NAME_adjoint``: gradients of inputs, states and terms."""
    kept = (*k.kept_inputs, *k.kept_states, *k.kept_values)
    arguments = [*kept, *(p.name for p in k.terms), seed("output")]
    arguments += [seed(state) for state in k.step.states]
    grads = k.adjoint.grads
    results = [grads[op.name] for op in (*k.inputs, *k.states, *k.terms)]
    lines = assignments((*k.adjoint.again, *k.adjoint.body))
    return _signature(f"{k.name}_adjoint", arguments), _body(lines, results)


def _signature(name: str, arguments: Iterable[str]) -> str:
    return f"def {name}({', '.join(f'{a}: Tensor' for a in arguments)}) -> Tensors:"


def _body(lines: list[str], results: Iterable[str]) -> list[str]:
    names = list(results)
    return [*lines, f"return ({', '.join(names)}{',' if len(names) == 1 else ''})"]
