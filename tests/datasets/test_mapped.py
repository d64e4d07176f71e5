"""Samples that stay in files: .npy that are mapped, whole or in parts."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tests.runtime.runtime import module
from tests.training.packages import LAYERS, MSE, SGD, assert_same, build, run, undrawn

mapped = module("training.mapped")
NPY = '{ kind = "npy", path = "big", white = 255, validation = 0.2 }'
NPZ = '{ kind = "npz", path = "small.npz", white = 255, validation = 0.2 }'


def arrays() -> dict[str, Any]:
    random = np.random.RandomState(0)
    found = {}
    for split, count in (("train", 60), ("test", 20)):
        found[f"x_{split}"] = random.randint(256, size=(count, 1, 8, 8)).astype("uint8")
        found[f"y_{split}"] = random.randint(10, size=count)
    return found


def written(folder: Path, parts: int = 1) -> None:
    (folder / "big").mkdir(exist_ok=True)
    np.savez(folder / "small.npz", **arrays())
    for name, array in arrays().items():
        if parts == 1 or name != "x_train":
            np.save(folder / "big" / f"{name}.npy", array)
            continue
        for number, part in enumerate(np.array_split(array, parts)):
            np.save(folder / "big" / f"{name}_{number}.npy", part)


@pytest.mark.parametrize("parts", [1, 12])
def test_a_run_is_that_of_arrays_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, parts: int
) -> None:
    monkeypatch.chdir(tmp_path)
    written(tmp_path, parts)
    states = []
    for name, dataset in (("npy", NPY), ("npz", NPZ)):
        script = build(tmp_path, f"net_{name}{parts}", MSE + SGD, dataset=dataset)
        undrawn(script, monkeypatch)
        flags = ("--data-dir", ".", "--batch-size", "16", "--epochs", "2")
        states.append(run(script, tmp_path / name, *flags))
    assert_same(states[0]["model"], states[1]["model"])
    assert_same(states[0]["history"], states[1]["history"])
    script = build(tmp_path, f"net_npy{parts}", MSE + SGD, dataset=NPY)
    usual = ("--data-dir", ".", "--batch-size", "16")
    workers = run(script, tmp_path / "workers", *usual, "--epochs", "2", "--workers", "1")
    assert_same(workers["model"], states[0]["model"])
    longer = run(script, tmp_path / "npy", *usual, "--epochs", "3", "--resume")
    assert len(longer["history"]) == 3


def test_a_batch_reads_its_own_rows_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path, 12)
    samples = mapped.Mapped(mapped.files(tmp_path / "big", "x_train"))
    opened: list[str] = []
    original = mapped.opened

    def counted(path: Path) -> Any:
        opened.append(path.stem)
        return original(path)

    monkeypatch.setattr(mapped, "opened", counted)
    rows = torch.tensor([58, 3, 0, 3])
    assert torch.equal(samples[rows], torch.from_numpy(arrays()["x_train"])[rows])
    assert sorted(opened) == ["x_train_0", "x_train_11"]
    assert torch.equal(samples.at(rows)[1], samples[3])
    assert samples.at(slice(7)).shape == (7, 1, 8, 8)
    assert isinstance(original(tmp_path / "big/x_test.npy"), np.memmap)


FAULTS = {
    "no file": (None, "There is no big/x_train.npy: `numpy.save` writes it"),
    "no array": (b"text", "big/x_train.npy cannot be read"),
    "words": (np.array(["a", "b"]), "is no .npy file with an array of numbers"),
    "objects": (np.array([None, {}], dtype=object), "big/x_train.npy cannot be read"),
    "shape": (np.zeros((3, 2, 2), "float32"), "A sample of x is (2, 2) instead of (1, 8, 8)."),
    "empty": (np.zeros((0, 1, 8, 8), "float32"), "There are no samples"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_faults_are_told_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any, fault: str
) -> None:
    monkeypatch.chdir(tmp_path)
    written(tmp_path)
    content, said = FAULTS[fault]
    path = Path("big/x_train.npy")
    if content is None:
        path.unlink()
    elif isinstance(content, bytes):
        path.write_bytes(content)
    else:
        np.save(path, content, allow_pickle=True)
    script = build(tmp_path, "net_faulty", MSE + SGD, layers=LAYERS, dataset=NPY)
    assert script.main(["--data-dir", ".", "--out-dir", "run"]) == 1
    told = capsys.readouterr().err
    assert said in told
    assert len(told.splitlines()) == 1


def test_parts_have_to_be_alike(tmp_path: Path) -> None:
    written(tmp_path, 12)
    np.save(tmp_path / "big/x_train_7.npy", np.zeros((5, 1, 8, 8), "float32"))
    with pytest.raises(mapped.RunError, match=r"x_train_7.npy holds float32 .* and not uint8"):
        mapped.Mapped(mapped.files(tmp_path / "big", "x_train"))
