"""``snnc sweep``: its options."""

from pathlib import Path
from typing import Annotated

import typer

from snnc.cli_arguments import Settings, Spec
from snnc.terminal import Exit


def sweep(
    spec: Spec,
    flags: Annotated[
        list[str] | None,
        typer.Argument(metavar="[-- FLAG …]", help="Flags of all trainings, such as --epochs 5."),
    ] = None,
    vary: Annotated[
        list[str] | None,
        typer.Option(
            "--vary",
            metavar="KEY=VALUES",
            help="A key of the spec with V1,V2,… or LOW:HIGH or LOW:HIGH:log; repeatable.",
        ),
    ] = None,
    trials: Annotated[
        int | None,
        typer.Option("--trials", metavar="N", help="By default all combinations, or 20."),
    ] = None,
    study: Annotated[
        str, typer.Option("--study", metavar="NAME", help="By default the spec's name.")
    ] = "",
    storage: Annotated[
        str,
        typer.Option("--storage", metavar="URL", help="A database; by default OUT/study.db."),
    ] = "",
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", metavar="DIR", help="By default sweeps/STUDY."),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Of the values of trials.")] = 0,
    sampler: Annotated[
        str, typer.Option("--sampler", help="random, or tpe: Optuna's, which learns.")
    ] = "random",
    prune: Annotated[
        bool, typer.Option("--prune", help="Stop trials that are worse than half of the others.")
    ] = False,
    settings: Settings = None,
) -> None:
    """Train a spec with many values, and tell which are best.

    Any number of processes can work on one study: give the same command again, here or, with
    --storage, on other machines. A sweep that was broken off goes on where it was.
    Exit code 0: success; 1: the spec has errors, or a trial failed; 2: it could not run.
    """
    from snnc.commands.sweep import SweepOptions
    from snnc.commands.sweep import sweep as command

    given = SweepOptions(
        tuple(vary or ()), trials, study, storage, out, seed, sampler, prune,
        tuple(settings or ()), tuple(flags or ()),
    )  # fmt: skip
    raise Exit(command(spec, given))
