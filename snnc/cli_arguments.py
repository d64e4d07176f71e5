"""Arguments and options that several commands take."""

from pathlib import Path
from typing import Annotated

import typer

Paths = Annotated[
    list[Path] | None,
    typer.Argument(
        help="Specs, or folders that contain specs; by default, the whole project.",
        readable=False,  # the others are looked at before that is told
    ),
]
Spec = Annotated[Path, typer.Argument(help="A spec, NAME.snn.toml.")]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Set a value of the spec; repeatable."),
]
Format = Annotated[
    str,
    typer.Option(
        "--output-format",
        envvar="SNNC_OUTPUT_FORMAT",
        show_envvar=False,
        help="One of full, concise, json, github, gitlab, sarif, junit; or $SNNC_OUTPUT_FORMAT.",
    ),
]
Config = Annotated[
    list[str] | None,
    typer.Option(
        "--config", metavar="KEY=VALUE", help="State a key of [tool.snnc], in TOML; repeatable."
    ),
]
NoCache = Annotated[bool, typer.Option("--no-cache", help="Neither read nor write .snnc_cache.")]
Watch = Annotated[bool, typer.Option("--watch", help="Run again at every change, until Ctrl-C.")]
Quiet = Annotated[bool, typer.Option("-q", "--quiet", help="Print findings only.")]
Html = Annotated[
    Path | None,
    typer.Option(help="Write this and the spec as built as a page, which loads nothing."),
]
