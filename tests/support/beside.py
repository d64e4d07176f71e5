"""Neurons side by side on one input, as a generated module: many of them for one compilation."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from snnc import network
from tests.support.nets import Pair, document

BACKENDS = ("c", "torch")
LOWEST, HIGHEST = 0.05, 0.95


def toml(value: object) -> str:
    """A number, a flag, a text or a table as TOML has it inline."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {toml(entry)}" for key, entry in value.items()) + " }"
    if isinstance(value, tuple):
        return "[" + ", ".join(map(toml, value)) + "]"
    return "inf" if value == float("inf") else json.dumps(value)


Layers = Mapping[str, Mapping[str, Any]]


def beside(
    folder: Path, layers: Layers, size: int, steps: int, dtype: torch.dtype, tables: str = ""
) -> Any:
    """The module of a network in which each layer reads the input and is an output.

    ``tables`` are further ones of the spec, such as neurons of its own.
    """
    entries = [toml({"name": name, "from": "input", **fields}) for name, fields in layers.items()]
    lines = [f'[input]\nshape = [{size}]\nencoder = "none"\n[network]\nlayers = [']
    lines += [*(f"  {entry}," for entry in entries), "]"]
    for name in layers:
        lines += [f'[outputs.{name}_out]\nfrom = "{name}"\nreadout = "sequence"']
    doc = document(folder, "\n".join(lines) + f"\n{tables}", steps)
    usual = torch.get_default_dtype()
    torch.set_default_dtype(dtype)  # so that its numbers are those of the spec
    try:
        return network(doc)()
    finally:
        torch.set_default_dtype(usual)


def outputs(module: nn.Module, x: Tensor, names: Mapping[str, Any]) -> dict[str, Tensor]:
    """Each layer's output [T, B, size]."""
    got = module(x)
    return {name: got if len(names) == 1 else getattr(got, f"{name}_out") for name in names}


def use(monkeypatch: pytest.MonkeyPatch, backend: str) -> None:
    monkeypatch.setenv("SNNC_BACKEND", backend)


def fires(spikes: Tensor) -> bool:
    """Whether comparing these proves something."""
    return LOWEST < float((spikes != 0).double().mean()) < HIGHEST


def gradient(y: Tensor, x: Tensor, seed: int = 3) -> Tensor:
    """Of a random weighting of y."""
    random = torch.Generator().manual_seed(seed)
    weights = torch.randn(y.shape, generator=random, dtype=torch.float64).to(y)
    (found,) = torch.autograd.grad((weights * y).sum(), x, retain_graph=True)
    return found


def same(both: Pair, what: str) -> None:
    """Outputs, and gradients of the input and every raw parameter."""
    got, want = both.call()
    _equal(got, want["output"], what)
    names, ours = zip(*both.module.named_parameters(), strict=True)
    theirs = [dict(both.reference.named_parameters())[name] for name in names]
    (x,) = both.data.values()
    found = _gradients(got, [x, *ours]), _gradients(want["output"], [x, *theirs])
    for name, a, b in zip(("x", *names), *found, strict=True):
        _equal(a, b, f"gradient of {name}, {what}")


def _gradients(y: Tensor, wrt: list[Tensor]) -> list[Tensor]:
    weights = torch.linspace(-1, 1, y.numel(), dtype=torch.float64).view(y.shape).cos()
    loss = (weights * y).sum()
    found: list[Tensor | None] = list(torch.autograd.grad(loss, wrt, allow_unused=True))
    return [torch.zeros_like(p) if g is None else g for g, p in zip(found, wrt, strict=True)]


def _equal(got: Tensor, want: Tensor, what: str) -> None:
    torch.testing.assert_close(got, want, rtol=1e-8, atol=1e-10, msg=lambda m: f"{what}: {m}")
