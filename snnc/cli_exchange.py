"""The groups ``snnc import`` and ``snnc export``."""

import typer

from snnc.cli_export import export_onnx, export_safetensors, export_torch
from snnc.cli_import import importing
from snnc.cli_nir import export_nir, import_nir

exporting = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

importing.command("nir")(import_nir)
exporting.command("nir")(export_nir)
exporting.command("onnx")(export_onnx)
exporting.command("torch")(export_torch)
exporting.command("safetensors")(export_safetensors)


@exporting.callback()
def export() -> None:
    """Take a network elsewhere."""


def add_to(app: typer.Typer) -> tuple[typer.Typer, typer.Typer]:
    """Adds both groups to the command line."""
    app.add_typer(importing, name="import", help="Turn a network from elsewhere into a spec.")
    app.add_typer(exporting, name="export", help="Write a network in a format of others.")
    return importing, exporting
