"""Configurations against the reference, row by row."""

import inspect
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import groupby

import torch
from torch import Tensor, nn

import snnc
from snnc.compile import class_of
from snnc.document import Document
from snnc.graph.types import Graph
from snnc.neuron import SpikingNeuron
from snnc.readouts.mean import Mean
from snnc.verify.cases import Case, cases, usual_batch
from snnc.verify.compare import Difference, What, differences
from snnc.verify.configurations import Configuration, backends, code, configurations, running
from snnc.verify.edges import Edges, alone
from snnc.verify.observe import Generated, Observed, see, unseen
from snnc.verify.stream import can_stream, streamed
from snnc.verify.truth import Truth, Undefined

_DRAWS = 4
_ROUNDED = 1e-7
"""The limit of a gradient that is 0 but for rounding; its floor is that of all gradients."""


@dataclass(frozen=True)
class ComparisonRow:
    """A configuration in one mode on one sort of numbers, over the cases of these.

    ``same_as`` is the configuration whose code it shares, if it was compared with that.
    """

    configuration: Configuration
    mode: str
    numbers: str
    largest: dict[What, float] = field(default_factory=dict)
    finding: str = ""
    same_as: Configuration | None = None


@dataclass(frozen=True)
class Options:
    """The extent of the comparison: ``batch`` 0 is the usual one; ``quick``: far less.

    ``backends`` names the backends to run; empty stands for all of the machine.
    """

    seed: int = 0
    batch: int = 0
    quick: bool = False
    backends: tuple[str, ...] = ()


class Verification:
    """The comparison of one spec. ``warnings`` is complete when ``rows`` has come to its end."""

    def __init__(
        self, document: Document, options: Options, progress: Callable[[str], object] = str
    ) -> None:
        self.document, self.options, self.progress = document, options, progress
        self.graph: Graph = snnc.link(document)
        self.batch = options.batch or usual_batch(self.graph)
        self.truths = [self._truth(0)]
        self.warnings: dict[str, None] = {}
        self.plan = tuple(configurations(document, options.backends, options.quick))

    def _truth(self, draw: int) -> Truth:
        return Truth(self.graph, self.options.seed + 1000 * draw, self.batch)

    def rows(self) -> Iterator[ComparisonRow]:
        """All rows; a package that is the same as an earlier one is not run again."""
        known: dict[tuple[str, str], Configuration] = {}
        for configuration in self.plan:
            try:
                output = configuration.output(self.document)
                text = code(output.package)
                first = known.setdefault((text, configuration.backend), configuration)
                if first != configuration:
                    yield ComparisonRow(configuration, "", "", same_as=first)
                    continue
                made = class_of(output)
            except Exception as error:  # noqa: BLE001 - whatever a pass does wrong is a finding
                yield ComparisonRow(configuration, "", "", finding=_sentence(error))
                continue
            yield from self._rows(configuration, made)
        yield from self._at_edges()
        self.warnings |= dict.fromkeys(self.truths[0].warnings())

    def _rows(self, configuration: Configuration, made: type[nn.Module]) -> Iterator[ComparisonRow]:
        free = "time_steps" in inspect.signature(made).parameters
        few = self.options.quick or bool(configuration.without or configuration.chunk)
        wanted: Iterable[Case] = cases(self.graph, self.batch, free, few)
        if configuration.chunk:
            sorts = ("float64",) if _rounds_parts(self.graph) else ("float64", "dyadic")
            wanted = (c for c in wanted if not c.training and c.steps > 1 and c.numbers in sorts)
        for (mode, numbers), group in groupby(wanted, lambda case: (case.mode, case.numbers)):
            yield self._row(ComparisonRow(configuration, mode, numbers), made, group)

    def _row(
        self, row: ComparisonRow, made: type[nn.Module], wanted: Iterable[Case]
    ) -> ComparisonRow:
        for case in wanted:
            self.progress(f"{row.configuration}: {case} ...")
            found = self._compared(row.configuration, made, case)
            for difference in found:
                amount = max(difference.amount, row.largest.get(difference.what, 0.0))
                row.largest[difference.what] = amount
            wrong = next((d for d in found if not d.equal), None)
            if wrong is not None:
                where = f"T = {case.steps}, B = {case.batch}: {wrong}"
                return ComparisonRow(row.configuration, row.mode, row.numbers, row.largest, where)
        return row

    def _at_edges(self) -> Iterator[ComparisonRow]:
        """Each neuron that chooses, alone, where its choices change over."""
        for name, lone in alone(self.document):
            truth, made = Edges(snnc.link(lone), self.options.seed), None
            schedule = self.document.spec.build.schedule
            for backend in self.options.backends or backends(lone):
                configuration = Configuration(schedule, (), backend)
                self.progress(f"{configuration}: {name} at the edges of its choices ...")
                made = made or class_of(configuration.output(lone))
                found = compared(truth, configuration, made, Edges.case)
                largest = {d.what: d.amount for d in sorted(found, key=lambda d: d.amount)}
                row = ComparisonRow(configuration, Edges.case.mode, "edges", largest)
                wrong = [d for d in found if not d.equal]
                if {(d.what, d.name) for d in wrong} <= truth.shaken(Edges.case):
                    yield row
                else:
                    yield replace(row, finding=f"{name} alone: {wrong[0]}")

    def _compared(
        self, configuration: Configuration, made: type[nn.Module], case: Case
    ) -> tuple[Difference, ...]:
        """The comparison, on other weights and data if rounding alone made a difference."""
        where = f"{case.mode}, T = {case.steps}, B = {case.batch}"
        for draw in range(_DRAWS):
            if draw == len(self.truths):
                self.truths.append(self._truth(draw))
            truth = self.truths[draw]
            try:
                found = settled(truth, case, compared(truth, configuration, made, case))
            except Undefined as error:
                self.warnings[f"{where} is not defined: {error}"] = None
                return ()
            wrong = {(d.what, d.name) for d in found if not d.equal}
            if not wrong or case.numbers == "dyadic" or not wrong <= truth.shaken(case):
                return found
        self.warnings[f"{where} is undecided: rounding alone changes {min(wrong)[1]}"] = None
        return ()


