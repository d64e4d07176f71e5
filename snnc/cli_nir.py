"""``snnc import nir`` and ``snnc export nir``: their options."""

from pathlib import Path
from typing import Annotated

import typer

from snnc.cli_arguments import Settings, Spec
from snnc.terminal import Exit

Force = Annotated[bool, typer.Option("--force", help="Replace existing files.")]


def import_nir(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="A NIR file.")],
    dt: Annotated[
        float | None,
        typer.Option("--dt", help="The length of a time step, in the unit of the file (seconds)."),
    ] = None,
    profile: Annotated[
        str, typer.Option("--profile", help="nir: its equations; sinabs: the neurons of Sinabs.")
    ] = "nir",
    reset: Annotated[
        str, typer.Option("--reset", help="hard: to v_reset; soft: minus the threshold.")
    ] = "hard",
    recurrence: Annotated[
        str, typer.Option("--recurrence", help="The spike or the current of a cycle is late.")
    ] = "spike",
    start: Annotated[
        str, typer.Option("--start", help="Potentials begin at zero or at v_leak.")
    ] = "zero",
    fires: Annotated[
        str, typer.Option("--fires", help="above: NIR's rule; at: the threshold itself fires too.")
    ] = "above",
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", metavar="NAME", help="The name of the files to write."),
    ] = None,
    force: Force = False,
) -> None:
    """Turn a NIR file into NAME.snn.toml and NAME.safetensors.

    No file says how long a time step is: without --dt, the command says what the file suggests.
    It prints what is exact and what is assumed. Exit code 0: success; 1: a spec cannot express the
    graph, or files exist; 2: the file is broken, or an option is missing.
    """
    from snnc.commands import import_nir as imports

    choices = {
        "--profile": profile,
        "--reset": reset,
        "--recurrence": recurrence,
        "--start": start,
        "--fires": fires,
    }
    raise Exit(imports.from_nir(path, dt, choices, out, force))


def export_nir(
    spec: Spec,
    weights: Annotated[
        Path, typer.Option("--weights", help="Weights: .safetensors, or a file of torch.save.")
    ],
    dt: Annotated[float, typer.Option("--dt", help="The length of a time step in seconds.")],
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="The file; by default NAME.nir.")
    ] = None,
    settings: Settings = None,
    force: Force = False,
) -> None:
    """Write a spec and its weights as a NIR file.

    Exit code 0: success; 1: NIR cannot express a layer, or the file exists; 2: the command could
    not run.
    """
    from snnc.commands import export_nir as exports

    raise Exit(exports.to_nir(spec, weights, dt, out, settings or [], force))
