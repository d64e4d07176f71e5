"""The recurrent C text under the address and undefined-behaviour sanitizers."""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fused.neurons import part
from tests.fused.recurring import made

SIZES = ((1, 1, 1), (3, 5, 7), (2, 9, 65), (2, 6, 130), (2, 5, 511), (2, 4, 512))
FLAGS = ("-O1", "-g", "-fopenmp", "-ffp-contract=off", "-w", "-DBLOCK=512")
SANITIZE = ("-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-static-libasan")


def program(text: str, kept: int) -> str:
    """``main``: both loops at every size, timed and static, with and without what is optional."""
    calls = (
        call(name, parameters.split(","), size, given, kept)
        for name, parameters in re.findall(r"void (\w+_recurrent_\w+)\((.*?)\)", text, re.DOTALL)
        for size in SIZES
        for given in (True, False)
    )
    return f"#include <stdlib.h>\nint main(void)\n{{\n{''.join(calls)}}}\n"


def call(
    name: str, parameters: list[str], size: tuple[int, int, int], given: bool, kept: int
) -> str:
    """One call on memory of exactly the right size."""
    lines = "".join(f"    {line}\n" for line in arguments(parameters, size, given, kept))
    names = ", ".join(f"p{at}" for at in range(len(parameters)))
    return f"    {{\n{lines}    {name}({names});\n    }}\n"


def arguments(
    parameters: list[str], size: tuple[int, int, int], given: bool, kept: int
) -> Iterator[str]:
    steps, batch, width = size
    n, across = batch * width, -(-width // 16) * 16
    numbers = {"steps": steps, "n": n, "stride": n * given, "width": width, "threads": 2}
    sizes = {"weight": width * across, "back": width * across, "x_data": steps * n if given else n}
    sizes |= dict.fromkeys(("output", "g_output", "g_fed"), steps * n)
    sizes["kept"] = 2 * steps * 4 * width * kept
    states = ("_start", "_end", "fired_first")
    for at, parameter in enumerate(parameters):
        kind, own = parameter.replace("restrict ", "").strip().rsplit(" ", 1)
        bare = own.lstrip("*")
        if not own.startswith("*"):
            yield f"{kind} p{at} = {numbers.get(bare, 1)};"
        elif bare.endswith(states) and not given:
            yield f"{kind} *p{at} = 0;"
        else:
            alike = bare.startswith("g_") or bare.endswith(states)
            count = sizes.get(bare, n if alike else 1)
            yield f"{kind} *p{at} = calloc({count}, sizeof *p{at});"
            yield f"for (int i = 0; i < {count}; ++i) ((float *)p{at})[i] = i % 3 * 0.5f;"


@pytest.mark.parametrize("name", ["ALIF", "PLIF"])
def test_sanitizers(name: str, tmp_path: Path) -> None:
    cell = made(name, 4)
    spec, text = cell.kernels.specs["cell"], cell.kernels.c
    kept = len(spec.kept_inputs) + len(spec.kept_states) + spec.kept_values
    source, made_of = tmp_path / "main.c", tmp_path / "main"
    source.write_text(text + program(text, kept))
    flags = [*FLAGS, *SANITIZE, "-DIO_FLOAT32"]
    subprocess.run(["gcc", *flags, "-o", made_of, source, "-lm"], check=True)
    environment = {**os.environ, "ASAN_OPTIONS": "detect_leaks=0"}
    done = subprocess.run([made_of], capture_output=True, text=True, check=False, env=environment)
    assert (done.returncode, done.stderr) == (0, "")


def test_lanes_are_those_of_the_host() -> None:
    assert part(made("IF", 4), "recurrent.prelude").LANES_BYTES == 4 * 16
