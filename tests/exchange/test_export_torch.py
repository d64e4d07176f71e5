"""Specs as programs that PyTorch loads alone, and weights as safetensors."""

import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

import snnc
from tests.exchange.test_export_nir import ZOO, lively, saved, spec
from tests.support.cli import Ran
from tests.support.cli import snnc as run

ALONE = """\
import sys, torch
program = torch.export.load(sys.argv[1])
data, want = torch.load(sys.argv[2])
got = program.module()(data)
assert not any(name.partition(".")[0] == "snnc" for name in sys.modules)
kinds = {n.target.namespace for n in program.graph.nodes if hasattr(n.target, "namespace")}
assert kinds == {"aten"}, kinds
assert (got - want).abs().max() <= 1e-6 * want.abs().max(), (got - want).abs().max()
"""


def export(
    capsys: pytest.CaptureFixture[str], kind: str, path: Path, weights: Path, *options: str
) -> Ran:
    ran = run(capsys, "export", kind, str(path), "--weights", str(weights), *options)
    assert "Traceback" not in ran.err
    return ran


def test_a_program_runs_in_a_process_without_snnc(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = spec(
        tmp_path,
        "1, 6, 6",
        'kind = "Conv2d", out_channels = 3, kernel_size = 3',
        'kind = "BatchNorm2d"',
        'kind = "IF"',
        'kind = "Flatten"',
        'kind = "Dropout"',
        'kind = "Linear", out_features = 5',
        'kind = "LIF", v_threshold = 0.3, feedback = { kind = "Linear" }',
    )
    path.write_text(path.read_text().replace("time_steps = 20", "time_steps = 4"))
    file = tmp_path / "net.pt2"
    net = saved(tmp_path / "w.safetensors", path).float()
    ran = export(capsys, "torch", path, tmp_path / "w.safetensors", "-o", str(file))
    assert ran.code == 0, ran.err
    assert "operators, difference 0.0e+00" in ran.err
    x = (torch.rand(4, 7, 1, 6, 6) < 0.5).float()
    with torch.no_grad():
        torch.save((x, net(x)), tmp_path / "data.pt")
    alone = subprocess.run(
        [sys.executable, "-I", "-c", ALONE, str(file), str(tmp_path / "data.pt")],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert alone.returncode == 0, alone.stderr


def test_random_encoders_are_refused_with_help(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, weights = ZOO / "lif_fc_mnist.snn.toml", tmp_path / "w.safetensors"
    saved(weights, path)
    ran = export(capsys, "torch", path, weights, "-o", str(tmp_path / "net.pt2"))
    assert ran.code == 1
    assert "lif_fc_mnist.snn.toml:9: input: poisson draws random numbers: --encoder none" in ran.err
    assert not (tmp_path / "net.pt2").exists()


WRAPPERS: list[tuple[tuple[str, ...], str]] = [
    *((("model",), ""), (("net",), ""), (("state_dict",), "model."), ((), "module._orig_mod.")),
    (("ema", "state_dict"), "module."),
]


@pytest.mark.parametrize(("inside", "before"), WRAPPERS)
def test_weights_of_a_file_of_torch_become_safetensors(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    inside: tuple[str, ...],
    before: str,
) -> None:
    path = spec(
        tmp_path,
        "2, 6, 6",
        'kind = "Conv2d", out_channels = 3, kernel_size = 3',
        'kind = "BatchNorm2d"',
        'kind = "PLIF"',
    )
    net = lively(snnc.compile(path))
    kept: dict[str, object] = {f"{before}{key}": t for key, t in net.state_dict().items()}
    for key in reversed(inside):
        kept = {key: kept, "epoch": 3}
    torch.save(kept, tmp_path / "checkpoint.pt")
    target = tmp_path / "net.safetensors"
    ran = export(capsys, "safetensors", path, tmp_path / "checkpoint.pt", "-o", str(target))
    assert ran.code == 0, ran.err
    found, want = load_file(target), net.state_dict()
    assert found.keys() == want.keys()
    assert all(torch.equal(found[key], want[key]) for key in want)
    again = export(capsys, "safetensors", path, target, "-o", str(tmp_path / "again.safetensors"))
    assert again.code == 0, again.err
    assert (tmp_path / "again.safetensors").read_bytes() == target.read_bytes()
    other = export(capsys, "safetensors", path, target, "-o", str(tmp_path / "checkpoint.pt"))
    assert other.code == 1
    assert "exists with other content: move it, or add --force" in other.err


def test_networks_load_safetensors(tmp_path: Path) -> None:
    path = spec(tmp_path, "6", 'kind = "Linear", out_features = 3', 'kind = "IF"')
    kind = snnc.network(snnc.load(path))
    net = kind()
    weights = tmp_path / "net.safetensors"
    save_file(net.state_dict(), weights)
    found = kind.load(weights).state_dict()  # type: ignore[attr-defined]
    assert all(torch.equal(found[key], value) for key, value in net.state_dict().items())
    save_file({"fc1.weight": torch.ones(3, 5), "fc1.bias": torch.ones(3)}, weights)
    with pytest.raises(ValueError, match=r"does not fit: fc1.weight is \[3, 5\] there and"):
        kind.load(weights)  # type: ignore[attr-defined]
    weights.write_bytes(b"none")
    with pytest.raises(ValueError, match="is damaged, or no file of weights"):
        kind.load(weights)  # type: ignore[attr-defined]
