"""One argument of a good call in turn wrong: of every size, type, device and layout."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import torch
from torch import Tensor

Change = Callable[[Tensor], Any]

DTYPES = (
    *(torch.float32, torch.float64, torch.bfloat16, torch.float16, torch.int64, torch.int32),
    *(torch.uint8, torch.bool, torch.complex64, torch.complex128, torch.float8_e5m2),
)
NUMBERS = (-1, 0, 1, 2, 3, 5, 2**31, 2**34, 2**40, 2**62, 2**63 - 1, -(2**63), 2**63)
SIZES: tuple[list[int], ...] = ([], [0], [1], [-1], [3, -5], [2**31, 2**31], [2**62, 4], [2**40])
FLOATS = (0.0, -1.0, 1e30, float("nan"), float("inf"))
TEXTS = ("", "auto", "c", "cuda", "torch", "nonsense", "c\0", "c" * 10000)
ALONG: dict[str, Callable[[int, Tensor], Tensor]] = {  # what is done to one axis
    "one less in": lambda a, x: x.narrow(a, 0, x.shape[a] - 1).clone(),
    "one less, a view, in": lambda a, x: x.narrow(a, 1, x.shape[a] - 1),
    "one more in": lambda a, x: torch.cat([x, x.narrow(a, 0, 1)], a),
    "0 in": lambda a, x: x.narrow(a, 0, 0).clone(),
    "1 in": lambda a, x: x.narrow(a, 0, 1).clone(),
    "one of": lambda a, x: x.select(a, 0),
    "every second of": lambda a, x: torch.cat([x, x], a)[spread(a)],
    "expanded in": lambda a, x: x.narrow(a, 0, 1).expand(x.shape),
}
ACROSS: dict[str, Callable[[int, int, Tensor], Tensor]] = {  # and to two
    "swapped": lambda a, b, x: x.transpose(a, b),
    "swapped in memory": lambda a, b, x: x.transpose(a, b).contiguous().transpose(a, b),
}
OTHERS: tuple[Any, ...] = (None, 1.5, "text", [], object())


def attacks(arguments: Sequence[Any], names: Sequence[str]) -> Iterator[tuple[str, list[Any]]]:
    """What is wrong, and the arguments with that."""
    for at, (argument, name) in enumerate(zip(arguments, names, strict=True)):
        for what, wrong in variants(argument):
            yield f"{name}{what}", [*arguments[:at], wrong, *arguments[at + 1 :]]
    yield "without the last", list(arguments[:-1])
    yield "with one more", [*arguments, 0]
    yield "nothing", []


def variants(argument: Any) -> Iterator[tuple[str, Any]]:
    """Every wrong form of one argument."""
    for other in OTHERS:
        yield f" = {type(other).__name__}", other
    if isinstance(argument, Tensor):
        yield from changed(argument)
    elif isinstance(argument, list) and all(isinstance(a, Tensor) for a in argument):
        yield from lists(argument)
    else:
        values: dict[type, Sequence[Any]] = {int: NUMBERS, str: TEXTS, float: FLOATS}
        values |= {bool: (False, True), list: SIZES, torch.Size: SIZES, tuple: SIZES}
        yield from ((f" = {value!r:.40}", value) for value in values[type(argument)])


def lists(tensors: list[Tensor]) -> Iterator[tuple[str, Any]]:
    """Tensors missing, too many, in another order, and each in turn wrong."""
    for at, x in enumerate(tensors):
        for what, wrong in changed(x):
            yield f"[{at}]{what}", [*tensors[:at], wrong, *tensors[at + 1 :]]
        yield f" without {at}", tensors[:at] + tensors[at + 1 :]
        yield f"[{at}] = None", [*tensors[:at], None, *tensors[at + 1 :]]
    if not tensors:
        yield " with one of one number", [torch.rand(1)]
        yield " with an empty one", [torch.empty(0)]
        yield " with two", [torch.rand(3), torch.rand(3)]
    if tensors:
        yield " reversed", tensors[::-1]
        for more in (1, 2, 5):
            yield f" with {more} more", [*tensors, *[tensors[-1]] * more]
    yield " empty", []


def changed(x: Tensor) -> Iterator[tuple[str, Tensor]]:
    """A tensor in other sizes, types and layouts, on another device; what cannot be is left out."""
    for what, change in changes(x):
        try:
            wrong = change(x.clone())
        except (RuntimeError, NotImplementedError, TypeError, IndexError):
            continue  # as a sparse tensor that has no such layout
        yield f" {what}", wrong


def changes(x: Tensor) -> Iterator[tuple[str, Change]]:
    """Names of changes, and what they do."""
    for axis in range(x.dim()):
        for what, change in ALONG.items():
            yield f"{what} {axis}", partial(change, axis)
        for other in range(axis):
            for what, swap in ACROSS.items():
                yield f"{what} {other} and {axis}", partial(swap, axis, other)
    yield "one axis more", lambda x: x[None]
    yield "one axis more behind", lambda x: x[..., None]
    yield "flat", lambda x: x.flatten()
    yield "empty", lambda x: x.new_empty(0)
    yield "one number", lambda x: x.new_ones(())
    yield "one number in all axes", lambda x: x.new_ones([1] * x.dim())
    yield "expanded from one", lambda x: x.new_ones(()).expand(x.shape)
    yield "overlapping", lambda x: x.new_ones(sum(x.shape) + 1).as_strided(x.shape, [1] * x.dim())
    yield "at an offset", lambda x: torch.cat([x.new_ones(1), x.flatten()])[1:].view(x.shape)
    for dtype in DTYPES:
        yield f"as {dtype}", partial(torch.Tensor.to, dtype=dtype)
        yield f"as bits of {dtype}", partial(bits, dtype)
    yield "on meta", lambda x: x.to("meta")
    yield "sparse", lambda x: x.to_sparse()
    yield "sparse rows", lambda x: x.to_sparse_csr()
    yield "sparse blocks", lambda x: x.to_sparse_bsr((1, 1))
    yield "of MKL-DNN", lambda x: x.to_mkldnn()
    yield "nested", lambda x: torch.nested.nested_tensor([x, x])
    yield "jagged", lambda x: torch.nested.nested_tensor([x, x], layout=torch.jagged)
    yield "quantized", lambda x: torch.quantize_per_tensor(x.float(), 0.1, 0, torch.qint8)
    yield "negated when read", lambda x: torch._neg_view(-x)
    yield "imaginary part", lambda x: torch.complex(x, -x).conj().imag
    yield "with a gradient", lambda x: x.requires_grad_()
    yield "a parameter", torch.nn.Parameter


def bits(dtype: torch.dtype, x: Tensor) -> Tensor:
    """The same bytes, taken for another type."""
    return x.contiguous().view(dtype)


def spread(axis: int) -> tuple[Any, ...]:
    """Every second along an axis."""
    return (*[slice(None)] * axis, slice(None, None, 2))
