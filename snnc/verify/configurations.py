"""The ways in which the code of a spec can be made and run."""

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.util import find_spec
from typing import get_args

import torch

import snnc
from snnc.document import Document
from snnc.neuron import Neuron
from snnc.passes import OPTIONAL
from snnc.spec import Build

SCHEDULES: tuple[str, ...] = get_args(Build.model_fields["schedule"].annotation)


@dataclass(frozen=True)
class Configuration:
    """A schedule, the optional passes that are left out, and a backend."""

    schedule: str
    without: tuple[str, ...] = ()
    backend: str = "torch"

    @property
    def device(self) -> str:
        return "cuda" if self.backend == "cuda" else "cpu"

    def __str__(self) -> str:
        without = f" without {', '.join(self.without)}" if self.without else ""
        return f"{self.schedule}{without} on {self.backend}"

    def files(self, document: Document) -> dict[str, str]:
        """The package of a spec, without what trains it."""
        build = document.spec.build.model_copy(update={"schedule": self.schedule})
        spec = document.spec.model_copy(update={"build": build, "train": None})
        return snnc.emit(replace(document, spec=spec), without=self.without)


def configurations(
    document: Document, only: Sequence[str] = (), quick: bool = False
) -> Iterator[Configuration]:
    """Every schedule and backend, with all passes and with each optional one left out.

    ``only``: these backends; ``quick``: the spec's own schedule with all passes.
    """
    schedules = (document.spec.build.schedule,) if quick else SCHEDULES
    left_out: tuple[tuple[str, ...], ...] = ((), *((name,) for name in OPTIONAL))
    for schedule in schedules:
        for without in left_out[: 1 if quick else None]:
            for backend in only or backends(document):
                yield Configuration(schedule, without, backend)


def backends(document: Document) -> tuple[str, ...]:
    """Those of this machine, if there is a neuron for which it makes a difference."""
    if not any(isinstance(layer, Neuron) for layer in document.spec.network.layers):
        return ("torch",)
    compiler = (os.environ.get("CC") or "cc").split()[0]
    c = ("c",) if shutil.which(compiler) else ()
    cuda = ("cuda",) if torch.cuda.is_available() and find_spec("cupy") else ()
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
