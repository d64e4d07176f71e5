"""The results of the reference interpreter, computed once per case because it is slow."""

import copy
from collections.abc import Iterator, Mapping
from functools import cache, cached_property

import torch
from torch import Tensor

from snnc.graph.types import Graph
from snnc.reference import Reference
from snnc.verify.cases import Case, Numbers
from snnc.verify.compare import Limits, What, differences
from snnc.verify.data import inputs, make_dyadic, refresh, vary
from snnc.verify.exact import exact
from snnc.verify.firing import make_fire
from snnc.verify.observe import Naive, Observed, see

_NOISE = 1e-11
_SHAKES = 4
Place = tuple[What, str]
"""A tensor that is compared: what it is, and its name."""


class Undefined(Exception):
    """The network has no meaning in a case: one value cannot be normalised."""


class Truth:
    """The reference of a graph with weights under which it fires, all drawn from ``seed``."""

    def __init__(self, graph: Graph, seed: int, batch: int) -> None:
        self.graph, self.seed, self.batch = graph, seed, batch
        self.seen = cache(self._seen)
        self.limits = cache(self._limits)
        self.shaken = cache(self._shaken)
        self.noise = cache(self._noise)

    @cached_property
    def start(self) -> tuple[Reference, Mapping[str, float]]:
        """The reference in float64; and the rates of what cannot be made to fire."""
        torch.default_generator.manual_seed(self.seed)
        reference = Reference(self.graph)
        vary(reference, self.seed)
        data = inputs(self.graph, self.graph.time_steps, self.batch, torch.float32, self.seed)
        silent = make_fire(reference, data)
        refresh(reference, data, self.seed)
        return reference.double(), silent

    @cached_property
    def _dyadic(self) -> Reference:
        reference = copy.deepcopy(self.start[0]).float()
        make_dyadic(reference)
        return reference

    def state(self, numbers: Numbers) -> Mapping[str, Tensor]:
        """The parameters and buffers that both sides start from."""
        return (self.start[0] if numbers == "float64" else self._dyadic).state_dict()

    def reference(self, case: Case) -> Reference:
        """A fresh one for a case."""
        made = Reference(self.graph, case.steps).to(case.dtype)
        made.load_state_dict(self.state(case.numbers))
        made.train(case.training)
        return made

    def data(self, case: Case) -> dict[str, Tensor]:
        return inputs(self.graph, case.steps, case.batch, case.dtype, self.seed)

    def _seen(self, case: Case) -> Observed:
        try:
            return see(Naive(self.reference(case)), self.data(case), self.seed)
        except ValueError as error:
            raise Undefined(str(error)) from None

    def _limits(self, case: Case) -> Limits:
        """The limits; values that float32 must round have none, because float64 compares them."""
        if case.numbers == "float64":
            return case.limits
        only = exact(self.reference(case), self.data(case), self.seed)
        if case.steps & (case.steps - 1):  # 1/T is rounded, wherever a mean is divided by T
            only -= {*self.graph.outputs}
        usual = case.limits
        return Limits(usual.forward, usual.gradients, usual.floor, only)

    def _shaken(self, case: Case) -> frozenset[Place]:
        """Tensors that move by far more than a noise of 10⁻¹¹ in parameters and inputs.

        A neuron there is at its threshold, or values are tied, up to rounding: another order of
        summation may rightly give another result.
        """
        seen = self.seen(case)
        runs = (self._noisy(case, self.seed + number) for number in range(_SHAKES))
        apart = (d for run in runs for d in differences(run, seen, Limits(1e-6, 1e-6)))
        return frozenset((d.what, d.name) for d in apart if not d.equal)

    def _noise(self, case: Case) -> frozenset[Place]:
        """Gradients that are nothing but rounding: a noise of 10⁻¹¹ makes others of them.

        The true one is 0, whatever the parameters are, as at a bias before a batch norm. What is
        left has the size of the terms that cancel, which no gradient of a parameter tells.
        """
        seen, noisy = self.seen(case), self._noisy(case, self.seed)
        apart = differences(noisy, seen, Limits(1e-3, 1e-3, floor=0.0))
        return frozenset((d.what, d.name) for d in apart if d.what == "gradients" and not d.equal)

    def _noisy(self, case: Case, seed: int) -> Observed:
        reference, data = self.reference(case), self.data(case)
        random = torch.Generator().manual_seed(seed)
        with torch.no_grad():
            for number in (*reference.parameters(), *data.values()):
                noise = torch.randn(number.shape, generator=random, dtype=torch.float64)
                number.mul_(1 + _NOISE * noise.to(number))
        return see(Naive(reference), data, self.seed)

    def warnings(self) -> Iterator[str]:
        """Reasons why the comparison proves less."""
        for path, rate in self.start[1].items():
            yield f"{path} fires at {rate:.1%} at every scale of its weights"
