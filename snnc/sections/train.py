"""The section [train] of a spec."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from snnc.choice import Choice
from snnc.datasets import Dataset
from snnc.labels import SAID, Form
from snnc.layer import Name
from snnc.losses import Loss
from snnc.losses.cross_entropy import CrossEntropy
from snnc.metrics import Metric
from snnc.metrics.accuracy import Accuracy
from snnc.metrics.f1 import F1
from snnc.metrics.label_error import LabelError
from snnc.metrics.loss import LossMetric
from snnc.metrics.mean_iou import MeanIoU
from snnc.metrics.r2 import R2
from snnc.optimizers import Optimizer
from snnc.optimizers.adam import Adam
from snnc.penalties import Penalty
from snnc.schedulers import Scheduler
from snnc.sections.groups import ParameterGroup, Pattern
from snnc.shapes import Shape, ShapeError, show
from snnc.sizes import Positive
from snnc.source.nearest import nearest, one_of

Logger = Literal["csv", "tensorboard", "wandb", "mlflow"]
"""The loggers of the training script; csv is metrics.csv, which is always written."""


@dataclass(frozen=True)
class Answer:
    """An output as training sees it: its shape for one sample, and whether it has every step."""

    shape: Shape
    over_time: bool = False


class Misfit(ValueError):
    """[train] does not fit the network: where in the section, why, and what would help."""

    def __init__(self, path: tuple[str | int, ...], message: str, help: str | None = None) -> None:
        super().__init__(message)
        self.path, self.message, self.help = path, message, help


USUAL: Mapping[Form, Metric] = {
    "class": Accuracy(),
    "map": MeanIoU(),
    "several": F1(),
    "values": R2(),
    "sequence": LabelError(),
}
"""The metric of each form of labels, if none is stated."""


class Train(BaseModel):
    """The training of the network: defaults of the training script's options.

    ``loss`` is the loss of a single output. ``[train.losses]`` has one for every output, added up.
    ``groups`` are parameters, by patterns of their names, with settings of the optimizer.
    """

    model_config = ConfigDict(
        defer_build=True, frozen=True, extra="forbid", strict=True, allow_inf_nan=False
    )

    dataset: Annotated[Dataset, Choice("snnc.datasets")]
    loss: Annotated[Loss | None, Choice("snnc.losses")]
    losses: dict[Name, Annotated[Loss, Choice("snnc.losses")]] = Field(default_factory=dict)
    penalties: tuple[Annotated[Penalty, Choice("snnc.penalties")], ...] = ()
    metric: Annotated[Metric | None, Choice("snnc.metrics")] = None
    epochs: Positive
    batch_size: Positive
    optimizer: Annotated[Optimizer, Choice("snnc.optimizers")]
    scheduler: Annotated[Scheduler | None, Choice("snnc.schedulers")] = None
    amp: bool = False
    accumulate: Positive = 1
    grad_clip: Annotated[float | None, Field(gt=0)] = None
    early_stop: Positive | None = None
    loggers: Annotated[tuple[Logger, ...] | None, Field(min_length=1)] = None
    truncate: Positive | None = None
    groups: tuple[ParameterGroup, ...] = ()
    frozen: tuple[Pattern, ...] = ()
    ema: Annotated[float | None, Field(gt=0, lt=1)] = None

    @model_validator(mode="before")
    @classmethod
    def _one_or_several(cls, data: Any) -> Any:
        """A ``loss`` is needed, unless there are ``losses``."""
        if isinstance(data, Mapping) and "losses" in data and "loss" not in data:
            return {**data, "loss": None}
        return data

    @model_validator(mode="after")
    def _not_both(self) -> "Train":
        if self.loss is None and not self.losses:
            message = "`loss` is needed: training has nothing else to make smaller"
            raise PydanticCustomError("one_or_several", message)
        if self.loss and self.losses:
            message = "`loss` and `losses` exclude each other: `losses` states one loss per output"
            raise PydanticCustomError("one_or_several", message)
        return self

    def fit(self, inputs: Sequence[Shape], timed: bool = False) -> None:
        """Check that the dataset fits the network; ``timed``: its input has a time axis.

        Raises ShapeError.
        """
        if len(inputs) > 1:
            raise ShapeError("only a network of one input can be trained", "dataset")
        self.dataset.check(inputs[0], timed)

    def by_output(self, outputs: Collection[str]) -> dict[str, Loss]:
        """The loss of every output."""
        return dict.fromkeys(outputs, self.loss) if self.loss else dict(self.losses)

    def judge(
        self, data: Answer, answers: Mapping[str, Answer], neurons: Mapping[str, bool]
    ) -> Iterator[Misfit]:
        """The ways in which losses, metric and penalties do not fit data, outputs and neurons.

        ``neurons`` says of each whether it fires.
        """
        if self.loss and len(answers) > 1:
            names = " and ".join(f"`{name}`" for name in answers)
            message = f"the network has the outputs {names}: each needs its own loss"
            help = f'write [train.losses] with `{next(iter(answers))} = "mse"` and the others'
            yield Misfit(("loss",), message, help)
            return
        yield from self._unnamed(answers)
        for name, loss in self.by_output(answers).items():
            at = ("loss",) if self.loss else ("losses", name)
            if name in answers:
                yield from self._unfit(loss, answers[name], data, at)
        yield from self._mixed(self.by_output(answers))
        yield from self._unmeasured(answers)
        yield from self._unknown(neurons)

    def _unnamed(self, answers: Collection[str]) -> Iterator[Misfit]:
        for name in self.losses.keys() - set(answers):
            guess = nearest(name, sorted(answers))
            help = f"did you mean `{guess}`?" if guess else None
            yield Misfit(("losses", name), f"there is no output `{name}`", help)
        for name in answers if self.losses else ():
            if name not in self.losses:
                message = f"the output `{name}` has no loss"
                help = (
                    f'give it one: `{name} = "mse"`; `net.values(x)` returns values without a loss'
                )
                yield Misfit(("losses",), message, help)

    def _unfit(
        self, loss: Loss, answer: Answer, data: Answer, at: tuple[str, ...]
    ) -> Iterator[Misfit]:
        """A loss over steps that are not there, or a target of another shape."""
        if loss.wants == "labels" and self.dataset.each_step and loss.over == "answer":
            message = f"`{loss.kind}` takes the answer of all steps, but each step has a label"
            help = f'write `loss = {{ kind = "{loss.kind}", over = "steps" }}`'
            yield Misfit(at, message, help + ' and `readout = "sequence"`' * (not answer.over_time))
        elif answer.over_time != (loss.over == "steps"):
            message = f'`{loss.kind}`: a loss over steps and `readout = "sequence"` need each other'
            help = 'write `readout = "sequence"` in [output]'
            if answer.over_time:
                help = f'write `loss = {{ kind = "{loss.kind}", over = "steps" }}`'
            yield Misfit(at, message, help)
        elif loss.wants == "x" and (
            answer.shape != data.shape or data.over_time > answer.over_time
        ):
            message = f"the input is {_said(data)}, but the output is {_said(answer)}"
            yield Misfit(at, message, "an autoencoder returns its input")
        elif loss.wants == "labels":
            yield from self._unlabelled(loss, answer, at)

    def _unlabelled(
        self, loss: Loss, answer: Answer, at: tuple[str | int, ...]
    ) -> Iterator[Misfit]:
        """An output or a dataset without labels of the form that a loss compares with."""
        if loss.form == "class":
            yield from self._unclassed(answer)
        elif not self.dataset.formed:
            message = f"`{loss.kind}` compares with {SAID[loss.form]}, but {self.dataset.kind} has"
            help = "npz and module have labels of any form"
            yield Misfit(at, f"{message} a class per sample", help)
        elif loss.form == "sequence" and len(answer.shape) != 1:
            yield from self._unclassed(answer)
        elif loss.form == "map" and len(answer.shape) < 2:
            message = f"`{loss.kind}` compares with {SAID['map']}, but the output is"
            help = "a segmentation returns [classes, height, width]"
            yield Misfit(at, f"{message} {show(answer.shape)}", help)
        elif loss.form == "map" and answer.over_time:
            message = f"`{loss.kind}` compares {SAID['map']} with the answer over all steps"
            yield Misfit(at, message, 'write a readout such as "mean"')
        elif loss.form == "map" and self.dataset.changes:
            message = "augmentations change images and not their labels of every place"
            yield Misfit(("dataset", "augment"), message, "leave `augment` out")

    def _unclassed(self, answer: Answer) -> Iterator[Misfit]:
        """An output that is not a number a class."""
        count, kind = self.dataset.classes, self.dataset.kind
        if count is not None and answer.shape != (count,):
            message = f"{kind} has {count} classes, but the output is {show(answer.shape)}"
            yield Misfit(("dataset",), message, f"the last layer must return {show((count,))}")
        elif len(answer.shape) != 1:
            message = f"the output is {show(answer.shape)}, but a loss needs one number per class"
            help = "the last layer must return [classes]"
            help += (
                ', or the loss needs `over = "places"` or `target = "values"`' * self.dataset.formed
            )
            yield Misfit(("dataset",), message, help)

    def _mixed(self, losses: Mapping[str, Loss]) -> Iterator[Misfit]:
        """Labels of two forms, where the data have one."""
        forms: dict[str, Form]
        forms = {name: x.form for name, x in losses.items() if x.wants == "labels"}
        first: Form = next(iter(forms.values()), "class")
        for name, form in forms.items():
            if form != first:
                message = f"this loss compares with {SAID[form]}, another with {SAID[first]}"
                yield Misfit(("losses", name), message, "the data have one kind of labels")

    @property
    def form(self) -> Form:
        """The labels that losses compare with; a class if none does."""
        losses = [loss for loss in (self.loss, *self.losses.values()) if loss]
        return next((loss.form for loss in losses if loss.wants == "labels"), "class")

    @property
    def smoothing(self) -> float | None:
        """The label smoothing of the losses that have one; None if there is none, or several."""
        losses = [loss for loss in (self.loss, *self.losses.values()) if loss]
        found = {loss.smoothing for loss in losses} - {None}
        return found.pop() if len(found) == 1 else None

    def measured(self, outputs: Collection[str]) -> tuple[Metric, str]:
        """The metric, and the output that it is of; without one stated, what suits the losses."""
        losses = self.by_output(outputs)
        labelled = any(loss.wants == "labels" for loss in losses.values())
        metric = self.metric or (USUAL[self.form] if labelled else LossMetric())
        fitting = [name for name, loss in losses.items() if metric.wants in {None, loss.wants}]
        return metric, metric.of or next(iter(fitting), "")

    def _unmeasured(self, answers: Collection[str]) -> Iterator[Misfit]:
        metric, of = self.measured(answers)
        loss = self.by_output(answers).get(of)
        if metric.of and metric.of not in answers:
            yield Misfit(("metric", "of"), f"there is no output `{metric.of}`")
        elif metric.wants and (loss is None or loss.wants != metric.wants):
            against = {"labels": "labels", "x": "the input"}[metric.wants]
            message = f"`{metric.kind}`: no loss compares the output with {against}"
            yield Misfit(("metric",), message, 'write `metric = "loss"`')
        elif metric.wants == "labels" and loss and loss.form not in metric.forms:
            message = f"`{metric.kind}` is of {SAID[metric.forms[0]]}, but the loss compares with"
            help = f'write `metric = "{USUAL[loss.form].kind}"`'
            yield Misfit(("metric",), f"{message} {SAID[loss.form]}", help)

    def _unknown(self, neurons: Mapping[str, bool]) -> Iterator[Misfit]:
        firing = sorted(name for name, fires in neurons.items() if fires)
        for index, penalty in enumerate(self.penalties):
            if penalty.of in firing:
                continue
            expected = f"expected {one_of(firing)}" if firing else None
            message, guess = f"`{penalty.of}` does not fire: it has no firing rate", None
            if penalty.of not in neurons:
                guess = nearest(penalty.of, firing)
                message = f"there is no layer of neurons `{penalty.of}`"
            help = f"did you mean `{guess}`?" if guess else expected
            yield Misfit(("penalties", index, "of"), message, help)


def of_data(dataset: Dataset) -> Train:
    """A training on a dataset, for what is printed of the data alone."""
    loss, optimizer = CrossEntropy(), Adam()
    return Train(dataset=dataset, loss=loss, epochs=1, batch_size=100, optimizer=optimizer)


def _said(answer: Answer) -> str:
    """A shape, and whether it has a time axis."""
    return show(answer.shape) + " at every step" * answer.over_time
