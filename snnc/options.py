"""The options of ``lint`` and ``build``, whoever read the command line."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class LintOptions:
    """The arguments of ``snnc lint``; each field is described where the command is declared."""

    paths: tuple[Path, ...] = ()
    settings: tuple[str, ...] = ()
    output_format: str = "full"
    fix: bool = False
    unsafe_fixes: bool = False
    diff: bool = False
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    config: tuple[str, ...] = ()
    statistics: bool = False
    add_ignore: bool = False
    stdin_filename: Path | None = None
    cache: bool = True
    watch: bool = False
    quiet: bool = False

    @property
    def flags(self) -> Mapping[str, tuple[str, ...]]:
        """The keys of the configuration that flags state."""
        every = {
            "select": self.select,
            "ignore": self.ignore,
            "extend_select": self.extend_select,
        }
        words = {key: _words(texts) for key, texts in every.items() if texts}
        return {**words, "exclude": self.exclude} if self.exclude else words

    @property
    def words(self) -> tuple[str, ...]:
        """All that findings depend on beside files."""
        return repr(sorted(self.flags.items())), repr(self.config)


@dataclass(frozen=True)
class BuildOptions:
    """The arguments of ``snnc build``; each field is described where the command is declared."""

    paths: tuple[Path, ...] = ()
    check: bool = False
    diff: bool = False
    force: bool = False
    out: Path | None = None
    settings: tuple[str, ...] = ()
    output_format: str = "full"
    config: tuple[str, ...] = ()
    cache: bool = True
    watch: bool = False
    quiet: bool = False

    @property
    def words(self) -> tuple[str, ...]:
        """All that packages depend on beside files."""
        return repr(self.settings), repr(self.out), repr(self.config)

    @property
    def alone(self) -> bool:
        """Whether it is about packages as their specs say, without options."""
        return not (self.settings or self.out)


def _words(texts: tuple[str, ...]) -> tuple[str, ...]:
    """The words of an option that may be repeated and have commas."""
    return tuple(word.strip() for text in texts for word in text.split(",") if word.strip())
