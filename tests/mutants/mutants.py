"""Conditions that are not asked any more, one at a time; and the cases that notice it.

To add one: a line in MUTANTS. ``broken`` is applied while a case is compared.
"""

from dataclasses import dataclass

from snnc.emit import feedback
from snnc.graph.delayed_edge import Past
from snnc.layers import _conv, _pool
from snnc.layers._batch_norm import Normalisation
from snnc.layers._dropout import AnyDropout
from snnc.layers.conv_transpose2d import ConvTranspose2d
from snnc.neuron import Neuron
from snnc.passes import crop, drop, fold, fuse, hoist, recur, sink
from snnc.program import lower, types
from tests.mutants.breaks import (
    Break,
    always,
    always_behind,
    any_delay,
    any_past,
    apart,
    as_of_the_first,
    commuting,
    everything_static,
    folds_first,
    helper,
    in_eval_only,
    instead,
    lawless,
    movable,
    never,
    one_by_one,
    one_less,
    one_step_less,
    outputs_alone,
    outputs_only,
    read_inside,
    sides_swapped,
    stateless,
    static_too,
    text,
    unlike,
    unread,
    unyielding,
    whole_in,
)
from tests.mutants.cases import (
    BACK,
    BACK_GATE,
    BACK_READ,
    BACK_TWO,
    BIAS,
    CHAIN_BESIDE,
    CHAIN_DRAWN,
    CHAIN_FIRST,
    CHAIN_LENGTHS,
    CHAIN_START,
    COLUMN,
    CYCLE,
    DATA,
    DEAD,
    DELAY,
    EDGE,
    EDGE_DELAY,
    EDGE_LARGER,
    EDGE_MASK,
    EDGE_NORM,
    EDGE_NUMBERS,
    EDGE_STRIDES,
    LAST_MASK,
    LAST_NEURON,
    LAST_NORM,
    LATER,
    MASK,
    MEAN_NORM,
    NEURON,
    NORM_BESIDE,
    NORM_SEVERAL,
    NORM_STEPS,
    ONE_MASK,
    POISSON,
    POOL_BESIDE,
    POOL_BORDER,
    POOL_DIVISOR,
    POOL_GAPS,
    POOL_OUTPUT,
    POOL_OVERLAP,
    POOL_REST,
    READ_TWICE,
    RELU,
    RESIDUAL,
    SEQUENCE,
    SIDE,
    SIDE_FIRST,
    SIDE_THREE,
    STATISTICS,
    STEP,
    SUM_BACK,
    SUM_FIRST,
    SUM_STATIC,
    TWO_BACK,
    TWO_OUTPUTS,
)
from tests.mutants.chains import CHAIN_COLUMNS, CHAIN_MASKED, CHAIN_READ, CHAIN_STATE
from tests.mutants.windows import (
    ANY_DIVISOR,
    ANY_WINDOW,
    NORM_READ,
    NORM_STEP,
    POOL_READ,
    SEVERAL_INPUTS,
)


@dataclass(frozen=True)
class Mutant:
    """What is no longer asked, how that is done, and the cases of which each must notice."""

    name: str
    broken: Break
    cases: tuple[str, ...]

    def __str__(self) -> str:
        return self.name.replace(" ", "_")


