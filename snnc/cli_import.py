"""``snnc import``: a command for each place that networks come from."""

from pathlib import Path
from typing import Annotated

import typer

from snnc.terminal import Exit

importing = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@importing.command("torch")
def import_torch(
    factory: Annotated[
        str,
        typer.Argument(
            metavar="PACKAGE.MODULE:FACTORY",
            help="The function or class that returns the nn.Module.",
        ),
    ],
    shape: Annotated[
        str,
        typer.Option("--input", metavar="SIZES", help="The shape of one sample, such as 1,28,28."),
    ],
    weights: Annotated[
        Path | None,
        typer.Option(
            "--weights", help="A state_dict for the module, from torch.save, or .safetensors."
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", metavar="NAME", help="The name of the files to write."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace existing files.")] = False,
    steps: Annotated[
        int | None,
        typer.Option("--time-steps", metavar="T", min=2, help="Time steps, for spiking neurons."),
    ] = None,
    time: Annotated[
        str | None,
        typer.Option(
            "--time",
            help="What forward takes: first, [T, B, …]; second, [B, T, …]; inside, one sample for "
            "all steps; step, one step.",
        ),
    ] = None,
) -> None:
    """Turn an nn.Module into NAME.snn.toml and NAME.pt, and prove them equal.

    Spiking neurons of SpikingJelly, snnTorch, Norse and Sinabs are recognised by their classes;
    they need --time-steps and --time. A loop over time becomes one step.

    The command imports and runs your code: the factory, without arguments, and forward. Exit code
    0: success; 1: a spec cannot express the module, or files exist; 2: the command could not run.
    """
    from snnc.commands import import_network as imports

    raise Exit(imports.from_torch(factory, shape, weights, out, force, time, steps))
