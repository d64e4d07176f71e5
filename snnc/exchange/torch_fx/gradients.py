"""Gradients of both networks of an import, in training mode and without dropout."""

from collections.abc import Mapping

import torch
from torch import Tensor

from snnc.exchange.torch_fx.observing import Outputs, Sides, run, watch
from snnc.exchange.torch_fx.running import tensors

_TOLERANCE = 1e-5
"""Of a gradient: surrogates of some libraries compute in float32."""
_FLOOR = 1e-3
"""Of the largest gradient: one that is 0 in theory, as before a batch norm, is noise."""
_INPUT = "the input"


def compared_gradients(sides: Sides, scale: float) -> tuple[list[str], int]:
    """The names of the tensors whose gradients differ, and how many were compared.

    The loss is a random weighting of the outputs.
    """
    ours, theirs = sides.ours().train(), sides.theirs().train()
    x = sides.samples(dyadic=False) * scale
    mine, other = x.clone().requires_grad_(), x.clone().requires_grad_()
    for module in (*ours.modules(), *theirs.modules()):
        if isinstance(getattr(module, "p", None), float):
            module.p = 0.0  # type: ignore[assignment]
    watch(theirs, {path: [] for path in sides.neurons})
    want = run(theirs, sides.clock, other)
    got = tensors(ours(sides.given(mine)))
    _backward(want)
    _backward([sides.turned(a, b) for a, b in zip(got, want, strict=True)])
    own = {**dict(ours.named_parameters()), _INPUT: mine}
    original = {**dict(theirs.named_parameters()), _INPUT: other}
    return _differing(own, original, {**sides.same, _INPUT: _INPUT})


def _backward(outputs: Outputs) -> None:
    """The gradients of weightings that are the same for equal shapes."""
    total = torch.zeros((), dtype=torch.float64)
    for y in outputs:
        random = torch.Generator().manual_seed(2)
        weights = torch.randn(y.numel(), generator=random, dtype=torch.float64)
        total = total + (y.reshape(-1).double() * weights).sum()
    if total.requires_grad:
        total.backward()  # type: ignore[no-untyped-call]


def _differing(
    ours: Mapping[str, Tensor], theirs: Mapping[str, Tensor], same: Mapping[str, str]
) -> tuple[list[str], int]:
    known: dict[str, tuple[Tensor, Tensor]] = {}
    for key, original in same.items():
        a = ours[key].grad if key in ours else None
        b = theirs[original].grad if original in theirs else None
        if a is not None and b is not None:  # layers that share weights have a part each
            before = known[original][0] if original in known else torch.zeros_like(a)
            known[original] = (before + a, b)
    largest = max((float(b.abs().max()) for _, b in known.values()), default=0.0)
    wrong = [
        key
        for key, (a, b) in known.items()
        if not _apart(a, b) <= _TOLERANCE * max(float(b.abs().max()), _FLOOR * largest, 1e-12)
    ]
    return wrong, len(known)


def _apart(a: Tensor, b: Tensor) -> float:
    return float((a - b.reshape(a.shape)).abs().max())
