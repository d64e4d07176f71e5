"""A library that runs the same networks."""

from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import version

from benchmarks.peers.layers import KINDS
from benchmarks.peers.styles import Arranged, Style
from benchmarks.peers.workloads import Problem


class AbsentError(Exception):
    """A contestant cannot take part; the message says why."""


@dataclass(frozen=True)
class Peer:
    """A library: its distribution, the module that must be there, and how it is written.

    ``gradient``: how its gradients differ from snnc's by design, if they do.
    """

    name: str
    distribution: str
    module: str
    styles: tuple[Style, ...]
    gradient: str = ""

    @property
    def version(self) -> str:
        """The installed version. Raises AbsentError."""
        try:
            import_module(self.module)
            return version(self.distribution)
        except ImportError as error:
            missing = f" ({error})" if getattr(error, "name", None) != self.package else ""
            raise AbsentError(f"not installed: pip install {self.distribution}{missing}") from None

    @property
    def package(self) -> str:
        """What is imported."""
        return self.module.partition(".")[0]

    def made(self, problem: Problem, style: Style) -> Arranged:
        """The network of a problem, made of its very modules.

        Raises AbsentError if the library has not all it takes.
        """
        parts = problem.by_hand if style.hoisted else problem.parts
        neurons = style.neurons()
        lacks = [part.kind for part in parts if part.kind and part.kind not in neurons]
        if lacks:
            raise AbsentError(f"has no {KINDS[lacks[0]]}")
        stem = [bool(part.kind) for part in parts].index(True) if style.hoisted else 0
        modules = [neurons[part.kind](part) if part.kind else part.module for part in parts]
        static = problem.workload.encode is None
        return style.arranged(modules, problem.steps, stem, static)
