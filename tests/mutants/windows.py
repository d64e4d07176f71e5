"""Ways to break the passes that put layers around a neuron into its kernel: pool and norm."""

from collections.abc import Mapping

from snnc.layers import _pool
from snnc.layers._batch_norm import SequenceNorm
from snnc.layers.avg_pool2d import AvgPool2d
from snnc.neuron import Neuron
from snnc.passes import norm, pool
from snnc.program.types import Op, Program, Region, Scan
from tests.mutants.breaks import always, instead, text, together


def pooled_although_read(given: Program) -> Mapping[str, Op]:
    """Pool takes a neuron that something else reads too, or that is an output."""
    windows = [op for _, op in given.placed() if pool._windows(given, op)]
    cells = (cell for region in given.regions if (cell := pool._spiking(given, region)))
    names = [cell.writes for cell in cells]
    return {name: op for name in names for op in windows if op.reads == (name,)}


def normed_although_read(given: Program) -> Mapping[str, Op]:
    """Norm takes a normalisation that something else reads too."""
    norms = {op.writes: op for _, op in given.placed() if given.node(op).operator.normalises}
    cells = (cell for region in given.regions if (cell := norm._neuron(given, region)))
    return {cell.writes: norms[cell.reads[0]] for cell in cells if cell.reads[0] in norms}


def neuron_of_several(given: Program, region: Region) -> Op | None:
    """Norm takes a neuron that reads something else besides."""
    if not isinstance(region, Scan) or region.form not in ("kernel", "pooled"):
        return None
    (cell, *rest) = region.ops
    found = isinstance(given.node(cell).operator, Neuron)
    return cell if found and (region.form == "pooled" or not rest) else None


# Generated packages look at the pooling themselves before they call such a kernel: a window that
# only one of the two asks about does no harm.
_WINDOWS = text("stride == size and pair(pool.padding) == (0, 0) and not pool.ceil_mode", "True")
_DENSE = text("pool.dilation in (1, (1, 1)) and not pool.return_indices", "True")
_UNDIVIDED = text("pool.divisor_override is None", "True")

POOL_READ = instead(pool, "pooled", pooled_although_read)
ANY_WINDOW = together(instead(_pool.WindowPool, "side_by_side", always), _WINDOWS, _DENSE)
ANY_DIVISOR = together(instead(AvgPool2d, "window", _pool.WindowPool.window), _UNDIVIDED)
NORM_READ = instead(norm, "normed", normed_although_read)
NORM_STEP = instead(SequenceNorm, "normalises", property(always))
SEVERAL_INPUTS = instead(norm, "_neuron", neuron_of_several)
