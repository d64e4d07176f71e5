"""``snnc export onnx``: a spec and its weights as a file of plain ONNX operators."""

import warnings
from pathlib import Path
from typing import cast

import snnc
from snnc import terminal
from snnc.commands import exchanged
from snnc.document import Document
from snnc.exchange import Refused, Unusable
from snnc.source.reading import SUFFIX

FORMS = ("scan", "unroll", "step")
_MOST = 2**31 - 1
"""Bytes of a message of protobuf."""


def to_onnx(
    spec: Path,
    weights: Path,
    form: str,
    encoder: str,
    check: bool,
    out: Path | None,
    settings: list[str],
    force: bool,
) -> int:
    """Write the file; exit code 1 if ONNX cannot say it or it differs. Raises UsageError."""
    terminal.one_of("--time", form, FORMS)
    terminal.one_of("--encoder", encoder, ("spec", "none"))
    exchanged.needs("onnx", "writing ONNX", ("torch", "onnx", "safetensors"))
    if check:
        exchanged.needs("onnx", "--check", ("onnxruntime",))
    from snnc.exchange.onnx_export.exporting import Form, exported

    document = terminal.or_report(lambda: snnc.load(terminal.spec(spec), settings))
    try:
        made = terminal.or_report(
            lambda: exported(document, weights, cast(Form, form), encoder == "none")
        )
    except Unusable as error:
        raise terminal.UsageError(str(error)) from error
    except Refused as error:
        return exchanged.refused(error)
    if check and not _proved(document, made):
        return 1
    for remark in made.remarks:
        terminal.say(f"note: {remark}")
    if made.model.ByteSize() > _MOST:
        raise terminal.UsageError("the network is larger than 2 GB, which no ONNX file can be")
    target = out or Path(f"{spec.name.removesuffix(SUFFIX)}.onnx")
    what = f"{terminal.plural(len(made.model.graph.node), 'node')}, opset {_opset(made.model)}"
    return exchanged.written({target: made.model.SerializeToString()}, what, force)


def _opset(model: object) -> int:
    (found,) = model.opset_import  # type: ignore[attr-defined]
    return int(found.version)


def _proved(document: Document, made: object) -> bool:
    """Prints how onnxruntime's answers differ, for each batch."""
    from snnc.exchange.onnx_export.checking import compared
    from snnc.exchange.onnx_export.exporting import OnnxExport

    assert isinstance(made, OnnxExport)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        found = compared(document, made)
    for each in found:
        terminal.say(
            f"onnxruntime, batch {each.batch}: difference {each.largest:.1e}"
            + (f", {each.share:.2%} of the values" if not each.equal else "")
        )
    if all(each.alike for each in found):
        terminal.say("note: all answers are the same, which proves little: use trained weights")
    if not all(each.equal for each in found):
        terminal.say("nothing is written: the model differs from the network")
        return False
    return True