STILL, SOME, BOTH = ("pointwise", "whole"), ("no", "sequence"), (True, False)
STATES = movable((*STILL, "causal"), SOME, BOTH)
INDEXED = movable((*STILL, "indexed"), SOME, BOTH)
DRAWS = movable(STILL, (*SOME, "step"), BOTH)
IN_EVAL = movable(STILL, SOME, (False,))
TIMED = instead(hoist, "_static", everything_static)
CAUSAL = instead(fold, "foldable", always)
ORDER = instead(fold, "_joined", folds_first)
ACYCLIC = instead(fold, "components", one_by_one)
WHOLE = instead(lower, "whole", never)
STATELESS = instead(lower, "carries", stateless)
YIELDS = instead(types, "_yielding", unyielding)
READERS = instead(sink, "_unread", unread)
STATIC = instead(sink, "commutes", static_too)
TRAINING = instead(sink, "commutes", in_eval_only)
UPDATES = instead(drop, "needed", outputs_only)
ALIVE = instead(drop, "_alive", outputs_alone)
ALGEBRA, MASKS = commuting(algebra=False), commuting(random=False)
BATCH, TIME = commuting(batch=False), commuting(time=False)
PER_STEP = helper("batch_norm_once", "batch_norm_per_step")
FOLDED = helper("batch_norm_once_per_step", None)
PLAIN = helper(None, None)
EXPANDED = ".expand(time_steps, *x.shape)"
SWAPPED = text(EXPANDED, f"{EXPANDED}.roll(1, 1)")
VARIANCE = text("count * time_steps)", "count)")
ONE_UPDATE = text("** time_steps", "** 1")
MANY_MASKS = text(", batch_axis=1", "")
EARLY = text("every[: len(x)]", "every[1 : 1 + len(x)]")
PAST = "[like.new_zeros(len(like), *shape)] * steps"
RING = text(PAST, PAST.replace("zeros", "ones"))
NO_STATE = text("state[name] = every[-steps:].clone()", "state[name] = every[:steps].clone()")
NO_COUNT = text('first = int(state.get("t", 0))', "first = 0")
INSIDE = instead(recur, "_recurrent", read_inside())
OTHERS = instead(fuse, "the_neuron", any_past)
ANY_MERGE = instead(fuse, "_elementwise", always)
SHORT = instead(feedback, "_delay", one_step_less())
ANY_SUM = instead(recur, "_added", always)
ANY_CONCAT = instead(recur, "_joined", always)
ANY_DELAY = instead(recur, "_linear", any_delay)
SWAPPED_COLUMNS = instead(feedback, "_beside", sides_swapped())
FIRST_COLUMNS = instead(feedback, "_beside", always_behind())
NO_BIAS = text("weight[:, :there], bias)", "weight[:, :there])")
NO_SUMMED_BIAS = text("x if bias is None else x + bias", "x")
UNLIKE = instead(fuse, "alike", unlike)
SHORT_WINDOWS = instead(_conv, "touched", one_less())
SHORT_POOLS = instead(_pool, "touched", one_less())
UNEVEN = instead(crop, "made", as_of_the_first)

