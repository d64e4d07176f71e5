"""Words that may stand at a cursor: keys, kinds, values, names of layers and variables, rules."""

import os
import re
from collections.abc import Iterator
from pathlib import Path as FilePath

from lsprotocol.types import CompletionItem, CompletionItemKind, Position

from snnc.layer import Layer
from snnc.lsp import grammar
from snnc.lsp.chain import NETWORK
from snnc.lsp.cursor import cursor
from snnc.lsp.items import CompletedText, ItemWriter, default_text
from snnc.lsp.kind_docs import doc_of, known, required
from snnc.lsp.names_at import Name, Names
from snnc.rules import rules
from snnc.source.diagnostic import Span
from snnc.source.reading import SUFFIX
from snnc.source.tree import Path

_WORD = re.compile(r"[^\W\d]?\w*\Z")
_IGNORE = re.compile(r"#\s*snnc:\s*(?:file-)?ignore\[[^\]]*\Z")
_SECTIONS = {"layers": ("blocks", "neurons"), "surrogate": ("surrogates",)}
_KEYS = ("name", "from", "when", "repeat", "first")
"""Keys that the use of a block has beside its parameters."""
_OF_NEURONS = ("initial", "feedback")
_OF_SPIKING = ("surrogate", "reset", "v_reset", "detach_reset")


def completions(text: CompletedText, position: Position) -> list[CompletionItem]:
    """The items for a position."""
    at = text.positions.offset(position)
    found = cursor(text.positions.read, at)
    return [*_Completer(text, found, at).items()]


