"""Ways to break the pass that puts chains of layers into one kernel."""

from snnc.kernel.whole import HOW, Feedback
from snnc.passes import whole
from snnc.program.types import Op, Program
from snnc.readout import Readout
from tests.mutants.breaks import always, instead, text, together


def only_written(given: Program, name: str, cells: whole.Cells) -> Op | None:
    """Whole takes a layer whatever else reads it."""
    (op,) = given.writers.get(name, (None,))
    return op


def unmasked(given: Program, op: Op) -> bool:
    """Whole takes a readout whether it reads lengths or not."""
    operator = given.node(op).operator
    return isinstance(operator, Readout) and operator.kind in HOW and op.reads[0] in given.timed


CHAIN_MASKED = instead(whole, "_adds_up", unmasked)
CHAIN_READ = instead(whole, "_only", only_written)
# Generated packages ask for learned first states themselves before they run such a kernel.
CHAIN_STATE = together(
    instead(whole, "_known", always), text("if alike and not layer.starts()", "if alike")
)
CHAIN_COLUMNS = instead(Feedback, "back", property(lambda stage: stage.reads))
