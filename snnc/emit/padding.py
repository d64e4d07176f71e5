"""The statements of train.py for samples with padding: losses and metrics read real steps only."""

from collections.abc import Iterator
from typing import Any

from snnc.losses import Loss
from snnc.sections.train import Train


def padding(train: Train, masked: bool) -> dict[str, Any]:
    """The words of the template: what is given the lengths."""
    if not train.dataset.padded:
        return {"lengths": False, "given": ""}
    return {"lengths": True, "given": ", lengths=lengths" if masked else ""}


def real(loss: Loss) -> Iterator[str]:
    """The body of the function of a loss over the real steps of all samples together."""
    if loss.padded:
        yield f"return {_weighted(loss, loss.padded)}"
        return
    yield "real = training.real_steps(y, lengths)"
    if loss.wants == "x":
        yield "x = x[real]"
    elif loss.form == "class":
        yield "labels = training.every_step(labels, y)[real]"
    else:
        yield "labels = labels.expand(len(y), *labels.shape)[real]"
    once = loss.model_copy(update={"over": "answer"})
    yield f"return {_weighted(loss, once.source('y[real]'))}"


def _weighted(loss: Loss, term: str) -> str:
    return term if loss.weight == 1 else f"{loss.weight!r} * {term}"
