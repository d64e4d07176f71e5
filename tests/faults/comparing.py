"""A spec as its user meets it: linted, built, imported, compiled and run beside the reference."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch

import snnc
from snnc import emitted
from snnc.compile import class_of, module
from snnc.document import Document
from snnc.emit.types import GeneratedFiles
from snnc.reference import Reference
from snnc.source.diagnostic import Diagnostic
from snnc.verify.compare import Limits, differences
from snnc.verify.data import inputs
from snnc.verify.observe import Generated, Naive, see
from tests.gpu import nvrtc

ROOT = Path(__file__).parents[2]
CUDA_OPTIONS = (
    *("--std=c++17", "--fmad=false", "-DIO_FLOAT32", "--device-debug"),
    *("-DK=1", "-DREST=0", "-DPACK=1", "-DSTATIC=0"),  # the simplest variant of a kernel
)


def findings(text: str) -> tuple[Diagnostic, ...]:
    """What lint says of a spec, warnings left out."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "net.snn.toml")
        path.write_text(text, "utf-8")
        return tuple(d for d in snnc.check(path) if d.severity == "error")


def wrong(text: str, ruff: bool = False) -> Iterator[str]:
    """What is wrong with the package of a spec that lint takes; nothing if all is well."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "net.snn.toml")
        path.write_text(text, "utf-8")
        try:
            document = snnc.load(path)
            output = emitted(document)
            for name, body in output.package.items():
                compile(body, name, "exec")
            with _in_a_hurry(output) if "kernels.py" in output.package else nullcontext():
                yield from compared(document, output)
            yield from _cuda(output)
        except Exception as error:  # noqa: BLE001 - whatever is raised was not refused by lint
            yield f"{type(error).__name__}: {str(error)[:300]}"
            return
        if ruff:
            yield from _linted(Path(folder), snnc.emit(document).package)


def compared(document: Document, output: GeneratedFiles) -> Iterator[str]:
    """How what was generated differs from the reference, as Python and as C."""
    torch.manual_seed(0)
    graph = snnc.link(document)
    reference = Reference(graph).double()
    data = inputs(graph, graph.time_steps, 2, torch.float64, seed=1)
    want = see(Naive(reference), data, seed=2)
    for backend in ("torch", "c"):
        made = class_of(output)().double()
        made.load_state_dict(reference.state_dict())
        before = os.environ.get("SNNC_BACKEND")
        os.environ["SNNC_BACKEND"] = backend
        try:
            got = see(Generated(made, graph), data, seed=2)
        finally:
            del os.environ["SNNC_BACKEND"]
            os.environ |= {"SNNC_BACKEND": before} if before else {}
        apart = [d for d in differences(got, want, Limits()) if not d.equal]
        yield from (f"{backend}: {difference}" for difference in apart[:3])


@contextmanager
def _in_a_hurry(output: GeneratedFiles) -> Iterator[None]:
    """Has C compiled as fast as can be: it is about what it reads, not how fast it runs."""
    module(output, "model")
    cpu: Any = sys.modules[f"{output.runtime.absolute}.fused.cpu"]
    before, cpu.FLAGS = cpu.FLAGS, ("-O0 -ffp-contract=off",)
    try:
        yield
    finally:
        cpu.FLAGS = before


def _cuda(output: GeneratedFiles) -> Iterator[str]:
    """What NVRTC says of its CUDA."""
    if "kernels.py" not in output.package:
        return
    kernels: Any = module(output, "kernels")
    try:
        text = kernels.KERNELS.cuda
        made = {f"-D{name}" for name in re.findall(r"\bMAKE_\w+", text)}
        nvrtc.ptx(text, 80, (*CUDA_OPTIONS, *sorted(made)))
    except nvrtc.CompileError as error:
        yield f"CUDA: {str(error)[:300]}"


def _linted(folder: Path, files: Mapping[str, str]) -> Iterator[str]:
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")
    command = [sys.executable, "-m", "ruff", "check", "-q", "--config", f"{ROOT}/specs/ruff.toml"]
    done = subprocess.run([*command, str(folder)], capture_output=True, text=True, check=False)
    if done.returncode:
        yield f"ruff: {done.stdout[:300]}"
