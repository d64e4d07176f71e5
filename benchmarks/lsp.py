"""The language server as an editor feels it: milliseconds from an edit to its diagnostics.

    python benchmarks/lsp.py specs/sew_resnet18.snn.toml --edits 100

Each edit goes to a server of its own process over stdin and stdout, and its answer is waited for.
Edits differ, so that no answer is known from before; every other one makes a mistake.
"""

import argparse
import asyncio
import statistics
import sys
import time
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls.lsp.client import LanguageClient

COMMAND = (sys.executable, "-c", "from snnc.cli import main; main()", "lsp")
REQUESTS = ("completion", "hover", "inlay_hint", "document_symbol")


def main() -> int:
    """Prints the time of an edit and of each sort of request."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("spec", type=Path, nargs="?", default="specs/sew_resnet18.snn.toml")
    parser.add_argument("--edits", type=int, default=100)
    args = parser.parse_args()
    figures = asyncio.run(measured(args.spec.resolve(), args.edits))
    for name, times in figures.items():
        median, worst = statistics.median(times), max(times)
        print(f"{name:<16} median {median * 1e3:7.1f} ms   worst {worst * 1e3:7.1f} ms")
    return 0


async def measured(spec: Path, edits: int) -> dict[str, list[float]]:
    """The times of opening, of edits and of requests, in seconds."""
    client, uri, text = LanguageClient("benchmark", "1"), spec.as_uri(), spec.read_text("utf-8")
    answers: asyncio.Queue[types.PublishDiagnosticsParams] = asyncio.Queue()
    untyped: Any = client

    def published(params: types.PublishDiagnosticsParams) -> None:
        answers.put_nowait(params)

    untyped.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)(published)
    await client.start_io(*COMMAND)
    capabilities = types.ClientCapabilities()
    root = spec.parent.as_uri()
    await client.initialize_async(types.InitializeParams(capabilities=capabilities, root_uri=root))
    began = time.perf_counter()
    item = types.TextDocumentItem(uri, "toml", 0, text)
    client.text_document_did_open(types.DidOpenTextDocumentParams(item))
    await answers.get()
    figures = {"open": [time.perf_counter() - began], "edit": []}
    for version in range(1, edits + 1):
        figures["edit"].append(await edited(client, answers, uri, text, version))
    for name in REQUESTS:
        figures[name] = [await requested(client, name, uri, text) for _ in range(10)]
    await client.shutdown_async(None)
    client.exit(None)
    await untyped.stop()
    return figures


async def edited(client: LanguageClient, answers: Any, uri: str, text: str, version: int) -> float:
    """The time of one edit: another comment and, every other time, a key that does not exist."""
    new = f"{text}# {version}\n"
    if version % 2:
        new = new.replace("kernel_size = 3", "kernel_siz = 3", 1)
    document = types.VersionedTextDocumentIdentifier(version=version, uri=uri)
    change = types.TextDocumentContentChangeWholeDocument(new)
    began = time.perf_counter()
    client.text_document_did_change(types.DidChangeTextDocumentParams(document, [change]))
    while (await answers.get()).version != version:
        pass
    return time.perf_counter() - began


async def requested(client: LanguageClient, name: str, uri: str, text: str) -> float:
    """The time of one request, at the last layer that has a name."""
    document = types.TextDocumentIdentifier(uri)
    before = text[: text.rindex("name = ") + len('name = "')]
    position = types.Position(before.count("\n"), len(before.rpartition("\n")[2]))
    whole = types.Range(types.Position(0, 0), types.Position(text.count("\n"), 0))
    params: dict[str, Any] = {
        "completion": lambda: types.CompletionParams(document, position),
        "hover": lambda: types.HoverParams(document, position),
        "inlay_hint": lambda: types.InlayHintParams(document, whole),
        "document_symbol": lambda: types.DocumentSymbolParams(document),
    }
    began = time.perf_counter()
    await getattr(client, f"text_document_{name}_async")(params[name]())
    return time.perf_counter() - began


if __name__ == "__main__":
    sys.exit(main())
