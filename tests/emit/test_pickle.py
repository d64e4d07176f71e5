"""A compiled network goes to other processes, as any module does."""

import copy
import io
import multiprocessing
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

import snnc

SPEC = """format = 1
name = "net"
time_steps = 3
[input]
shape = [2, 6, 6]
[network]
layers = [
  { kind = "Conv2d", out_channels = 4, kernel_size = 3 }, "BatchNorm2d",
  { kind = "PLIF", name = "n" }, "Flatten", { kind = "Linear", out_features = 3 },
  { kind = "LIF", v_threshold = 0.3, feedback = { kind = "Linear" } },
]
"""
LOAD = "import pickle, sys, torch; n, x = pickle.load(sys.stdin.buffer); print(n(x).tolist())"


@pytest.fixture
def net(tmp_path: Path) -> nn.Module:
    (tmp_path / "net.snn.toml").write_text(SPEC)
    torch.manual_seed(0)
    return snnc.compile(tmp_path / "net.snn.toml").eval()


def answer(net: nn.Module, x: Tensor) -> list[Any]:
    """In a worker."""
    found: list[Any] = net(x).tolist()
    return found


def test_it_is_loaded_where_nobody_compiled_it(net: nn.Module) -> None:
    x = torch.rand(2, 2, 6, 6)
    command = [sys.executable, "-c", LOAD]
    done = subprocess.run(command, input=pickle.dumps((net, x)), capture_output=True, check=True)
    assert done.stdout.decode().strip() == str(answer(net, x))


@pytest.mark.parametrize("method", ["spawn", "forkserver"])
def test_workers_take_it(net: nn.Module, method: str) -> None:
    x = torch.rand(2, 2, 6, 6)
    with multiprocessing.get_context(method).Pool(1) as pool:
        assert pool.apply(answer, (net, x)) == answer(net, x)


def test_copies_are_of_its_class(net: nn.Module) -> None:
    x, file = torch.rand(2, 2, 6, 6), io.BytesIO()
    torch.save(net, file)
    file.seek(0)
    for other in (
        copy.deepcopy(net),
        copy.copy(net),
        pickle.loads(pickle.dumps(net)),
        torch.load(file, weights_only=False),
    ):
        assert type(other) is type(net)
        assert answer(other, x) == answer(net, x)
    with torch.no_grad():
        next(copy.deepcopy(net).parameters()).zero_()
        assert next(net.parameters()).any()


def test_of_another_snnc_it_says_what_to_do(
    net: nn.Module, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = pickle.dumps(net)
    monkeypatch.setattr(sys.modules["snnc.compile"], "_runtime", lambda: "_snnc_runtime_other")
    with pytest.raises(pickle.UnpicklingError, match="another version of snnc: build its package"):
        pickle.loads(content)
