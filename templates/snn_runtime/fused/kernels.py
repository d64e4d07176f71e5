"""The neurons of a package as operators of PyTorch."""

import atexit
import functools
import hashlib
import os
import warnings
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import torch
from torch import Tensor

from .autograd import Fused, applied, each, operator
from .calls import Call, Launch, Spec, Tensors
from .checked import check_backend, check_grads, checked
from .cpu import c_launcher
from .cuda import cuda_launcher
from .joining import JOINING
from .joining_cuda import JOINING_CUDA
from .launch import Unavailable, fused_backward, fused_forward
from .loop import loop_backward, loop_forward
from .prelude import PRELUDE, PRELUDE_C, PRELUDE_CUDA
from .sums import summed

Native = Callable[[str, Call], tuple[Launch, int]]
CALL = "Tensor[] inputs, Tensor[] terms, Tensor[] starts, SymInt steps, bool static, str backend"
SCHEMAS = {
    "forward": f"({CALL}, bool end) -> Tensor[]",
    "backward": f"({CALL}, Tensor grad, Tensor[] end_grads) -> Tensor[]",
}


class Kernels:
    """The neurons of one package: two operators each, a forward and a backward.

    Their namespace is named by the hash of their texts, so that packages with the same neurons
    share them and others cannot meet them.
    """

    schemas: ClassVar[dict[str, str]] = SCHEMAS
    tells_end: ClassVar[bool] = True

    def __init__(self, steps: str, c: str, cuda: str, specs: dict[str, Spec]) -> None:
        joined = any(spec.joined for spec in specs.values())
        before = PRELUDE_C + JOINING * joined, PRELUDE_CUDA + JOINING_CUDA * joined
        self.c = PRELUDE + before[0] + steps + c
        self.cuda = PRELUDE + before[1] + steps + cuda
        self.specs = specs
        texts = "\0".join([self.c, self.cuda, *self.schemas.values()])
        self.namespace = f"snnc_{hashlib.sha256(texts.encode()).hexdigest()[:16]}"
        for name in specs:
            self.register(name)

    def register(self, name: str) -> None:
        """Defines the two operators of a neuron, unless they are there."""
        if not hasattr(getattr(torch.ops, self.namespace), f"{name}_forward"):
            self.define(name, "forward", self.forward, self.fake_forward)
            self.define(name, "backward", self.backward, self.fake_backward)

    def define(
        self,
        name: str,
        direction: str,
        run: Callable[..., list[Tensor]],
        fake: Callable[..., list[Tensor]],
    ) -> None:
        """Registers an operator for every device, for tracing and for vmap."""
        library: Any = torch.library.Library  # its methods are not typed
        library = library(self.namespace, "FRAGMENT")
        atexit.register(lambda: library)  # operators live as long as their library
        own = f"{name}_{direction}"
        library.define(f"{own}{self.schemas[direction]}")
        library.impl(own, self.on_call(name, run), "CompositeExplicitAutograd")
        full = f"{self.namespace}::{own}"
        torch.library.register_fake(full, self.on_call(name, fake), lib=library)
        rule = each(operator(f"{self.namespace}.{own}"))
        torch.library.register_vmap(full, rule, lib=library)

    def on_call(
        self, name: str, run: Callable[..., list[Tensor]]
    ) -> Callable[..., list[Tensor]]:
        """``run`` as PyTorch calls it: the parts of a call first."""

        def called(*arguments: Any) -> list[Tensor]:
            return run(self.call(name, *arguments[:6]), *arguments[6:])

        return called

    def call(
        self,
        name: str,
        inputs: Sequence[Tensor],
        terms: Sequence[Tensor],
        starts: Sequence[Tensor],
        steps: int,
        static: bool,
        backend: str,
    ) -> Call:
        """The call, checked."""
        operands = tuple(inputs), tuple(terms), tuple(starts)
        return checked(Call(name, self.specs[name], *operands, steps, static, backend))

    def forward(self, call: Call, end: bool) -> list[Tensor]:
        """The output [T, B, ...] and, if ``end``, the states after the last step."""
        launching = self.launcher(call)
        if launching is None:
            return loop_forward(call, end)
        return fused_forward(call.name, call, end, launching[0])

    def backward(
        self, call: Call, grad: Tensor, end_grads: Sequence[Tensor]
    ) -> list[Tensor]:
        """The gradients of inputs, terms and first states."""
        ends = tuple(end_grads)
        check_grads(call, grad, ends)
        launching = self.launcher(call)
        if launching is None:
            grads = loop_backward(call, grad, ends)
        else:
            launch, scratch = launching
            grads = fused_backward(call.name, call, grad, ends, scratch, launch)
        count, small = len(call.inputs), (*call.terms, *call.given)
        return [*grads[:count], *map(summed, grads[count:], small)]

    def fake_forward(self, call: Call, end: bool) -> list[Tensor]:
        """Shapes and layouts of :meth:`forward`, for tracing."""
        ends = [call.once() for _ in call.spec.start if end]
        return [call.over_time(call.dtype), *ends]

    def fake_backward(
        self, call: Call, grad: Tensor, end_grads: Sequence[Tensor]
    ) -> list[Tensor]:
        """Shapes and layouts of :meth:`backward`, for tracing."""
        check_grads(call, grad, tuple(end_grads))
        return [torch.empty_like(x) for x in (*call.inputs, *call.terms, *call.given)]

    def both_ways(self, call: Call, draw: Callable[..., Tensor]) -> Tensors:
        """The output and every gradient of a call; ``draw`` gives random numbers of a size.

        A static call goes without gradients of the last states.
        """
        output, *ends = self.forward(call, self.tells_end and not call.static)
        grad = draw(*output.shape).to(call.dtype)
        grads = self.backward(call, grad, [draw(*end.shape) for end in ends])
        return output, *ends, *grads

    def libraries(self) -> list[tuple[str, tuple[str, ...]]]:
        """The C texts, and with which macros they are compiled."""
        return [(self.c, ())]

    def launcher(self, call: Call) -> tuple[Launch, int] | None:
        """How to launch compiled kernels for this call; None for the loop over tensors."""
        return self.native(call, c_launcher)

    def native(
        self, call: Call, on_cpu: Native, on_gpu: Native | None = None
    ) -> tuple[Launch, int] | None:
        """The launcher of the device's own backend, if the call is not for the loop."""
        backend, x = call.backend, call.inputs[0]
        native = "c" if x.is_cpu else "cuda" if x.is_cuda else None
        if backend == "torch" or (backend, native) == ("auto", None):
            return None
        if backend not in ("auto", native):
            raise RuntimeError(
                f"SNNC_BACKEND={backend}, but the tensors are on {x.device.type}"
            )
        try:
            if not call.size:
                return None
            if native == "c":
                return on_cpu(self.c, call)
            return (on_gpu or cuda_launcher)(self.cuda, call)
        except Unavailable as error:
            if backend != "auto":
                raise
            fall_back(str(error))
            return None

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
        kernel = f"{self.namespace}.{name}"
        counts = len(inputs), len(terms), len(starts)
        how = steps, static, chosen_backend(), end
        return applied(Fused, kernel, counts, *how, *inputs, *terms, *starts)


def chosen_backend() -> str:
    """SNNC_BACKEND; read at every call, fixed when a call is compiled."""
    backend = os.environ.get("SNNC_BACKEND") or "auto"
    check_backend(backend)
    return backend


@functools.cache
def fall_back(why: str) -> None:
    """Says once that neurons run as loops over tensors."""
    warnings.warn(f"neurons run as loops over tensors, slowly: {why}", stacklevel=2)
