"""The context of train.py.jinja from [train]: signatures, expressions and calls of functions.

The script has a function for the loss and, unless it is the loss, one for the metric. Each takes
``y`` and the value that it is compared with: ``x`` or ``labels``. Lines may be long; the template
breaks them.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from snnc.emit.padding import padding, real
from snnc.escape import string
from snnc.labels import Form
from snnc.losses import Loss
from snnc.metrics import Metric
from snnc.sections.train import Train


def train_context(
    train: Train,
    class_name: str,
    outputs: Mapping[str, bool],
    time_steps: int,
    timed: bool,
    masked: bool = False,
) -> dict[str, Any]:
    """The template's variables; ``outputs`` says which outputs have a time axis.

    ``timed``: the data have one; ``masked``: the network takes lengths of samples.
    """
    losses = train.by_output(outputs)
    several = len(outputs) > 1
    answer = f"{class_name}Output" if several else "Tensor"
    return {
        "answers": [class_name, *[answer] * several],
        "settings": ", ".join(_settings(train, time_steps)),
        **padding(train, masked),
        "loss": _loss(losses, answer, several, train.smoothing is not None, train.dataset.padded)
        | _judged(train, losses, outputs),
        "metric": _metric(train, outputs, answer, several, timed),
        "classified": classified(train, outputs),
        "answered": labelled(train, outputs) if train.form in ("class", "map") else "",
        "form": train.form,
        "groups": _literal([group.table() for group in train.groups]),
        "frozen": _literal([*train.frozen]),
        "owned": sorted({string(name) for name in _owned(train, losses, outputs)}),
        "widened": _widened(answer, several),
        "chunked": train.truncate
        and _chunked(losses, outputs, answer, timed, train.smoothing is not None),
        "penalties": list(_penalties(train)),
        "recorded": _literal(sorted({penalty.of for penalty in train.penalties})),
    }


def _settings(train: Train, time_steps: int) -> Iterator[str]:
    """The arguments of Settings that are not its defaults."""
    yield f"epochs={train.epochs}"
    yield f"batch_size={train.batch_size}"
    yield f"time_steps={time_steps}"
    yield f"optimizer={_literal(train.optimizer.table())}"
    if train.scheduler:
        yield f"scheduler={_literal(train.scheduler.table())}"
        if train.scheduler.warmup_epochs:
            yield f"warmup_epochs={train.scheduler.warmup_epochs!r}"
    if train.amp:
        yield "amp=True"
    if train.accumulate > 1:
        yield f"accumulate={train.accumulate}"
    if train.grad_clip is not None:
        yield f"grad_clip={train.grad_clip!r}"
    if train.smoothing is not None:
        yield f"label_smoothing={train.smoothing!r}"
    if train.early_stop is not None:
        yield f"early_stop={train.early_stop}"
    if train.truncate is not None:
        yield f"truncate={train.truncate}"
    if train.ema is not None:
        yield f"ema={train.ema!r}"


def _literal(value: object) -> str:
    """A literal with ruff's quotes."""
    if isinstance(value, Mapping):
        pairs = (f"{string(key)}: {_literal(item)}" for key, item in value.items())
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, list):
        return f"[{', '.join(map(_literal, value))}]"
    return string(value) if isinstance(value, str) else repr(value)


def _loss(
    losses: Mapping[str, Loss], answer: str, several: bool, smooths: bool, padded: bool
) -> dict[str, Any]:
    """The function of the loss and its call; ``smooths``: a setting smooths the labels."""
    wanted = {loss.wants for loss in losses.values()}
    passed: list[str] = [name for name in ("x", "labels") if name in wanted]
    typed = [f"{name}: Tensor" for name in passed]
    if smooths:
        typed, passed = [*typed, "smoothing: float"], [*passed, "smoothing"]
    lines = _sum(losses, smooths) if several else _single(*losses.values())
    if padded and not several and any(loss.over == "steps" for loss in losses.values()):
        typed, passed = [*typed, "lengths: Tensor"], [*passed, "lengths"]
        lines = real(*losses.values())
    return {
        "signature": ", ".join([f"y: {answer}", *typed]),
        "lines": list(lines),
        "call": f"loss_of({', '.join(['y', *passed])})",
        "labelled": "labels" in wanted,
        "over_steps": all(x.over == "steps" for x in losses.values() if x.wants == "labels"),
        "smooths": smooths,
    }


def _owned(train: Train, losses: Mapping[str, Loss], outputs: Mapping[str, bool]) -> Iterator[str]:
    """The user's functions, which are imported before anything else is done."""
    kinds: tuple[Loss | Metric, ...] = (*losses.values(), train.measured(outputs)[0])
    yield from (kind.function_name for kind in kinds if kind.function_name)


