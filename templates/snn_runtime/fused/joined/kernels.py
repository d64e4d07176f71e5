"""Neurons with layers around them as operators of PyTorch."""

from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar

import torch
from torch import Tensor

from ..autograd import applied
from ..calls import Call, Launch, Tensors
from ..checked import check_channels, check_count, check_like, refuse
from ..joining import JOINING
from ..kernels import CALL, Kernels, chosen_backend
from ..prelude import PRELUDE, PRELUDE_C
from .autograd import Joined
from .forms import Form, check_images, form_of, room
from .loop import Loop
from .on_cpu import OnCpu
from .on_gpu import OnGpu
from .parts import Native, Norm
from .places import PLACES
from .prelude import PRELUDE_NORMED

AROUND = f"{CALL}, Tensor[] affine"
BACK = "Tensor[] stats, float eps, bool batch, Tensor grad, Tensor[] end_grads"


class JoinedKernels(Kernels):
    """The neurons of ``base`` with layers around them: ``if_max_2x2_normed``.

    ``affine`` are weight and bias of a normalisation, or nothing; ``known`` mean and variance,
    or nothing if they are those of the batch. ``places`` is C for images whose channels lie
    innermost.
    """

    schemas: ClassVar[dict[str, str]] = {
        "forward": f"({AROUND}, Tensor[] known, float eps, bool end) -> Tensor[]",
        "backward": f"({AROUND}, {BACK}) -> Tensor[]",
    }

    def __init__(
        self,
        base: Kernels,
        steps: str,
        places: str,
        forms: Mapping[str, Sequence[str]],
    ) -> None:
        super().__init__(steps, base.c + places, base.cuda, {})
        self.base, self.forms = base, dict[str, Form]()
        self.c, self.cuda = base.c.replace(steps, PRELUDE_NORMED + steps), base.cuda
        own = PRELUDE + PRELUDE_C + JOINING + PRELUDE_NORMED + PLACES
        self.places = own + steps + places
        for neuron, texts in forms.items():
            for text in texts:
                self.specs[f"{neuron}_{text}"] = base.specs[neuron]
                self.forms[f"{neuron}_{text}"] = form_of(neuron, text)
        for name in self.specs:
            self.register(name)

    def take(self, kernel: str, x: Tensor) -> bool:
        """Whether there is such a kernel, and it takes samples x [B, ...]."""
        return kernel in self.forms and self.forms[kernel].takes(x)

    def forward(  # type: ignore[override]
        self,
        call: Call,
        affine: Sequence[Tensor],
        known: Sequence[Tensor],
        eps: float,
        end: bool,
    ) -> list[Tensor]:
        """The output [T, B, ...], last states if ``end``, and statistics unless they are known.

        These are mean and variance; on a GPU also what its kernels read of them.
        """
        self.check(call, affine, known, end)
        return self.how(call).forward(Norm(affine, known, eps), end)

    def backward(  # type: ignore[override]
        self,
        call: Call,
        affine: Sequence[Tensor],
        stats: Sequence[Tensor],
        eps: float,
        batch: bool,
        grad: Tensor,
        end_grads: Sequence[Tensor],
    ) -> list[Tensor]:
        """The gradients of the input, terms, first states, weight and bias."""
        self.check_back(call, affine, stats, grad, end_grads)
        norm = Norm(affine, stats, eps, batch)
        return self.how(call).backward(norm, grad, tuple(end_grads))

    def fake_forward(  # type: ignore[override]
        self,
        call: Call,
        affine: Sequence[Tensor],
        known: Sequence[Tensor],
        eps: float,
        end: bool,
    ) -> list[Tensor]:
        """Shapes and layouts of :meth:`forward`, for tracing."""
        self.check(call, affine, known, end)
        form, x = self.forms[call.name], call.sample
        found = [
            room(call, form.window),
            *(call.once() for _ in call.spec.start if end),
        ]
        if form.normed and not known:
            channels, dtype = x.shape[1], call.real if x.is_cuda else torch.float64
            found += [x.new_empty(channels, dtype=dtype) for _ in range(2)]
            found += [x.new_empty(3, channels, dtype=dtype)] * x.is_cuda
        return found

    def fake_backward(  # type: ignore[override]
        self,
        call: Call,
        affine: Sequence[Tensor],
        stats: Sequence[Tensor],
        eps: float,
        batch: bool,
        grad: Tensor,
        end_grads: Sequence[Tensor],
    ) -> list[Tensor]:
        """Shapes and layouts of :meth:`backward`, for tracing."""
        self.check_back(call, affine, stats, grad, end_grads)
        given = (*call.inputs, *call.terms, *call.given, *affine)
        return [torch.empty_like(x) for x in given]

    def check(
        self,
        call: Call,
        affine: Sequence[Tensor],
        known: Sequence[Tensor],
        end: bool,
        name: str = "known",
    ) -> None:
        """Inputs with channels, and numbers of each of these; states of whole images only."""
        form, x = self.forms[call.name], call.inputs[0]
        if call.sample.dim() < 2:
            refuse(call, "inputs[0]", x, "[..., B, C, ...]")
        if form.window is not None:
            check_images(call, form.window)
            if end and not form.window.whole(call.sample):
                refuse(
                    call,
                    "inputs[0]",
                    x,
                    "whole windows, as the last states are asked for",
                )
        if not form.normed and (affine or known):
            raise ValueError(
                f"{call.name} normalises nothing: it takes no numbers for it"
            )
        check_channels(call, "affine", affine)
        check_channels(call, name, known)
        if form.normed and not known and not x.numel():
            refuse(call, "inputs[0]", x, "what has a mean")
        if form.normed and len(call.inputs) > 1:
            raise ValueError(
                f"{call.name} normalises one input, not {len(call.inputs)}"
            )

    def check_back(
        self,
        call: Call,
        affine: Sequence[Tensor],
        stats: Sequence[Tensor],
        grad: Tensor,
        end_grads: Sequence[Tensor],
    ) -> None:
        """The same with statistics, which a way back always has, and gradients."""
        form = self.forms[call.name]
        if form.normed and len(stats) not in (2, 2 + call.sample.is_cuda):
            raise ValueError(
                f"{call.name}: stats are {len(stats)}, not mean and variance"
            )
        for rows in stats[2:]:
            lines = 3, call.sample.shape[1]
            check_like(call, "stats[2]", rows, lines, call.real)
        self.check(call, affine, stats[:2], bool(end_grads), "stats")
        shape = room(call, form.window, "meta").shape
        check_like(call, "grad", grad, shape, call.dtype)
        check_count(call, "end_grads", end_grads, len(call.spec.start))
        for i, g in enumerate(end_grads):
            check_like(call, f"end_grads[{i}]", g, call.sample.shape, call.real)

    def both_ways(self, call: Call, draw: Callable[..., Tensor]) -> Tensors:
        """The output and every gradient, with channels outermost and innermost.

        Static calls go without last states, with statistics that are known.
        """
        last = tuple(
            x.movedim(-3, -1).contiguous().movedim(-1, -3) for x in call.inputs
        )
        parts = call.terms, call.given, call.steps, call.static, call.backend
        calls = call, self.call(call.name, last, *parts)
        return tuple(x for each in calls for x in self.one_way(each, draw))

    def one_way(self, call: Call, draw: Callable[..., Tensor]) -> Tensors:
        """The same in the layout of the call."""
        form, channels = self.forms[call.name], call.sample.shape[1]
        affine = [draw(channels), draw(channels)] if form.normed else []
        known = [draw(channels), draw(channels)] if call.static and affine else []
        end = not call.static and (
            form.window is None or form.window.whole(call.sample)
        )
        output, *rest = self.forward(call, affine, known, 1e-5, end)
        grad, count = draw(*output.shape).to(call.dtype), len(call.spec.start) * end
        ends, stats = [draw(*x.shape) for x in rest[:count]], known or rest[count:]
        batch = bool(affine) and not known
        grads = self.backward(call, affine, stats, 1e-5, batch, grad, ends)
        return output, *rest, *grads

    def how(self, call: Call) -> Native | Loop:
        """By compiled kernels if this call can be, else over tensors."""
        form = self.forms[call.name]
        found: list[Native] = []

        def on_cpu(_: str, call: Call) -> tuple[Launch, int]:
            made = OnCpu(call, form, (self.places, self.c))
            found.append(made)
            return made.run, made.scratch

        def on_gpu(text: str, call: Call) -> tuple[Launch, int]:
            made = OnGpu(call, form, text)
            found.append(made)
            return made.ready, made.scratch

        if form.takes(call.sample) and self.native(call, on_cpu, on_gpu):
            return found[0]
        return Loop(call, form, self.base)

    def libraries(self) -> list[tuple[str, tuple[str, ...]]]:
        """The C texts, and with which macros they are compiled for usual images."""
        block = "-DBLOCK=512"
        every = dict.fromkeys(form.macros for form in self.forms.values())
        windows = [known for known in every if len(known) > 2]
        flat = [(self.c, (block, *known)) for known in every]
        return [*flat, *((self.places, (block, *known)) for known in windows)]

    def join(
        self,
        name: str,
        operands: Sequence[Sequence[Tensor]],
        known: Sequence[Tensor],
        eps: float,
        steps: int,
        static: bool,
        end: bool,
    ) -> Tensors:
        """The output [T, B, ...], last states if ``end``, and statistics unless they are known.

        ``operands`` are inputs, terms, first states, and weight and bias. Differentiable by
        all of them; a second derivative is an error.
        """
        counts = tuple(map(len, operands))
        batch = self.forms[name].normed and not known
        stats = (2 + operands[0][0].is_cuda) * batch
        how = steps, static, chosen_backend(), eps, end, stats
        every = (x for part in operands for x in part)
        kernel = f"{self.namespace}.{name}"
        return applied(Joined, kernel, counts, *how, *every, *known)
