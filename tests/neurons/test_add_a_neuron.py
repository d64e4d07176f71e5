"""To add something is to write one file: here it is written, and found everywhere."""

import importlib
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import jsonschema
import pytest
import torch
from torch import Tensor

import snnc
from snnc import schema
from snnc.commands.explain import explain
from snnc.kinds import catalog
from snnc.reference_pages import pages
from snnc.rules import rules
from tests.support.cli import snnc as run
from tests.support.nets import document, pair, same

NEURON = '''
"""Sieve."""

from typing import ClassVar, Literal

from snnc.neuron import ResettingNeuron
from snnc.number import Decay


class Sieve(ResettingNeuron):
    """Keeps a share of its potential at every step.

    The share is ``keep``.
    """

    stem: ClassVar[str] = "sieve"
    step: ClassVar[str] = """
h = keep * v + x
s = spike(h - v_threshold)
v = reset(h, s)
"""

    kind: Literal["Sieve"] = "Sieve"
    keep: Decay = 0.75
'''
LAYER = '''
"""Softsign."""

from typing import ClassVar, Literal

from snnc.layer import Layer, Traits

from snnc.shapes import Shape


class Softsign(Layer):
    """x / (1 + |x|), element by element (torch.nn.Softsign)."""

    stem: ClassVar[str] = "softsign"
    torch: ClassVar[str] = "nn.Softsign"

    kind: Literal["Softsign"] = "Softsign"

    def traits(self, training: bool) -> Traits:
        return Traits(algebra="monotone")

    def shape(self, *inputs: Shape) -> Shape:
        return inputs[0]
'''
RULE = '''
"""no-doc."""

from snnc.rules import LintRule, finding


class NoDoc(LintRule):
    """A network that does not say what it is.

    ## Why is this bad?

    Nobody knows what it is for.

    ## Fix

    None: write a sentence as its ``doc``.
    """

    code = "SNN499"
    name = "no-doc"

    def check(self, document, graph):
        if not graph.doc:
            yield finding(self, document.tree.find(("name",))[0], "this network has no `doc`")


RULE = NoDoc()
'''
SPEC = """
[input]
shape = [6]
[network]
layers = [{{ kind = "Linear", name = "fc", out_features = 5 }}, {layer}]
"""


@contextmanager
def added(package: str, module: str, text: str, folder: Path) -> Iterator[None]:
    """``text`` as a module of ``package`` for a while."""
    (folder / f"{module}.py").write_text(text, "utf-8")
    path = importlib.import_module(package).__path__
    path.append(str(folder))
    forget(f"{package}.{module}")
    try:
        yield
    finally:
        path.remove(str(folder))
        forget(f"{package}.{module}")


def forget(module: str) -> None:
    sys.modules.pop(module, None)
    importlib.invalidate_caches()
    catalog.cache_clear()
    rules.cache_clear()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "added").mkdir()
    return tmp_path / "added"


@pytest.fixture
def sieve(folder: Path) -> Iterator[None]:
    with added("snnc.neurons", "sieve", NEURON, folder):
        yield


def net(layer: str) -> str:
    """A spec with this layer, written here."""
    document(Path(), SPEC.format(layer=layer))
    return "net.snn.toml"


def fields(spec: dict[str, object]) -> list[str]:
    validator = jsonschema.Draft202012Validator(schema.schema())
    return [error.message for error in validator.iter_errors(spec)]


def layers(*layers: object) -> dict[str, object]:
    head = {"format": 1, "name": "n", "time_steps": 1, "input": {"shape": [1]}}
    return {**head, "network": {"layers": [*layers]}}


def test_a_neuron_is_in_the_schema(sieve: None) -> None:
    assert fields(layers("Sieve", {"kind": "Sieve", "keep": 0.5})) == []
    assert fields(layers({"kind": "Sieve", "keep": 2.0})) != []
    assert fields({**layers("IF"), "defaults": {"Sieve": {"keap": 0.5}}}) != []


def test_a_neuron_is_linted(sieve: None) -> None:
    assert snnc.check(net('{ kind = "Sieve", keep = 0.5 }')) == ()
    Path("net.snn.toml").write_text(Path("net.snn.toml").read_text().replace("keep", "keap"))
    (finding,) = snnc.check("net.snn.toml")
    assert (finding.message, finding.help) == (
        "unknown key `keap` of Sieve",
        "did you mean `keep`?",
    )


def test_a_neuron_is_built_and_shown(sieve: None, capsys: pytest.CaptureFixture[str]) -> None:
    spec = net('"Sieve"')
    assert run(capsys, "build", spec).code == 0
    kernels = Path("net/kernels.py").read_text("utf-8")
    assert "class Sieve(FusedNeuron):" in kernels
    assert "STEP void sieve_step(" in kernels
    assert "__global__ void sieve_forward(" in kernels
    assert "sieve1  Sieve" in run(capsys, "show", spec).out


@pytest.mark.parametrize("backend", ["torch", "c"])
def test_a_neuron_runs(sieve: None, backend: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if backend == "c" and not shutil.which("cc"):
        pytest.skip("no C compiler")
    monkeypatch.setenv("SNNC_BACKEND", backend)
    nets = pair(document(Path(), SPEC.format(layer='{ kind = "Sieve", v_threshold = 0.5 }')))
    same(nets)


def test_its_backends_agree(sieve: None, monkeypatch: pytest.MonkeyPatch) -> None:
    if not shutil.which("cc"):
        pytest.skip("no C compiler")
    x = torch.rand(4, 6)
    module = snnc.compile(net('{ kind = "Sieve", v_threshold = 0.25 }'))

    def answer(backend: str) -> Tensor:
        monkeypatch.setenv("SNNC_BACKEND", backend)
        with torch.no_grad():
            y: Tensor = module(x)
        return y

    assert torch.equal(answer("torch"), answer("c"))
    assert 0 < answer("c").mean() < 1


def test_a_neuron_is_documented(sieve: None) -> None:
    assert "Keeps a share of its potential" in explain("Sieve")
    page = pages()["neurons.md"]
    assert "## Sieve\n\nKeeps a share of its potential at every step.\n" in page
    assert "| `keep` | `number ≥ 0, ≤ 1 or Value` | `0.75` |" in page


def test_a_layer(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with added("snnc.layers", "softsign", LAYER, folder):
        assert fields(layers({"kind": "Softsign", "name": "a"}, "IF")) == []
        spec = net('"Softsign", "IF"')
        assert snnc.check(spec) == ()
        assert "softsign1  Softsign" in run(capsys, "show", spec).out
        same(pair(snnc.load(spec)))
        assert "## Softsign" in pages()["layers.md"]


def test_a_rule(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with added("snnc.rules", "no_doc", RULE, folder):
        spec = net('"IF"')
        ran = run(capsys, "lint", spec, "--output-format", "concise")
        assert ran.out == "net.snn.toml:2:1: warning: SNN499 no-doc this network has no `doc`\n"
        assert explain("no-doc").startswith("SNN499 no-doc: lint rule (warning)\n")
        assert "## no-doc (SNN499)" in pages()["rules.md"]


def test_afterwards_all_is_as_before(folder: Path) -> None:
    before = schema.text()
    with added("snnc.neurons", "sieve", NEURON, folder):
        assert schema.text() != before
    assert schema.text() == before
    assert "Sieve" not in catalog("snnc.neurons")