MUTANTS = (
    Mutant("hoist moves states", STATES, (NEURON,)),
    Mutant("hoist moves states, no law", lawless(STATES), (NEURON,)),
    Mutant("hoist moves what is indexed", INDEXED, (COLUMN,)),
    Mutant("hoist moves what is indexed, no law", lawless(INDEXED), (COLUMN,)),
    Mutant("hoist moves draws", DRAWS, (MASK, POISSON)),
    Mutant("hoist moves draws, no law", lawless(DRAWS), (MASK, POISSON)),
    Mutant("hoist asks in eval only", lawless(IN_EVAL), (MASK,)),
    Mutant("hoist moves what changes", TIMED, (DATA,)),
    Mutant("hoist moves what changes, no law", lawless(TIMED), (DATA,)),
    Mutant("sink past another reader", READERS, (READ_TWICE,)),
    Mutant("sink past another reader, no law", lawless(READERS), (READ_TWICE,)),
    Mutant("sink past what is not linear", ALGEBRA, (RELU, BIAS)),
    Mutant("sink past a mask of each step", MASKS, (LAST_MASK,)),
    Mutant("sink past statistics", BATCH, (LAST_NORM,)),
    Mutant("sink past a neuron", TIME, (LAST_NEURON,)),
    Mutant("sink a static operand of a sum", STATIC, (SUM_STATIC,)),
    Mutant("sink asks in eval only", TRAINING, (MEAN_NORM,)),
    Mutant("drop takes what updates", UPDATES, (DEAD,)),
    Mutant("drop takes what updates, no law", lawless(UPDATES), (DEAD,)),
    Mutant("drop takes what is read", ALIVE, (NEURON,)),
    Mutant("fold takes states", CAUSAL, (NEURON,)),
    Mutant("fold takes states, no law", lawless(CAUSAL), (NEURON,)),
    Mutant("fold changes the order", ORDER, (RESIDUAL,)),
    Mutant("fold opens a cycle", ACYCLIC, (CYCLE,)),
    Mutant("fuse the past of another value", OTHERS, (SUM_BACK,)),
    Mutant("fuse what is not element-wise", ANY_MERGE, (BACK, SIDE)),
    Mutant("fuse with a shorter delay", SHORT, (TWO_BACK,)),
    Mutant("recur by any join", ANY_SUM, (BACK_GATE, SUM_FIRST)),
    Mutant("recur although the product is read", INSIDE, (BACK_READ,)),
    Mutant("recur over three inputs", ANY_CONCAT, (SIDE_THREE,)),
    Mutant("recur over two steps as over one", ANY_DELAY, (BACK_TWO,)),
    Mutant("recur with the columns swapped", SWAPPED_COLUMNS, (SIDE, SIDE_FIRST)),
    Mutant("recur with the outside first", FIRST_COLUMNS, (SIDE_FIRST,)),
    Mutant("recur without the bias", NO_BIAS, (SIDE,)),
    Mutant("recur without the bias of a sum", NO_SUMMED_BIAS, (BACK,)),
    Mutant("pool although spikes are read", POOL_READ, (POOL_BESIDE, POOL_OUTPUT)),
    Mutant("pool although spikes are read, no law", lawless(POOL_READ), (POOL_BESIDE, POOL_OUTPUT)),
    Mutant("pool over any windows", ANY_WINDOW, (POOL_OVERLAP, POOL_BORDER, POOL_GAPS, POOL_REST)),
    Mutant("pool by any divisor", ANY_DIVISOR, (POOL_DIVISOR,)),
    Mutant("norm although it is read", NORM_READ, (NORM_BESIDE,)),
    Mutant("norm although it is read, no law", lawless(NORM_READ), (NORM_BESIDE,)),
    Mutant("norm of each step", NORM_STEP, (NORM_STEPS,)),
    Mutant("norm of one of two inputs", SEVERAL_INPUTS, (NORM_SEVERAL,)),
    Mutant("norm of one of two inputs, no law", lawless(SEVERAL_INPUTS), (NORM_SEVERAL,)),
    Mutant("whole although it is read", CHAIN_READ, (CHAIN_BESIDE, CHAIN_DRAWN)),
    Mutant("whole although it is read, no law", lawless(CHAIN_READ), (CHAIN_BESIDE, CHAIN_DRAWN)),
    Mutant("whole with a masked readout", CHAIN_MASKED, (CHAIN_LENGTHS,)),
    Mutant("whole with a learned first state", CHAIN_STATE, (CHAIN_START,)),
    Mutant("whole with the columns swapped", CHAIN_COLUMNS, (CHAIN_FIRST,)),
    Mutant("crop by shorter windows", SHORT_WINDOWS, (EDGE,)),
    Mutant("crop by shorter pools", SHORT_POOLS, (EDGE,)),
    Mutant("crop under statistics", apart(Normalisation), (EDGE_NORM,)),
    Mutant("crop under a mask of elements", apart(AnyDropout), (EDGE_MASK,)),
    Mutant("crop under a number a neuron", apart(Neuron), (EDGE_NUMBERS,)),
    Mutant("crop what is delayed", apart(Past), (EDGE_DELAY,)),
    Mutant("crop what is delayed, no law", lawless(apart(Past)), (EDGE_DELAY,)),
    Mutant("crop what is enlarged", apart(ConvTranspose2d), (EDGE_LARGER,)),
    Mutant("crop what no longer fits", UNEVEN, (EDGE_STRIDES,)),
    Mutant("crop what no longer fits, no law", lawless(UNEVEN), (EDGE_STRIDES,)),
    Mutant("what is observed keeps its loops", UNLIKE, (CYCLE,)),
    Mutant("a loop keeps a value for itself", YIELDS, (TWO_OUTPUTS,)),
    Mutant("a loop over sequence statistics", WHOLE, (STATISTICS,)),
    Mutant("cuts asked in eval only", lawless(whole_in(False)), (STATISTICS,)),
    Mutant("a loop forgets its states", lawless(STATELESS), (NEURON,)),
    Mutant("sequence statistics of one step", PLAIN, (SEQUENCE,)),
    Mutant("step statistics as the sequence's", PER_STEP, (STEP,)),
    Mutant("step statistics folded", FOLDED, (LATER,)),
    Mutant("the variance of one step", VARIANCE, (SEQUENCE,)),
    Mutant("updates of one step", ONE_UPDATE, (STEP,)),
    Mutant("a mask of each sample and step", MANY_MASKS, (ONE_MASK,)),
    Mutant("steps and samples swapped", SWAPPED, (RESIDUAL,)),
    Mutant("a delay one step too short", EARLY, (DELAY,)),
    Mutant("a past that is not 0", RING, (CYCLE,)),
    Mutant("a stream that forgets a delay", NO_STATE, (DELAY,)),
    Mutant("a stream that does not count", NO_COUNT, (POISSON, COLUMN)),
)
"""In the order of the passes. Each of its cases must differ from the reference, or be illegal."""
