"""Neurons with layers around them, as a generated package would run them on a GPU."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest
import torch
from torch import Tensor

from snnc.backends import cpu, cupy, steps
from templates.snn_runtime.fused import Kernels, Tensors, cuda
from templates.snn_runtime.fused.calls import Call, Launch
from templates.snn_runtime.fused.cuda import macros
from templates.snn_runtime.fused.joined import JoinedKernels, on_gpu
from templates.snn_runtime.fused.joined.on_gpu import NORM, OnGpu
from templates.snn_runtime.fused.launch import io_macro
from tests.gpu.cases import Case
from tests.gpu.memory import watch
from tests.gpu.rig import spec, terms


class OnCuda(JoinedKernels):
    """Kernels whose every call goes through the launch code for CUDA."""

    def native(self, call: Call, on_cpu: Any, on_gpu: Any = None) -> tuple[Launch, int] | None:
        found: tuple[Launch, int] = on_gpu(self.cuda, call)
        return found


class Looped(JoinedKernels):
    """Kernels that always run one after the other, over tensors."""

    def native(self, call: Call, on_cpu: Any, on_gpu: Any = None) -> tuple[Launch, int] | None:
        return None


@dataclass(frozen=True, eq=False)
class Form:
    """A neuron, the layers around it and one way to call it."""

    case: Case
    text: str
    last: bool = False
    batch: bool = True

    @property
    def name(self) -> str:
        return f"{self.case.name}_{self.text}"

    def __str__(self) -> str:
        how = ["last"] * self.last + ["known"] * (not self.batch and "normed" in self.text)
        return "-".join([self.name, *how])

    def made(self, kind: type[JoinedKernels], planted: tuple[str, str] = ("", "")) -> JoinedKernels:
        """Its kernels; something may be planted in what CUDA compiles."""
        k = replace(self.case.kernel, joined=True)
        step = steps.steps(k)
        own = {self.case.name: replace(spec(k), joined=True)}
        base = Kernels(step, cpu.loops(k), cupy.loops(k), own)
        found = kind(base, step, "", {self.case.name: (self.text,)})
        found.cuda = found.cuda.replace(*planted) if planted[0] else found.cuda
        return found

    def both_ways(self, kernels: JoinedKernels) -> Tensors:
        """The output, last states if they are known, statistics, and every gradient."""
        case, random = self.case, torch.Generator().manual_seed(3)
        real = torch.promote_types(case.dtype, torch.float32)

        def drawn(*shape: int) -> Tensor:
            return torch.rand(shape, generator=random, dtype=torch.float64).to(real)

        lead, channels = (() if case.static else (case.steps,)), case.shape[1]
        x = (drawn(*lead, *case.shape) * 2 - 0.4).to(case.dtype)
        x = x.movedim(-3, -1).contiguous().movedim(-1, -3) if self.last else x
        starts = [drawn(*case.shape) * 0.3 for _ in case.kernel.states] if case.starts else []
        own = [*terms(case, random, real)]
        call = kernels.call(self.name, [x], own, starts, case.steps, case.static, "torch")
        normed = "normed" in self.text
        affine = [drawn(channels) + 0.5, drawn(channels)] if normed else []
        known = [drawn(channels), drawn(channels) + 0.1] if normed and not self.batch else []
        output, *rest = kernels.forward(call, affine, known, 1e-5, case.ends)
        count = len(case.kernel.states) * case.ends
        ends, stats = [drawn(*case.shape) - 0.5 for _ in range(count)], known or rest[count:]
        rest = [*rest[:count], *(v.to(real) for v in rest[count : count + 2])]
        stats = stats[:2]  # tensors say that they are on the CPU
        grad = (drawn(*output.shape) - 0.5).to(case.dtype)
        grads = kernels.backward(call, affine, stats, 1e-5, normed and self.batch, grad, ends)
        return output, *rest, *grads

    def known(self, name: str) -> tuple[str, ...]:
        """The macros with which one of its kernels is compiled."""
        case = self.case
        x = torch.empty(*(() if case.static else (case.steps,)), *case.shape, dtype=case.dtype)
        kernels = self.made(OnCuda)
        own = terms(case, torch.Generator(), torch.promote_types(case.dtype, torch.float32))
        call = kernels.call(self.name, [x], own, (), case.steps, case.static, "torch")
        run = OnGpu(call, kernels.forms[self.name], kernels.cuda)
        main = (*macros(call, run.pack, run.segment), *run.form.macros)
        shared = {"finish": run.finishing[1]}.get(name, NORM)
        mine = main if name.startswith(case.name) else shared
        return (f"-D{io_macro(case.dtype)}", *mine, f"-DMAKE_{name}")


@contextmanager
def watched(patch: pytest.MonkeyPatch, planted: tuple[str, str] = ("", "")) -> Iterator[None]:
    """Within it, memory is what a launch is handed; an error may be planted in shared kernels."""
    if planted[0]:
        patch.setattr(on_gpu, "NORMS", on_gpu.NORMS.replace(*planted))

    def launcher(*how: Any) -> Launch:
        launch = cuda.cuda_launch(*how)

        def run(name: str, arguments: Sequence[Any]) -> None:
            with watch(a[0] for a in arguments if isinstance(a, tuple)):
                launch(name, arguments)

        return run

    patch.setattr(on_gpu, "cuda_launch", launcher)
    yield


def differences(form: Form, got: Tensors, want: Tensors) -> list[str]:
    """Where results differ: spikes by a bit, all else by more than rounding."""
    limit = {torch.float64: 1e-12, torch.float32: 2e-5}.get(form.case.dtype, 2e-2)
    assert len(got) == len(want)
    assert 0.02 < float((want[0] != 0).double().mean()) < 0.98
    found = []
    for at, (a, b) in enumerate(zip(got, want, strict=True)):
        room = limit * max(1.0, float(b.double().abs().max()))
        alike = a.shape == b.shape and a.dtype == b.dtype
        near = torch.equal(a, b) if not at else (a.double() - b.double()).abs().max() <= room
        found += [] if alike and near else [f"result {at}"]
    return found
