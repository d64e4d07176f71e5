"""Training steps as CUDA graphs: a GPU gets all of a step by one call."""

import sys
from collections.abc import Callable
from typing import Any, TypeVar

import torch
from torch import Tensor, nn

from .batches import Batch
from .optimizers import FUSED, Schedule
from .options import Options
from .precision import Precision
from .processes import Team
from .settings import Settings

WARM_UP = 3  # steps that run as ever: kernels are compiled, and memory is claimed
Pair = tuple[Tensor, Tensor]
Run = Callable[[Batch], Pair]
T = TypeVar("T")
cuda: Any = torch.cuda


class Plain:
    """Each step runs operation by operation; its gradients are freed after it."""

    frees = True

    def __init__(
        self,
        net: nn.Module,
        settings: Settings,
        precision: Precision,
        optimizer: torch.optim.Optimizer,
    ) -> None:
        self.net, self.settings, self.optimizer = net, settings, optimizer
        self.scaler, self.device = precision.scaler, precision.device

    def update(self) -> None:
        """One step of the optimizer along the gradients, which are then 0."""
        most = self.settings.grad_clip
        if most is not None:
            self.scaler.unscale_(self.optimizer)
            nn.utils.clip_grad_norm_(self.net.parameters(), most)
        self.scaler.step(self.optimizer)
        self.scaler.update()
        self.optimizer.zero_grad(self.frees)

    def batch(self, run: Run, batch: Batch) -> Pair:
        """The loss and the metric of a batch, whose gradient is added."""
        return run(batch)

    def step(self) -> None:
        """Changes the weights at the rates that the optimizer has now."""
        self.update()


class Graphs(Plain):
    """Two graphs: one forwards and backwards, one of the optimizer's step.

    A batch is copied to where the first one was read, and a rate of learning likewise.
    Batches of another size, as the last of an epoch, run without graphs. Gradients stay
    where they are.
    """

    frees = False

    def __init__(
        self,
        net: nn.Module,
        settings: Settings,
        precision: Precision,
        optimizer: torch.optim.Optimizer,
    ) -> None:
        super().__init__(net, settings, precision, optimizer)
        self.size = settings.batch_size
        self.share = self.size / (self.size * settings.accumulate)
        self.stream = cuda.Stream(self.device)
        self.steps = 0  # that were taken
        self.held: Batch | None = None  # what the graph of a batch reads
        self.results: Pair | None = None  # and what it leaves
        self.graphs: dict[str, Any] = {}
        self.rates: list[Tensor] = []
        self.refused = False

    def batch(self, run: Run, batch: Batch) -> Pair:
        """The same, replayed if the batch is as large as most."""
        usual = batch.samples == self.size and batch.share == self.share
        if self.refused or self.steps < WARM_UP or not usual:
            return self.beside(lambda: run(batch))
        if self.held is None:
            x, labels = (torch.empty_like(t, device=self.device) for t in batch[:2])
            self.held = batch._replace(x=x, labels=labels)
        held = self.held
        if (held.x.shape, held.x.dtype) != (batch.x.shape, batch.x.dtype):
            return self.beside(lambda: run(batch))

        def keep() -> None:
            self.results = run(held)

        def replayed() -> Pair:
            held.x.copy_(batch.x, non_blocking=True)
            held.labels.copy_(batch.labels, non_blocking=True)
            if not self.replay("batch", keep) or self.results is None:
                return run(batch)
            loss, metric = self.results
            return loss.clone(), metric.clone()

        return self.beside(replayed)

    def step(self) -> None:
        """The same, replayed after the first steps."""
        self.steps += 1
        if self.refused or self.steps <= WARM_UP:
            self.beside(self.update)
            return
        groups = self.optimizer.param_groups
        now = [group["lr"] for group in groups]
        self.rates = self.rates or [torch.zeros((), device=self.device) for _ in groups]

        def keep() -> None:
            held = [{"lr": rate, "capturable": True} for rate in self.rates]
            before = [{k: g[k] for k in h if k in g} for g, h in zip(groups, held)]
            for group, has, new in zip(groups, before, held):
                group.update({k: new[k] for k in has})
            try:
                self.update()
            finally:
                for group, has in zip(groups, before):
                    group.update(has)

        def replayed() -> None:
            for rate, value in zip(self.rates, now):
                rate.fill_(value)
            if not self.replay("step", keep):
                self.update()

        self.beside(replayed)

    def replay(self, name: str, run: Callable[[], None]) -> bool:
        """What was captured under that name; ``run`` is, the first time.

        False, said once, if it cannot be: somebody reads a number of the GPU, for one.
        """
        try:
            if name not in self.graphs:
                graph, mode = cuda.CUDAGraph(), "thread_local"
                with cuda.graph(graph, stream=self.stream, capture_error_mode=mode):
                    run()
                self.graphs[name] = graph
        except RuntimeError as error:
            self.refused, why = True, str(error).partition("\n")[0]
            print(f"--graph: {why}, so steps run as without it.", file=sys.stderr)
            return False
        self.graphs[name].replay()
        return True

    def beside(self, run: Callable[[], T]) -> T:
        """The same on the stream of the graphs, after all that was asked for before."""
        usual = cuda.current_stream(self.device)
        self.stream.wait_stream(usual)
        with cuda.stream(self.stream):
            results = run()
        usual.wait_stream(self.stream)
        return results


def refusal(
    team: Team, settings: Settings, precision: Precision, schedule: Schedule
) -> str:
    """Why the steps of a run cannot be captured; "" if they can."""
    kind = settings.optimizer["kind"]
    if not team.gpu:
        return "there is no CUDA device"
    if team.size > 1:
        return "processes that train together cannot be captured"
    if precision.scaler.is_enabled():
        return "float16 needs gradients that are scaled by what they were"
    if kind not in FUSED:
        return f"{kind} has no step that can be captured, as {', '.join(FUSED)} have"
    if schedule.every_step:
        return "OneCycleLR changes the momentum at each step"
    return ""


def way(
    options: Options,
    team: Team,
    net: nn.Module,
    settings: Settings,
    precision: Precision,
    schedule: Schedule,
) -> Plain:
    """How a run takes its steps: as graphs, if that is asked for and can be.

    With --compile, PyTorch makes graphs of what it compiles.
    """
    of = net, settings, precision, schedule.optimizer
    if not options.graph or options.compile or options.evaluate:
        return Plain(*of)
    why = refusal(team, settings, precision, schedule)
    if why and team.leads:
        print(f"--graph: {why}, so steps run as without it.", file=sys.stderr)
    return Plain(*of) if why else Graphs(*of)


def compiled(net: nn.Module, options: Options) -> Any:
    """The network as --compile has it, or as it is."""
    mode = "reduce-overhead" if options.graph else None
    return torch.compile(net, mode=mode) if options.compile else net
