"""``snnc export nir``: a spec and its weights as a NIR file."""

from math import isfinite
from pathlib import Path

import snnc
from snnc import terminal
from snnc.commands import exchanged
from snnc.exchange import Refused, Unusable
from snnc.source.reading import SUFFIX


def to_nir(
    spec: Path, weights: Path, dt: float, out: Path | None, settings: list[str], force: bool
) -> int:
    """Write the file; exit code 1 if NIR cannot say the network. Raises UsageError."""
    if not (isfinite(dt) and dt > 0):
        raise terminal.UsageError(f"--dt must be greater than 0, not {dt:g}")
    exchanged.needs("nir", "writing NIR", ("nir", "h5py", "safetensors"))
    if weights.suffix != ".safetensors":
        exchanged.needs("torch", f"reading {weights}", ("torch",))
    from snnc.exchange.nir_export import exported

    document = terminal.or_report(lambda: snnc.load(terminal.spec(spec), settings))
    try:
        made = terminal.or_report(lambda: exported(document, weights, dt))
    except Unusable as error:
        raise terminal.UsageError(str(error)) from error
    except Refused as error:
        return exchanged.refused(error)
    for remark in made.remarks:
        terminal.say(f"note: {remark}")
    target = out or Path(f"{spec.name.removesuffix(SUFFIX)}.nir")
    return exchanged.written({target: made.content}, terminal.plural(made.nodes, "node"), force)