def _chunked(
    losses: Mapping[str, Loss], outputs: Mapping[str, bool], answer: str, timed: bool, smooths: bool
) -> dict[str, str]:
    """The expressions of a batch in chunks of its steps; ``timed``: the samples have steps."""
    several, wanted = len(outputs) > 1, {loss.wants for loss in losses.values()}
    a_step = timed and any(
        loss.over == "steps" and loss.form == "class" for loss in losses.values()
    )
    parts = {
        "x": "x[chunk.steps]" if timed else "x",
        "labels": "chunk.of(labels)" if a_step else "labels",
    }
    passed = [parts[name] for name in ("x", "labels") if name in wanted]
    given = "x[chunk.steps]" if timed else "x, time_steps=chunk.length"
    readouts = ['"sequence"' if over_time else '"mean"' for over_time in outputs.values()]
    return {
        "readouts": ", ".join(readouts),
        "run": f"learner.joined({given}, state=state)",
        "loss": f"loss_of({', '.join(['y', *passed, *['smoothing'] * smooths])})",
        "answers": "y" if several else "[y]",
        "whole": f"{answer}(*answers.whole())" if several else "answers.whole()[0]",
    }


def _judged(
    train: Train, losses: Mapping[str, Loss], outputs: Mapping[str, bool]
) -> dict[str, bool]:
    """The traits of the output that tells the class, for evaluate.py."""
    name = labelled(train, outputs)
    loss = losses.get(name)
    return {"softmax": loss is not None and loss.softmax, "over_time": outputs.get(name, False)}


def _weighted(loss: Loss, term: str) -> str:
    return term if loss.weight == 1 else f"{loss.weight!r} * {term}"


def _single(loss: Loss) -> Iterator[str]:
    yield f"return {_weighted(loss, loss.source())}"


def _sum(losses: Mapping[str, Loss], smooths: bool) -> Iterator[str]:
    for name, loss in losses.items():
        smoothing = "smoothing" if smooths else repr(loss.smoothing)
        yield f"{name}_loss = {loss.source(f'y.{name}', smoothing)}"
    terms = (_weighted(loss, f"{name}_loss") for name, loss in losses.items())
    yield f"total = {' + '.join(terms)}"
    yield "return total"


def _metric(
    train: Train, outputs: Mapping[str, bool], answer: str, several: bool, timed: bool
) -> dict[str, Any]:
    """The function of the metric and its call; the loss needs none."""
    metric, of = train.measured(outputs)
    found: dict[str, Any] = {"kind": metric.title, "higher": metric.higher}
    if metric.wants is None:
        return found | {"expression": "", "call": "loss.detach() * batch.samples"}
    over = outputs[of]
    if over and train.dataset.padded:
        return found | {
            "signature": f"y: Tensor, {metric.wants}: Tensor, lengths: Tensor",
            "doc": metric.says,
            "expression": metric.padded("y"),
            "call": f"metric_of(y, {metric.wants}, lengths)",
        }
    return found | {
        "signature": f"y: {answer}, {metric.wants}: Tensor",
        "doc": metric.says,
        "expression": _measured(metric, train.form, f"y.{of}" if several else "y", over, timed),
        "call": f"metric_of(y, {metric.wants})",
    }


def _measured(metric: Metric, form: Form, y: str, over_time: bool, timed: bool) -> str:
    """The expression of the metric; only labels of a class may be one per step of timed data."""
    if form == "map":
        return metric.on_maps(y, over_time)
    return metric.source(y, over_time, timed and form == "class")


def classified(train: Train, outputs: Mapping[str, bool]) -> str:
    """The output whose largest number is the class of the sample, or ""."""
    return labelled(train, outputs) if train.form == "class" else ""


def labelled(train: Train, outputs: Mapping[str, bool]) -> str:
    """The output that is compared with labels: the metric's, if there are several; or ""."""
    _, of = train.measured(outputs)
    labelled = [n for n, loss in train.by_output(outputs).items() if loss.wants == "labels"]
    return of if of in labelled else next(iter(labelled), "")


def _widened(answer: str, several: bool) -> Callable[[str], str]:
    """A call of the network, with its outputs as losses take them."""

    def widened(call: str) -> str:
        return f"{answer}(*map(precision.wide, {call}))" if several else f"precision.wide({call})"

    return widened


def _penalties(train: Train) -> Iterator[str]:
    """The body of the function that adds them up."""
    for index, penalty in enumerate(train.penalties):
        yield f'rate = rates["{penalty.of}"]'
        yield f"cost = {'cost + ' * (index > 0)}{penalty.source()}"
    if train.penalties:
        yield "return cost"
