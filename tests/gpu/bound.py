"""What bounds a kernel on an H200, told from its machine code: memory, latency or issue.

The instructions of one thread are taken as they stand in the cubin for sm_90, every way through
them once, and each begins when what it reads is there: memory's answer after 600 cycles, most other
results after five. It is one block of steps as most layers have it: without first and last states,
which null pointers leave out at run time, without marks, and with parameters of one number. The
model is the roofline of one multiprocessor: bytes move at the rate of a copy, four instructions are
issued a cycle, and as many threads overlap as registers allow. No share is above 1.
"""

import re
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from templates.snn_runtime.fused import Kernels
from templates.snn_runtime.fused.cuda import OPTIONS, THREADS, division
from tests.gpu import nvrtc
from tests.gpu.cases import Case
from tests.gpu.rig import known, made

ARCH = 90
RATE = 4.3e12 / 132 / 1.755e9  # bytes a cycle and multiprocessor: a copy, 132 of them, their clock
ISSUED = 4  # instructions a cycle
AFTER = {"LDG": 600, "LDC": 25, "ULDC": 25, "S2R": 20, "S2UR": 20, "MUFU": 24}
USUAL = 5  # cycles until a result can be read
REGISTERS, RESIDENT, WARP = 65536, 2048, 32
_LINE = re.compile(r"/\*[0-9a-f]{4,}\*/\s+(?:@!?U?P\w+\s+)?([A-Z][\w.]*)\s*(.*?)\s*;")
_NAME = re.compile(r"\b(U?R|U?P)(\d+)\b")
_OPTIONAL = re.compile(r"if \(\w+_(?:start|end)\)")
_WIDTH = {"U8": 1, "U16": 2, "64": 8, "128": 16}


Code = Sequence[tuple[str, str]]


def moved(code: Code) -> int:
    """Bytes that a thread loads and stores."""
    return sum(width(name) for name, _ in code if name.startswith(("LDG", "STG")))


def width(name: str) -> int:
    """The bytes of an access."""
    found = [_WIDTH[part] for part in name.split(".") if part in _WIDTH]
    return found[0] if found else 4


def cycles(code: Code) -> int:
    """How long a thread takes that is alone."""
    ready, clock = dict[tuple[str, int], int](), 0
    for name, operands in code:
        to, of = reached(name, operands)
        clock = max([clock + 1, *(ready.get(each, 0) for each in of)])
        after = AFTER.get(name.partition(".")[0], USUAL)
        ready |= dict.fromkeys(to, clock + after)
    return max([clock, *ready.values()])


def reached(name: str, operands: str) -> tuple[set[Any], set[Any]]:
    """The registers that an instruction writes, and those that it reads."""
    parts, kind = operands.split(", "), name.partition(".")[0]
    count = 0 if kind in ("STG", "BRA", "EXIT") else 2 if kind.endswith("SETP") else 1
    wide = max(1, width(name) // 4) if kind in ("LDG", "STG") else 1 + ("WIDE" in name)
    to = {each for part in parts[:count] for each in registers(part, wide)}
    own = wide if kind == "STG" else 1
    return to, {each for part in parts[count:] for each in registers(part, own)}


def registers(operand: str, wide: int) -> Iterator[tuple[str, int]]:
    """The registers of an operand; an address has two."""
    count = 2 if ".64" in operand else wide
    for kind, number in _NAME.findall(operand):
        yield from ((kind, int(number) + more) for more in range(count))


def instructions(listing: str) -> Code:
    """The name and the operands of each, as nvdisasm prints them, without the padding behind."""
    found = _LINE.findall(listing)
    last = max(at for at, (name, _) in enumerate(found) if name not in ("BRA", "NOP"))
    return found[: last + 1]


@dataclass(frozen=True)
class Bound:
    """One kernel: what it does for a thread's neighbours and all their steps."""

    instructions: int
    moved: int
    cycles: int
    registers: int

    @property
    def share(self) -> float:
        """The predicted share of what a copy reaches."""
        blocks = REGISTERS // (-(-self.registers // 8) * 8 * THREADS)
        threads = min(RESIDENT, blocks * THREADS)
        issue = ISSUED * WARP * self.moved / self.instructions
        return min(1.0, issue / RATE, threads * self.moved / self.cycles / RATE)


def bound(case: Case, direction: str, pack: int | None = None) -> Bound:
    """One of a case's kernels, as it is compiled for an H200."""
    text, name = one_block(made(case, Kernels).cuda), f"{case.name}_{direction}"
    options = (*OPTIONS, *division(text, name), *known(case, name, pack))
    verbose = (*options, *nvrtc.CUPY_ADDS, f"-arch=sm_{ARCH}", "--ptxas-options=-v")
    image, log = nvrtc.compiled(text, verbose, "CUBIN")
    (usage,) = nvrtc.reported(log)
    code = instructions(disassembled(image))
    return Bound(len(code), moved(code), cycles(code), usage.registers)


def one_block(text: str) -> str:
    """The text for K steps exactly, without first and last states, numbers one a layer."""
    found, count = _OPTIONAL.subn("if (false)", text.replace("steps / K", "1"))
    assert count
    return re.sub(r"if \(\w+_size == 1\)", "if (true)", found)


def disassembled(image: bytes) -> str:
    """The machine code, by the nvdisasm that Triton brings."""
    spec = find_spec("triton")
    assert spec is not None
    assert spec.origin is not None
    tool = Path(spec.origin).parent / "backends/nvidia/bin/nvdisasm"
    with NamedTemporaryFile(suffix=".cubin") as file:
        file.write(image)
        file.flush()
        done = subprocess.run([tool, "-c", file.name], capture_output=True, text=True, check=True)
    return done.stdout
