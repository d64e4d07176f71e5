"""Compares a package's kernels with the loop over tensors, on this machine's own devices."""

import argparse
import functools
import itertools
from collections.abc import Callable, Mapping, Sequence

import torch
from torch import Tensor

from .calls import Tensors
from .cpu import compiled
from .cuda import PLAIN, cuda_kernel
from .kernels import Kernels
from .launch import Unavailable, io_macro

Run = Callable[[torch.dtype, str, bool, str], Tensors]

STEPS, SHAPE = 19, (5, 3, 7, 11)
DTYPES = (torch.float32, torch.bfloat16, torch.float16, torch.float64)


def selfcheck(
    kernels: Kernels,
    arguments: Sequence[str] | None = None,
    more: Mapping[str, Run] | None = None,
) -> int:
    """The command line: a line for every neuron, type and backend; 1 if any differs, else 0."""
    if command_line().parse_args(arguments).build:
        return build(kernels)
    if torch.cuda.is_available():
        print(compiles(kernels))
    devices = ["cpu", *(["cuda"] if torch.cuda.is_available() else [])]
    own = functools.partial(functools.partial, both_ways, kernels)
    runs: dict[str, Run] = {name: own(name) for name in kernels.specs}
    cases = itertools.product({**runs, **(more or {})}.items(), DTYPES, devices)
    different = sum(not agrees(*found, dtype, on) for found, dtype, on in cases)
    print("all agree" if not different else f"{different} differ")
    return 1 if different else 0


def build(kernels: Kernels) -> int:
    """Compiles the C text for every type, and says where it is; 1 if it cannot be, else 0."""
    failed = 0
    for dtype, (text, known) in itertools.product(DTYPES, kernels.libraries()):
        library = compiled(text, io_macro(dtype), known)
        where = library if isinstance(library, str) else library._name
        print(f"{str(dtype).removeprefix('torch.'):<9} {where}")
        failed += isinstance(library, str)
    return int(failed > 0)


def compiles(kernels: Kernels) -> str:
    """What compiles this package's CUDA text on the current GPU."""
    name, device = f"{next(iter(kernels.specs))}_forward", torch.cuda.current_device()
    try:
        found = cuda_kernel(kernels.cuda, io_macro(torch.float32), name, device, PLAIN)
    except Unavailable as error:
        return str(error)
    return f"CUDA is compiled by {found.by}"


def command_line() -> argparse.ArgumentParser:
    """What ``python -m NAME.kernels`` understands."""
    module = f"{(__package__ or '').rpartition('.')[0]}.kernels"
    parser = argparse.ArgumentParser(f"python -m {module}", description=__doc__)
    first = "compile the C kernels into the cache, run nothing"
    parser.add_argument("--build", action="store_true", help=first)
    what = "compare forward and backward of every neuron (this is what happens anyway)"
    parser.add_argument("--selfcheck", action="store_true", help=what)
    return parser


def agrees(name: str, run: Run, dtype: torch.dtype, device: str) -> bool:
    """Whether one neuron's kernel gives what the loop gives, both ways."""
    backend = {"cpu": "c", "cuda": "cuda"}[device]
    what = f"{name:<12} {str(dtype).removeprefix('torch.'):<9} {backend:<5}"
    limit, errors = 2e-2 if dtype.itemsize == 2 else 1e-5, []
    try:
        for static in (False, True):
            got = run(dtype, device, static, backend)
            want = run(dtype, device, static, "torch")
            errors += [relative(a, b) for a, b in zip(got, want, strict=True)]
    except Unavailable as error:
        print(f"{what} not here: {error}")
        return True
    fine = all(error <= limit for error in errors)
    print(f"{what} {'agrees' if fine else 'DIFFERS'}, largest error {max(errors):.1e}")
    return fine


def both_ways(
    kernels: Kernels,
    name: str,
    dtype: torch.dtype,
    device: str,
    static: bool,
    backend: str,
) -> Tensors:
    """The output and every gradient of one call on fixed random data.

    An input over time comes with first states and gradients of the last ones, a static one without.
    """
    spec = kernels.specs[name]
    random = torch.Generator().manual_seed(0)
    real = torch.promote_types(dtype, torch.float32)

    def draw(*shape: int, like: torch.dtype = real) -> Tensor:
        return torch.rand(shape, generator=random).to(like).to(device)

    size = SHAPE if static else (STEPS, *SHAPE)
    draws = [draw(*size, like=dtype) * 2 for _ in range(spec.inputs)]
    terms = [draw() for _ in range(spec.terms)]
    starts = [draw(*SHAPE) for _ in spec.start if not static]
    call = kernels.call(name, draws, terms, starts, STEPS, static, backend)
    return kernels.both_ways(call, draw)


def relative(a: Tensor, b: Tensor) -> float:
    """The largest difference, relative to the largest number."""
    scale = max(float(b.abs().max()), 1e-30)
    return float((a.double() - b.double()).abs().max()) / scale
