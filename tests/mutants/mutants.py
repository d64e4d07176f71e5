"""Conditions that are not asked any more, one at a time; and the cases that notice it.

To add one: a line in MUTANTS. ``broken`` is applied while a case is compared.
"""

from dataclasses import dataclass

from snnc.passes import fold, hoist
from snnc.program import lower
from tests.mutants.breaks import (
    Break,
    everything_static,
    folds_first,
    helper,
    instead,
    lawless,
    movable,
    never,
    silent,
    stateless,
    text,
    whole_in,
)


@dataclass(frozen=True)
class Mutant:
    """What is no longer asked, how that is done, and the cases of which each must notice."""

    name: str
    broken: Break
    cases: tuple[str, ...]

    def __str__(self) -> str:
        return self.name.replace(" ", "_")


STILL = ("pointwise", "whole")
SOME = ("no", "sequence")
BOTH = (True, False)
STATES = movable((*STILL, "causal"), SOME, BOTH)
INDEXED = movable((*STILL, "indexed"), SOME, BOTH)
DRAWS = movable(STILL, (*SOME, "step"), BOTH)
IN_EVAL = movable(STILL, SOME, (False,))
TIMED = instead(hoist, "_static", everything_static)
CAUSAL = instead(fold, "causal", never)
YIELDS = instead(lower, "scan", silent)
ORDER = instead(fold, "_joined", folds_first)
UNASKED = instead(lower, "whole", never)
STATELESS = instead(lower, "carries", stateless)
PER_STEP = helper("batch_norm_once", "batch_norm_per_step")
FOLDED = helper("batch_norm_once_per_step", None)
EXPANDED = ".expand(time_steps, *x.shape)"
ROLLED = text(EXPANDED, f"{EXPANDED}.roll(1, 1)")
VARIANCE = "((n - 1) * time_steps / (n * time_steps - 1))"

NEURON = "a neuron on static data"
MASK = "a mask of each step"
COLUMN = "a column at each step"
DATA = "data that is a sequence"
STATISTICS = "statistics of the sequence"
RESIDUAL = "a residual around a neuron"
SEQUENCE = "sequence statistics of static data"
STEP = "step statistics of static data"
LATER = "step statistics behind a neuron"
ONE_MASK = "one mask behind a neuron"

MUTANTS = (
    Mutant("hoist moves states", STATES, (NEURON,)),
    Mutant("hoist moves states, no law", lawless(STATES), (NEURON,)),
    Mutant("hoist moves what is indexed", INDEXED, (COLUMN,)),
    Mutant("hoist moves what is indexed, no law", lawless(INDEXED), (COLUMN,)),
    Mutant("hoist moves draws", DRAWS, (MASK, "spikes drawn anew")),
    Mutant("hoist moves draws, no law", lawless(DRAWS), (MASK, "spikes drawn anew")),
    Mutant("hoist asks in eval only", lawless(IN_EVAL), (MASK,)),
    Mutant("hoist moves what changes", TIMED, (DATA,)),
    Mutant("hoist moves what changes, no law", lawless(TIMED), (DATA,)),
    Mutant("fold takes states", CAUSAL, (NEURON,)),
    Mutant("fold takes states, no law", lawless(CAUSAL), (NEURON,)),
    Mutant("fold changes the order", ORDER, (RESIDUAL,)),
    Mutant("a loop keeps a value for itself", YIELDS, ("two values of a loop are read",)),
    Mutant("a loop over sequence statistics", UNASKED, (STATISTICS,)),
    Mutant("cuts asked in eval only", lawless(whole_in(False)), (STATISTICS,)),
    Mutant("a loop forgets its states", lawless(STATELESS), (NEURON,)),
    Mutant("sequence statistics of one step", helper(None, None), (SEQUENCE,)),
    Mutant("step statistics as the sequence's", PER_STEP, (STEP,)),
    Mutant("step statistics folded", FOLDED, (LATER,)),
    Mutant("the variance of one step", text(VARIANCE, "1.0"), (SEQUENCE,)),
    Mutant("updates of one step", text("** time_steps", "** 1"), (STEP,)),
    Mutant("a mask of each sample and step", text(", batch_axis=1", ""), (ONE_MASK,)),
    Mutant("steps and samples swapped", ROLLED, (RESIDUAL,)),
)
"""In the order of the passes. Each of its cases must differ from the reference, or be illegal."""
