"""Runs NVRTC's PTX on NumPy, all threads of a launch at once.

Registers are bits, a row of one word a thread; instructions look at them under their own types.
Threads that part at a branch go on in the order of the program and meet again. Memory is checked
by ``memory.py``: bounds, alignment, stores of two threads (or two times) to one address, reads of
what nobody wrote.
"""

import re
from collections.abc import Sequence

import numpy as np

from tests.gpu import nvrtc
from tests.gpu.alu import BITS, TYPES, Array, compute
from tests.gpu.listing import Instruction, Program, immediate, programs, signature
from tests.gpu.memory import MemoryFault, Region, Words, region_at

ARCH = 80
_ADDRESS = re.compile(r"\[([%\w$]+)(?:\+(-?\d+))?\]")
_WIDTHS = {"rs": 2, "r": 4, "f": 4, "rd": 8, "fd": 8}


class PtxMachine:
    """Runs the kernels of one module; ``partings`` counts branches at which threads parted."""

    def __init__(self, text: str, options: tuple[str, ...]) -> None:
        self.programs, self.text = programs(nvrtc.ptx(text, ARCH, options)), text
        self.partings = 0
        self.executed: set[str] = set()

    def run(self, name: str, grid: int, block: int, arguments: Sequence[int]) -> None:
        """Runs every thread of a launch."""
        regions = []
        for parameter, argument in zip(signature(self.text, name), arguments, strict=True):
            if "*" in parameter and argument:
                regions.append(region_at(argument, parameter.startswith("const ")))
        launch = Launch(self.programs[name], grid, block, arguments, regions)
        launch.run()
        self.partings += launch.partings
        self.executed |= launch.executed
        check_written(launch)


def check_written(launch: "Launch") -> None:
    """Results must be complete: nobody initialised them."""
    for region in launch.regions:
        if not region.constant and (region.writer == -1).any():
            raise MemoryFault("a result that nobody wrote")


