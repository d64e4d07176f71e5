"""Names that Python, C and CUDA all accept beside those that the printers use themselves."""

import keyword
import re
from dataclasses import replace

from snnc.step.ssa import Assign, Const, Expr, Op, Step, Var

_TAKEN = frozenset(
    """asm auto char const default do double enum extern float goto inline int io long real
    register restrict short signed sizeof static struct switch typedef typeof union unsigned void
    volatile and catch class namespace new operator private public template this throw try using
    first m in at t j i n out mine kept steps stride threads begin segment segments step output
    fed fired weight back width more feed spread fill_terms add_up count_parts count_runs
    cell channels chosen height part parts pooled center chunk chunks scale shift sums total
    blockIdx blockDim threadIdx torch Tensor Tensors spike choose nn F math sys
    exp log sqrt sin cos tanh floor rint fabs y0 y1 yn j0 j1 jn gamma""".split()
)
_SHAPED = re.compile(r"(g_|d_).*|.*(_|_at|_end|_start|_now|_sum|_kept|_size|_stride)\Z|[A-Z_].*")


def safe(name: str) -> str:
    """``name``, or ``own_name`` if it could be mistaken for something else."""
    unsafe = name in _TAKEN or keyword.iskeyword(name) or _SHAPED.match(name)
    return f"own_{name}" if unsafe else name


def safe_step(step: Step) -> Step:
    """The step with every name safe."""
    body = tuple(Assign(safe(a.name), _safe(a.value), a.source) for a in step.body)
    return replace(
        step,
        inputs=tuple(map(safe, step.inputs)),
        states=tuple(map(safe, step.states)),
        parameters=tuple(map(safe, step.parameters)),
        body=body,
        output=safe(step.output),
        next={safe(state): safe(after) for state, after in step.next.items()},
    )


def _safe(expr: Expr) -> Expr:
    if isinstance(expr, Const):
        return expr
    if isinstance(expr, Var):
        return Var(safe(expr.name))
    return Op(expr.name, tuple(_safe(arg) for arg in expr.args))
