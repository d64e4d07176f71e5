"""``Net.load``: the weights of a file in a network that takes as many steps as are asked for."""

import inspect
from pathlib import Path
from typing import Any

import torch

import snnc
from tests.support.nets import document

NET = """
[input]
shape = [4]
[network]
layers = [{ kind = "Linear", out_features = 3 }, "IF"LATER]
"""


def test_it_takes_the_steps_that_the_constructor_takes(tmp_path: Path) -> None:
    made: Any = snnc.network(document(tmp_path, NET.replace("LATER", "")))
    net = made(time_steps=2)
    torch.save(net.state_dict(), tmp_path / "weights.pt")
    assert made.load(tmp_path / "weights.pt").time_steps == made().time_steps
    longer = made.load(tmp_path / "weights.pt", time_steps=7)
    assert longer.time_steps == 7
    torch.testing.assert_close(longer.state_dict(), net.state_dict(), rtol=0, atol=0)


def test_it_takes_what_the_constructor_takes_and_nothing_else(tmp_path: Path) -> None:
    for later in ("", ', { kind = "BNTT1d" }'):
        made: Any = snnc.network(document(tmp_path, NET.replace("LATER", later)))
        taken = [*inspect.signature(made.__init__).parameters][1:]
        assert [*inspect.signature(made.load).parameters] == ["path", *taken]
