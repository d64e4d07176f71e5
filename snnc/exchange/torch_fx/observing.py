"""Both networks of an import, run on the same samples, and what their neurons give."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch
from torch import Tensor, nn

import snnc
from snnc.exchange import libraries
from snnc.exchange.time_axis import Time
from snnc.exchange.torch_fx.running import tensors
from snnc.exchange.torch_fx.timing import Clock
from snnc.shapes import Shape

BATCH = 4
Outputs = list[Tensor]


@dataclass(frozen=True)
class Sides:
    """Both networks: a spec with its weights, and a function that gives a fresh original.

    ``same`` has the original's name of each tensor, ``neurons`` the layer of each neuron.
    """

    text: str
    state: Mapping[str, Tensor]
    original: Callable[[], nn.Module]
    same: Mapping[str, str]
    neurons: Mapping[str, str]
    clock: Clock
    shape: Shape

    def ours(self) -> nn.Module:
        """The network of the spec, in float64. Raises Findings if snnc rejects the text."""
        with TemporaryDirectory() as folder:
            path = Path(folder) / "imported.snn.toml"
            path.write_text(self.text, encoding="utf-8")
            net = snnc.compile(path).double()
        floats = {k: t.double() if t.is_floating_point() else t for k, t in self.state.items()}
        net.load_state_dict(floats)
        return net

    def theirs(self) -> nn.Module:
        """A fresh original in float64."""
        return self.original().double()

    def given(self, x: Tensor) -> Tensor:
        """Samples [T, B, ...] as the spec's network takes them."""
        return x[0] if self.clock.time is Time.INSIDE else x

    def samples(self, dyadic: bool) -> Tensor:
        """Samples [T, B, ...]: random, or multiples of 1/4 that hit thresholds."""
        sizes = (self.clock.steps, BATCH, *self.shape)
        random = torch.Generator().manual_seed(1)
        if dyadic:
            return torch.randint(-2, 5, sizes, generator=random).double() / 4
        return torch.rand(sizes, generator=random, dtype=torch.float64)

    def turned(self, ours: Tensor, like: Tensor) -> Tensor:
        """Our output as the original returns it, which may have time behind the batch."""
        late = self.clock.time is Time.SECOND and like.shape[:2] == (BATCH, self.clock.steps)
        return (ours.transpose(0, 1) if late else ours).reshape(like.shape)


def observed(net: nn.Module, sides: Sides, x: Tensor) -> tuple[Outputs, dict[str, Tensor]]:
    """The outputs of a fresh original, and the values of its neurons [T, B, ...]."""
    seen: dict[str, list[Tensor]] = {path: [] for path in sides.neurons}
    watch(net, seen)
    outputs = run(net, sides.clock, x)
    in_time = {path: _in_time(calls, sides.clock) for path, calls in seen.items()}
    return outputs, {path: values for path, values in in_time.items() if values is not None}


def run(net: nn.Module, clock: Clock, x: Tensor) -> Outputs:
    """The outputs of a network for samples [T, B, ...]; one of a single step is called T times.

    Tensors that its code makes, such as first states, are float64 too.
    """
    usual = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    try:
        if clock.time is not Time.STEP:
            return tensors(net(clock.taken(x)))
        steps = [tensors(net(one)) for one in x]
    finally:
        torch.set_default_dtype(usual)
    return [torch.stack(values) for values in zip(*steps, strict=True)]


def watch(net: nn.Module, seen: Mapping[str, list[Tensor]]) -> None:
    """Keeps what neurons return, by path, and gives it the type of what they read.

    Surrogates of some libraries return float32 whatever they read.
    """
    for path, neuron in net.named_modules():
        if path not in seen and not libraries.is_neuron(neuron):
            continue
        neuron.register_forward_hook(_kept(seen.get(path, [])))
        for inside in neuron.children():
            inside.register_forward_pre_hook(_in_own_type)


def _in_own_type(module: nn.Module, args: tuple[Any, ...]) -> tuple[Any, ...]:
    dtype = next((p.dtype for p in module.parameters()), args[0].dtype)
    return (args[0].to(dtype), *args[1:])


def _kept(calls: list[Tensor]) -> Callable[..., Any]:
    def hook(_: nn.Module, args: tuple[Any, ...], result: Any) -> Any:
        dtype = args[0].dtype
        if isinstance(result, Tensor):
            calls.append(result.to(dtype))
            return calls[-1]
        first, *rest = result
        calls.append(first.to(dtype))
        return (calls[-1], *rest)

    return hook


def _in_time(calls: list[Tensor], clock: Clock) -> Tensor | None:
    """A neuron's calls as [T, B, ...]."""
    if len(calls) == clock.steps:
        return torch.stack(calls).detach()
    if len(calls) != 1:
        return None
    (whole,) = calls
    if clock.time is Time.SECOND and whole.shape[:1] == (BATCH * clock.steps,):
        whole = whole.reshape(BATCH, clock.steps, *whole.shape[1:])
    late = clock.time is Time.SECOND and whole.shape[:2] == (BATCH, clock.steps)
    return (whole.transpose(0, 1) if late else whole).detach()
