"""The neurons of a package as operators of PyTorch."""

import atexit
import functools
import hashlib
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from .autograd import Fused, chosen_backend
from .calls import Call, Launch, Spec, Tensors, checked
from .cpu import c_launcher
from .cuda import cuda_launcher
from .launch import Unavailable, fused_backward, fused_forward
from .loop import loop_backward, loop_forward
from .prelude import PRELUDE, PRELUDE_C, PRELUDE_CUDA

Operator = Callable[..., list[Tensor]]


class Kernels:
    """The neurons of one package as operators of PyTorch.

    Their namespace is named by the hash of their texts, so that packages with the same neurons
    share them and others cannot meet them.
    """

    def __init__(self, steps: str, c: str, cuda: str, specs: dict[str, Spec]) -> None:
        self.c = PRELUDE + PRELUDE_C + steps + c
        self.cuda = PRELUDE + PRELUDE_CUDA + steps + cuda
        self.specs = specs
        texts = (self.c + self.cuda).encode()
        self.namespace = f"snnc_{hashlib.sha256(texts).hexdigest()[:16]}"
        for name in specs:
            if not hasattr(getattr(torch.ops, self.namespace), f"{name}_forward"):
                self.define(name)

    def define(self, name: str) -> None:
        """Registers both operators of a neuron, for every device."""
        library: Any = torch.library.Library  # its methods are not typed
        library = library(self.namespace, "FRAGMENT")
        atexit.register(lambda: library)  # operators live as long as their library
        operands = "Tensor[] inputs, Tensor[] terms, Tensor[] starts"
        how = "int steps, bool static, str backend"
        library.define(f"{name}_forward({operands}, bool end, {how}) -> Tensor[]")
        library.define(
            f"{name}_backward({operands}, Tensor grad, Tensor[] end_grads, {how}) -> Tensor[]"
        )
        runs: dict[str, tuple[Operator, Operator]] = {
            "forward": (self.forward, self.fake_forward),
            "backward": (self.backward, self.fake_backward),
        }
        for direction, (run, fake) in runs.items():
            own = f"{name}_{direction}"
            library.impl(own, functools.partial(run, name), "CompositeExplicitAutograd")
            full, shapes = f"{self.namespace}::{own}", functools.partial(fake, name)
            torch.library.register_fake(full, shapes, lib=library)

    def launcher(self, call: Call, backend: str) -> tuple[Launch, int] | None:
        """How to launch compiled kernels for this call; None for the loop over tensors."""
        device = call.inputs[0].device.type
        native = {"cpu": "c", "cuda": "cuda"}.get(device)
        if backend == "torch" or (backend, native) == ("auto", None):
            return None
        if backend not in ("auto", native):
            raise RuntimeError(
                f"SNNC_BACKEND={backend}, but the tensors are on {device}"
            )
        try:
            if native == "c":
                return c_launcher(self.c, call)
            return cuda_launcher(self.cuda, call, self.specs)
        except Unavailable as error:
            if backend != "auto":
                raise
            fall_back(str(error))
            return None

    def forward(
        self,
        name: str,
        inputs: Sequence[Tensor],
        terms: Sequence[Tensor],
        starts: Sequence[Tensor],
        end: bool,
        steps: int,
        static: bool,
        backend: str,
    ) -> list[Tensor]:
        """The output [T, B, ...] and, if ``end``, the states after the last step."""
        call = self.call(name, inputs, terms, starts, steps, static)
        launching = self.launcher(call, backend) if call.sample.numel() else None
        if launching is not None:
            return fused_forward(name, call, end, launching[0])
        output, states = loop_forward(call)
        return [output, *(states if end else ())]

    def backward(
        self,
        name: str,
        inputs: Sequence[Tensor],
        terms: Sequence[Tensor],
        starts: Sequence[Tensor],
        grad: Tensor,
        end_grads: Sequence[Tensor],
        steps: int,
        static: bool,
        backend: str,
    ) -> list[Tensor]:
        """The gradients of inputs, terms and first states."""
        call = self.call(name, inputs, terms, starts, steps, static)
        launching = self.launcher(call, backend) if call.sample.numel() else None
        if launching is None:
            grads = loop_backward(call, grad, tuple(end_grads))
        else:
            launch, scratch = launching
            grads = fused_backward(name, call, grad, tuple(end_grads), scratch, launch)
        first, last = len(inputs), len(inputs) + len(terms)
        summed = [
            g.sum_to_size(t.shape)
            for g, t in zip(grads[first:last], terms, strict=True)
        ]
        return [*grads[:first], *summed, *grads[last:]]

    def call(
        self,
        name: str,
        inputs: Sequence[Tensor],
        terms: Sequence[Tensor],
        starts: Sequence[Tensor],
        steps: int,
        static: bool,
    ) -> Call:
        """The call, checked."""
        operands = tuple(inputs), tuple(terms), tuple(starts)
        return checked(Call(self.specs[name], *operands, steps, static))

    def fake_forward(
        self,
        name: str,
        inputs: Sequence[Tensor],
        terms: Sequence[Tensor],
        starts: Sequence[Tensor],
        end: bool,
        steps: int,
        static: bool,
        backend: str,
    ) -> list[Tensor]:
        """Shapes and layouts of :meth:`forward`, for tracing."""
        call = self.call(name, inputs, terms, starts, steps, static)
        ends = [torch.empty_like(call.sample, dtype=call.real) for _ in call.spec.start]
        return [call.over_time(inputs[0].dtype), *(ends if end else ())]

    def fake_backward(
        self,
        name: str,
        inputs: Sequence[Tensor],
        terms: Sequence[Tensor],
        starts: Sequence[Tensor],
        grad: Tensor,
        end_grads: Sequence[Tensor],
        steps: int,
        static: bool,
        backend: str,
    ) -> list[Tensor]:
        """Shapes and layouts of :meth:`backward`, for tracing."""
        call = self.call(name, inputs, terms, starts, steps, static)
        return [torch.empty_like(x) for x in (*call.inputs, *terms, *call.starts)]

    def run(
        self,
        name: str,
        inputs: Sequence[Tensor],
        terms: Sequence[Tensor],
        starts: Sequence[Tensor],
        steps: int,
        static: bool,
        end: bool,
    ) -> Tensors:
        """The output [T, B, ...] and, if ``end``, the states after the last step.

        Differentiable by every operand; a second derivative is an error.
        """
        counts = len(inputs), len(terms), len(starts)
        kernel = f"{self.namespace}.{name}"
        how = (kernel, counts, end, steps, static, chosen_backend())
        results: Tensors = Fused.apply(*how, *inputs, *terms, *starts)
        return results


@functools.cache
def fall_back(why: str) -> None:
    """Says once that neurons run as loops over tensors."""
    warnings.warn(f"neurons run as loops over tensors, slowly: {why}", stacklevel=2)
