"""Samples with padding: whether readouts, losses and metrics read real steps only."""

from collections.abc import Iterator

from snnc.document import Document
from snnc.sections.train import Misfit, Train

LENGTHS = ("dataset", "lengths")


def unpadded(document: Document) -> Iterator[Misfit]:
    """The parts of [train] and [output] that would read padding, or need lengths."""
    train, outputs = document.spec.train, document.spec.outputs
    if train is None:
        return
    masked = {name: output.readout.reads_lengths for name, output in outputs.items()}
    if not train.dataset.padded:
        if any(masked.values()):
            message = "a masked readout needs the lengths of samples, which this dataset lacks"
            yield Misfit(("dataset",), message, "npz and module have them: write `lengths = true`")
        return
    for name, output in outputs.items():
        if not masked[name] and not output.readout.keeps_time:
            kind = output.readout.kind
            message = f"the readout `{kind}` of `{name}` reads padding too"
            help = f'write `readout = {{ kind = "{kind}", masked = true }}`'
            yield Misfit(LENGTHS, message, help)
    yield from _others(train, {name: output.readout.keeps_time for name, output in outputs.items()})


def _others(train: Train, outputs: dict[str, bool]) -> Iterator[Misfit]:
    """Penalties, chunks, metrics and several outputs, which know no lengths."""
    if train.penalties:
        yield Misfit(("penalties",), "firing rates would count padding", "leave `penalties` out")
    if train.truncate:
        message = "`truncate`: a chunk of time steps knows no lengths of samples"
        yield Misfit(("truncate",), message, "leave `truncate` out")
    if len(outputs) > 1 and any(outputs.values()):
        message = "lengths of samples with several outputs need masked readouts for all of them"
        yield Misfit(LENGTHS, message, 'write `readout = { kind = "mean", masked = true }`')
        return
    metric, of = train.measured(outputs)
    if metric.wants and outputs.get(of) and not metric.padded("y"):
        message = f"`{metric.kind}` would count padding in a sequence"
        yield Misfit(("metric",), message, 'write `metric = "loss"`, or a masked readout')
