"""The chains of a network, for ``snnc show``: those that run in one kernel, and those too large."""

from collections.abc import Iterator
from dataclasses import dataclass

from snnc.passes.whole import MOST, WIDEST, chains, fits, weights
from snnc.program.types import Op, Program, Scan


@dataclass(frozen=True)
class Chained:
    """The layers of a chain with its readout, its weights, and whether one kernel runs them."""

    layers: tuple[str, ...]
    weights: int
    one_kernel: bool


def chained(program: Program) -> list[Chained]:
    """Every chain of layers up to a readout, in order."""
    scans = (region for region in program.regions if isinstance(region, Scan))
    taken = [_of(program, region.ops, True) for region in scans if region.form == "whole"]
    left = [_of(program, ops, False) for ops in chains(program) if not fits(program, ops)]
    return [*taken, *left]


def _of(program: Program, ops: tuple[Op, ...], one_kernel: bool) -> Chained:
    names = tuple(op.node for op in ops if "@" not in op.node)
    return Chained(names, weights(program, ops), one_kernel)


def sentences(program: Program) -> Iterator[str]:
    """One line a chain: what was chosen, and why."""
    for chain in chained(program):
        layers, size = ", ".join(chain.layers), f"{chain.weights:,} weights"
        if chain.one_kernel:
            why = "fit the cache of a core, nothing between is stored"
            yield f"one kernel ({layers}): {size} {why}"
        else:
            limit = f"at most {MOST:,} weights and {WIDEST} neurons a layer"
            yield f"layer by layer ({layers}): {size}, one kernel takes {limit}"
