"""Arguments and options that several commands take."""

from pathlib import Path
from typing import Annotated

import typer

Paths = Annotated[
    list[Path] | None,
    typer.Argument(help="Specs, or folders that contain specs; by default, the whole project."),
]
Spec = Annotated[Path, typer.Argument(help="A spec, NAME.snn.toml.")]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Set a value of the spec; repeatable."),
]
Format = Annotated[
    str,
    typer.Option(
        "--output-format", help="One of full, concise, json, github, gitlab, sarif, junit."
    ),
]
Html = Annotated[
    Path | None,
    typer.Option(help="Write this and the spec as built as a page, which loads nothing."),
]
