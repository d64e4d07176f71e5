"""A kernel's step and adjoint as C functions of scalars: C and CUDA compile the same text.

States are read and written through pointers (``v_at``), results come back the same way.
"""

from collections.abc import Iterable

from snnc.kernel.types import Kernel
from snnc.step.grad import seed
from snnc.step.print_c import declarations
from snnc.step.symbol import symbol

SIZES = ("i64 steps", "i64 n", "i64 stride")
BY_CHANNEL = tuple(f"const real *restrict {name}" for name in ("scale", "shift", "center"))
"""The numbers of a normalisation: nothing where there is none."""
JOINED = tuple(f"i64 {x}" for x in ("span", "inner", "channels", "height", "width", "chunks"))
"""The sizes of a kernel that layers are joined to; the run time says what they are."""


def steps(kernel: Kernel) -> str:
    """Both functions of one kernel."""
    return f"{_step(kernel)}\n{_adjoint(kernel)}"


def _step(k: Kernel) -> str:
    reals = [f"real {symbol(op.name)}" for op in (*k.inputs, *k.terms)]
    pointers = [*(symbol(s, "at") for s in k.step.states), "output"]
    pointers += [symbol(v, "at") for v in k.kept_values]
    lines = [f"const real {symbol(s)} = *{symbol(s, 'at')};" for s in k.step.states]
    lines += declarations(k.step.body)
    lines += [f"*{symbol(s, 'at')} = {symbol(after)};" for s, after in k.step.next.items()]
    lines += [f"*output = {symbol(k.step.output)};"]
    lines += [f"*{symbol(v, 'at')} = {symbol(v)};" for v in k.kept_values]
    return _function(f"{k.name}_step", [*reals, *(f"real *{p}" for p in pointers)], lines)


def _adjoint(k: Kernel) -> str:
    kept = (*k.kept_inputs, *k.kept_states, *k.kept_values)
    names = (*kept, *(p.name for p in k.terms), seed("output"))
    back = [seed(name) for name in (*k.step.states, *(x.name for x in (*k.inputs, *k.terms)))]
    reals = [f"real {symbol(name)}" for name in names]
    reals += [f"real *{symbol(g, 'at')}" for g in back]
    lines = [f"const real {symbol(seed(s))} = *{symbol(seed(s), 'at')};" for s in k.step.states]
    lines += declarations((*k.adjoint.again, *k.adjoint.body))
    found = {seed(name): symbol(grad) for name, grad in k.adjoint.grads.items()}
    lines += [f"*{symbol(g, 'at')} = {found[g]};" for g in back]
    return _function(f"{k.name}_adjoint", reals, lines)


def _function(name: str, parameters: list[str], lines: Iterable[str]) -> str:
    body = "".join(f"    {line}\n" for line in lines)
    return f"STEP void {name}({', '.join(parameters)})\n{{\n{body}}}\n"


def read(k: Kernel) -> list[str]:
    """The parameters that every loop of a kernel reads first.

    ``restrict``: what a loop writes nobody else sees, so that reads may overtake writes.
    """
    found = [f"const io *restrict {symbol(x.name, 'data')}" for x in k.inputs]
    for p in k.terms:
        found += [f"const real *restrict {symbol(p.name, 'data')}"]
        found += [f"i64 {symbol(p.name, 'size')}", f"i64 {symbol(p.name, 'stride')}"]
    return [*found, *(f"const real *restrict {symbol(s, 'start')}" for s in k.step.states)]


def forward(k: Kernel) -> list[str]:
    """The results of a forward loop."""
    ends = (symbol(s, "end") for s in k.step.states)
    return ["io *restrict output", *(f"real *restrict {end}" for end in ends)]


def backward(k: Kernel, inputs: Iterable[str]) -> list[str]:
    """The gradients of the results that a backward loop reads; then its own results."""
    states = [seed(s) for s in k.step.states]
    found = ["const io *restrict g_output"]
    found += [f"const real *restrict {symbol(g, 'end')}" for g in states]
    return [*found, *inputs, *small(k), "real *restrict kept"]


def small(k: Kernel) -> list[str]:
    """The gradients of terms and first states."""
    found = [f"real *restrict {symbol(seed(p.name), 'data')}" for p in k.terms]
    return found + [f"real *restrict {symbol(seed(s), 'start')}" for s in k.step.states]


def whole(k: Kernel) -> list[str]:
    """The gradients of inputs."""
    return [f"io *restrict {symbol(seed(x.name), 'data')}" for x in k.inputs]


def parameters(k: Kernel, back: bool) -> list[str]:
    """The parameters of a kernel's loop, in the order in which the host passes them."""
    results = backward(k, whole(k)) if back else forward(k)
    if not k.joined:
        return [*read(k), *results, *SIZES]
    return [*read(k), *BY_CHANNEL, *results, *["double *restrict sums"] * back, *SIZES, *JOINED]


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
