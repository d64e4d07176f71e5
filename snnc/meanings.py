"""The documentation of codes, for formats that bring it along."""

from collections.abc import Iterator, Mapping, Sequence

from snnc.codes import errors
from snnc.formats import Meaning
from snnc.rules import documentation, rules


def meanings(codes: Sequence[str]) -> Mapping[str, Meaning]:
    """The texts on those of the codes that are documented."""
    return {code: meaning for code, meaning in _all() if code in codes}


def _all() -> Iterator[tuple[str, Meaning]]:
    for error in errors():
        yield error.code, Meaning(error.doc.split("\n\n")[0].replace("\n", " "), error.doc)
    for rule in rules():
        found = {heading: text.replace("``", "`") for heading, text in documentation(rule).items()}
        whole = (f"## {heading}\n\n{text}" if heading else text for heading, text in found.items())
        yield rule.code, Meaning(found[""].replace("\n", " "), "\n\n".join(whole))
