"""A network of a library's spiking neurons as a spec and weights, proved by running both."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import torch
from torch import Tensor, nn

from snnc.exchange import Unusable, entry
from snnc.exchange.torch_fx import factory, proving, tracing, weights, where
from snnc.exchange.torch_fx.fitting import remarks
from snnc.exchange.torch_fx.observing import Sides
from snnc.exchange.torch_fx.timed import Timed, TimedTranslation
from snnc.exchange.torch_fx.timing import Clock, Late
from snnc.shapes import Shape, show


@dataclass(frozen=True)
class ImportedSpiking:
    """The spec's text, the file of its weights, and what a person should know."""

    spec: str
    weights: bytes
    layers: int
    remarks: tuple[str, ...]
    proof: proving.Proof


def imported(
    path: str, name: str, shape: Shape, clock: Clock, stored: Path | None = None
) -> ImportedSpiking:
    """The network that ``package.module:factory`` makes, for samples of a shape, as a spec.

    Runs the user's code. ``stored`` is a file of weights for it.

    Raises:
        Unusable: the factory, the shape or the weights are wrong.
        Refused: a spec cannot say it.
        Findings, ArithmeticError: snnc's own mistakes: a bad spec, or one that computes otherwise.
    """
    net = factory.made(path).cpu().eval()
    tracing.takes_one(net)
    if stored is not None:
        weights.load(net, stored)
    x = _samples(net, shape, clock)
    _runs(factory.copied(net, path), clock, x)
    fresh = partial(factory.copied, net, path)
    graph, tracer = tracing.traced(fresh(), clock.taken(x))
    for late in Late:
        made = TimedTranslation(graph, tracer.values, clock, late).translated()
        state = weights.renamed(made.state)
        text = _text(path, name, shape, clock, made)
        sides = Sides(text, state, fresh, _same(graph, made), made.neurons, clock, shape)
        try:
            proof = proving.proved(sides)
        except proving.Differs:
            if late is Late.VALUE:
                raise
            continue
        said = (*remarks(made.state), *_said(proof))
        return ImportedSpiking(text, weights.saved(state), len(made.entries), said, proof)
    raise AssertionError("the last way of reading was refused without a reason")


def _text(path: str, name: str, shape: Shape, clock: Clock, made: Timed) -> str:
    doc = f"Imported from {path}."
    return entry.timed_spec(
        name, doc, shape, clock.steps, made.encoder, made.definitions, made.entries, made.outputs
    )


def _samples(net: nn.Module, shape: Shape, clock: Clock) -> Tensor:
    dtype = next((p.dtype for p in net.parameters() if p.is_floating_point()), torch.float32)
    if dtype in (torch.float16, torch.bfloat16):
        net.float()
        dtype = torch.float32
    random = torch.Generator().manual_seed(0)
    return torch.rand(clock.steps, clock.batch, *shape, generator=random).to(dtype)


def _runs(net: nn.Module, clock: Clock, x: Tensor) -> None:
    """Check that the network takes samples as it is said to. Raises Unusable."""
    taken = clock.taken(x)
    try:
        with torch.no_grad():
            net(taken)
    except Exception as error:
        axes = show(tuple(taken.shape))
        message = f"the network does not take {axes}, which is `--time {clock.time}`"
        raise Unusable(f"{message}: {where.said(error)}") from error


def _same(graph: nn.Module, made: Timed) -> Mapping[str, str]:
    """The original's name of each tensor, by its own name."""
    tensors = (
        *graph.named_parameters(remove_duplicate=False),
        *graph.named_buffers(remove_duplicate=False),
    )
    owners = {(t.data_ptr(), t.numel()): name for name, t in reversed(tensors) if t.numel()}
    return {
        f"{layer}.{key}": owners[t.data_ptr(), t.numel()]
        for layer, held in made.state.items()
        for key, t in held.items()
        if (t.data_ptr(), t.numel()) in owners
    }


def _said(proof: proving.Proof) -> Iterator[str]:
    if proof.silent:
        which = ", ".join(proof.silent[:5]) + (" and more" if len(proof.silent) > 5 else "")
        yield f"{which} never fired on any sample, which proves little: use trained weights"
