"""Actions of an editor on findings: their fixes, and all safe fixes of a file at once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from lsprotocol import types

import snnc
from snnc.fixes import fixes_of
from snnc.fixes.comments import ignoring
from snnc.fixing import fixed
from snnc.lsp.diagnostics import diagnostic_of
from snnc.lsp.edits import EditSupport, workspace_edit
from snnc.lsp.workspace import OpenSpec, OpenSpecs, real_path
from snnc.source.diagnostic import Diagnostic, Edit, Fix, Place, Span
from snnc.source.reading import one_line_end

FIX_ALL = types.CodeActionKind.SourceFixAll


@dataclass(frozen=True)
class Actions:
    """The actions in an open text for a client."""

    open: OpenSpecs
    spec: OpenSpec
    support: EditSupport

    def among(self, params: types.CodeActionParams) -> Iterator[types.CodeAction]:
        """The actions that a client asks for, in the part of the text that it names."""
        only = params.context.only
        if _wanted(types.CodeActionKind.QuickFix, only):
            ends = (params.range.start, params.range.end)
            start, end = (self.spec.positions.offset(position) for position in ends)
            for finding in dict.fromkeys(self.open.analysis(self.spec).findings):
                span = finding.place.span
                own = finding.place.path == self.spec.path.as_posix()
                if own and span.start <= end and start <= span.end:
                    yield from self.of(finding)
        if only and _wanted(FIX_ALL, only):
            yield from self.all()

    def of(self, finding: Diagnostic) -> Iterator[types.CodeAction]:
        """The fixes of a finding, the likeliest first, and a comment that ignores a rule."""
        for number, fix in enumerate(fixes_of(finding)):
            yield self.answer(finding, fix, number == 0 and fix.safety == "safe")
        if finding.of_rule:
            comment = ignoring(finding.place, [finding.name])
            yield self.answer(finding, Fix(f"Ignore {finding.name} here", (comment,)), False)

    def answer(self, finding: Diagnostic, fix: Fix, preferred: bool) -> types.CodeAction:
        """The action that carries out a fix."""
        return types.CodeAction(
            title=_title(fix, self.support),
            kind=types.CodeActionKind.QuickFix,
            diagnostics=[diagnostic_of(finding, self.open.locate)],
            is_preferred=preferred,
            edit=workspace_edit(self.open, fix.edits, fix.warning, self.support),
        )

    def all(self) -> Iterator[types.CodeAction]:
        """All safe fixes of the file, each linted again, as one edit."""
        real = real_path(self.spec.path)
        with self.open.unsaved():
            run = fixed([self.spec.path], snnc.check_all)
        if real not in run.changed:
            return
        new = one_line_end(run.changed[real][1].decode())
        edit = _difference(Place(self.spec.path.as_posix(), self.spec.text, Span(0, 0)), new)
        yield types.CodeAction(
            title="Fix all that is certain",
            kind=FIX_ALL,
            edit=workspace_edit(self.open, [edit], "", self.support),
        )


def _wanted(kind: types.CodeActionKind, only: Sequence[str] | None) -> bool:
    """Whether a client wants this kind of action; a kind is wanted with those below it."""
    return not only or any(f"{kind.value}.".startswith(f"{each!s}.") for each in only)


def _title(fix: Fix, support: EditSupport) -> str:
    """The title of an action, with the warning if the client shows that nowhere else."""
    warned = f" ({fix.warning})" if fix.warning and not support.annotations else ""
    return f"{fix.title}{warned}"


def _difference(place: Place, new: str) -> Edit:
    """The shortest stretch of a text by which another differs."""
    old = place.text
    start = next((n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), None)
    start = min(len(old), len(new)) if start is None else start
    most = min(len(old), len(new)) - start
    same = next((n for n in range(most) if old[-1 - n] != new[-1 - n]), most)
    span = Span(start, len(old) - same)
    return Edit(replace(place, span=span), new[start : len(new) - same])