class Launch:
    """One launch: the registers of all threads."""

    def __init__(
        self, code: Program, grid: int, block: int, arguments: Sequence[int], regions: list[Region]
    ) -> None:
        self.program, self.regions, self.partings = code, regions, 0
        self.executed: set[str] = set()
        self.threads = np.arange(grid * block)
        self.parameters = dict(zip(code.parameters, arguments, strict=True))
        self.registers: dict[str, Array] = {
            "%tid.x": (self.threads % block).astype(np.uint32),
            "%ctaid.x": (self.threads // block).astype(np.uint32),
            "%ntid.x": np.full(self.threads.size, block, np.uint32),
        }

    def run(self) -> None:
        """Always the threads that are furthest behind."""
        groups = {0: np.ones(self.threads.size, bool)}
        with np.errstate(all="ignore"):
            while groups:
                at = min(groups)
                for target, mask in self.step(at, groups.pop(at)):
                    groups[target] = groups[target] | mask if target in groups else mask

    def step(self, at: int, mask: Array) -> list[tuple[int, Array]]:
        """One instruction of some threads: where they are then."""
        now = self.program.code[at]
        chosen = mask & self.guard(now) if now.guard else mask
        if now.parts[0] in ("bra", "ret"):
            return self.branch(now, at, mask, chosen)
        if chosen.any():
            self.execute(now, chosen)
        return [(at + 1, mask)]

    def guard(self, now: Instruction) -> Array:
        found = self.registers[now.guard]
        return ~found if now.negated else found

    def branch(
        self, now: Instruction, at: int, mask: Array, chosen: Array
    ) -> list[tuple[int, Array]]:
        rest = mask & ~chosen
        self.partings += bool(chosen.any() and rest.any())
        found = [(at + 1, rest)] if rest.any() else []
        if now.parts[0] == "bra" and chosen.any():
            found.append((self.program.labels[now.operands[-1]], chosen))
        return found

    def execute(self, now: Instruction, mask: Array) -> None:
        self.executed.add(".".join(now.parts))
        if now.parts[0] in ("ld", "st") and now.parts[1] != "param":
            self.access(now, mask)
        elif now.operands[0].startswith("{"):
            whole = self.read(now.operands[1], now.parts[-1])
            halves = np.ascontiguousarray(whole).view(f"u{whole.itemsize // 2}").reshape(-1, 2)
            for name, column in zip(now.operands[0].strip("{}").split(","), halves.T, strict=True):
                self.write(name.strip(), column, mask)
        else:
            self.write(now.operands[0], self.value(now), mask)

    def value(self, now: Instruction) -> Array:
        """What an instruction computes."""
        if now.parts[0] == "ld":
            name = now.operands[1].strip("[]")
            return np.full(self.threads.size, self.parameters[name], np.int64).view(np.uint64)
        return compute(now.parts, now.operands[1:], self.read)

    def access(self, now: Instruction, mask: Array) -> None:
        """A load or store of memory."""
        kind, load = TYPES[now.parts[-1]], now.parts[0] == "ld"
        register, address = now.operands if load else now.operands[::-1]
        found = _ADDRESS.fullmatch(address)
        assert found, address
        at = (self.registers[found[1]].view(np.int64) + int(found[2] or 0))[mask]
        region, size, threads = self.region(at), np.dtype(kind).itemsize, self.threads[mask]
        names = [name.strip() for name in register.strip("{}").split(",")]
        check_aligned(at, size * len(names))
        for lane, name in enumerate(names):
            place = at + lane * size
            if load:
                values = np.zeros(self.threads.size, BITS[size])
                rows = np.ascontiguousarray(region.load(place, size, threads))
                values[mask] = rows.view(BITS[size]).reshape(-1)
                self.write(name, values, mask)
            else:
                values = np.ascontiguousarray(self.read(name, now.parts[-1])[mask])
                region.store(place, values.view(np.uint8).reshape(-1, size), threads)

    def region(self, at: Words) -> Region:
        """The tensor into which all these addresses point."""
        for region in self.regions:
            if region.base <= at.min() and at.max() < region.base + region.bytes.size:
                return region
        raise MemoryFault(f"access outside every tensor of {self.program.name}")

    def read(self, operand: str, kind: str) -> Array:
        """A register, immediate or pair of registers, under a type; one word a thread."""
        if operand.startswith("{"):
            parts = [self.register(name.strip()) for name in operand.strip("{}").split(",")]
            return np.stack(parts, axis=1).reshape(-1).view(BITS[2 * parts[0].itemsize])
        if operand.startswith("%"):
            found = self.register(operand)
            if kind == "pred":
                return found
            return narrowed(found, TYPES[kind])
        return np.repeat(immediate(operand, kind), self.threads.size)

    def register(self, name: str) -> Array:
        """A register; NaN if nothing was written: a loop that was left early copies such values."""
        if name not in self.registers:
            size = _WIDTHS[name.strip("%0123456789")]
            self.registers[name] = np.full(self.threads.size, -1).astype(BITS[size])
        return self.registers[name]

    def write(self, name: str, value: Array, mask: Array) -> None:
        """The threads' own words change."""
        bits = value if value.dtype == bool else value.view(BITS[value.itemsize])
        if name == "_":
            return
        if name in self.registers and not mask.all():
            old = self.registers[name]
            bits = np.where(mask, bits.astype(old.dtype), old)
        self.registers[name] = bits


def check_aligned(at: Words, size: int) -> None:
    """A vector lies at a multiple of its own size, wherever its tensor begins."""
    if (at % size).any():
        raise MemoryFault(f"misaligned access of {size} bytes")


def narrowed(found: Array, kind: type[np.generic]) -> Array:
    """A register under a type, which may be narrower."""
    size = np.dtype(kind).itemsize
    return (found if found.itemsize == size else found.astype(BITS[size])).view(kind)
