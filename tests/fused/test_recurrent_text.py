"""A package with recurrent and fed-back neurons as a reviewer sees it, and its self-check."""

import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from snnc.compile import alone, in_process, module
from snnc.emit.kernels import printed
from snnc.emit.neurons import NeuronClass
from snnc.emit.runtime import NAME, Runtime
from snnc.kernel.build import Front, kernel
from snnc.layers.add import Add
from snnc.neurons.alif import ALIF
from snnc.neurons.if_ import IF
from snnc.neurons.plif import PLIF
from snnc.number import Value
from tests.fused.alone import files, own
from tests.house.test_house import ROOT

GAIN = own(
    "Gain",
    "y = a + gain * b",
    "y",
    "a b",
    parameters='gain = { value = 0.5, per = "channel", learnable = true }',
)
START = IF(initial={"v": Value(value=0.25, learnable=True)})


BESIDE = Runtime("alone", NAME, NAME)


@cache
def package(runtime: Runtime = BESIDE) -> dict[str, str]:
    """Every form: recurrent, fed back by a sum, by a merge with a number, and neither."""
    fronts = [Front(GAIN, (0, 2), module="feedback")]
    classes = [
        NeuronClass("ALIF", ALIF(), kernel("alif", ALIF(), recurrent=True), ("a",)),
        NeuronClass("PLIF", PLIF(), kernel("plif", PLIF(), recurrent=True), ("b",)),
        NeuronClass("Gain", GAIN, kernel("gain", GAIN), ("c",)),
        NeuronClass("IF", START, kernel("if", START, fronts), ("d",), (("feedback", "Gain"),)),
        NeuronClass("IF2", IF(), kernel("if2", IF(), [Front(Add(), (0, 1))]), ("e",)),
    ]
    return {"__init__.py": "", "kernels.py": printed("alone", classes, runtime)}


def run(*command: str | Path) -> tuple[int, str]:
    """The exit code of a module, and what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", *command], capture_output=True, text=True, check=False, cwd=ROOT
    )
    return done.returncode, done.stdout + done.stderr


def test_it_is_clean(tmp_path: Path) -> None:
    for recurrent in (True, False):
        folder = tmp_path / ("both" if recurrent else "one")
        one = files(IF(), recurrent=True, runtime=BESIDE)
        for name, text in (package() if recurrent else one).items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(f"# isort: skip_file\n{text}", "utf-8")
    rules: list[str | Path] = ["--config", ROOT / "specs/ruff.toml", tmp_path]
    assert run("ruff", "check", "-q", *rules) == (0, "")
    assert run("ruff", "format", "-q", "--check", *rules) == (0, "")
    cache_dir = f"--cache-dir={ROOT / '.mypy_cache' / 'generated'}"
    code, printed = run("mypy", "--strict", cache_dir, tmp_path / "both")
    assert code == 0, printed


def test_it_reads() -> None:
    text = package()["kernels.py"]
    assert "    merged = x + last\n" in text
    assert "    last2 = last\n    last = s\n" in text
    assert '    ("alif", "plif"),\n)' in text
    assert "from snn_runtime.fused.recurrent import (\n    RecurrentKernels,\n" in text


def test_selfcheck(capsys: pytest.CaptureFixture[str]) -> None:
    found: Any = module(alone("alone", package(in_process("alone"))), "kernels")
    assert found.selfcheck_recurrent(found.KERNELS, []) == 0
    lines = capsys.readouterr().out.splitlines()
    assert sum(line.startswith(("alif W ", "plif W ")) for line in lines) == 2 * 4
    assert lines[-1] == "all agree"


def test_selfcheck_sees_a_wrong_kernel(capsys: pytest.CaptureFixture[str]) -> None:
    text = files(IF(), recurrent=True)
    wrong = text["kernels.py"].replace("LOAD(g_output[at + j]) + more[j]", "LOAD(g_output[at + j])")
    assert wrong != text["kernels.py"]
    found: Any = module(alone("alone", {**text, "kernels.py": wrong}), "kernels")
    assert found.selfcheck_recurrent(found.KERNELS, []) == 1
    lines = [line for line in capsys.readouterr().out.splitlines() if "DIFFERS" in line]
    assert [line[:7] for line in lines] == ["cell W "] * 4
