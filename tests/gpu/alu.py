"""What PTX's instructions compute, on NumPy arrays.

Where hardware approximates (``.approx``, ``.full``) the correctly rounded result stands in.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Read = Callable[[str, str], Array]
TYPES: dict[str, type[np.generic]] = {
    "b8": np.uint8, "u8": np.uint8, "s8": np.int8,
    "b16": np.uint16, "u16": np.uint16, "s16": np.int16, "f16": np.float16,
    "b32": np.uint32, "u32": np.uint32, "s32": np.int32, "f32": np.float32,
    "b64": np.uint64, "u64": np.uint64, "s64": np.int64, "f64": np.float64,
}  # fmt: skip
BITS = {1: np.uint8, 2: np.uint16, 4: np.uint32, 8: np.uint64}
_WIDER = {"u16": np.uint32, "s16": np.int32, "u32": np.uint64, "s32": np.int64}
_SMALLEST = np.float32(2.0**-126)


def flushed(a: Array) -> Array:
    """float32 without denormal numbers."""
    if a.dtype != np.float32:
        return a
    return np.where(np.abs(a) < _SMALLEST, np.copysign(np.float32(0), a), a)


def compute(parts: Sequence[str], operands: Sequence[str], read: Read) -> Array:
    """The result of one instruction."""
    name, kind = parts[0], parts[-1]
    if name in _SPECIAL:
        return _SPECIAL[name](parts, operands, read)
    ftz = "ftz" in parts
    values = [read(operand, kind) for operand in operands]
    if ftz:
        values = [flushed(value) for value in values]
    result = np.asarray(_PLAIN[name](*values))
    if result.dtype != values[0].dtype:
        result = result.astype(values[0].dtype)
    if "sat" in parts:
        result = np.clip(np.nan_to_num(result, nan=0.0), 0, 1).astype(result.dtype)
    return flushed(result) if ftz else result


def select(parts: Sequence[str], operands: Sequence[str], read: Read) -> Array:
    a, b = (read(operand, parts[-1]) for operand in operands[:2])
    return np.where(read(operands[2], "pred"), a, b)


def compare(parts: Sequence[str], operands: Sequence[str], read: Read) -> Array:
    """``setp``, with a second predicate or without."""
    a, b = (read(operand, parts[-1]) for operand in operands[:2])
    if "ftz" in parts:
        a, b = flushed(a), flushed(b)
    found = np.asarray(_COMPARE[parts[1]](a, b))
    if parts[2] in _JOIN:
        found = np.asarray(_JOIN[parts[2]](found, negatable(operands[2], read)))
    return found


def negatable(operand: str, read: Read) -> Array:
    return ~read(operand[1:], "pred") if operand.startswith("!") else read(operand, "pred")


def convert(parts: Sequence[str], operands: Sequence[str], read: Read) -> Array:
    """``cvt``: between types, or to whole numbers of the same."""
    to, of = [part for part in parts if part in TYPES or part == "bf16"]
    value = read(operands[0], of)
    if to == "bf16":
        return bfloat16(value)
    if "ftz" in parts:
        value = flushed(value)
    for rounding, function in _ROUND.items():
        if rounding in parts:
            value = function(value)
    result = value.astype(TYPES[to])
    if "sat" in parts:
        result = np.clip(np.nan_to_num(result, nan=0.0), 0, 1).astype(TYPES[to])
    return flushed(result) if "ftz" in parts else result


def bfloat16(value: Array) -> Array:
    """The upper halves of float32, rounded to the nearest and at a tie to the even one."""
    bits = value.view(np.uint32).astype(np.uint64)
    rounded = (bits + 0x7FFF + (bits >> 16 & 1)) >> 16
    return np.where(np.isnan(value), 0x7FFF, rounded).astype(np.uint16)


def multiply(parts: Sequence[str], operands: Sequence[str], read: Read) -> Array:
    """``mul`` and ``mad``: low or high half, or of twice the width."""
    kind = parts[-1]
    a, b = (read(operand, kind) for operand in operands[:2])
    if "ftz" in parts:
        a, b = flushed(a), flushed(b)
    if parts[1] == "wide":
        wide = _WIDER[kind]
        product = a.astype(wide) * b.astype(wide)
    elif parts[1] == "hi":
        product = high(a, b)
    else:
        product = a * b
    if len(operands) > 2:
        third = read(operands[2], kind)
        if third.dtype != product.dtype:  # mad.wide adds at twice the width
            third = read(operands[2], {8: "s64", 4: "s32"}[product.itemsize]).view(product.dtype)
        product = product + third
    if "sat" in parts:
        product = np.clip(np.nan_to_num(product, nan=0.0), 0, 1)
    return flushed(product) if "ftz" in parts else product


def high(a: Array, b: Array) -> Array:
    """The upper half of a product, by way of Python's integers."""
    bits = 8 * a.itemsize
    product = (a.astype(object) * b.astype(object)) >> bits
    return np.array([int(p) % (1 << bits) for p in product], BITS[a.itemsize]).view(a.dtype)


