"""What the neurons of a network have in common as modules."""

import functools
from collections.abc import Sequence
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from ..checks import check_starts
from ..watching import watched
from .calls import Tensors
from .kernels import Kernels

State = Tensor | float


class FusedNeuron(nn.Module):
    """A neuron whose steps all run in one kernel; its state is fresh at every call.

    A subclass names its kernel and its states and, if it has numbers that are tensors, computes
    from them the ``terms`` that the kernel reads. ``path`` is its place in the network.
    One spike adds ``spike_value`` to the output: a number, or the name of one of its own.
    ``numbers`` are those that its kernel knows, for people.
    """

    kernels: ClassVar[Kernels]
    kernel: ClassVar[str]
    states: ClassVar[tuple[str, ...]]
    spike_value: ClassVar[float | str] = 1.0
    path: str = ""
    numbers: ClassVar[str] = ""

    def extra_repr(self) -> str:
        """Its numbers: those of its kernel, and its tensors as they are now."""
        tensors: list[tuple[str, Tensor]] = [*self.named_parameters(recurse=False)]
        tensors += self.named_buffers(recurse=False)
        said = [numbered(self, name, tensor) for name, tensor in tensors]
        return ", ".join(filter(None, [self.numbers, *said]))

    def terms(self) -> list[Tensor]:
        """What the kernel reads of the module's parameters."""
        return []

    def inner(self, name: str) -> Any:
        """The merge of its feedback, which its kernel computes. Raises TypeError if it cannot.

        A kernel would not see a module in its place, or a hook.
        """
        layer = getattr(self, name)
        own = isinstance(layer, FusedNeuron) and not watched(layer)
        if not own or type(layer).forward is not FusedNeuron.forward:
            where = f"{self.path}.{name}"
            what = f"{where} is computed in the kernel of {self.path} and cannot be another module"
            raise TypeError(f"{what}, or hooked: [build] passes without fuse calls it")
        return layer

    def starts(self) -> list[State]:
        """Each state before the first step, if the kernel does not know it."""
        return []

    def forward(
        self,
        *inputs: Tensor,
        time_steps: int | None = None,
        state: dict[str, Tensor] | None = None,
    ) -> Tensor:
        """All steps, [T, B, ...], of inputs [T, B, ...]; with time_steps, of [B, ...].

        They begin where ``state`` says, under the neuron's path, and leave their end there.
        """
        if state is None:
            return self.run(inputs, self.starts(), time_steps, end=False)[0]
        output, *after = self.run(inputs, self.resumed(state), time_steps, end=True)
        state.update(zip(self.places(), after))
        return output

    def places(self) -> list[str]:
        """The names under which its states are kept."""
        return [f"{self.path}.{name}" for name in self.states]

    def resumed(self, state: dict[str, Tensor]) -> list[State]:
        """Its states as they are kept or, where they are not, as they begin."""
        fresh = self.starts() or self.kernels.specs[self.kernel].start
        return [state.get(name, start) for name, start in zip(self.places(), fresh)]

    def step(self, inputs: Sequence[Tensor], states: Sequence[State]) -> Tensors:
        """One step of inputs [B, ...]: the output, then the states after it."""
        output, *after = self.run(inputs, states, 1, end=True)
        return output[0], *after

    def run(
        self,
        inputs: Sequence[Tensor],
        states: Sequence[State],
        time_steps: int | None,
        end: bool,
        kernels: Kernels | None = None,
        kernel: str = "",
    ) -> Tensors:
        """The output at every step and, if ``end``, the states after the last.

        ``kernels`` and ``kernel`` name another kernel than the neuron's own.
        """
        kernels, kernel = kernels or self.kernels, kernel or self.kernel
        static = time_steps is not None
        steps = inputs[0].shape[0] if time_steps is None else time_steps
        sample = inputs[0].shape[0 if static else 1 :]
        check_starts(self.places(), states, sample)
        operands = self.operands(inputs, states)
        return kernels.run(kernel, *operands, steps, static, end)

    def operands(
        self, inputs: Sequence[Tensor], states: Sequence[State]
    ) -> tuple[list[Tensor], list[Tensor], list[Tensor]]:
        """Inputs of one type, terms and first states, as kernels take them."""
        dtype = functools.reduce(torch.promote_types, (x.dtype for x in inputs))
        real = torch.promote_types(dtype, torch.float32)
        alike = [x.to(dtype) for x in inputs]
        terms = [term.to(real) for term in self.terms()]
        return alike, terms, [as_state(state, inputs[0], real) for state in states]


def untouched(cell: nn.Module) -> bool:
    """Whether it is a neuron of the class that its kernel was made for, and nobody watches it.

    Anything else in its place, a wrapper with its attributes too, is called.
    """
    return "kernel" in vars(type(cell)) and not watched(cell)


def run_step(
    cell: nn.Module, inputs: Sequence[Tensor], states: Sequence[State]
) -> Tensors:
    """One step of a neuron in a loop; what is in its place is called with a state."""
    if isinstance(cell, FusedNeuron) and untouched(cell):
        return cell.step(inputs, states)
    own: Any = cell
    state = {
        place: as_state(s, inputs[0], inputs[0].dtype)
        for place, s in zip(own.places(), states)
    }
    output: Tensor = own(*(x[None] for x in inputs), state=state)
    return output[0], *(state[place] for place in own.places())


def numbered(neuron: nn.Module, name: str, own: Tensor) -> str:
    """A tensor of a neuron: its number or its range, and whether it is learned."""
    meant = getattr(neuron, name.removesuffix("_raw"), own)  # in its parametrisation
    tensor = meant if isinstance(meant, Tensor) else own
    words = ["learned"] * isinstance(own, nn.Parameter)
    words += [str(list(tensor.shape))] * (tensor.ndim > 0)
    text = "?" if tensor.is_meta or not tensor.numel() else span(tensor.detach())
    told = f" ({', '.join(words)})" if words else ""
    return f"{name.removesuffix('_raw')}={text}{told}"


def span(tensor: Tensor) -> str:
    """The one number of a tensor, or its smallest and its largest."""
    low, high = f"{float(tensor.min()):.4g}", f"{float(tensor.max()):.4g}"
    return low if low == high else f"{low} to {high}"


def place_neurons(net: nn.Module) -> None:
    """Tells each neuron its path in the network, under which its state is kept."""
    for path, module in net.named_modules():
        if isinstance(module, FusedNeuron):
            module.path = path


def channels(shape: tuple[int, ...]) -> tuple[int, ...]:
    """The shape of one number a channel, as it broadcasts over a sample."""
    return (shape[0], *(1 for _ in shape[1:]))


def as_state(state: State, like: Tensor, dtype: torch.dtype) -> Tensor:
    """A state that broadcasts over a sample of ``like``."""
    if isinstance(state, Tensor):
        return state.to(dtype)
    return like.new_full((), state, dtype=dtype)
