"""``snnc export torch`` and ``safetensors``: files that PyTorch and others read without snnc."""

from pathlib import Path

import snnc
from snnc import terminal
from snnc.commands import exchanged
from snnc.exchange import Refused, Unusable
from snnc.source.reading import SUFFIX


def to_torch(
    spec: Path, weights: Path, encoder: str, out: Path | None, settings: list[str], force: bool
) -> int:
    """Write the program; exit code 1 if it draws random numbers. Raises UsageError."""
    terminal.one_of("--encoder", encoder, ("spec", "none"))
    exchanged.needs("torch", "exporting a program", ("torch",))
    _reads(weights)
    from snnc.exchange.torch_export import TOLERANCE, exported

    document = terminal.or_report(lambda: snnc.load(terminal.spec(spec), settings))
    try:
        made = terminal.or_report(lambda: exported(document, weights, encoder == "none"))
    except Unusable as error:
        raise terminal.UsageError(str(error)) from error
    except Refused as error:
        return exchanged.refused(error)
    if made.difference > TOLERANCE:
        terminal.say(f"nothing is written: it differs from the network by {made.difference:.1e}")
        return 1
    what = f"{terminal.plural(made.operators, 'operator')}, difference {made.difference:.1e}"
    return exchanged.written({_target(spec, out, ".pt2"): made.content}, what, force)


def to_safetensors(
    spec: Path, weights: Path, out: Path | None, settings: list[str], force: bool
) -> int:
    """Write the weights of a network. Raises UsageError."""
    exchanged.needs("nir", "writing safetensors", ("safetensors",))
    _reads(weights)
    from snnc.exchange.states import safe_bytes, state_of

    document = terminal.or_report(lambda: snnc.load(terminal.spec(spec), settings))
    graph = terminal.or_report(lambda: snnc.link(document))
    try:
        state = state_of(weights, graph.nodes)
    except Unusable as error:
        raise terminal.UsageError(str(error)) from error
    contents = {_target(spec, out, ".safetensors"): safe_bytes(state)}
    return exchanged.written(contents, terminal.plural(len(state), "tensor"), force)


def _reads(weights: Path) -> None:
    if weights.suffix == ".safetensors":
        exchanged.needs("nir", f"reading {weights}", ("safetensors",))
    else:
        exchanged.needs("torch", f"reading {weights}", ("torch",))


def _target(spec: Path, out: Path | None, suffix: str) -> Path:
    return out or Path(f"{spec.name.removesuffix(SUFFIX)}{suffix}")
