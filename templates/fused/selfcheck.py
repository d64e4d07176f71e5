"""Compares a package's kernels with the loop over tensors, on this machine's own devices."""

import torch
from torch import Tensor

from .calls import Tensors
from .kernels import Kernels
from .launch import Unavailable

STEPS, SHAPE = 19, (5, 3, 7, 11)
DTYPES = (torch.float32, torch.bfloat16, torch.float16, torch.float64)


def selfcheck(kernels: Kernels) -> int:
    """Prints a line for every neuron, type and backend; 1 if any differs, else 0."""
    devices = ["cpu", *(["cuda"] if torch.cuda.is_available() else [])]
    different = 0
    for name in kernels.specs:
        for dtype in DTYPES:
            for device in devices:
                different += not agrees(kernels, name, dtype, device)
    print("all agree" if not different else f"{different} differ")
    return 1 if different else 0


def agrees(kernels: Kernels, name: str, dtype: torch.dtype, device: str) -> bool:
    """Whether one neuron's kernel gives what the loop gives, both ways."""
    backend = {"cpu": "c", "cuda": "cuda"}[device]
    what = f"{name:<12} {str(dtype).removeprefix('torch.'):<9} {backend:<5}"
    try:
        got = both_ways(kernels, name, dtype, device, backend)
    except Unavailable as error:
        print(f"{what} not here: {error}")
        return True
    want = both_ways(kernels, name, dtype, device, "torch")
    spikes = bool((got[0] == want[0]).all())
    errors = [relative(a, b) for a, b in zip(got, want, strict=True)]
    limit = 2e-2 if dtype in (torch.bfloat16, torch.float16) else 1e-5
    fine = spikes and max(errors) <= limit
    print(f"{what} {'agrees' if fine else 'DIFFERS'}, largest error {max(errors):.1e}")
    return fine


def both_ways(
    kernels: Kernels, name: str, dtype: torch.dtype, device: str, backend: str
) -> Tensors:
    """The output and every gradient of one call on fixed random data."""
    spec = kernels.specs[name]
    random = torch.Generator().manual_seed(0)
    real = torch.promote_types(dtype, torch.float32)

    def draw(*shape: int, like: torch.dtype = real) -> Tensor:
        return torch.rand(shape, generator=random).to(like).to(device)

    inputs = [draw(STEPS, *SHAPE, like=dtype) * 2 for _ in range(spec.inputs)]
    terms = [draw() for _ in range(spec.terms)]
    starts = [draw(*SHAPE) for _ in spec.start]
    call = kernels.call(name, inputs, terms, starts, STEPS, False, backend)
    output, *ends = kernels.forward(call, end=True)
    grad = draw(*output.shape, like=dtype)
    grads = kernels.backward(call, grad, [draw(*SHAPE) for _ in ends])
    return output, *ends, *grads


def relative(a: Tensor, b: Tensor) -> float:
    """The largest difference, relative to the largest number."""
    scale = max(float(b.abs().max()), 1e-30)
    return float((a.double() - b.double()).abs().max()) / scale
