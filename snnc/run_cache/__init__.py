"""The cache of runs that found no error: what was looked at, and what was found.

A run is known again if nothing that it depends on has changed: the texts of all specs and bases,
their real paths, the configurations, the options, the folders of packages, snnc itself and Python.
Texts are compared by content, never by time. An entry is signed with a key of the user, so that
nobody else's repository can bring one along. Whatever is odd about an entry, it is not used.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from snnc.run_cache.diagnostics import from_json, to_json
from snnc.run_cache.inputs import Inputs, inputs_of, unchanged
from snnc.run_cache.packages import CachedPackages
from snnc.run_cache.store import Store
from snnc.source.diagnostic import Diagnostic

if TYPE_CHECKING:
    from snnc.linting import LintRun

OFF = "SNNC_NO_CACHE"


@dataclass(frozen=True)
class CachedRun:
    """The place of a run in the cache: of some specs, under some options."""

    store: Store
    name: str
    paths: Sequence[Path]

    def findings(self) -> tuple[Diagnostic, ...] | None:
        """The findings of an equal run before; None if there was none, or something changed."""
        body = self.store.read(self.name)
        try:
            return _known(body, self.paths) if isinstance(body, dict) else None
        except (KeyError, TypeError, ValueError, OSError):
            return None

    def keep(self, run: "LintRun") -> None:
        """Remembers a run that has just ended, if it found no error."""
        texts = {source.path: source.text for source in run.sources}
        wrong = any(each.severity == "error" for each in run.findings)
        rows = None if wrong else to_json(run.findings, texts)
        inputs = None if rows is None else inputs_of(texts, run.folders, self.paths)
        if inputs is not None:
            self.store.write(self.name, {"inputs": vars(inputs), "findings": rows})


def entry(paths: Sequence[Path], options: Sequence[str]) -> CachedRun | None:
    """The entry of a run; ``options`` are all that it depends on beside files. None: no cache."""
    store = None if os.environ.get(OFF) else Store.here()
    if store is None:
        return None
    return CachedRun(store, store.name([str(Path.cwd()), *options, *map(str, paths)]), paths)


def packages(
    specs: Sequence[Path],
    searched: Sequence[Path],
    options: Sequence[str],
    check: bool,
    further: bool,
) -> CachedPackages | None:
    """The entry of a build of ``specs``, which are in ``searched``, as of a run. None: no cache."""
    store = None if os.environ.get(OFF) else Store.here()
    if store is None:
        return None
    words = [str(Path.cwd()), "build", repr(check), *options, *map(str, specs)]
    name = store.name(words, templates=True)
    return CachedPackages(store, name, specs, searched, check, further)


def _known(body: Mapping[str, Any], paths: Sequence[Path]) -> tuple[Diagnostic, ...] | None:
    texts = unchanged(Inputs(**body["inputs"]), paths)
    return None if texts is None else from_json(body["findings"], texts)
