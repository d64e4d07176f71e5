"""Modules of packages on disk: copied, saved, imported twice, beside each other."""

import copy
import importlib
import io
import pickle
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from tests.fused.neurons import same
from tests.fused.packages import NET, package


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder to import from; what was imported is forgotten."""
    before = set(sys.modules)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield tmp_path
    for name in set(sys.modules) - before:
        if name.partition(".")[0] in ("net", "twin", "other", "snn_runtime"):
            del sys.modules[name]


def imported(folder: Path, name: str = "net", text: str = NET) -> Any:
    """The network of a package that is written now."""
    package(folder, text, name)
    importlib.invalidate_caches()
    torch.manual_seed(0)
    return importlib.import_module(f"{name}.model").Net()


def trained(net: nn.Module) -> list[torch.Tensor]:
    """The output of a call and every gradient."""
    y = net(torch.linspace(0, 2, 12).view(3, 4))
    assert 0.05 < y.mean() < 0.95
    return [y, *torch.autograd.grad(y.square().sum(), list(net.parameters()))]


def saved(net: nn.Module) -> Any:
    """Through a file, as a checkpoint of the whole module."""
    file = io.BytesIO()
    torch.save(net, file)
    file.seek(0)
    return torch.load(file, weights_only=False)


COPIES: dict[str, Callable[[Any], Any]] = {
    "copy": copy.deepcopy,
    "pickle": lambda net: pickle.loads(pickle.dumps(net)),
    "save": saved,
}


@pytest.mark.parametrize("how", COPIES)
def test_a_copy_is_the_same_and_apart(folder: Path, how: str) -> None:
    net = imported(folder)
    want, other = trained(net), COPIES[how](net)
    same(trained(other), want)
    nn.init.constant_(other.lif1.tau, 5.0)
    same(trained(net), want)


def test_a_state_dict_goes_round(folder: Path) -> None:
    net = imported(folder)
    nn.init.uniform_(net.lif1.tau, 1.5, 4.0)
    other = type(net)()
    other.load_state_dict(net.state_dict())
    assert set(net.state_dict()) == {"fc1.weight", "fc1.bias", "fc2.weight", "lif1.tau"}
    same(trained(other), trained(net))


def test_reloaded_it_keeps_its_operators(folder: Path) -> None:
    net = imported(folder)
    want, namespace = trained(net), net.if1.kernels.namespace
    for name in ("snn_runtime.fused.kernels", "snn_runtime.fused", "net.kernels", "net.model"):
        importlib.reload(sys.modules[name])
    torch.manual_seed(0)
    again = sys.modules["net.model"].Net()
    assert again.if1.kernels.namespace == namespace
    assert type(again) is not type(net)
    same(trained(again), want)
    same(trained(net), want)


def test_equal_texts_share_operators_and_others_never_meet(folder: Path) -> None:
    net = imported(folder)
    twin = imported(folder, "twin")
    other = imported(folder, "other", NET.replace("0.2,", "0.3,"))
    spaces = [n.if1.kernels.namespace for n in (net, twin, other)]
    assert spaces[0] == spaces[1] != spaces[2]
    same(trained(twin), trained(net))
    assert not torch.equal(trained(other)[0], trained(net)[0])


def test_forgotten_and_imported_again(folder: Path) -> None:
    want = trained(imported(folder))
    for name in [name for name in sys.modules if name.partition(".")[0] == "net"]:
        del sys.modules[name]
    same(trained(imported(folder)), want)