def fused(parts: Sequence[str], operands: Sequence[str], read: Read) -> Array:
    """``fma``: one rounding, from twice the precision."""
    a, b, c = (read(operand, parts[-1]) for operand in operands)
    if "ftz" in parts:
        a, b, c = flushed(a), flushed(b), flushed(c)
    wide = np.float64 if a.dtype == np.float32 else np.longdouble
    exact = a.astype(wide) * b.astype(wide) + c.astype(wide)
    result = exact.astype(a.dtype)
    if "rm" in parts:
        result = np.where(result > exact, np.nextafter(result, -np.inf, dtype=a.dtype), result)
    if "sat" in parts:
        result = np.clip(np.nan_to_num(result, nan=0.0), 0, 1).astype(a.dtype)
    return flushed(result) if "ftz" in parts else result


def shift(parts: Sequence[str], operands: Sequence[str], read: Read) -> Array:
    """Shifts by the width and more leave nothing, or the sign."""
    value, by = read(operands[0], parts[-1]), read(operands[1], "u32")
    bits = 8 * value.itemsize
    signed = np.minimum(by, bits - 1).astype(value.dtype)
    if parts[0] == "shl":
        return np.where(by < bits, value << signed, 0).astype(value.dtype)
    empty = value >> signed if parts[-1].startswith("s") else np.zeros_like(value)
    return np.where(by < bits, value >> signed, empty).astype(value.dtype)


def logic(parts: Sequence[str], operands: Sequence[str], read: Read) -> Array:
    """Bit by bit, on words and on predicates."""
    values = [read(operand, parts[-1]) for operand in operands]
    return np.asarray(_LOGIC[parts[0]](*values))


def quotient(a: Array, b: Array) -> Array:
    """Division; integers towards zero."""
    if a.dtype.kind == "f":
        return np.asarray(a / b)
    safe = np.where(b == 0, 1, b).astype(a.dtype)
    return np.asarray((np.sign(a) * np.sign(safe) * (np.abs(a) // np.abs(safe))).astype(a.dtype))


_LOGIC: dict[str, Callable[..., Any]] = {
    "and": np.bitwise_and,
    "or": np.bitwise_or,
    "xor": np.bitwise_xor,
    "not": np.invert,
}
_JOIN = {part: _LOGIC[part] for part in ("and", "or", "xor")}
_ROUND = {"rmi": np.floor, "rni": np.rint, "rpi": np.ceil, "rzi": np.trunc}
_COMPARE: dict[str, Callable[[Array, Array], Any]] = {
    "eq": np.equal, "ne": np.not_equal, "lt": np.less, "le": np.less_equal,
    "gt": np.greater, "ge": np.greater_equal, "lo": np.less, "ls": np.less_equal,
    "hi": np.greater, "hs": np.greater_equal, "neu": np.not_equal,
    "equ": lambda a, b: (a == b) | np.isnan(a) | np.isnan(b),
    "ltu": lambda a, b: ~(a >= b), "leu": lambda a, b: ~(a > b),
    "gtu": lambda a, b: ~(a <= b), "geu": lambda a, b: ~(a < b),
    "nan": lambda a, b: np.isnan(a) | np.isnan(b), "num": lambda a, b: ~np.isnan(a + b),
}  # fmt: skip
_PLAIN: dict[str, Callable[..., Any]] = {
    "mov": np.copy, "cvta": np.copy, "add": np.add, "sub": np.subtract, "neg": np.negative,
    "abs": np.abs, "min": np.fmin, "max": np.fmax, "div": quotient, "rem": np.fmod,
    "rcp": lambda a: 1.0 / a.astype(np.float64), "sqrt": np.sqrt, "tanh": np.tanh,
    "rsqrt": lambda a: 1.0 / np.sqrt(a.astype(np.float64)),
    "ex2": lambda a: np.exp2(a.astype(np.float64)),
    "lg2": lambda a: np.log2(a.astype(np.float64)),
    "copysign": lambda a, b: np.copysign(b, a),
}  # fmt: skip
_SPECIAL: dict[str, Callable[[Sequence[str], Sequence[str], Read], Array]] = {
    "selp": select, "setp": compare, "cvt": convert, "mul": multiply, "mad": multiply,
    "fma": fused, "shl": shift, "shr": shift, **dict.fromkeys(_LOGIC, logic),
}  # fmt: skip
