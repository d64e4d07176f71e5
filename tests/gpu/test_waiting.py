"""Nobody waits for a GPU: neither a network forwards and backwards, nor its training script."""

import re
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor
from torch._subclasses.fake_tensor import DataDependentOutputException

import snnc
from benchmarks.gpu import counted
from benchmarks.gpu.pretended import pretended

ROOT = Path(__file__).parents[2]
ZOO = sorted(path.parent.name for path in ROOT.glob("specs/*/train.py"))
MATRIX = ROOT / "tests" / "matrix" / "forms"
FORMS = sorted(path.name.removesuffix(".snn.toml") for path in MATRIX.glob("*.snn.toml"))
READS = ("aminmax", "_local_scalar_dense", "is_nonzero", "equal", "nonzero", "unique")


@pytest.fixture(autouse=True)
def _specs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "specs"))


@pytest.mark.parametrize("name", ZOO)
def test_a_step_reads_nothing(name: str) -> None:
    """Data, forward, backward, optimizer, sums and checks; then an evaluation."""
    found = counted.step(name, batch=4)
    assert all(found.launches[part] for part in counted.PARTS)
    assert [n for n in found.names if any(read in n for read in READS)] == []


@pytest.mark.parametrize("form", FORMS)
def test_a_step_of_each_form_reads_nothing(
    form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cycles, delays, penalties, equations of one's own: what the zoo does not have."""
    name, spec = f"waits_{form}"[:32], tmp_path / "form.snn.toml"
    text = (MATRIX / f"{form}.snn.toml").read_text("utf-8")
    spec.write_text(re.sub("^name = .*", f'name = "{name}"', text, count=1, flags=re.M), "utf-8")
    made = snnc.emit(snnc.load(spec))
    for path, content in made.package.items():
        (tmp_path / name).mkdir(exist_ok=True)
        (tmp_path / name / path).write_text(content, "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    found = counted.step(name, batch=4)
    assert all(found.launches[part] for part in counted.PARTS)
    assert [n for n in found.names if any(read in n for read in READS)] == []


READERS: dict[str, Callable[[Tensor], object]] = {
    "item": lambda x: x.sum().item(),
    "float": lambda x: float(x.sum()),
    "bool": lambda x: bool(x.isfinite().all()),
    "if": lambda x: 1 if x.sum() else 0,
    "tolist": lambda x: x.tolist(),
    "aminmax": lambda x: [*map(float, torch.aminmax(x))],
    "nonzero": lambda x: x[x > 0],
}


@pytest.mark.parametrize("how", READERS)
def test_whoever_reads_is_noticed(how: str) -> None:
    """In a network, and in what is done with its loss."""
    train, kernels = import_module("digits_conv.train"), import_module("digits_conv.kernels")
    reads = READERS[how]
    with pretended(kernels, lambda *_: None), pytest.raises(RuntimeError):
        reads(torch.ones(3))
    batch = train.train_batch

    def spoiled(*arguments: Any) -> Any:
        loss, metric = batch(*arguments)
        reads(loss[None])
        return loss, metric

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(train, "train_batch", spoiled)
        with pytest.raises(RuntimeError):
            counted.step("digits_conv", batch=4)


def test_the_exception_is_the_one_for_reading() -> None:
    with (
        pretended(import_module("digits_conv.kernels"), lambda *_: None),
        pytest.raises(DataDependentOutputException, match="_local_scalar_dense"),
    ):
        torch.ones(3).sum().item()
