"""A case as a generated package would run it: its texts, its operands, forward and backward."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import torch
import torch.nn.functional
from torch import Tensor

from snnc.backends import cpu, cupy, steps
from snnc.backends import torch as printer
from snnc.kernel.types import Kernel
from snnc.step.print_torch import expression
from templates.snn_runtime.fused import Kernels, Spec, Tensors, choose, spike
from templates.snn_runtime.fused.calls import Call, Launch, Operand
from templates.snn_runtime.fused.cuda import cuda_launcher, macros, widest
from templates.snn_runtime.fused.launch import io_macro
from tests.gpu.cases import Case
from tests.gpu.memory import watch

_INEXACT = re.compile(r"\b(EXP|LOG|TANH|SIN|COS|ERF)\(")


class OnCuda(Kernels):
    """Kernels whose every call goes through the launch code for CUDA, wherever its tensors are."""

    def launcher(self, call: Call) -> tuple[Launch, int] | None:
        launch, scratch = cuda_launcher(self.cuda, call)

        def watched(name: str, arguments: Sequence[Operand]) -> None:
            with watch(a[0] for a in arguments if isinstance(a, tuple)):
                launch(name, arguments)

        return watched, scratch


class Looped(Kernels):
    """Kernels that always run as the loop over tensors."""

    def launcher(self, call: Call) -> tuple[Launch, int] | None:
        return None


@dataclass(frozen=True)
class Operands:
    """What a case is called with, and the gradients that come back."""

    inputs: Tensors
    terms: Tensors
    starts: Tensors
    grad: Tensor
    end_grads: Tensors


@cache
def texts(kernel: str, case: Case) -> tuple[str, str, str]:
    """The three texts of a case."""
    k = case.kernel
    return steps.steps(k), cpu.loops(k), cupy.loops(k)


def made(case: Case, kind: type[Kernels], edit: Callable[[str], str] = str) -> Kernels:
    """The case's kernels; ``edit`` may plant an error in what CUDA compiles."""
    step, c, cuda = texts(case.name, case)
    kernels = kind(step, c, cuda, {case.name: spec(case.kernel)})
    kernels.cuda = edit(kernels.cuda)
    return kernels


def known(case: Case, name: str, pack: int | None = None) -> tuple[str, ...]:
    """The macros with which one of the case's kernels is compiled."""
    x = torch.empty(*(() if case.static else (case.steps,)), *case.shape, dtype=case.dtype)
    call = Call(case.name, spec(case.kernel), (x,), (), (), case.steps, case.static, "cuda")
    own = macros(call, widest(call) if pack is None else pack)
    return (f"-D{io_macro(case.dtype)}", *own, f"-DMAKE_{name}")


def spec(k: Kernel) -> Spec:
    """How the kernel is called, with its step and adjoint over tensors."""
    return Spec(
        len(k.inputs),
        len(k.terms),
        tuple(k.start.values()),
        function(*printer.step(k)),
        function(*printer.adjoint(k)),
        tuple(k.step.inputs.index(name) for name in k.kept_inputs),
        tuple(k.step.states.index(name) for name in k.kept_states),
        len(k.kept_values),
        k.segment,
    )


def function(signature: str, lines: list[str]) -> Callable[..., Tensors]:
    """A printed function as a function."""
    names: dict[str, Any] = {"torch": torch, "F": torch.nn.functional, "Tensor": Tensor}
    names |= {"Tensors": Tensors, "spike": spike, "choose": choose}
    exec("\n    ".join([signature, *lines]), names)
    found: Callable[..., Tensors] = names[signature.partition("(")[0].removeprefix("def ")]
    return found


def exact(case: Case, part: str) -> bool:
    """Whether a function of the case consists of operations that round alike everywhere."""
    text = texts(case.name, case)[0]
    return not _INEXACT.search(text.split(f"void {case.name}_{part}(")[1].split("\n}")[0])


