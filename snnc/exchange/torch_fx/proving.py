"""The proof of an imported spiking network: both are run in float64, and every spike is compared.

Random samples show the arithmetic. Dyadic ones, with dyadic weights, show what happens at exactly
the threshold, which random numbers never hit.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from snnc.exchange import Refused
from snnc.exchange.torch_fx.gradients import compared_gradients
from snnc.exchange.torch_fx.observing import Sides, observed
from snnc.exchange.torch_fx.running import tensors

TOLERANCE = 1e-9
"""Of the largest value: potentials are summed in another order."""
_SCALES = (1.0, 4.0, 16.0)


class Differs(Refused):
    """The networks do not compute the same."""

    def __init__(self, what: str) -> None:
        super().__init__(f"as a spec, it computes something else: {what}", help=_HELP)


_HELP = "what differs from one time step to another, or depends on elements, cannot be imported"


@dataclass(frozen=True)
class Proof:
    """The equality that was found; ``silent`` neurons never fired, so that little is proved."""

    apart: float
    compared: int
    silent: tuple[str, ...]
    gradients: int

    @property
    def told(self) -> str:
        """A few words on how equal both networks are."""
        apart = f"difference {self.apart:.1g}" if self.apart else "difference 0"
        counted = f"spikes of {self.compared} neurons, {self.gradients} gradients"
        return f"proved equal in float64: {apart}, {counted}"


def proved(sides: Sides) -> Proof:
    """Runs both networks. Raises Differs; Findings if snnc rejects the text."""
    ours = sides.ours().eval()
    apart, fired = 0.0, dict.fromkeys(sides.neurons, 0.0)
    for dyadic in (False, True):
        if dyadic:
            _same_eighths(ours, sides)
        for scale in _SCALES:
            theirs = _original(sides, dyadic)
            difference, largest = _compared(sides, ours, theirs, sides.samples(dyadic) * scale)
            apart = max(apart, difference)
            fired = {path: max(fired[path], largest.get(path, 0.0)) for path in fired}
    silent = tuple(path for path, largest_of in fired.items() if not largest_of)
    wrong, count = compared_gradients(sides, _SCALES[1])
    if wrong:
        raise Differs(f"the gradient of {wrong[0]} differs from the original's")
    return Proof(apart, len(fired), silent, count)


def _original(sides: Sides, dyadic: bool) -> nn.Module:
    net = sides.theirs().eval()
    if dyadic:
        _eighths(net)
    return net


def _compared(
    sides: Sides, ours: nn.Module, theirs: nn.Module, x: Tensor
) -> tuple[float, dict[str, float]]:
    """The largest difference of the outputs, and the largest value of each neuron."""
    with torch.no_grad():
        want, spikes = observed(theirs, sides, x)
        given = sides.given(x)
        got, values = tensors(ours(given)), ours.values(given)  # type: ignore[operator]
    for path, name in sides.neurons.items():
        if path in spikes and name in values:
            _same_spikes(path, values[name], spikes[path])
    apart = max(_apart(sides.turned(a, b), b) for a, b in zip(got, want, strict=True))
    return apart, {path: float(s.abs().max()) for path, s in spikes.items() if s.numel()}


def _same_spikes(path: str, got: Tensor, want: Tensor) -> None:
    if got.numel() != want.numel():  # the same at every step, as of a sequence without its time
        return
    large = float(want.abs().max()) or 1.0
    odd = int(((got - want.reshape(got.shape)).abs() > TOLERANCE * large).sum())
    if odd:
        raise Differs(f"{path}: {odd} of {want.numel()} values differ from the original's")


def _apart(got: Tensor, want: Tensor) -> float:
    large = float(want.abs().max()) or 1.0
    difference = float((got - want).abs().max()) / large
    if not difference <= TOLERANCE:
        raise Differs(f"the outputs differ by {difference:.1e} of the largest")
    return difference


def _eighths(net: nn.Module) -> None:
    """Gives weights small multiples of 1/8, and normalisations plain statistics."""
    for module in net.modules():
        norm = isinstance(module, nn.modules.batchnorm._BatchNorm)
        if norm or isinstance(module, nn.Linear | nn.modules.conv._ConvNd):
            for key, tensor in _own(module):
                largest = float(tensor.detach().abs().max()) or 1.0
                tensor.data.copy_(torch.round(tensor.data / largest * 8) / 8)
                if key == "running_var":
                    tensor.data.fill_(1.0 - float(module.eps))  # type: ignore[arg-type]


def _own(module: nn.Module) -> Iterator[tuple[str, Tensor]]:
    named = (*module.named_parameters(recurse=False), *module.named_buffers(recurse=False))
    return ((key, tensor) for key, tensor in named if tensor.is_floating_point())


def _same_eighths(ours: nn.Module, sides: Sides) -> None:
    """Gives our network the weights that :func:`_eighths` gives the original."""
    theirs = _original(sides, dyadic=True)
    values: Mapping[str, Tensor] = {
        **dict(theirs.named_parameters(remove_duplicate=False)),
        **dict(theirs.named_buffers(remove_duplicate=False)),
    }
    with torch.no_grad():
        for key, tensor in ours.state_dict().items():
            if key in sides.same and tensor.is_floating_point():
                tensor.copy_(values[sides.same[key]].reshape(tensor.shape))
