"""Catalogues: a module is imported when one of its kinds is asked for."""

import importlib
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

from snnc.kinds import _kinds_of, catalog

FOLDERS = (
    "augmentations datasets encoders initializers layers losses metrics neurons optimizers "
    "penalties readouts schedulers surrogates threshold_rules"
).split()


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_texts_say_what_the_modules_have(folder: str) -> None:
    package = importlib.import_module(f"snnc.{folder}")
    modules = [f"{package.__name__}.{m.name}" for m in pkgutil.iter_modules(package.__path__)]
    every = [kind for module in modules for kind in _kinds_of(module)]
    names = sorted(kind.model_fields["kind"].default for kind in every)
    assert names == list(catalog(package.__name__))
    assert all(catalog(package.__name__)[k.model_fields["kind"].default] is k for k in every)


def test_only_the_kinds_of_a_spec_are_imported(tmp_path: Path) -> None:
    text = (
        'format = 1\nname = "net"\ntime_steps = 4\n[input]\nshape = [4]\n[network]\nlayers = ["IF"]'
    )
    (tmp_path / "net.snn.toml").write_text(text)
    code = "import snnc, sys; snnc.load('net.snn.toml'); print(*sys.modules)"
    command = [sys.executable, "-c", code]
    ran = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path)
    loaded = {name for name in ran.stdout.split() if name.startswith("snnc.neurons.")}
    assert loaded == {catalog("snnc.neurons")["IF"].__module__}


def test_two_kinds_of_one_name_are_told_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "twins"
    folder.mkdir()
    text = "from typing import Literal\nfrom snnc.kinds import Kind\nclass A(Kind):\n"
    text += '    kind: Literal["A"] = "A"\n'
    for name in ("__init__", "one", "two"):
        (folder / f"{name}.py").write_text(text if name != "__init__" else "")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(
        TypeError, match=r"two kinds are called A: those of twins\.one and twins\.two"
    ):
        catalog("twins")
