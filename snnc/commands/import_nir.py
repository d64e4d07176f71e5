"""``snnc import nir``: a NIR file becomes a spec and weights on the disk."""

from math import isfinite
from pathlib import Path

from snnc import terminal
from snnc.commands import exchanged
from snnc.exchange import Refused, Unusable
from snnc.source.reading import SUFFIX

_CHOICES = {
    "--reset": ("hard", "soft"),
    "--recurrence": ("spike", "current"),
    "--start": ("zero", "v_leak"),
    "--fires": ("above", "at"),
    "--profile": ("nir", "sinabs"),
}


def from_nir(
    path: Path, dt: float | None, choices: dict[str, str], out: Path | None, force: bool
) -> int:
    """Write NAME.snn.toml and NAME.safetensors; exit code 1 without a spec. Raises UsageError."""
    for option, value in choices.items():
        terminal.one_of(option, value, _CHOICES[option])
    if dt is not None and not (isfinite(dt) and dt > 0):
        raise terminal.UsageError(f"--dt must be greater than 0, not {dt:g}")
    exchanged.needs("nir", "reading NIR", ("h5py", "safetensors"))
    from snnc.exchange.nir.importing import from_file
    from snnc.exchange.nir.options import NirOptions

    target = exchanged.target(Path(path.stem.partition(".")[0]) if out is None else out)
    given = {option.removeprefix("--"): value for option, value in choices.items()}
    options = None if dt is None else NirOptions(dt, **given)  # type: ignore[arg-type]
    try:
        made = from_file(path, target.name, options)
    except Unusable as error:
        raise terminal.UsageError(str(error)) from error
    except Refused as error:
        return exchanged.refused(error, f"{path}: ")
    for remark in made.remarks:
        terminal.say(remark)
    files = (target.with_name(target.name + s) for s in (SUFFIX, ".safetensors"))
    contents = dict(zip(files, (made.spec.encode(), made.weights), strict=True))
    return exchanged.written(contents, terminal.plural(made.layers, "layer"), force)
