"""A last batch of one sample is told before the first epoch; an autoencoder needs no labels."""

from pathlib import Path

import numpy as np
import pytest

from tests.training.packages import SGD, build, undrawn

LAYERS = """
  { kind = "Linear", out_features = 8 }, { kind = "BatchNorm1d", stats = "step" }, "LIF",
  { kind = "Linear", out_features = 3 }, { kind = "BatchNorm1d", stats = "step" }, "LIF","""
NPZ = '{ kind = "npz", path = "d.npz" }'


def test_a_last_batch_of_one_sample(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    x, y = np.random.default_rng(0).random((51, 6), np.float32), np.arange(51) % 3
    np.savez(tmp_path / "d.npz", x_train=x, y_train=y, x_test=x[:9], y_test=y[:9])
    script = build(tmp_path, "single", 'loss = "mse"\n' + SGD, "", LAYERS, NPZ, "[6]")
    undrawn(script, monkeypatch)
    argv = ["--data-dir", str(tmp_path), "--device", "cpu", "--out-dir", str(tmp_path / "run")]
    assert script.main([*argv, "--epochs", "1"]) == 1
    told = capsys.readouterr().err
    assert "51 samples in batches of 50 leave one for the last: choose another" in told
    assert not (tmp_path / "run/checkpoint_latest.pt").exists()
    assert script.main([*argv, "--epochs", "1", "--batch-size", "17"]) == 0


def test_an_autoencoder_reads_no_labels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    x = np.random.default_rng(0).random((40, 6), np.float32)
    np.savez(tmp_path / "d.npz", x_train=x, x_test=x[:9])
    layers = '{ kind = "Linear", out_features = 4 }, "LIF", { kind = "Linear", out_features = 6 },'
    loss = 'loss = { kind = "mse", target = "input" }\n'
    script = build(tmp_path, "unlabelled", loss + SGD, "", layers, NPZ, "[6]")
    undrawn(script, monkeypatch)
    argv = ["--data-dir", str(tmp_path), "--device", "cpu", "--out-dir", str(tmp_path / "run")]
    assert script.main([*argv, "--epochs", "1"]) == 0
