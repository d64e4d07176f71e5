"""A network, and all that changes while it learns."""

import math
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from torch import Tensor, nn

from ..measures import better, judge
from .average import Average
from .batches import Batch
from .checkpoints import (
    BEST,
    FORMAT,
    LATEST,
    CheckpointError,
    State,
    averaged,
    check,
    write,
)
from .digests import Splits, of_splits
from .finite import Trouble, broken_gradient, first, in_gradients, in_loss, said, worse
from .fitting import here, unfit_optimizer, unfit_scaler, unfit_schedule
from .graphs import Pair, compiled, way
from .groups import grouped
from .interrupts import Interrupts, Stopped
from .later import Most
from .log import Log
from .optimizers import Schedule, make_optimizer
from .options import Options
from .precision import Precision
from .processes import Team
from .score import Diverged, Row, Score
from .settings import RunError, Settings, Table

COUNTERS = ("epoch", "batch", "lr", "best", "best_epoch", "history")


class Learner:
    """Trains a network step by step; an epoch is one pass over `data.train`.

    The metric, its name and 1 or -1, says which epoch is the best: more of it, or less.
    """

    def __init__(
        self,
        net: nn.Module,
        options: Options,
        settings: Settings,
        team: Team,
        data: Splits,
        metric: tuple[str, int],
        groups: Sequence[Table] = (),
        frozen: Sequence[str] = (),
    ) -> None:
        self.net, self.settings, self.team = net, settings, team
        self.network, self.workers = options.network, options.workers
        self.loggers = options.loggers
        self.metric, self.sign = metric
        self.precision = Precision(team.device, settings.dtype, settings.amp)
        net.to(team.device, self.precision.dtype)
        parameters = grouped(net, groups, frozen)
        self.joined = team.joined(compiled(net, options))
        self.optimizer = make_optimizer(parameters, settings.optimizer)
        self.average = Average(net, settings.ema, team)
        self.data = of_splits(data) if team.leads else {}
        samples = len(data.train.labels)
        self.steps = math.ceil(samples / settings.batch_size / settings.accumulate)
        self.schedule = Schedule(self.optimizer, settings, self.steps, self.sign)
        self.steps_by = way(options, team, net, settings, self.precision, self.schedule)
        self.interrupts = Interrupts()
        self.troubles, self.stops = Most(team), Most(team)
        self.after_step: Callable[[], None] = lambda: None
        self.epoch = 0  # how many are done
        self.batch = 0  # how many batches of the next are done
        self.score = Score(self.metric)  # over those
        self.lr = 0.0  # of the last step
        self.best: float | None = None
        self.best_epoch = 0
        self.history: list[Row] = []
        self.broken: Trouble = 0  # the first with a loss or gradient, see finite.py
        self.silent: set[str] = set()  # layers that were said never to fire
        self.kept = ""  # the checkpoint that the run would go on from

    def taken(self, run: Callable[..., Pair], batch: Batch, *more: object) -> Pair:
        """What `run` says of a batch, whose gradient it adds, or a graph of it does."""
        return self.steps_by.batch(lambda held: run(self, held, *more), batch)

    def check(self, loss: Tensor, index: int) -> None:
        """Notes the loss of batch `index`: if it is not finite, no step follows.

        On a GPU one may, because numbers are read a step late; nothing of it is kept.
        """
        self.broken = first(self.broken, in_loss(index, loss))

    def step(self, index: int) -> None:
        """Changes the weights along the gradients that batch `index` completed.

        Raises Diverged, in all processes, if a sample, a loss or a gradient was NaN or
        infinite in one of them.
        """
        self.refuse(self.troubles(worse(self.broken, self.score.broken)), "training")
        if not self.precision.scaler.is_enabled():  # which leaves such steps out itself
            self.check_gradients(index)
        number = self.epoch * self.steps + index // self.settings.accumulate
        self.lr = self.schedule.rate(number)
        with self.schedule.warmed(number):
            self.steps_by.step()
        self.average.update()
        self.schedule.after_step()
        self.batch = index + 1
        self.after_step()

    def check_gradients(self, index: int) -> None:
        """Raises Diverged if a gradient is NaN or infinite; a GPU's is noted."""
        if self.team.gpu:
            self.broken = first(self.broken, in_gradients(index, self.net))
        elif name := broken_gradient(self.net):
            where = f"Epoch {self.epoch + 1}, batch {index + 1}"
            raise Diverged(f"{where}: the gradient of {name} is NaN or infinite")

    def refuse(self, found: int, split: str) -> None:
        """Raises Diverged for the trouble of any process."""
        if found:
            raise Diverged(f"Epoch {self.epoch + 1}, {said(found, split, self.net)}")

    def settle(self) -> None:
        """Reads what was noted in the last step. Raises Diverged."""
        late = self.troubles.rest() or int(worse(self.broken, self.score.broken))
        self.refuse(self.team.most(late), "training")

    def reduced(self, score: Score, split: str) -> Score:
        """The score of a split over all processes.

        Raises Diverged if one of its samples is NaN or infinite.
        """
        self.refuse(self.team.most(int(score.broken)), split)
        return score.reduced(self.team)

    def pause(self) -> None:
        """Raises Stopped if one of the processes was asked to stop."""
        number = self.stops(self.interrupts.number)
        if number:
            raise Stopped(number)

    def finish(self, scores: dict[str, Score], rates: Row) -> None:
        """Closes an epoch: its numbers, and whether it is the best so far.

        Raises Diverged if a loss is NaN or infinite.
        """
        self.settle()
        for split, score in scores.items():
            if not math.isfinite(score.loss):
                where = f"Epoch {self.epoch + 1}"
                raise Diverged(f"{where}: the loss on {split} data is NaN or infinite")
        self.epoch += 1
        self.batch, self.score = 0, Score(self.metric)
        row: Row = {"epoch": self.epoch}
        for split, score in scores.items():
            row |= {f"{split}/{name}": n for name, n in score.numbers.items()}
        self.history.append(
            {**row, "images/s": scores["train"].speed, "lr": self.lr, **rates}
        )
        value = row[f"{judge(scores)}/{self.metric}"]
        self.schedule.after_epoch(value)
        if better(value, self.best, self.sign):
            self.best, self.best_epoch = value, self.epoch

    @property
    def settled(self) -> bool:
        """Whether nothing became better for too long."""
        patience = self.settings.early_stop
        return patience is not None and self.epoch - self.best_epoch >= patience

    def save(self, folder: Path, log: Log | None = None) -> None:
        """Writes the log and the latest checkpoint, and the best if the last epoch was.

        In this order: the numbers of what can be resumed are always there. Raises
        Diverged, and writes nothing, if a weight is NaN or infinite.
        """
        self.settle()
        state = self.state()
        for name, tensor in state["model"].items():
            if not tensor.isfinite().all():
                where = self.place.capitalize()
                raise Diverged(f"{where}: {name} holds NaN or infinite numbers")

        def files() -> None:
            if log:
                log.write(self.history)
            if self.epoch == self.best_epoch and self.batch == 0:
                write(state, folder / BEST)
            write(state, folder / LATEST)

        self.team.led(files)
        if log:
            log.tell(self.history)
        self.kept = f"{folder / LATEST} ({self.place})"

    @contextmanager
    def guarded(self) -> Iterator[None]:
        """A run that diverges within it ends with RunError: what is wrong and left.

        Only the leader says so.
        """
        try:
            yield
        except Diverged as error:
            if not self.team.leads:
                raise SystemExit(1) from error
            left = "there is no checkpoint before it"
            left = f"the checkpoint before it is {self.kept}" if self.kept else left
            raise RunError(f"{error}; {left}.") from error

    @property
    def place(self) -> str:
        """How far training has come: whole epochs, or a batch of the next one."""
        if self.batch:
            return f"epoch {self.epoch + 1}, batch {self.batch}"
        return f"epoch {self.epoch}"

    def forget_best(self) -> None:
        """Lets the next epoch be the best so far."""
        self.best, self.best_epoch = None, self.epoch

    def state(self) -> State:
        """What a checkpoint holds; all processes have to ask for it."""
        model, average = self.average.state()
        return {
            "format": FORMAT,
            "network": self.network.name,
            "identity": self.network.identity,
            "settings": dict(vars(self.settings)),
            "data": self.data,
            "time_steps": self.settings.time_steps,
            "model": model,
            **average,
            "optimizer": self.optimizer.state_dict(),
            "scheduler": self.schedule.state_dict(),
            "scaler": self.precision.scaler.state_dict(),
            "score": self.score.reduced(self.team).sums.tolist(),
            **{name: getattr(self, name) for name in COUNTERS},
        }

    def restore(self, state: State, path: Path, trains: bool) -> None:
        """Goes on where a checkpoint was written; `trains`: on the same data.

        Raises CheckpointError.
        """
        self.team.led(lambda: self.check_state(state, path, trains))
        self.net.load_state_dict(state["model"])
        if trains and self.settings.ema is not None:
            self.average.load(state["model"], state["average"])
        self.optimizer.load_state_dict(here(state["optimizer"], self.optimizer))
        self.schedule.load_state_dict(state["scheduler"])
        self.precision.scaler.load_state_dict(state["scaler"])
        for name in COUNTERS:
            setattr(self, name, state[name])
        self.kept = f"{path} ({self.place})"
        if self.team.leads:  # the others begin with nothing, so that the sum is right
            self.score = Score(self.metric, state["score"])

    def unfit(self, state: State) -> str | None:
        """Why optimizer and schedule cannot go on from a checkpoint, or None."""
        kind = (self.settings.scheduler or {}).get("kind", "")
        return (
            unfit_optimizer(here(state["optimizer"], self.optimizer), self.optimizer)
            or unfit_schedule(state["scheduler"], self.schedule.state_dict(), kind)
            or unfit_scaler(state["scaler"], self.precision.scaler.state_dict())
        )

    def check_state(self, state: State, path: Path, trains: bool) -> None:
        """Raises CheckpointError if network, or data to train on, are others."""
        check(self.net, state["model"], path)
        if self.settings.ema is not None:
            check(self.net, averaged(state, path), path)
        if wrong := self.unfit(state):
            raise CheckpointError(
                path, f"does not fit: its optimizer is another one: {wrong}"
            )
        names = [*self.data, *(name for name in state["data"] if name not in self.data)]
        changed = [n for n in names if self.data.get(n) != state["data"].get(n)]
        if not changed:
            return
        problem = f"was written with other data: {' and '.join(changed)}"
        if trains:
            raise CheckpointError(path, f"{problem} samples are not what they were")
        print(f"{path} {problem} samples were not these.", file=sys.stderr)
