"""Random numbers that depend on nothing but their place, in C or CUDA where these compile.

Philox4x32-10 (Salmon et al., SC 2011): the counter holds the position and the step, so the
numbers are the same on every device, in any order, however many steps are drawn at a time.
"""

import atexit
import hashlib
import math
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from .autograd import each
from .calls import BLOCK, DTYPES, Launch
from .checked import check_backend, described, plain
from .cpu import blocks_of, count_threads, launching
from .cuda import cuda_launch
from .kernels import chosen_backend, fall_back
from .launch import Unavailable
from .philox import LOOPS, PHILOX, POSSIBLE
from .philox_cuda import PHILOX_CUDA
from .prelude import PRELUDE, PRELUDE_C, PRELUDE_CUDA

C = PRELUDE + PRELUDE_C + PHILOX + POSSIBLE + LOOPS
CUDA = PRELUDE + PRELUDE_CUDA + PHILOX_CUDA
NAMES = ("uniform", "bernoulli")
NAMESPACE = f"snnc_draws_{hashlib.sha256(C.encode()).hexdigest()[:16]}"
LAST = 2**34  # a counter has 32 bits for every four steps
STEPS = "SymInt first, SymInt steps, str backend"


def uniform(
    seed: Tensor, key: int, shape: Sequence[int], first: int = 0, steps: int = 1
) -> Tensor:
    """Numbers in [0, 1), [steps, *shape], for the steps from ``first`` on.

    Each is a function of (seed, key, step, position) alone.
    """
    run: Any = getattr(torch.ops, NAMESPACE).uniform
    drawn: Tensor = run(seed, key, shape, first, steps, chosen_backend())
    return drawn


def bernoulli(
    x: Tensor, seed: Tensor, key: int, first: int = 0, steps: int = 1
) -> Tensor:
    """1 where the number of :func:`uniform` is below x, else 0: [steps, *x.shape].

    Nothing is drawn where x is 0. There is no gradient.
    """
    run: Any = getattr(torch.ops, NAMESPACE).bernoulli
    drawn: Tensor = run(x.detach(), seed, key, first, steps, chosen_backend())
    return drawn


def draw(
    seed: Tensor, key: int, shape: Sequence[int], first: int, steps: int, backend: str
) -> Tensor:
    """:func:`uniform`, by C if it can be had."""
    check("uniform", seed, shape, first, steps, backend)
    dtype, n = torch.get_default_dtype(), math.prod(shape)
    if launch := on_gpu(seed, dtype, n, steps, backend):
        output = seed.new_empty((steps, *shape), dtype=dtype)
        made = output, steps * n, dtype
        launch("uniform", [(seed, 1, seed.dtype), made, key, first, steps, n])
        return output
    launch = launcher(dtype, seed.is_cpu, n, steps, backend)
    if launch is None:
        return looped(seed, key, shape, first, steps)
    output = torch.empty((steps, *shape))
    made = output, steps * n, dtype
    launch("uniform", [made, int(seed) ^ key, first, steps, n])
    return output


