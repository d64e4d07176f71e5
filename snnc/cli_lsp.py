"""The command ``snnc lsp``."""

from typing import Annotated

import typer

from snnc import terminal


def language_server(
    stdio: Annotated[
        bool, typer.Option("--stdio", help="Accepted, as some editors add it: nothing changes.")
    ] = False,
) -> None:
    """Start the language server, to which an editor talks over stdin and stdout.

    The command needs pygls: pip install 'snnc[lsp]'. Exit code 0: the editor has ended it; 1: the
    editor has gone without a word; 2: the command could not run.
    """
    terminal.needs("pygls", "lsp", "the language server")
    from snnc.lsp.features import server

    server().start_io()
