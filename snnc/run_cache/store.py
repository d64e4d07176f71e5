"""Signed files in ``.snnc_cache``, in the project's root."""

import hashlib
import hmac
import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import snnc
from snnc.source.reading import NotRegular, TooLarge, project, regular

FOLDER = ".snnc_cache"
_MOST_BYTES = 50_000_000
_KEPT = 50
"""Entries; the oldest goes."""
_HEAD = {
    ".gitignore": b"*\n",
    "CACHEDIR.TAG": b"Signature: 8a477f597d28d172789f06886806bc55\n# The cache of snnc.\n",
}
_NEEDED = ("pydantic", "pydantic_core", "pathspec")
_WRITING = ("jinja2", "markupsafe", "networkx")
_ROOT = Path(snnc.__file__).parent


@dataclass(frozen=True)
class Store:
    """A folder of entries, and the key that signs them."""

    folder: Path
    key: bytes

    @staticmethod
    def here() -> "Store | None":
        """The cache of the project around the current folder; None without a key of the user."""
        key = _key()
        return Store(project(Path("x")) / FOLDER, key) if key else None

    def name(self, words: Sequence[str], templates: bool = False) -> str:
        """The name of the entry of a run: of its words, of snnc and of Python.

        ``templates``: also of all that makes generated files.
        """
        every = json.dumps([*words, *_program(), *(_templates() if templates else ())])
        return hashlib.sha256(every.encode(errors="surrogatepass")).hexdigest()

    def read(self, name: str) -> object:
        """The entry of a name; None if there is none, or if somebody else wrote it."""
        try:
            signature, _, text = regular(self.folder / name, _MOST_BYTES).partition(b"\n")
            if self.folder.is_symlink() or not self._signed(name, text, signature):
                return None
            found: object = json.loads(text)
        except (OSError, NotRegular, TooLarge, ValueError, RecursionError):
            return None
        return found

    def write(self, name: str, body: object) -> None:
        """Keeps an entry, if that can be done; a cache that cannot be written is none."""
        from snnc.project import replace

        text = json.dumps(body).encode()
        with suppress(OSError):
            if self.folder.is_symlink():
                return
            self.folder.mkdir(exist_ok=True)
            head = {n: data for n, data in _HEAD.items() if not (self.folder / n).exists()}
            every = {**head, name: self._signature(name, text) + b"\n" + text}
            replace({self.folder / file: data for file, data in every.items()})
            self._prune()

    def _signature(self, name: str, text: bytes) -> bytes:
        return hmac.new(self.key, name.encode() + text, "sha256").hexdigest().encode()

    def _signed(self, name: str, text: bytes, signature: bytes) -> bool:
        return hmac.compare_digest(self._signature(name, text), signature)

    def _prune(self) -> None:
        entries = [entry for entry in os.scandir(self.folder) if entry.name not in _HEAD]
        entries.sort(key=lambda entry: entry.stat(follow_symlinks=False).st_mtime_ns, reverse=True)
        for old in entries[_KEPT:]:
            Path(old.path).unlink(missing_ok=True)


def _key() -> bytes | None:
    """The key of this user, made when it is first needed; None where there is no home for it."""
    if "HOME" not in os.environ:
        return None
    home = os.environ.get("XDG_CACHE_HOME") or str(Path("~/.cache").expanduser())
    path = Path(home, "snnc", "key")
    if not path.is_absolute():
        return None
    try:
        return _made(path)
    except (OSError, NotRegular, TooLarge):
        return None


def _made(path: Path) -> bytes:
    with suppress(FileNotFoundError):
        return regular(path, 1000) or os.urandom(32)
    path.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError):
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(os.urandom(32))
    return regular(path, 1000) or os.urandom(32)


def _program() -> Iterator[str]:
    """The version of snnc and of Python, and every file of snnc: whoever works on it changes it."""
    yield from (snnc.__version__, sys.version, str(sys.flags.optimize))
    yield from map(_library, _NEEDED)
    yield from _files(_ROOT, (".py", ".toml"))


def _templates() -> Iterator[str]:
    """All that generated files are made with, beside snnc's own modules."""
    yield from map(_library, _WRITING)
    for folder in (_ROOT / "templates", _ROOT.parent / "templates"):
        yield from _files(folder, (".py", ".jinja", ".typed"))


def _files(root: Path, ends: tuple[str, ...]) -> Iterator[str]:
    folders = [str(root)] if root.is_dir() else []
    while folders:
        for entry in sorted(os.scandir(folders.pop()), key=lambda entry: entry.name):
            if entry.is_dir() and entry.name != "__pycache__":
                folders.append(entry.path)
            elif entry.name.endswith(ends):
                stat = entry.stat()
                yield f"{entry.path}:{stat.st_size}:{stat.st_mtime_ns}"


def _library(name: str) -> str:
    """Size and date of the file that states the version of a library, or of its first one."""
    found = find_spec(name)
    origin = found.origin if found else None
    return _stamp(Path(origin).with_name("version.py"), Path(origin)) if origin else ""


def _stamp(*paths: Path) -> str:
    path = next((path for path in paths if path.exists()), None)
    stat = path.stat() if path else None
    return f"{path}:{stat.st_size}:{stat.st_mtime_ns}" if stat else ""
