"""Kernels alone: their time, and their share of what a copy of as many bytes reaches.

python -m benchmarks.gpu.bandwidth --device cpu
"""

import os
from collections.abc import Callable
from importlib import import_module
from typing import Any

import torch

from benchmarks.gpu.rows import Section, section

NEURONS = (
    ("conv_fmnist", "if"),
    ("conv_fmnist_lif", "lif"),
    ("dvs_gesture", "plif"),
    ("shd_alif", "alif"),
)
CALLS = ((4, False), (4, True), (8, False), (16, False), (28, False))
SHORT = {torch.float32: "fp32", torch.bfloat16: "bf16"}
LARGE, SMALL = 1 << 26, 1 << 12  # elements of a step: every tensor is several times the L2


def copy_rate(at: Section) -> float:
    """Bytes a second of a copy on the device, read and written."""
    a = torch.zeros(1 << 30 if at.gpu else 1 << 20, dtype=torch.uint8, device=at.device)
    b = torch.empty_like(a)
    return 2 * a.numel() / at.timed(lambda: b.copy_(a)) * 1e3


def moved(call: Any, back: bool) -> int:
    """Bytes that a kernel has to move: each input and each result once; marks and x again."""
    spec, n, size = call.spec, call.size, call.dtype.itemsize
    share = 1 if call.static else call.steps
    if not back:
        return int(size * n * (spec.inputs * share + call.steps))
    again = -(-call.steps // spec.segment) - 1
    marks = 8 * len(spec.start) * again * n + size * n * spec.inputs * share * bool(again)
    return int(size * n * (2 * spec.inputs * share + call.steps) + marks + 4 * spec.terms * n)


def measure(
    at: Section, kernels: Any, name: str, dtype: torch.dtype, how: Any, rate: float
) -> None:
    """Both directions, as PyTorch calls them."""
    (steps, static), real = how, torch.promote_types(dtype, torch.float32)
    spec, n = kernels.specs[name], LARGE if at.gpu else SMALL
    lead = () if static else (steps,)
    room = [torch.rand(*lead, n // 64, 64, device=at.device) for _ in range(spec.inputs)]
    inputs = [(2 * x).to(dtype) for x in room]
    terms = [torch.full((), 0.5, dtype=real, device=at.device) for _ in range(spec.terms)]
    call = kernels.call(name, inputs, terms, [], steps, static, at.backend)
    grad = torch.rand(steps, n // 64, 64, device=at.device).to(dtype)
    ways: tuple[Callable[[], object], ...] = (
        lambda: kernels.forward(call, False),
        lambda: kernels.backward(call, grad, []),
    )
    told = []
    for back, run in enumerate(ways):
        ms = at.timed(run)
        told.append(f"{ms:.3f} ms {moved(call, bool(back)) / ms * 1e3 / rate:.0%}")
    at.add(f"{name} {SHORT[dtype]} T={steps}{' static' * static}", " + ".join(told), "of a copy")


def host(at: Section) -> None:
    """What the host spends on a small call, both ways; relu beside it."""
    neuron = import_module("conv_fmnist.kernels").IF()
    x = torch.rand(4, 8, 64, device=at.device, requires_grad=True)
    g = torch.ones_like(x)
    for name, run in (("neuron", neuron), ("relu", torch.relu)):
        ms = at.wall(lambda run=run: torch.autograd.grad(run(x), x, g), 300)  # type: ignore[misc]
        at.add(f"host: {name} both ways", f"{ms * 1e3:.1f} us")


def main() -> None:
    """A copy, the host's part, then every neuron."""
    at = section("bandwidth")
    os.environ["SNNC_BACKEND"] = at.backend
    rate = copy_rate(at)
    at.add("copy", f"{rate / 1e12:.3f} TB/s")
    at.guard("host", lambda: host(at))
    for where, name in NEURONS if at.gpu else NEURONS[:1]:
        kernels = import_module(f"{where}.kernels").KERNELS
        for dtype in SHORT:
            for how in CALLS if at.gpu else CALLS[:2]:
                one = (at, kernels, name, dtype, how, rate)
                at.guard(f"{name} {dtype} {how}", lambda one=one: measure(*one))  # type: ignore[misc]


if __name__ == "__main__":
    main()
