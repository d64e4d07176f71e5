"""What mixed precision leaves in full: the layers that answers come from."""

import importlib
from contextlib import nullcontext
from pathlib import Path
from types import ModuleType

import pytest
import torch
from torch import nn

import snnc
from snnc.emit.output_layers import answering
from tests.support.nets import document

HEAD = '[input]\nshape = [3]\nencoder = "none"\n'
JOINED = '{ kind = "Concat", from = ["a", "i@-1"] }'
LINEAR = '{{ kind = "Linear", name = "{}", out_features = 3{} }}'


def linear(name: str, source: str = "") -> str:
    return LINEAR.format(name, source and f', from = "{source}"')


@pytest.mark.parametrize(
    ("layers", "outputs", "found"),
    [
        (f'{linear("a")}, "IF", {linear("b")}, "IF"', "", ["b"]),
        (f'{linear("a")}, "IF", "ReLU"', "", ["a"]),
        ('"IF"', "", []),
        (
            f'{linear("a")}, {{ kind = "IF", name = "i" }}, {linear("b")}, {linear("c", "i")}',
            '[outputs.one]\nfrom = "b"\n[outputs.two]\nfrom = "c"\n',
            ["b", "c"],
        ),
        (
            f'{linear("a")}, {JOINED}, {linear("b")}, {{ kind = "IF", name = "i" }}',
            "",
            [],
        ),
    ],
)
def test_the_last_weights_before_each_output(
    tmp_path: Path, layers: str, outputs: str, found: list[str]
) -> None:
    spec = f"{HEAD}{outputs}[network]\nlayers = [{layers}]\n"
    assert answering(snnc.lower(snnc.link(document(tmp_path, spec)))) == found


def test_they_compute_as_their_weights_are(script: ModuleType) -> None:
    net = nn.Sequential(nn.Linear(4, 3), nn.Linear(3, 2))
    x = torch.rand(5, 4)
    keys = [*net.state_dict()]
    with torch.autocast("cpu", torch.bfloat16):
        assert net(x).dtype == torch.bfloat16
        script.training.in_full(net, "1")
        y = net(x)
        half = net[0](x)
    assert y.dtype == torch.float32
    torch.testing.assert_close(y, net[1](half.float()), rtol=0, atol=0)
    assert [*net.state_dict()] == keys
    y.sum().backward()
    assert all(p.grad is not None and p.grad.dtype == torch.float32 for p in net.parameters())


@pytest.mark.parametrize("native", [True, False])
def test_bfloat16_wherever_it_is_native(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch, native: bool
) -> None:
    """It needs no scaling, whose steps wait for the GPU."""
    precision = importlib.import_module(f"{script.training.__name__}.precision")
    said: list[dict[str, bool]] = []

    def supported(**how: bool) -> bool:
        said.append(how)
        return native

    monkeypatch.setattr(torch.cuda, "is_bf16_supported", supported)
    monkeypatch.setattr(torch.cuda, "device", lambda _: nullcontext())
    assert precision.has_bfloat16(torch.device("cpu"))
    assert precision.has_bfloat16(torch.device("cuda", 0)) == native
    assert said == [{"including_emulation": False}]


def test_a_script_keeps_its_own(script: ModuleType) -> None:
    """And no other layer: its hidden products are in 16 bits."""
    net = script.make_network(script.SPEC)
    with torch.autocast("cpu", torch.bfloat16):
        assert net(torch.rand(2, 1, 8, 8)).dtype == torch.float32
        assert net.fc1(torch.rand(2, 64)).dtype == torch.bfloat16
