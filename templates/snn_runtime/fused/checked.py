"""What reaches compiled code: its arguments are checked here, and here alone are addresses taken.

Operators can be called by anybody, with anything: a wrong argument is a ValueError that names it.
"""

from collections.abc import Sequence
from typing import NoReturn

import torch
from torch import Tensor

from .calls import DTYPES, Call, Memory, Tensors, densified

BACKENDS = ("auto", "c", "cuda", "torch")


def address(memory: Memory, device: torch.device) -> int:
    """Where memory begins that has so many numbers of that type, on that device.

    Nothing else takes an address. Raises RuntimeError if a kernel would leave the memory.
    """
    x, count, dtype = memory
    if x.dtype != dtype or x.device != device or x.numel() != count:
        want = f"{count} numbers of {dtype} on {device}"
        raise RuntimeError(f"a kernel takes {want}, not {described(x)}")
    if x.untyped_storage().nbytes() < (x.storage_offset() + count) * dtype.itemsize:
        raise RuntimeError(f"{described(x)} has no memory for its {count} numbers")
    return x.data_ptr()


def checked(call: Call) -> Call:
    """The call with every operand dense and alike."""
    check_backend(call.backend)
    check_counts(call)
    check_inputs(call)
    shape = call.sample.shape
    if call.terms:
        check_small(call, "terms", call.terms, shape[1:])
    if call.starts:
        check_small(call, "starts", call.starts, shape)
    return densified(call)


def check_backend(backend: str) -> None:
    """One of those that there are."""
    if backend not in BACKENDS:
        raise ValueError(f"SNNC_BACKEND is auto, c, cuda or torch, not {backend!r}")


def check_counts(call: Call) -> None:
    """As many operands as the kernel has parameters."""
    spec = call.spec
    have = len(call.inputs), len(call.terms), len(call.starts) or len(spec.start)
    want = spec.inputs, spec.terms, len(spec.start)
    if have != want:
        what = "{} inputs, {} terms and {} starts"
        message = f"takes {what.format(*want)}, not {what.format(*have)}"
        raise ValueError(f"{call.name} {message}")


def check_inputs(call: Call) -> None:
    """Inputs that a kernel can read, that are alike, and that have so many steps."""
    first, lead = call.inputs[0], "[B, ...]" if call.static else "[T, B, ...]"
    if not plain(first) or first.dtype not in DTYPES:
        refuse(call, "inputs[0]", first, f"float32, float64 or 16 bits, {lead}, dense")
    if first.dim() < (1 if call.static else 2):
        refuse(call, "inputs[0]", first, lead)
    if call.steps < 0 or not (call.static or call.steps == first.shape[0]):
        want = "0 or more" if call.static else f"{first.shape[0]}, as the inputs have"
        raise ValueError(f"{call.name}: steps is {call.steps}, not {want}")
    for i, x in enumerate(call.inputs[1:], 1):
        check_like(call, f"inputs[{i}]", x, first.shape, first.dtype)


def check_small(call: Call, what: str, tensors: Tensors, shape: Sequence[int]) -> None:
    """Numbers or states: of the type that is computed in, and they broadcast over ``shape``."""
    for i, x in enumerate(tensors):
        fits = plain(x) and x.dtype == call.real and x.device == call.inputs[0].device
        if not fits or not broadcasts(x.shape, shape):
            want = f"{call.real} on {call.inputs[0].device} that broadcasts over"
            refuse(call, f"{what}[{i}]", x, f"{want} {[*shape]}")


def broadcasts(shape: Sequence[int], over: Sequence[int]) -> bool:
    """Whether every axis is that of the other shape, or 1, or not there."""
    sizes = zip(reversed(shape), reversed(over), strict=False)
    return len(shape) <= len(over) and all(a in (1, b) for a, b in sizes)


def check_like(
    call: Call, what: str, x: Tensor, shape: Sequence[int], dtype: torch.dtype
) -> None:
    """Just this shape and type, on the device of the inputs, in any layout."""
    device = call.inputs[0].device
    alike = plain(x) and x.dtype == dtype and x.device == device
    if not alike or x.shape != shape:
        refuse(call, what, x, f"{dtype} {[*shape]} on {device}")


def check_grads(call: Call, grad: Tensor, ends: Tensors) -> None:
    """Gradients of what the forward gave, in any layout."""
    shape, count = call.sample.shape, len(call.spec.start)
    check_like(call, "grad", grad, (call.steps, *shape), call.dtype)
    check_count(call, "end_grads", ends, count)
    for i, g in enumerate(ends):
        check_like(call, f"end_grads[{i}]", g, shape, call.real)


def check_count(call: Call, what: str, tensors: Sequence[Tensor], count: int) -> None:
    """So many tensors, or none."""
    if len(tensors) not in (0, count):
        raise ValueError(f"{call.name}: {what} are {len(tensors)}, not 0 or {count}")


def check_channels(call: Call, what: str, tensors: Sequence[Tensor]) -> None:
    """Two tensors of one number a channel of the inputs [..., B, C, ...], or none."""
    check_count(call, what, tensors, 2)
    channels, device = call.sample.shape[1], call.inputs[0].device
    for i, x in enumerate(tensors):
        fits = plain(x) and x.dtype in DTYPES and x.device == device
        if not fits or x.shape != (channels,):
            refuse(call, f"{what}[{i}]", x, f"floating point [{channels}] on {device}")


def plain(x: Tensor | None) -> bool:
    """Whether the numbers of a tensor are where its strides say; a list may hold None."""
    return x is not None and x.layout is torch.strided and not x.is_nested


def refuse(call: Call, what: str, x: Tensor | None, want: str) -> NoReturn:
    """Says which argument is wrong."""
    raise ValueError(f"{call.name}: {what} is {described(x)}, not {want}")


def described(x: Tensor | None) -> str:
    """``torch.float32 [2, 3] on cpu``, and its layout if that is not the usual one."""
    if x is None:
        return "None"
    if x.is_nested:
        return f"{x.dtype} nested on {x.device}"
    layout = "" if x.layout is torch.strided else f", {x.layout}"
    return f"{x.dtype} {[*x.shape]} on {x.device}{layout}"
