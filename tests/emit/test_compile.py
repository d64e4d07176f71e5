"""snnc.compile: the same module without writing it, its text at hand."""

import inspect
import traceback
from pathlib import Path

import pytest
import torch

import snnc
from tests.support.nets import document

NET = '[input]\nshape = [3]\n[network]\nlayers = [{ kind = "Linear", out_features = 2 }, "LIF"]\n'


def test_it_is_the_generated_class(tmp_path: Path) -> None:
    document(tmp_path, NET)
    net = snnc.compile(tmp_path / "net.snn.toml", time_steps=7)
    assert net(torch.rand(5, 3)).shape == (5, 2)
    assert net.time_steps == 7
    assert type(snnc.compile(tmp_path / "net.snn.toml")) is type(net)


def test_settings_make_another_class(tmp_path: Path) -> None:
    document(tmp_path, NET)
    path = tmp_path / "net.snn.toml"
    assert snnc.compile(path, ["time_steps=9"]).time_steps == 9
    assert snnc.compile(path).time_steps == 4


def test_its_text_can_be_read_and_shows_in_tracebacks(tmp_path: Path) -> None:
    document(tmp_path, NET)
    net = snnc.compile(tmp_path / "net.snn.toml")
    assert inspect.getsource(type(net)).startswith("class Net(nn.Module):")
    with pytest.raises(RuntimeError) as caught:
        net(torch.rand(5, 3, dtype=torch.float64))
    shown = "".join(traceback.format_exception(caught.value))
    assert "x = self.fc1(x)" in shown
