"""A kernel as Python over tensors: one step and its adjoint, for machines with nothing else."""

from collections.abc import Iterable

from snnc.kernel.types import Kernel
from snnc.step.grad import seed
from snnc.step.print_torch import assignments, expression, number
from snnc.step.print_torch import uses as called
from snnc.step.ssa import Assign, Const, Var, names


def step(k: Kernel) -> tuple[str, list[str]]:
    """The signature and the body of ``NAME_step``: output, states after it, values kept."""
    arguments = [op.name for op in (*k.inputs, *k.terms, *k.states)]
    results = [k.step.output, *k.step.next.values(), *k.kept_values]
    lines = _lines(k.step.body, k.inputs[0].name, {op.name for op in k.terms})
    return _signature(f"{k.name}_step", arguments), _body(lines, results)


def adjoint(k: Kernel) -> tuple[str, list[str]]:
    """The signature and body of ``NAME_adjoint``: gradients of inputs, states and terms."""
    kept = (*k.kept_inputs, *k.kept_states, *k.kept_values)
    arguments = [*kept, *(p.name for p in k.terms), seed("output")]
    arguments += [seed(state) for state in k.step.states]
    grads = k.adjoint.grads
    results = [grads[op.name] for op in (*k.inputs, *k.states, *k.terms)]
    body = (*k.adjoint.again, *k.adjoint.body)
    lines = _lines(body, seed("output"), {op.name for op in k.terms})
    return _signature(f"{k.name}_adjoint", arguments), _body(lines, results)


def uses(k: Kernel) -> frozenset[str]:
    """The functions and modules that both call."""
    bodies = (*k.step.body, *k.adjoint.again, *k.adjoint.body)
    constant = any(isinstance(assign.value, Const) for assign in bodies)
    return called(bodies) | ({"torch"} if constant else set())


def _lines(body: tuple[Assign, ...], like: str, terms: set[str]) -> list[str]:
    """Assignments; what depends on no element is spread out over all of them."""
    lines = assignments(body)
    for at, assign in enumerate(body):
        if isinstance(assign.value, Const):
            lines[at] = f"{assign.name} = torch.full_like({like}, {number(assign.value.value)})"
        elif terms.issuperset(names(assign.value)):
            text = expression(assign.value)
            whole = text if isinstance(assign.value, Var) else f"({text})"
            lines[at] = f"{assign.name} = {whole}.expand_as({like})"
    return lines


def _signature(name: str, arguments: Iterable[str]) -> str:
    return f"def {name}({', '.join(f'{a}: Tensor' for a in arguments)}) -> Tensors:"


def _body(lines: list[str], results: Iterable[str]) -> list[str]:
    names = list(results)
    return [*lines, f"return ({', '.join(names)}{',' if len(names) == 1 else ''})"]
