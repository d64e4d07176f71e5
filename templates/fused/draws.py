"""Random numbers that depend on nothing but their place, in C where there is a compiler.

Philox4x32-10 (Salmon et al., SC 2011): the counter holds the position and the step, so the
numbers are the same on every device, in any order, however many steps are drawn at a time.
"""

import atexit
import hashlib
import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from .cpu import count_threads, launching
from .kernels import chosen_backend
from .launch import Unavailable
from .prelude import PRELUDE, PRELUDE_C

C = (
    PRELUDE
    + PRELUDE_C
    + r"""
typedef unsigned int u32;
typedef unsigned long long u64;

void draw(io *restrict output, i64 key, i64 first, i64 steps, i64 n, i64 threads)
{
    const i64 parts = (n + BLOCK - 1) / BLOCK, begin = first / 4;
    const i64 blocks = (first + steps - 1) / 4 - begin + 1;
    PARALLEL_FOR
    for (i64 part = 0; part < parts * blocks; ++part) {
        const i64 at = part % parts * BLOCK, block = begin + part / parts;
        const int m = n - at < BLOCK ? (int)(n - at) : BLOCK;
        u32 c0[BLOCK], c1[BLOCK], c2[BLOCK], c3[BLOCK];
        for (int j = 0; j < m; ++j) {
            c0[j] = (u32)(at + j);
            c1[j] = (u32)((at + j) >> 32);
            c2[j] = (u32)block;
            c3[j] = 0;
        }
        u32 k0 = (u32)key, k1 = (u32)(key >> 32);
        for (int round = 0; round < 10; ++round) {
            SIMD
            for (int j = 0; j < m; ++j) {
                const u64 p0 = (u64)c0[j] * 0xD2511F53u, p1 = (u64)c2[j] * 0xCD9E8D57u;
                c0[j] = (u32)(p1 >> 32) ^ c1[j] ^ k0;
                c1[j] = (u32)p1;
                c2[j] = (u32)(p0 >> 32) ^ c3[j] ^ k1;
                c3[j] = (u32)p0;
            }
            k0 += 0x9E3779B9u;
            k1 += 0xBB67AE85u;
        }
        const u32 *words[4] = {c0, c1, c2, c3};
        for (int word = 0; word < 4; ++word) {
            const i64 t = block * 4 + word - first;
            if (t < 0 || t >= steps) continue;
            SIMD
            for (int j = 0; j < m; ++j)
                output[t * n + at + j] = (float)(int)(words[word][j] >> 8) * 0x1p-24f;
        }
    }
}
"""
)
NAMESPACE = f"snnc_draws_{hashlib.sha256(C.encode()).hexdigest()[:16]}"
SCHEMA = "(Tensor seed, int key, SymInt[] shape, SymInt first, SymInt steps, str backend) -> Tensor"


def uniform(
    seed: Tensor, key: int, shape: Sequence[int], first: int = 0, steps: int = 1
) -> Tensor:
    """Numbers in [0, 1), [steps, *shape], for the steps from ``first`` on.

    Each is a function of (seed, key, step, position) alone.
    """
    run: Any = getattr(torch.ops, NAMESPACE).uniform
    drawn: Tensor = run(seed, key, shape, first, steps, chosen_backend())
    return drawn


def draw(
    seed: Tensor, key: int, shape: Sequence[int], first: int, steps: int, backend: str
) -> Tensor:
    """The same, by C if it can be had."""
    wanted = backend in ("auto", "c") and seed.device.type == "cpu"
    if wanted and torch.get_default_dtype() == torch.float32 and steps:
        threads = count_threads(math.prod(shape), steps)
        try:
            launch = launching(C, torch.float32, threads)
        except Unavailable:
            return looped(seed, key, shape, first, steps)
        output = torch.empty((steps, *shape))
        launch("draw", [output, int(seed) ^ key, first, steps, math.prod(shape)])
        return output
    return looped(seed, key, shape, first, steps)


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
    return seed.new_empty((steps, *shape), dtype=torch.get_default_dtype())


def register() -> None:
    """Defines the operator, unless another package of this process did."""
    if hasattr(getattr(torch.ops, NAMESPACE), "uniform"):
        return
    library: Any = torch.library.Library  # its methods are not typed
    library = library(NAMESPACE, "FRAGMENT")
    atexit.register(lambda: library)  # operators live as long as their library
    library.define(f"uniform{SCHEMA}")
    library.impl("uniform", draw, "CompositeExplicitAutograd")
    torch.library.register_fake(f"{NAMESPACE}::uniform", fake, lib=library)


register()
