"""PTX as NVRTC prints it, parsed."""

import re
from dataclasses import dataclass
from functools import cache

import numpy as np

from tests.gpu.alu import BITS, TYPES, Array

_ENTRY = re.compile(r"\.entry (\w+)\((.*?)\)\s*(?:\.\w+[^\n{]*\s*)*\{(.*?)\n\}", re.DOTALL)
_PARAMETER = re.compile(r"\.param \.(\w+)[^,\n]*? (\w+)(?=,|\s*$)", re.MULTILINE)
_CODE = re.compile(r"(?:@(!?)(%p\d+)\s+)?([a-z][\w.:]*)\s*(.*)")
_COMMA = re.compile(r",(?![^\[{]*[\]}])")


@dataclass(frozen=True)
class Instruction:
    """One instruction: its guard, its name in parts, its operands."""

    guard: str
    negated: bool
    parts: tuple[str, ...]
    operands: tuple[str, ...]


@dataclass(frozen=True)
class Program:
    """One kernel."""

    name: str
    parameters: tuple[str, ...]
    code: tuple[Instruction, ...]
    labels: dict[str, int]


def signature(text: str, name: str) -> list[str]:
    """A kernel's parameters in CUDA."""
    inside = re.search(rf"void {name}\((.*?)\)", text, re.DOTALL)
    assert inside
    return [" ".join(parameter.split()) for parameter in inside[1].split(",")]


@cache
def programs(text: str) -> dict[str, Program]:
    """The kernels of a PTX text."""
    return {m[1]: program(m[1], m[2], m[3]) for m in _ENTRY.finditer(text)}


def program(name: str, parameters: str, body: str) -> Program:
    """One kernel, parsed."""
    code: list[Instruction] = []
    labels: dict[str, int] = {}
    for line in re.sub(r"//[^\n]*", "", body).split("\n"):
        statement = line.strip().rstrip(";")
        if statement.endswith(":"):
            labels[statement[:-1]] = len(code)
        elif statement.strip("{}") and not statement.startswith("."):
            code.append(instruction(statement))
    names = tuple(m[2] for m in _PARAMETER.finditer(parameters))
    return Program(name, names, tuple(code), labels)


def instruction(statement: str) -> Instruction:
    """One statement."""
    found = _CODE.fullmatch(statement)
    assert found, statement
    operands = tuple(o.strip() for o in _COMMA.split(found[4])) if found[4] else ()
    return Instruction(found[2] or "", found[1] == "!", tuple(found[3].split(".")), operands)


def immediate(operand: str, kind: str) -> Array:
    """A number in the text, as an array of one."""
    if operand[:2] in ("0f", "0F"):
        return np.array([int(operand[2:], 16)], np.uint32).view(np.float32)
    if operand[:2] in ("0d", "0D"):
        return np.array([int(operand[2:], 16)], np.uint64).view(np.float64)
    if kind == "pred":
        return np.array([bool(int(operand, 0))])
    size = np.dtype(TYPES[kind]).itemsize
    bits = int(operand.rstrip("U"), 0) % (1 << 8 * size)
    return np.array([bits], BITS[size]).view(TYPES[kind])
