"""The statement that cuts a value down to what reaches an output."""

from snnc.emit.python_format import WIDTH
from snnc.emit.scope import FunctionScope
from snnc.program.types import Op, Program

WHY = "# the rest reaches no output"


def crop(program: Program, op: Op, scope: FunctionScope) -> None:
    """Cuts what ``op`` has written, if it is cropped; the layout is the same."""
    corner, whole = program.crops.get(op.writes), program.shape(op)
    if corner is None:
        return
    pairs = zip(corner[1:], whole[1:], strict=True)
    ends = ", ".join(f":{few}" if few < all else ":" for few, all in pairs)
    name = scope.names[op.writes]
    statement = f"{name} = {name}[..., {ends}]"
    if scope.indent + len(f"{statement}  {WHY}") <= WIDTH:
        scope.lines.append(f"{' ' * scope.indent}{statement}  {WHY}")
        return
    scope.lines.append(f"{' ' * scope.indent}{WHY}")
    scope.line(statement)
