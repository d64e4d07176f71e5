"""Every neuron of some packages on the device: its kernel beside the loop over tensors.

    python -m benchmarks.gpu.values --device cpu

Types, lengths, static inputs, first states, and layouts with gaps, offsets and other orders.
"""

from collections.abc import Sequence
from importlib import import_module
from itertools import product
from typing import Any

import torch
from torch import Tensor

from benchmarks.gpu.rows import Section, section

PACKAGES = (
    "conv_fmnist_lif",
    "dvs_gesture",
    "own_neurons",
    "shd_alif",
    "seq_fmnist_synapse",
    "seq_fmnist_feedback",
    "spikformer_cifar10",
    "vgg_qcfs_fmnist",
    "ann2snn_mnist",
)
DTYPES = (torch.float32, torch.bfloat16, torch.float16, torch.float64)
LIMITS = {8: 1e-9, 4: 2e-5, 2: 2e-2}  # of gradients, by the bytes of a number
SHAPE = (3, 5, 6, 7)  # B, C, H, W
CASES = (  # steps, static, with first and last states, layout
    (4, False, False, "plain"),
    (4, True, False, "plain"),
    (17, False, True, "plain"),
    (1, False, True, "plain"),
    (40, False, False, "plain"),
    (16, True, True, "last"),
    (5, False, True, "last"),
    (7, False, False, "gap"),
    (3, False, True, "expanded"),
    (4, False, False, "offset"),
    (6, False, True, "turned"),
)


def laid(x: Tensor, layout: str, static: bool) -> Tensor:
    """x [(T,) B, C, H, W] with other strides, the same values."""
    if layout == "last":
        return x.movedim(-3, -1).contiguous().movedim(-1, -3)
    if layout == "gap":
        room = x.new_zeros(*x.shape[:-1], 2 * x.shape[-1])
        room[..., ::2] = x
        return room[..., ::2]
    if layout == "offset":  # nothing wider than a number is aligned
        room = x.new_zeros(x.numel() + 1)
        room[1:] = x.flatten()
        return room[1:].view(x.shape)
    if layout == "turned":  # the batch lies innermost
        return x.movedim(-4, -1).contiguous().movedim(-1, -4)
    return x[:1].expand(x.shape) if layout == "expanded" and not static else x


def operands(at: Section, spec: Any, dtype: torch.dtype, number: int) -> tuple[Any, ...]:
    """Inputs, terms, first states, and gradients of output and last states."""
    steps, static, states, layout = CASES[number]
    random = torch.Generator().manual_seed(number)
    real = torch.promote_types(dtype, torch.float32)

    def drawn(*shape: int) -> Tensor:
        noise = torch.rand(shape, generator=random, dtype=torch.float64) * 2
        grid = torch.randint(0, 9, shape, generator=random).double() / 4
        even = torch.arange(shape[-1]) % 2 == 0 if shape else torch.tensor(False)
        return torch.where(even, grid, noise)

    def there(x: Tensor, kind: torch.dtype) -> Tensor:
        return x.to(at.device, kind)

    size = SHAPE if static else (steps, *SHAPE)
    shapes: Sequence[tuple[int, ...]] = ((), (SHAPE[1], 1, 1), SHAPE[1:])
    inputs = [laid(there(drawn(*size), dtype), layout, static) for _ in range(spec.inputs)]
    terms = [there(drawn(*shapes[k % 3]) * 0.4 + 0.1, real) for k in range(spec.terms)]
    starts = [there(drawn(*SHAPE) * 0.3, real) for _ in spec.start if states]
    ends = [there(drawn(*SHAPE), real) for _ in spec.start if states]
    return inputs, terms, starts, there(drawn(steps, *SHAPE) - 1, dtype), ends


def both(kernels: Any, name: str, backend: str, given: Any, number: int) -> tuple[Any, Any]:
    """Results forwards and backwards."""
    inputs, terms, starts, grad, ends = given
    steps, static, *_ = CASES[number]
    call = kernels.call(name, inputs, terms, starts, steps, static, backend)
    return kernels.forward(call, bool(ends)), kernels.backward(call, grad, ends)


def relative(a: Tensor, b: Tensor) -> float:
    """The largest difference, beside the largest number."""
    scale = max(float(b.double().abs().max()), 1e-30)
    return float((a.double() - b.double()).abs().max()) / scale


def problem(at: Section, kernels: Any, name: str, dtype: torch.dtype, number: int) -> str:
    """How kernel and loop differ in one case; "" if they agree."""
    given = operands(at, kernels.specs[name], dtype, number)
    got, want = (both(kernels, name, how, given, number) for how in (at.backend, "torch"))
    ways = [max(map(relative, *pair)) for pair in zip(got, want, strict=True)]
    strides = all(a.stride() == b.stride() for a, b in zip(got[0], want[0], strict=True))
    if max(ways) <= LIMITS[dtype.itemsize] and strides:  # NaN is not
        return ""
    return f"forward {ways[0]:.1e} backward {ways[1]:.1e} strides {strides}"


def check(at: Section, where: str) -> None:
    """All neurons of a package: one row for what agrees, one for each case that does not."""
    kernels, wrong, count = import_module(f"{where}.kernels").KERNELS, [], 0
    for name, dtype, number in product(kernels.specs, DTYPES, range(len(CASES))):
        count += 1
        if found := problem(at, kernels, name, dtype, number):
            wrong.append(f"{name} {dtype} {CASES[number]}: {found}")
    for text in wrong[:8]:
        at.add(where, "differs", text, bad=True)
    at.add(where, f"{count - len(wrong)}/{count} cases: kernel = loop", bad=bool(wrong))


def far(at: Section) -> None:
    """The last elements of a call over more than 32 bits count."""
    kernels, n, steps = import_module("conv_fmnist.kernels").KERNELS, 2**31 + 77, 2
    x = torch.zeros(1, n, dtype=torch.bfloat16, device=at.device)
    places = torch.tensor([0, 1, 2**31 - 1, 2**31, n - 1], device=at.device)
    x[0, places] = 2.0
    (y,) = kernels.forward(kernels.call("if", [x], [], [], steps, True, at.backend), False)
    right = bool((y[:, 0, places] == 1).all())
    right &= int(y.sum(dtype=torch.int64)) == steps * len(places)
    at.add("2^31 + 77 elements", "right" if right else "wrong", bad=not right)


def main() -> None:
    """All packages, or in a rehearsal the first."""
    at = section("values")
    for where in PACKAGES if at.gpu else PACKAGES[:1]:
        at.guard(where, lambda where=where: check(at, where))  # type: ignore[misc]
    if at.gpu:
        at.guard("2^31 + 77 elements", lambda: far(at))


if __name__ == "__main__":
    main()
