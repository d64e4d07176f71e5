"""All specs of one run of the linter: what only several of them together can show."""

from collections.abc import Sequence
from pathlib import Path

from snnc.checked import checked
from snnc.duplicates import duplicates
from snnc.source.diagnostic import Diagnostic


def findings(paths: Sequence[Path], settings: Sequence[str] = ()) -> list[Diagnostic]:
    """The findings in some specs, each as alone, and then those between them."""
    made = [checked(path, settings) for path in paths]
    pairs = zip(paths, made, strict=True)
    valid = [(path, one.document) for path, one in pairs if one.document is not None]
    found = [finding for one in made for finding in one.findings]
    return [*found, *(twin for _, _, twin in duplicates(valid))]
