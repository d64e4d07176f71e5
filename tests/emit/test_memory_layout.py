"""A network of images keeps its channels innermost from its constructor, and kernels use it."""

import copy
import pickle
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

import snnc
from snnc import network
from tests.support.nets import document

LAST = torch.channels_last
CONV = '{{ kind = "Conv2d", out_channels = {}, kernel_size = 3, padding = 1 }},'
IMAGES = f"""
[input]
shape = [3, 8, 8]

[network]
layers = [
  {CONV.format(8)}
  "BatchNorm2d",
  "IF",
  {CONV.format(6)}
  "IF",
  {{ kind = "MaxPool2d", kernel_size = 2 }},
  "Flatten",
  {{ kind = "Linear", out_features = 10 }},
  "IF",
]
"""
VECTORS = (
    '[input]\nshape = [12]\n\n[network]\nlayers = [{ kind = "Linear", out_features = 4 }, "IF"]\n'
)
VOLUMES = """
[input]
shape = [2, 4, 4, 4]

[network]
layers = [
  { kind = "Conv3d", out_channels = 4, kernel_size = 3 },
  "IF",
  "Flatten",
  { kind = "Linear", out_features = 4 },
]
"""


def made(folder: Path, text: str) -> Any:
    """The class of a spec's network, as it is generated."""
    doc = document(folder, text.lstrip())
    return network(doc)


def innermost(net: nn.Module) -> bool:
    weights = [w for w in net.parameters() if w.dim() == 4]
    assert weights
    return all(w.is_contiguous(memory_format=LAST) for w in weights) and not any(
        w.is_contiguous() for w in weights
    )


@pytest.fixture
def net(tmp_path: Path) -> Any:
    torch.manual_seed(0)
    return made(tmp_path, IMAGES)()


def test_a_network_is_in_it_from_its_constructor(net: Any) -> None:
    assert innermost(net)


def test_it_stays_in_it(net: Any, tmp_path: Path) -> None:
    plain = {n: w.contiguous() for n, w in net.state_dict().items()}
    torch.save(plain, tmp_path / "weights.pt")
    fresh = type(net)()
    fresh.load_state_dict(torch.load(tmp_path / "weights.pt", weights_only=True))
    assert innermost(fresh)
    assert all(torch.equal(w, plain[n]) for n, w in fresh.state_dict().items())
    assert innermost(copy.deepcopy(net))
    assert innermost(pickle.loads(pickle.dumps(net)) if "<" not in type(net).__qualname__ else net)
    for dtype in (torch.float64, torch.bfloat16):
        assert innermost(copy.deepcopy(net).to(dtype))
    assert innermost(copy.deepcopy(net).double().half().float())


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("training", [False, True])
def test_fused_kernels_are_reached_from_contiguous_data(
    net: Any, monkeypatch: pytest.MonkeyPatch, dtype: torch.dtype, training: bool
) -> None:
    """What a user's own loop hands over; the network does not convert it."""
    net.to(dtype).train(training)
    given: dict[str, Tensor] = {}
    joined = type(net.if1).joined
    take = joined.take

    def took(kernel: str, images: Tensor) -> bool:
        given["normed" if kernel.endswith("normed") else "pooled"] = images
        found: bool = take(kernel, images)
        assert found, f"{kernel} does not take strides {images.stride()}"
        return found

    monkeypatch.setattr(joined, "take", took)
    x = torch.rand(2, 3, 8, 8, dtype=dtype)
    assert x.is_contiguous()
    net(x).sum().backward()
    assert {"normed", "pooled"} == given.keys()
    assert all(images.is_contiguous(memory_format=LAST) for images in given.values())
    assert all(w.grad is not None for w in net.parameters() if w.dim() == 4)


def test_both_layouts_give_the_same(net: Any) -> None:
    net.double().eval()
    x = torch.rand(4, 3, 8, 8, dtype=torch.float64)
    other = copy.deepcopy(net).to(memory_format=torch.contiguous_format)
    torch.testing.assert_close(net(x), other(x))
    torch.testing.assert_close(net(x.to(memory_format=LAST)), net(x))


def test_other_networks_have_nothing_to_change(tmp_path: Path) -> None:
    for name, text in {"vectors": VECTORS, "volumes": VOLUMES}.items():
        folder = tmp_path / name
        folder.mkdir()
        doc = document(folder, text.lstrip())
        assert "channels_last" not in snnc.emit(doc).package["model.py"]
        assert all(w.is_contiguous() for w in made(folder, text)().parameters())


def test_training_scripts_leave_it_to_the_network(tmp_path: Path) -> None:
    zoo = Path(__file__).parents[2] / "specs"
    files = snnc.emit(snnc.load(zoo / "ann2snn_mnist.snn.toml")).package
    assert "channels_last" not in files["train.py"]
    assert all("memory_format=torch.channels_last" in files[f] for f in ("convert.py", "model.py"))
