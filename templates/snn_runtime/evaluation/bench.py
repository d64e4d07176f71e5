"""Runs a network over a split, as train.py does after an epoch, and counts what it does."""

import dataclasses
import sys
from typing import Any

import torch
from torch import Tensor, nn

from ..measures import Operations, operations
from ..page import rows_of
from ..training import Learner, RunError, Settings, Team
from ..training import Options as TrainingOptions
from ..training.batches import mixed, seed_all
from .answers import Watch
from .options import OF_RUN, Options
from .results import Result
from .subject import Data, Drawn, EvaluatedSplit, Subject
from .weights import Evaluated, ann_of, restored


def chosen(settings: Settings, options: Options) -> Settings:
    """The settings of a run, with what the command line changes."""
    limit = settings.limit if options.limit == OF_RUN else options.limit
    size = options.batch_size or settings.batch_size
    return dataclasses.replace(settings, limit=limit, batch_size=size)


class Bench:
    """Runs a network over a split, as train.py does after an epoch."""

    def __init__(
        self,
        options: Options,
        subject: Subject,
        team: Team,
        settings: Settings,
        evaluated: Evaluated,
    ) -> None:
        self.options, self.subject, self.team = options, subject, team
        self.settings, self.evaluated = settings, evaluated
        self.last: tuple[Learner, EvaluatedSplit] | None = None

    def data(self, steps: int) -> Data:
        """The data, in so many time steps, on the device."""
        data = self.subject.load(self.options.data_dir, self.settings.limit, steps)
        return data.to(self.team.device)

    def split(self, data: Data) -> EvaluatedSplit:
        """The split that is evaluated, unaugmented. Raises RunError if there is none."""
        found: Any = getattr(data, self.options.split)
        if found is None:
            advice = "`validation = 0.1` in the dataset of the spec holds some out"
            raise RunError(f"These data have no samples for validation: {advice}.")
        augmented = getattr(found, "augment", False)
        split: EvaluatedSplit
        split = dataclasses.replace(found, augment=False) if augmented else found
        return split

    def learner(self, net: nn.Module, settings: Settings, data: Data) -> Learner:
        """The network on the device, as precise as it was trained."""
        where = self.options
        told = TrainingOptions(
            network=self.subject.network,
            changed={},
            device=where.device,
            workers=0,
            compile=False,
            data_dir=where.data_dir,
            out_dir=None,
            init=None,
            resume=None,
            evaluate=True,
            profile=None,
            restart=False,
        )
        sign = 1 if self.subject.higher else -1
        return Learner(
            net, told, settings, self.team, data, (self.subject.metric, sign)
        )

    def reference(self) -> dict[str, float] | None:
        """Loss and metric of the ANN, if the network was converted from one that is there."""
        ann = ann_of(self.subject, self.evaluated)
        if ann is None or self.subject.ann is None:
            return None
        settings = chosen(ann.settings, self.options)
        net, data = self.subject.ann(settings), self.data(settings.time_steps)
        restored(net, ann)
        learner = self.learner(net, settings, data)
        score = self.subject.evaluate(
            learner, self.split(data), self.options.split, lambda *_: None
        )
        return {**score.numbers}

    def at(self, steps: int) -> Result:
        """Everything at one number of time steps."""
        settings = dataclasses.replace(self.settings, time_steps=steps)
        net: Any = self.subject.make(settings)
        restored(net, self.evaluated)
        net.time_steps = steps
        data = self.data(steps)
        split, learner = self.split(data), self.learner(net, settings, data)
        self.compare(learner, steps)
        watch = Watch(self.subject.output, self.subject.over_time)
        score = self.subject.evaluate(learner, split, self.options.split, watch)
        self.last = learner, split
        done = self.operations(learner, split, steps)
        likely = self.subject.probabilities
        return Result(steps, score.count, score.numbers, watch.result(), done, likely)

    def compare(self, learner: Learner, steps: int) -> None:
        """Says so if the samples are not those that the checkpoint was trained with."""
        state, own = self.evaluated.state, self.evaluated.settings
        alike = (own.limit, own.time_steps) == (self.settings.limit, steps)
        name = self.options.split
        if (
            state is None
            or not alike
            or learner.data.get(name) == state["data"].get(name)
        ):
            return
        where = self.evaluated.path
        print(
            f"{where} was written with other data: {name} samples were not these.",
            file=sys.stderr,
        )

    def operations(
        self, learner: Learner, split: EvaluatedSplit, steps: int
    ) -> Operations:
        """Spikes and operations of the first samples."""
        seed_all(mixed(self.settings.seed, "operations"))
        x, _ = split.batch(torch.arange(min(self.options.counted, len(split))))
        net: Any = learner.net.eval()

        def values(piece: Tensor) -> dict[str, Tensor]:
            with learner.precision.autocast:
                found: dict[str, Tensor] = net.values(learner.precision.read(piece))
            return found

        rows, axis = rows_of(self.subject.program), int(self.subject.timed)
        return operations(net, values, rows, x, steps, axis)

    def pictures(self) -> Drawn:
        """The pictures of the last network, with one of the samples. Raises RunError."""
        assert self.last is not None
        learner, split = self.last
        index = self.options.image
        if index >= len(split):
            raise RunError(f"There is no sample {index}: there are {len(split)}.")
        x, label = split[index]
        x = learner.precision.read(x)
        return self.subject.draw(learner.net, x, label.cpu(), self.evaluated.run)
