"""A kernel's step and adjoint as C functions of scalars: C and CUDA compile the same text.

States are read and written through pointers (``v_at``), results come back the same way.
"""

from collections.abc import Iterable

from snnc.kernel.types import Kernel
from snnc.step.grad import seed
from snnc.step.print_c import declarations


def steps(kernel: Kernel) -> str:
    """Both functions of one kernel."""
    return f"{_step(kernel)}\n{_adjoint(kernel)}"


def _step(k: Kernel) -> str:
    names = [op.name for op in (*k.inputs, *k.terms)]
    pointers = [*(f"{s}_at" for s in k.step.states), "output_at"]
    pointers += [f"{v}_at" for v in k.kept_values]
    reals = [f"real {name}" for name in names] + [f"real *{p}" for p in pointers]
    lines = [f"const real {s} = *{s}_at;" for s in k.step.states]
    lines += declarations(k.step.body)
    lines += [f"*{state}_at = {after};" for state, after in k.step.next.items()]
    lines += [f"*output_at = {k.step.output};"]
    lines += [f"*{v}_at = {v};" for v in k.kept_values]
    return _function(f"{k.name}_step", reals, lines)


def _adjoint(k: Kernel) -> str:
    kept = (*k.kept_inputs, *k.kept_states, *k.kept_values)
    reals = [f"real {name}" for name in (*kept, *(p.name for p in k.terms), seed("output"))]
    reals += [f"real *{seed(s)}_at" for s in k.step.states]
    reals += [f"real *{seed(x.name)}_at" for x in (*k.inputs, *k.terms)]
    grads = k.adjoint.grads
    lines = [f"const real {seed(s)} = *{seed(s)}_at;" for s in k.step.states]
    lines += declarations((*k.adjoint.again, *k.adjoint.body))
    lines += [f"*{seed(s)}_at = {grads[s]};" for s in k.step.states]
    lines += [f"*{seed(x.name)}_at = {grads[x.name]};" for x in (*k.inputs, *k.terms)]
    return _function(f"{k.name}_adjoint", reals, lines)


def _function(name: str, parameters: list[str], lines: Iterable[str]) -> str:
    body = "".join(f"    {line}\n" for line in lines)
    return f"STEP void {name}({', '.join(parameters)})\n{{\n{body}}}\n"


def read(k: Kernel) -> list[str]:
    """The parameters that every loop of a kernel reads first.

    ``restrict``: what a loop writes nobody else sees, so that reads may overtake writes.
    """
    found = [f"const io *restrict {x.name}" for x in k.inputs]
    for p in k.terms:
        found += [f"const real *restrict {p.name}", f"i64 {p.name}_size", f"i64 {p.name}_stride"]
    return [*found, *(f"const real *restrict {s}_start" for s in k.step.states)]


def forward(k: Kernel) -> list[str]:
    """The results of a forward loop."""
    return ["io *restrict output", *(f"real *restrict {s}_end" for s in k.step.states)]


def backward(k: Kernel, inputs: Iterable[str]) -> list[str]:
    """The parameters of a backward loop: the gradients of the results, then its own results."""
    states = k.step.states
    found = ["const io *restrict g_output", *(f"const real *restrict g_{s}_end" for s in states)]
    found += [*inputs, *(f"real *restrict g_{p.name}" for p in k.terms)]
    return [*found, *(f"real *restrict g_{s}_start" for s in states), "real *restrict kept"]


def parameters(k: Kernel, back: bool) -> list[str]:
    """The parameters of a kernel's loop, in the order in which the host passes them."""
    results = backward(k, (f"io *restrict g_{x.name}" for x in k.inputs)) if back else forward(k)
    return [*read(k), *results, "i64 steps", "i64 n", "i64 stride"]


def signature(prefix: str, k: Kernel, back: bool, extra: Iterable[str] = ()) -> str:
    """The head of a kernel's loop."""
    name = f"{k.name}_{'backward' if back else 'forward'}"
    return head(f"{prefix}void {name}", (*parameters(k, back), *extra))


def head(function: str, parameters: Iterable[str]) -> str:
    """The head of a function, a few parameters a line."""
    lines, line = [], ""
    for parameter in parameters:
        if line and len(line) + len(parameter) > 80:
            lines.append(f"{line.rstrip()}\n    ")
            line = ""
        line += f"{parameter}, "
    text = "".join([*lines, line.rstrip().rstrip(",")])
    return f"{function}(\n    {text})\n{{\n"
