"""An open text with a cursor in it, and items of a completion for that."""

from dataclasses import dataclass
from pathlib import Path as FilePath

from lsprotocol.types import (
    CompletionItem,
    CompletionItemKind,
    MarkupContent,
    MarkupKind,
    TextEdit,
)

from snnc.lsp.analysis import Analysis
from snnc.lsp.chain import Chain
from snnc.lsp.cursor import Cursor
from snnc.lsp.names_at import Names, mended
from snnc.lsp.positions import TextPositions
from snnc.source.diagnostic import Span
from snnc.source.source import Source


@dataclass(frozen=True)
class CompletedText:
    """An open text: as it is, as it could last be read, and what was found in it."""

    path: FilePath
    positions: TextPositions
    analysis: Analysis
    last: Analysis

    def names(self, at: int) -> Names:
        """The names of the text, of which the line at the cursor may be half typed."""
        text, path = self.positions.read, self.path.as_posix()
        whole = self.analysis.sources
        source = whole[-1] if whole and not whole[-1].lost else mended(path, text, at)
        below = (whole or self.last.sources)[:-1]
        source = source or (self.last.sources or (_empty(path),))[-1]
        return Names(Chain((*below, source)), source, self.last)


def _empty(path: str) -> Source:
    found = mended(path, "", 0)
    assert found is not None  # nothing is a TOML document
    return found


@dataclass(frozen=True)
class ItemWriter:
    """The text, the cursor at the offset ``at``, and how an item is written there."""

    text: CompletedText
    cursor: Cursor
    at: int

    def quoted(self, word: str) -> str:
        return word if self.cursor.quoted else f'"{word}"'

    def item(
        self,
        label: str,
        kind: CompletionItemKind,
        detail: str = "",
        doc: str = "",
        written: str = "",
        span: Span | None = None,
    ) -> CompletionItem:
        place = self.text.positions.range(span or self.cursor.span)
        return CompletionItem(
            label,
            kind=kind,
            sort_text=f"{detail != 'required':d}{label}",
            detail=detail or None,
            documentation=MarkupContent(MarkupKind.Markdown, doc) if doc else None,
            filter_text=written or label,
            text_edit=TextEdit(place, written or label),
        )


def default_text(value: object) -> str:
    """A default as a spec writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else f'"{value}"' if isinstance(value, str) else str(value)
