"""Packages written to a folder, with their runtime beside them."""

from dataclasses import replace
from pathlib import Path

from snnc.emit.runtime import NAME
from snnc.emit.types import GeneratedFiles


def write(folder: Path, output: GeneratedFiles, name: str = "") -> Path:
    """Writes a package below ``folder``, and its runtime beside it; returns the package."""
    package = folder / (name or output.name)
    for root, texts in ((package, output.package), (folder / NAME, output.shared)):
        for file, text in texts.items():
            path = root / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
    return package


def replaced(output: GeneratedFiles, old: str, new: str) -> GeneratedFiles:
    """The same with another text in the package or, under a name of its own, in its runtime."""
    package, shared = (
        {name: text.replace(old, new) for name, text in texts.items()}
        for texts in (output.package, output.shared)
    )
    if shared == output.shared:
        return replace(output, package=package)
    where, other = output.runtime, f"{output.runtime.absolute}_{abs(hash((old, new)))}"
    package = {name: text.replace(where.absolute, other) for name, text in package.items()}
    runtime = replace(where, absolute=other, relative=other)
    return replace(output, package=package, shared=shared, runtime=runtime)