class _Completer(ItemWriter):
    """The items for one cursor."""

    def items(self) -> Iterator[CompletionItem]:
        if self.cursor.in_comment:
            yield from self.rules()
        elif self.cursor.in_header:
            yield from self.headers()
        elif self.cursor.at_key:
            yield from self.keys()
        else:
            yield from self.values()

    def names(self) -> Names:
        return self.text.names(self.at)

    def kind(self, path: Path) -> str:
        """The kind that an open table around the cursor states."""
        frame = next((f for f in self.cursor.frames if f.path == path), None)
        typed = self.cursor.path == (*path, "kind")  # it is not known yet
        return self.cursor.kind(frame) if frame and not typed else ""

    def rules(self) -> Iterator[CompletionItem]:
        """Names of rules in a comment that ignores some."""
        line = self.cursor.text[: self.at].rpartition("\n")[2]
        if _IGNORE.search(line):
            word = re.compile(r"[\w-]*\Z").search(line)
            span = Span(self.at - len(word[0] if word else ""), self.at)
            for rule in rules():
                yield self.item(rule.name, CompletionItemKind.Constant, rule.code, span=span)

    def headers(self) -> Iterator[CompletionItem]:
        path = self.cursor.path
        tables = [k for k in grammar.keys(path, self.kind) if self.is_table((*path, k))]
        for name in tables:
            key = grammar.key((*path, name), self.kind)
            yield self.item(name, CompletionItemKind.Module, "", key.doc if key else "")
        if path[-1:] == ("patch",):
            yield from self.named(self.names().layer_names(path[:-1]), CompletionItemKind.Field)

    def is_table(self, path: Path) -> bool:
        return grammar.is_table(path, self.kind) or path in (("vars",), ("defaults",))

    def keys(self) -> Iterator[CompletionItem]:
        """The keys that are missing in the table."""
        path, there = self.cursor.path, {*self.cursor.siblings}
        there.discard(self.cursor.text[slice(*self.cursor.span)])
        if path[-1:] == ("first",):  # it has the keys of its layer
            path = path[:-1]
        kind, names = self.kind(path), self.names()
        if path[:1] == ("defaults",) and len(path) > 1:
            kind = str(path[1])
        needed = required(known(kind, self.field(path)))
        for key in self.possible(path, kind, names):
            if key.name not in there:
                told = f"{key.values}\n\n{key.doc}" if key.values else key.doc
                detail = "required" if key.name in needed else default_text(key.default)
                yield self.key(key.name, detail, told)
        more = [*names.parameters(kind)]
        more += [*names.layer_names(path[:-1])] if path[-1:] == ("patch",) else []
        more += [*names.outputs()] if path[-1:] == ("losses",) else []
        for name in more:
            if name.name not in there:
                yield self.key(name.name, name.what, name.doc)

    def possible(self, path: Path, kind: str, names: Names) -> list[grammar.Key]:
        """The keys of a table that the language knows; own kinds are like IF."""
        own = kind in names.chain.blocks or kind in names.chain.kinds
        if not own or self.field(path) != "layers":
            return [*grammar.keys(path, self.kind).values()]
        like = grammar.keys(path, lambda at: "IF" if at == path else self.kind(at))
        spikes = names.spikes(kind)
        wanted = (
            *_KEYS,
            *(_OF_SPIKING if spikes else ()),
            *(_OF_NEURONS if kind in names.chain.kinds else ()),
        )
        return [key for name, key in like.items() if name in wanted]

    def key(self, name: str, detail: str, doc: str) -> CompletionItem:
        """A key, with its ``=`` unless that is there."""
        behind = self.cursor.text[self.cursor.span.end :].lstrip(" \t")
        written = name if behind[:1] in ("=", ".") else f"{name} = "
        return self.item(name, CompletionItemKind.Property, detail, doc, written)

    def values(self) -> Iterator[CompletionItem]:
        path, last = self.cursor.path, str(self.cursor.path[-1]) if self.cursor.path else ""
        if self.cursor.quoted and self.cursor.typed.startswith("$"):
            yield from self.references()
        elif path[:1] in (("neurons",), ("surrogates",)) and last in ("step", "gradient"):
            yield from self.equations()
        elif last == "extends" or path[:1] == ("extends",):
            yield from self.bases()
        elif reads := self.reads(path):
            yield from self.named(reads, CompletionItemKind.Field)
        else:
            yield from self.plain()
            yield from () if self.cursor.quoted else self.references()

    def plain(self) -> Iterator[CompletionItem]:
        """Values that the language names, and kinds of the file."""
        path = self.cursor.path
        field = self.field(path)
        example = isinstance(path[-1], int) and not self.cursor.quoted
        for value in grammar.values(path, self.kind):
            if isinstance(value, str):
                yield self.chosen(value, field, example)
            else:
                yield self.item(default_text(value), CompletionItemKind.Value)
        for section in _SECTIONS.get(field, ()):
            yield from self.named(self.names().kinds(section), CompletionItemKind.Class)

    def field(self, path: Path) -> str:
        """The field of which a value is a kind: "layers", "surrogate"; "" if it is none."""
        steps = path[:-1] if path[-1:] == ("kind",) else path
        named = [step for step in steps if isinstance(step, str)]
        last = named[-1] if named else ""
        return "layers" if last in ("layers", "before", "after", "feedback") else last

    def chosen(self, value: str, field: str, example: bool) -> CompletionItem:
        """A word; a kind has a description, and a layer in a list comes with what it needs."""
        kind = known(value, field)
        if kind is None:
            return self.item(value, CompletionItemKind.EnumMember, written=self.quoted(value))
        written = kind.example if example and issubclass(kind, Layer) else ""
        doc = doc_of(value, kind)
        return self.item(value, CompletionItemKind.Class, "", doc, written or self.quoted(value))

    def reads(self, path: Path) -> list[Name]:
        """The names that may stand at a place that names a layer or an output."""
        field = str(path[-2]) if path and isinstance(path[-1], int) and len(path) > 1 else path[-1]
        if field == "of":
            metric = "metric" in path
            return [*(self.names().outputs() if metric else self.names().layer_names(NETWORK))]
        if field != "from":
            return []
        return [*self.names().readable(*self.owner(path))]

    def owner(self, path: Path) -> tuple[Path, int | None]:
        """The list that a layer is in, and its position there."""
        owner: Path = path[:2] if path[0] == "blocks" else NETWORK
        at = path.index("layers") if "layers" in path else -1
        position = path[at + 1] if at >= 0 and at + 1 < len(path) else None
        return owner, position if isinstance(position, int) else None

    def references(self) -> Iterator[CompletionItem]:
        """Variables, and parameters of the block around."""
        path = self.cursor.path
        block = str(path[1]) if path[0] == "blocks" and len(path) > 1 else ""
        span = self.cursor.span
        if self.cursor.typed.startswith("${"):
            span = self.word()
        for name in self.names().variables(block) if path[0] != "extends" else ():
            inside = span != self.cursor.span
            written = name.name if inside else self.quoted(f"${name.name}")
            kind = CompletionItemKind.Variable
            label = name.name if inside else f"${name.name}"
            yield self.item(label, kind, name.what, name.doc, written, span)

    def equations(self) -> Iterator[CompletionItem]:
        for name in self.names().in_equations(str(self.cursor.path[1])):
            function = name.what == "function"
            kind = CompletionItemKind.Function if function else CompletionItemKind.Variable
            yield self.item(name.name, kind, name.what, name.doc, span=self.word())

    def word(self) -> Span:
        """The name before the cursor, within an expression."""
        found = _WORD.search(self.cursor.text[self.cursor.span.start : self.at])
        return Span(self.at - len(found[0] if found else ""), self.at)

    def bases(self) -> Iterator[CompletionItem]:
        """Specs in the folder that the path leads to so far."""
        around = self.cursor.typed.rpartition("/")[0]
        folder = FilePath(os.path.normpath(self.text.path.parent / around))
        for found in sorted(folder.glob(f"*{SUFFIX}")) if folder.is_dir() else ():
            if found != self.text.path:
                path = f"{around}/{found.name}" if around else found.name
                yield self.item(path, CompletionItemKind.File, written=self.quoted(path))

    def named(
        self, names: Iterator[Name] | list[Name], kind: CompletionItemKind
    ) -> Iterator[CompletionItem]:
        for name in names:
            written = name.name if self.cursor.in_header else self.quoted(name.name)
            yield self.item(name.name, kind, name.what, name.doc, written)