def spikes(
    x: Tensor, seed: Tensor, key: int, first: int, steps: int, backend: str
) -> Tensor:
    """:func:`bernoulli`, by C if it can be had."""
    check_input(x, seed, first, steps, backend)
    n, parts = x.numel(), -(-x.numel() // BLOCK)
    if launch := on_gpu(seed, x.dtype, n, steps, backend):
        x, output = x.contiguous(), x.new_empty((steps, *x.shape))
        both = (x, n, x.dtype), (output, steps * n, x.dtype)
        launch("bernoulli", [(seed, 1, seed.dtype), *both, key, first, steps, n])
        return output
    launch = launcher(x.dtype, x.is_cpu, n, steps, backend)
    if launch is None:
        drawn = looped(seed, key, x.shape, first, steps) < x
        return x.new_empty((steps, *x.shape)).copy_(drawn)  # laid out as C does
    x, output = x.contiguous(), x.new_empty((steps, *x.shape))
    sizes = n + parts, n
    room = [(torch.empty(m, dtype=torch.int32), m, torch.int32) for m in sizes]
    memory = [(x, n, x.dtype), *room, (output, steps * n, x.dtype)]
    launch("bernoulli", [*memory, int(seed) ^ key, first, steps, n])
    return output


def check(
    name: str,
    seed: Tensor,
    shape: Sequence[int],
    first: int,
    steps: int,
    backend: str,
) -> None:
    """A seed that is one whole number, and steps and sizes that can be counted."""
    check_backend(backend)
    if not plain(seed) or seed.dtype != torch.int64 or seed.dim():
        raise ValueError(f"{name}: seed is {described(seed)}, not torch.int64 []")
    if first < 0 or steps < 0 or first + steps > LAST:
        steps_are = f"first is {first} and steps is {steps}"
        raise ValueError(f"{name}: {steps_are}, not from 0 on and before {LAST}")
    if any(size < 0 for size in shape):
        raise ValueError(f"{name}: shape is {[*shape]}, not of sizes from 0 on")


def check_input(x: Tensor, seed: Tensor, first: int, steps: int, backend: str) -> None:
    """The same with probabilities on the seed's device."""
    check("bernoulli", seed, x.shape if plain(x) else (), first, steps, backend)
    if not plain(x) or x.dtype not in DTYPES or x.device != seed.device:
        want = f"float32, float64 or 16 bits on {seed.device}, dense"
        raise ValueError(f"bernoulli: x is {described(x)}, not {want}")


def launcher(
    dtype: torch.dtype, on_cpu: bool, n: int, steps: int, backend: str
) -> Launch | None:
    """Calls the C text for ``n`` numbers a step; None if PyTorch has to draw."""
    exact = torch.get_default_dtype() in (torch.float32, torch.float64)
    wanted = backend in ("auto", "c") and on_cpu and steps > 0
    if not exact or not wanted or dtype not in DTYPES:
        return None
    try:
        return launching(C, dtype, count_threads(blocks_of(n), n * steps))
    except Unavailable as error:
        if backend != "auto":
            raise
        fall_back(str(error))
        return None


def on_gpu(
    seed: Tensor, dtype: torch.dtype, n: int, steps: int, backend: str
) -> Launch | None:
    """Calls the CUDA text for ``n`` numbers a step; None if PyTorch has to draw."""
    exact = torch.get_default_dtype() in (torch.float32, torch.float64)
    wanted = backend in ("auto", "cuda") and seed.is_cuda and n > 0 and steps > 0
    if not exact or not wanted or dtype not in DTYPES:
        return None
    try:
        return cuda_launch(CUDA, NAMES, dtype, seed.device, n)
    except Unavailable as error:
        if backend != "auto":
            raise
        fall_back(str(error))
        return None


def looped(
    seed: Tensor, key: int, shape: Sequence[int], first: int, steps: int
) -> Tensor:
    """The same by PyTorch's integers: slow, and everywhere."""
    low = 0xFFFFFFFF
    position = torch.arange(math.prod(shape), device=seed.device)
    block = torch.arange(first // 4, (first + steps - 1) // 4 + 1, device=seed.device)
    c0, c1 = position & low, position >> 32
    c2, c3 = block[:, None], torch.zeros_like(block)[:, None]
    k0, k1 = (seed ^ key) & low, (seed ^ key) >> 32 & low
    for _ in range(10):
        p0, p1 = c0 * 0xD2511F53, c2 * 0xCD9E8D57
        c0, c1 = (p1 >> 32 & low) ^ c1 ^ k0, p1 & low
        c2, c3 = (p0 >> 32 & low) ^ c3 ^ k1, p0 & low
        k0, k1 = k0 + 0x9E3779B9 & low, k1 + 0xBB67AE85 & low
    words = torch.stack([c0, c1, c2, c3], 1).flatten(0, 1)
    words = words[first % 4 : first % 4 + steps]
    return ((words >> 8) * 2.0**-24).view(steps, *shape)


def fake(
    seed: Tensor, key: int, shape: Sequence[int], first: int, steps: int, backend: str
) -> Tensor:
    """The shape of :func:`draw`, for tracing."""
    check("uniform", seed, shape, first, steps, backend)
    return seed.new_empty((steps, *shape), dtype=torch.get_default_dtype())


def fake_spikes(
    x: Tensor, seed: Tensor, key: int, first: int, steps: int, backend: str
) -> Tensor:
    """The shape of :func:`spikes`, for tracing."""
    check_input(x, seed, first, steps, backend)
    return x.new_empty((steps, *x.shape))


def register(
    name: str, schema: str, run: Callable[..., Tensor], fake: Callable[..., Tensor]
) -> None:
    """Defines an operator, unless another package of this process did."""
    if hasattr(getattr(torch.ops, NAMESPACE), name):
        return
    library: Any = torch.library.Library  # its methods are not typed
    library = library(NAMESPACE, "FRAGMENT")
    atexit.register(lambda: library)  # operators live as long as their library
    library.define(f"{name}({schema}, {STEPS}) -> Tensor")
    library.impl(name, run, "CompositeExplicitAutograd")
    full = f"{NAMESPACE}::{name}"
    torch.library.register_fake(full, fake, lib=library)
    torch.library.register_vmap(full, one_by_one(run), lib=library)


def one_by_one(run: Callable[..., Tensor]) -> Callable[..., tuple[Tensor, int]]:
    """The rule of an operator under vmap: every call draws the same."""
    rule = each(lambda *arguments: [run(*arguments)])

    def called(info: Any, dims: Any, *arguments: Any) -> tuple[Tensor, int]:
        (stacked,), (dim,) = rule(info, dims, *arguments)
        return stacked, dim

    return called


register("uniform", "Tensor seed, int key, SymInt[] shape", draw, fake)
register("bernoulli", "Tensor x, Tensor seed, int key", spikes, fake_spikes)
