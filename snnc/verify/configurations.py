"""The ways in which the code of a spec can be made and run."""

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import get_args

import torch

import snnc
from snnc import emitted
from snnc.document import Document
from snnc.emit.types import GeneratedFiles
from snnc.neuron import Neuron
from snnc.passes import OPTIONAL
from snnc.passes import SCHEDULES as PASSES
from snnc.spec import Build

SCHEDULES: tuple[str, ...] = get_args(Build.model_fields["schedule"].annotation)

CHUNK = 3
"""Steps at a time: of few T a divisor."""


@dataclass(frozen=True)
class Configuration:
    """A schedule, the optional passes that are left out, and a backend.

    With ``chunk`` it computes that many steps at a time in eval mode; with 0, as the spec says.
    """

    schedule: str
    without: tuple[str, ...] = ()
    backend: str = "torch"
    chunk: int = 0

    @property
    def device(self) -> str:
        return "cuda" if self.backend == "cuda" else "cpu"

    def __str__(self) -> str:
        return f"{self.schedule}{self.variant and ', '}{self.variant} on {self.backend}"

    @property
    def variant(self) -> str:
        """The difference from the usual configuration: ``no hoist``, ``chunks of 3``."""
        parts = [*(f"no {name}" for name in self.without)]
        return ", ".join(parts + [f"chunks of {self.chunk}"] * bool(self.chunk))

    def output(self, document: Document) -> GeneratedFiles:
        """The package of a spec, without what trains it."""
        chunk = {"time_chunk": self.chunk} if self.chunk else {}
        build = document.spec.build.model_copy(update={"schedule": self.schedule, **chunk})
        spec = document.spec.model_copy(update={"build": build})
        return emitted(replace(document, spec=spec), self.without, scripts=False)


def configurations(
    document: Document, only: Sequence[str] = (), quick: bool = False
) -> Iterator[Configuration]:
    """Every schedule and backend: as it is, with each optional pass left out, and in chunks.

    ``only``: these backends; ``quick``: the spec's own schedule as it is.
    """
    own = (document.spec.build.schedule,)
    found: tuple[tuple[tuple[str, ...], int], ...] = (((), 0),)
    if not quick:
        found += (*(((name,), 0) for name in OPTIONAL), ((), CHUNK))
    for schedule in own if quick else SCHEDULES:
        # "auto" stands for another one, of which every variant is compared
        for without, chunk in found if schedule in PASSES else found[:1]:
            for backend in only or backends(document):
                yield Configuration(schedule, without, backend, chunk)


def backends(document: Document) -> tuple[str, ...]:
    """The backends of this machine, if the network has a neuron that runs on them."""
    if not any(isinstance(node.operator, Neuron) for node in snnc.link(document).nodes):
        return ("torch",)
    compiler = (os.environ.get("CC") or "cc").split()[0]
    c = ("c",) if shutil.which(compiler) else ()
    cuda = ("cuda",) if torch.cuda.is_available() else ()
    return ("torch", *c, *cuda)


@contextmanager
def running(configuration: Configuration) -> Iterator[None]:
    """Within, kernels run on its backend, and seeds are drawn as on the CPU."""
    before, draw = os.environ.get("SNNC_BACKEND"), torch.randint
    os.environ["SNNC_BACKEND"] = configuration.backend
    if configuration.device != "cpu":  # whose own generator would draw other numbers
        torch.randint = lambda *args, device=None, **more: draw(*args, **more).to(device)
    try:
        yield
    finally:
        torch.randint = draw
        os.environ.pop("SNNC_BACKEND")
        os.environ |= {"SNNC_BACKEND": before} if before is not None else {}


def code(files: Mapping[str, str]) -> str:
    """The files without their headers: what is equal here is the same network."""
    texts = (text.split('"""', 1)[-1] for name, text in sorted(files.items()) if name != "py.typed")
    return "\0".join(texts)
