"""Names of packages that would hide others, or that cannot be folders, are refused."""

from pathlib import Path

import pytest

import snnc
from snnc.document import Document
from snnc.source.diagnostic import Findings
from tests.support.cli import SPEC

HIDING = ("torch", "json", "typing", "os.path", "numpy.x", "snnc", "snnc.x")
ODD = ("__init__", "__pycache__", "lab.__init__", "lab.class", "lab..models", "1a", "", "lab.é")
LONG = ("a" * 300, "lab." + "a" * 65, ".".join("a" * 3000))
GOOD = ("lab.models", "lab.torch", "_lab", "model", "a" * 64)


def loaded(folder: Path, key: str, name: str) -> Document:
    path = folder / "net.snn.toml"
    path.write_text(f'{SPEC}[build]\n{key} = "{name}"\n', "utf-8")
    return snnc.load(path)


@pytest.mark.parametrize("key", ["package", "runtime"])
@pytest.mark.parametrize(
    ("names", "said"), [(HIDING, "would hide"), (ODD, "name of a package"), (LONG, "too long")]
)
def test_refused(tmp_path: Path, key: str, names: tuple[str, ...], said: str) -> None:
    for name in names:
        with pytest.raises(Findings, match=said) as caught:
            loaded(tmp_path, key, name)
        (found,) = caught.value.diagnostics
        assert found.code == "SNN206"
        assert found.place.span.start == len(f"{SPEC}[build]\n{key} = ")


@pytest.mark.parametrize("key", ["package", "runtime"])
def test_allowed(tmp_path: Path, key: str) -> None:
    for name in GOOD:
        assert getattr(loaded(tmp_path, key, name).spec.build, key) == name


@pytest.mark.parametrize("name", ["beside", "inside", "snn_runtime"])
def test_words_for_the_runtime(tmp_path: Path, name: str) -> None:
    assert loaded(tmp_path, "runtime", name).spec.build.runtime == name