def settled(truth: Truth, case: Case, found: tuple[Difference, ...]) -> tuple[Difference, ...]:
    """The differences, with room for rounding where a gradient consists of nothing else."""
    if case.numbers == "dyadic" or all(d.equal for d in found):
        return found
    limits = dict.fromkeys(truth.noise(case), _ROUNDED)
    return tuple(replace(d, limit=limits.get((d.what, d.name), d.limit)) for d in found)


def _rounds_parts(graph: Graph) -> bool:
    """Whether an answer is a mean of other values than spikes: one of three steps is rounded."""
    means = [graph[name] for name in graph.outputs if isinstance(graph[name].operator, Mean)]
    sources = (graph[ref.node].operator for node in means for ref in node.inputs)
    return not all(isinstance(operator, SpikingNeuron) for operator in sources)


def compared(
    truth: Truth, configuration: Configuration, made: type[nn.Module], case: Case
) -> tuple[Difference, ...]:
    """Everything seen of a generated class beside the reference. Raises Undefined."""
    want, limits = truth.seen(case), truth.limits(case)
    data = {name: x.to(configuration.device) for name, x in truth.data(case).items()}
    module = _module(truth, configuration, made, case)
    # both layouts have to be right, whichever the network chooses for itself
    if configuration.backend != "torch" and case.batch > 1:
        data = {name: _channels_last(x) for name, x in data.items()}
        _innermost(module)
    else:
        module.to(memory_format=torch.contiguous_format)
    try:
        with running(configuration):
            side = Generated(module, truth.graph)
            found = differences(see(side, data, truth.seed), want, limits)
            if case.training or not (configuration.chunk or can_stream(side.module)):
                return found
            torch.default_generator.manual_seed(truth.seed + 1)  # that of the first call
            if configuration.chunk:  # maxima are taken in parts only where no gradient is asked for
                how, again = "without gradients", unseen(side, data)
            else:
                how, again = (
                    "fed step by step",
                    streamed(side.module, truth.graph, data, case.steps),
                )
    except Exception as error:  # noqa: BLE001 - the reference runs, so this has to
        raised = f"raises {_sentence(error)}"
        return (Difference("outputs", "the network", float("inf"), 0.0, raised),)
    first = {name: want.outputs[name] for name in again}
    apart = differences(Observed(again, {}, {}, {}), Observed(first, {}, {}, {}), limits)
    return (*found, *(replace(d, how=how) for d in apart))


def _module(
    truth: Truth, configuration: Configuration, made: type[nn.Module], case: Case
) -> nn.Module:
    """The generated module with the reference's parameters."""
    free = case.steps != truth.graph.time_steps
    module = made(time_steps=case.steps) if free else made()
    module.to(case.dtype).load_state_dict(truth.state(case.numbers))
    return module.to(configuration.device).train(case.training)


def _innermost(module: nn.Module) -> None:
    """Puts the channels of images' weights innermost; Module.to would not leave volumes' alone."""
    for tensor in (*module.parameters(), *module.buffers()):
        tensor.data = _channels_last(tensor.data)


def _channels_last(x: Tensor) -> Tensor:
    return x.contiguous(memory_format=torch.channels_last) if x.dim() == 4 else x


def _sentence(error: Exception) -> str:
    return f"{type(error).__name__}: {str(error).strip().partition(chr(10))[0]}"
