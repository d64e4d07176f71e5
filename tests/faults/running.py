"""What the linter calls fine is built, imported and run, in processes of their own.

python -m tests.faults.running FOLDER: runs 0.snn.toml, 1.snn.toml, ... of a folder from where
``done`` says that an earlier process ended, and appends to ``failed`` what does not hold.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from math import prod
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import snnc
from snnc.graph.types import Graph

if TYPE_CHECKING:
    import torch

LARGEST = 2_000_000
"""Numbers of a network, over all steps: those of more are built and imported, but not run here."""
PATIENCE = 600
"""Seconds for a spec: nobody waits longer for the next one to be begun."""
COMMAND = ("-m", "tests.faults.running")
ROOT = Path(__file__).parents[2]


def ran(specs: Sequence[str], beside: Iterable[Path] = ()) -> list[str]:
    """What does not hold of these specs; a process that dies is a finding about its spec.

    ``beside`` are the files that they may extend.
    """
    with TemporaryDirectory() as name:
        folder = Path(name)
        for path in beside:
            shutil.copy(path, folder)
        for number, text in enumerate(specs):
            (folder / f"{number}.snn.toml").write_text(text, encoding="utf-8")
        (folder / "done").write_text("0")
        (folder / "failed").touch()
        while (done := _done(folder)) < len(specs):
            wrong = _process(folder)
            if wrong and done <= (at := _done(folder)) < len(specs):
                _fail(folder, at, wrong)
                (folder / "done").write_text(str(at + 1))
        return [line for line in (folder / "failed").read_text().split("\0") if line]


def _done(folder: Path) -> int:
    return int((folder / "done").read_text())


def _process(folder: Path) -> str:
    """Runs what is left; how it ended, if not well."""
    command = [sys.executable, *COMMAND, str(folder)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    with subprocess.Popen(command, cwd=ROOT, env=environment) as process:
        code, before = None, -1
        while code is None and before < (before := _done(folder)):
            with suppress(subprocess.TimeoutExpired):
                code = process.wait(PATIENCE)
        if code is None:
            process.kill()
            return "it does not end"
    return f"the process ended with code {code}" if code else ""


def _fail(folder: Path, number: int, wrong: str) -> None:
    text = (folder / f"{number}.snn.toml").read_text(encoding="utf-8")
    shown = text if len(text) < 1500 else f"{text[:1500]}…"
    with (folder / "failed").open("a") as file:
        file.write(f"{wrong}\n{shown}\0")


def main(folder: Path) -> None:
    """Every spec that is left."""
    number = _done(folder)
    while (path := folder / f"{number}.snn.toml").exists():
        try:
            holds(path, "c" if number % 10 == 0 else "torch")
        except Exception as error:  # noqa: BLE001 - any of them is what is looked for
            _fail(folder, number, f"fine, and then {type(error).__name__}: {str(error)[:200]}")
        number += 1
        (folder / "done").write_text(str(number))


def holds(path: Path, backend: str = "torch") -> None:
    """Builds, imports and runs a spec; raises whatever goes wrong."""
    import torch

    from snnc import emitted
    from snnc.compile import class_of
    from snnc.verify.data import arguments, keywords

    document = snnc.load(path)
    graph, output = snnc.link(document), emitted(document)
    for name, text in output.package.items():
        compile(text, name, "exec")
    made = class_of(output)
    if numbers(graph) > LARGEST:
        return
    os.environ["SNNC_BACKEND"] = backend
    torch.manual_seed(0)
    module = made()
    for training in (True, False):
        data = inputs(graph)
        answer = module.train(training)(*arguments(data), **keywords(data))
        answers = [answer] if torch.is_tensor(answer) else list(answer)
        recorded = [y for y in answers if y.requires_grad]
        if recorded:
            torch.autograd.backward(torch.stack([y.sum() for y in recorded]).sum())


def inputs(graph: Graph) -> "dict[str, torch.Tensor]":
    """Two samples for each input, of numbers that its encoder takes."""
    import torch

    made = {}
    for name in graph.inputs:
        encoder, shape = graph[name].operator, graph[name].shapes[0]
        timed = getattr(encoder, "timed_data", False)
        low, high = getattr(encoder, "low", 0.0), getattr(encoder, "high", 1.0)
        x = torch.rand(*((graph.time_steps,) if timed else ()), 2, *shape)
        made[name] = low + 0.5 * (high - low) * x
    return made


def numbers(graph: Graph) -> int:
    """How many a network has for two samples: values, parameters, what it remembers."""
    per_step = sum(prod(node.shape) + sum(map(prod, node.shapes)) for node in graph.nodes)
    learned = sum(node.operator.parameters(*node.shapes) for node in graph.nodes)
    past = sum(node.operator.remembers * sum(map(prod, node.shapes)) for node in graph.nodes)
    delayed = sum(r.delay * prod(graph[r.node].shape) for n in graph.nodes for r in n.inputs)
    return 2 * (graph.time_steps * per_step + past + delayed) + learned


if __name__ == "__main__":
    main(Path(sys.argv[1]))
