"""The process that is attacked: every operator in turn, a line for each attack and its outcome.

    python -m tests.faults.attacked LOG [--short] [--skip N] [--plant NAME] [--only TEXT]

Each attack is written to LOG before it is made, so that whoever finds this process dead knows of
what it died. An attack ends in an error of ours that names an argument, in one of PyTorch's own
for what no operator can be called with, or in what the loop over tensors gives.
"""

import argparse
import os
import re
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from snnc.emit import package, runtime
from tests.faults.attacks import attacks
from tests.faults.planted import PLANTED, planted
from tests.faults.recorded import Call, forms, recorded

PYTORCHS = re.compile(  # what an operator cannot be called with, and what no memory holds
    r"expected at most|missing value for argument|Expected a value of type"
    r"|Overflow when unpacking|can't allocate memory|Storage size calculation overflowed"
    r"|not enough memory|out of range for|numel: integer multiplication overflow"
    r"|Unable to cast|int too (large|big)|Could not run .* with arguments from the"
    r"|Stride calculation overflowed|Python int too large|does not have kernels for"
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Makes all attacks, or some."""
    options = command_line().parse_args(arguments)
    warnings.simplefilter("ignore")
    edits = PLANTED[options.plant].edits if options.plant else ()
    texts = planted(runtime.files(), edits)
    for module in (package, runtime):
        vars(module)["files"] = lambda: texts
    calls = recorded(options.short)
    missing = forms() - kinds()
    with Path(options.log).open("a", buffering=1) as log:
        if missing:
            log.write(f"? no operators of {', '.join(sorted(missing))}\n")
        for number, (name, wrong, call) in enumerate(every(calls, options.short)):
            if number < options.skip or options.only not in name:
                continue
            log.write(f"> {number} {name}\n")
            log.write(f"{outcome(call, wrong)}\n")
        log.write("end\n")
    return 0


def command_line() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m tests.faults.attacked", description=__doc__)
    parser.add_argument("log")
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--skip", type=int, default=0)
    parser.add_argument("--plant", default="")
    parser.add_argument("--only", default="")
    return parser


def kinds() -> set[str]:
    """The classes of kernels that were made in this process."""
    found = (m for name, m in sys.modules.items() if name.startswith("_snnc_"))
    made = (type(v).__name__ for m in found for v in vars(m).values())
    return {name for name in made if name.endswith("Kernels")}


def every(calls: dict[str, list[Call]], short: bool) -> Iterator[tuple[str, list[Any], Call]]:
    """All attacks on all operators: on the first call of each, or on all that differ."""
    for name, known in calls.items():
        for at, call in enumerate(known[:1] if short else known):
            names = [argument.name for argument in call[0]._schema.arguments]
            for what, wrong in attacks(call[1], names):
                yield f"{name} {at}: {what}", wrong, call


def outcome(call: Call, wrong: list[Any]) -> str:
    """What an attack ends in: fine, or a line that begins with an exclamation mark."""
    run = call[0]
    try:
        got = results(run, wrong)
    except Exception as error:  # noqa: BLE001
        return judged(error, [argument.name for argument in run._schema.arguments])
    backend = [argument.name for argument in run._schema.arguments].index("backend")
    by_loop = [*wrong[:backend], "torch", *wrong[backend + 1 :]]
    try:
        want = results(run, by_loop)
    except Exception as error:  # noqa: BLE001
        return f"! the loop over tensors refuses it: {type(error).__name__}: {one_line(error)}"
    return "taken" if alike(got, want) else "! other results than the loop over tensors"


def judged(error: Exception, names: Sequence[str]) -> str:
    """Whether an error says what is wrong."""
    said = one_line(error)
    if isinstance(error, RuntimeError | TypeError | MemoryError) and PYTORCHS.search(str(error)):
        return "refused by PyTorch"
    ours = isinstance(error, ValueError) and in_package(error)
    backend = isinstance(error, RuntimeError) and "SNNC_BACKEND" in said
    named = any(re.search(rf"\b{re.escape(name)}\b", said) for name in (*names, "SNNC_BACKEND"))
    if (ours or backend) and named:
        return "refused"
    where = traceback.extract_tb(error.__traceback__)[-1]
    return f"! {type(error).__name__}: {said} ({where.filename}:{where.lineno})"


def in_package(error: Exception) -> bool:
    """Whether generated code raised it."""
    return "_snnc_" in traceback.extract_tb(error.__traceback__)[-1].filename


def one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:300]


def results(run: Callable[..., Any], arguments: Sequence[Any]) -> list[Tensor]:
    """What an operator gives, as a list."""
    found = run(*arguments)
    return [found] if isinstance(found, Tensor) else list(found)


def alike(got: Sequence[Tensor], want: Sequence[Tensor]) -> bool:
    """Whether results are equal, up to rounding."""
    if len(got) != len(want):
        return False
    return all(close(a, b) for a, b in zip(got, want, strict=True))


def close(a: Tensor, b: Tensor) -> bool:
    if (a.shape, a.dtype, a.device, a.stride()) != (b.shape, b.dtype, b.device, b.stride()):
        return False
    if a.device.type == "meta" or not a.numel():
        return True
    limit = 2e-2 if a.dtype.itemsize == 2 else 1e-4
    scale = max(1.0, float(b.double().nan_to_num(0.0, 0.0, 0.0).abs().max()))
    return torch.allclose(a.double(), b.double(), limit, limit * scale, equal_nan=True)


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    os._exit(code)  # nothing that PyTorch does at its end is of interest here
