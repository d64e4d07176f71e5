"""A spec as its user meets it: linted, built, imported, compiled and run beside the reference."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch

import snnc
from snnc.compile import module, network
from snnc.document import Document
from snnc.reference import Reference
from snnc.source.diagnostic import Diagnostic
from snnc.verify.compare import Limits, differences
from snnc.verify.data import inputs
from snnc.verify.see import Generated, Naive, see
from tests.gpu import nvrtc

ROOT = Path(__file__).parents[2]
CUDA_OPTIONS = ("--std=c++17", "--fmad=false", "-DIO_FLOAT32", "--device-debug")


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
            files = snnc.emit(document)
            for name, body in files.items():
                compile(body, name, "exec")
            yield from compared(document, files)
            yield from _cuda(files, document.spec.name)
        except Exception as error:  # noqa: BLE001 - whatever is raised was not refused by lint
            yield f"{type(error).__name__}: {str(error)[:300]}"
            return
        if ruff:
            yield from _linted(Path(folder), files)


def compared(document: Document, files: Mapping[str, str]) -> Iterator[str]:
    """How what was generated differs from the reference, as Python and as C."""
    torch.manual_seed(0)
    graph = snnc.link(document)
    reference = Reference(graph).double()
    data = inputs(graph, graph.time_steps, 2, torch.float64, seed=1)
    want = see(Naive(reference), data, seed=2)
    if "kernels.py" in files:
        _in_a_hurry(files, document.spec.name)
    for backend in ("torch", "c"):
        made = network(files, document.spec.name)().double()
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


def _in_a_hurry(files: Mapping[str, str], name: str) -> None:
    """Has C compiled as fast as can be: it is about what it reads, not how fast it runs."""
    cpu: Any = module(files, name, "fused.cpu")
    cpu.FLAGS = ("-O0 -ffp-contract=off",)


def _cuda(files: Mapping[str, str], name: str) -> Iterator[str]:
    """What NVRTC says of its CUDA."""
    if "kernels.py" not in files:
        return
    kernels: Any = module(files, name, "kernels")
    try:
        nvrtc.ptx(kernels.KERNELS.cuda, 80, CUDA_OPTIONS)
    except nvrtc.CompileError as error:
        yield f"CUDA: {str(error)[:300]}"


def _linted(folder: Path, files: Mapping[str, str]) -> Iterator[str]:
    for name, text in files.items():
        if "/" not in name:
            (folder / name).write_text(text, "utf-8")
    rules = ["-q", "--config", str(ROOT / "specs/ruff.toml"), str(folder)]
    command = [sys.executable, "-m", "ruff", "check", *rules]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        yield f"ruff: {done.stdout[:300]}"