def drawn(case: Case, scale: float) -> Operands:
    """Random operands; half of the elements lie on a grid, where sums hit thresholds exactly."""
    random = torch.Generator().manual_seed(len(case.name))
    real = torch.promote_types(case.dtype, torch.float32)
    lead = () if case.static else (case.steps,)

    def normal(*shape: int) -> Tensor:
        return torch.randn(shape, generator=random, dtype=real)

    def operand(*shape: int) -> Tensor:
        noise = normal(*shape) * 0.8 + 0.6
        grid = torch.randint(-1, 9, shape, generator=random) / 4
        return (torch.where(torch.arange(shape[-1]) % 2 == 0, grid, noise) * scale).to(case.dtype)

    k, shape = case.kernel, case.shape
    inputs = tuple(operand(*lead, *shape) for _ in k.inputs)
    starts = tuple(normal(*shape) * 0.3 * scale for _ in k.states) if case.starts else ()
    ends = tuple(normal(*shape) for _ in k.states) if case.ends else ()
    grad = normal(case.steps, *shape).to(case.dtype)
    return Operands(inputs, terms(case, random, real), starts, grad, ends)


def terms(case: Case, random: torch.Generator, real: torch.dtype) -> Tensors:
    """What a module would compute from parameters near their starting values."""
    shape = case.shape[1:]
    sizes = {"layer": (), "channel": (shape[0], *(1 for _ in shape[1:])), "neuron": shape}
    values: dict[str, Tensor] = {}
    for name, value in case.neuron.run_time().items():
        jitter = 1 + 0.2 * torch.rand(sizes[value.per], generator=random)
        values[name] = value.numbers[0] * jitter
    arguments = ", ".join(f"{name}: Tensor" for name in values)
    results = "".join(f"{expression(term.value)}, " for term in case.kernel.lifted)
    found = function(f"def terms({arguments}) -> Tensors:", [f"return ({results})"])
    return tuple(term.to(real) for term in found(**values))


@cache
def firing(case: Case) -> tuple[Operands, Tensors]:
    """Operands under which the case fires, and what the loop over tensors makes of them."""
    for scale in (1.0, 0.25, 4.0, 16.0, 64.0):
        operands = drawn(case, scale)
        results = both_ways(case, made(case, Looped), operands)
        rate = float((results[0] != 0).double().mean())
        if rate > 0.02 and not any(bool(r.isnan().any()) for r in results):
            return operands, results
    raise AssertionError(f"{case.name} never fires: it would prove nothing")


def both_ways(case: Case, kernels: Kernels, given: Operands) -> Tensors:
    """Output, last states if asked for, and every gradient."""
    parts = given.inputs, given.terms, given.starts
    call = kernels.call(case.name, *parts, case.steps, case.static, "torch")
    forward = kernels.forward(call, case.ends)
    return *forward, *kernels.backward(call, given.grad, given.end_grads)


def differences(case: Case, got: Tensors, want: Tensors, ulps: int = 4) -> list[str]:
    """Where results differ: forward by a bit, backward by more than a few ulp."""
    assert len(got) == len(want)
    forward = 1 + (len(case.kernel.states) if case.ends else 0)
    kinds = ["step"] * forward + ["adjoint"] * (len(want) - forward)
    results = enumerate(zip(kinds, got, want, strict=True))
    return [f"{kind} {at}" for at, (kind, a, b) in results if not close(case, kind, a, b, ulps)]


def close(case: Case, kind: str, got: Tensor, want: Tensor, ulps: int) -> bool:
    """Whether one result is what it should be."""
    if got.shape != want.shape or got.dtype != want.dtype:
        return False
    forward = exact(case, "step")
    if kind == "step" and forward:
        return torch.equal(got, want)
    largest = float(want.abs().max())
    ulps *= 1 if forward and exact(case, "adjoint") else 64
    real = torch.finfo(torch.promote_types(case.dtype, torch.float32)).eps
    stored = torch.finfo(want.dtype).eps
    room = ulps * real * largest + stored * want.double().abs()
    return bool(((got.double() - want.double()).abs() <= room).all())
