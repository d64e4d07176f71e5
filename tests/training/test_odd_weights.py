"""Files of odd weights: one sentence each, and the network keeps what it had."""

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch

State = dict[str, Any]
DTYPES = (torch.int64, torch.bool)

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")  # of torch, on odd tensors


def recursive() -> State:
    state: State = {"digest": "a"}
    state["inner"] = state
    return state


def deep() -> State:
    state: State = {"digest": "a"}
    inner = state
    for _ in range(3000):
        inner["inner"] = {}
        inner = inner["inner"]
    return state


def odd(bias: torch.Tensor) -> dict[str, torch.Tensor]:
    """Tensors that no network can take, by what is wrong with them."""
    nested = torch.nested.nested_tensor([torch.ones(2), torch.ones(3)])
    return {
        "sparse": bias.to_sparse(),
        "meta": bias.to("meta"),
        "quantised": torch.quantize_per_tensor(bias, 0.1, 0, torch.qint8),
        "complex": bias.to(torch.complex64),
        "conjugate": bias.to(torch.complex64).conj(),
        "nested": nested,
    }


KINDS = ("sparse", "meta", "quantised", "complex", "conjugate", "nested")


@pytest.fixture
def network(shared: ModuleType) -> type:
    import shared_net.model  # type: ignore[import-not-found]

    kind: type = shared_net.model.SharedNet
    return kind


def refused(network: Any, path: Path) -> str:
    """What Net.load and --init say of a file: the same; neither changes a weight."""
    weights = sys.modules[network.load.__func__.__globals__["load_weights"].__module__]
    said = []
    for take in (weights.load_weights, weights.start_from):
        net = network()
        before = {name: tensor.clone() for name, tensor in net.state_dict().items()}
        with pytest.raises(weights.WeightsError) as raised:
            take(net, path)
        assert all(torch.equal(before[name], t) for name, t in net.state_dict().items())
        said.append(str(raised.value))
    assert said[0] == said[1]
    return said[0].removeprefix(str(path))


@pytest.mark.parametrize("kind", KINDS)
def test_tensors_that_are_not_plain(network: Any, tmp_path: Path, kind: str) -> None:
    state = network().state_dict()
    path = tmp_path / "one.pt"
    torch.save(state | {"fc1.bias": odd(state["fc1.bias"])[kind]}, path)
    assert refused(network, path) == ": fc1.bias is no plain tensor of numbers."


@pytest.mark.parametrize("kind", KINDS)
def test_tensors_that_have_no_digest(network: Any, tmp_path: Path, kind: str) -> None:
    state = network().state_dict()
    torch.save({"model": {"x": odd(state["fc1.bias"])[kind]}, "digest": "a"}, tmp_path / "one.pt")
    said = refused(network, tmp_path / "one.pt")
    assert said == " is damaged: its digest is that of other contents."


@pytest.mark.parametrize("content", [recursive, deep])
def test_values_that_have_no_digest(network: Any, tmp_path: Path, content: Any) -> None:
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(100_000)
    try:
        torch.save(content(), tmp_path / "one.pt")
    finally:
        sys.setrecursionlimit(limit)
    said = refused(network, tmp_path / "one.pt")
    assert said == " is damaged: its digest is that of other contents."


@pytest.mark.parametrize("number", [float("nan"), float("inf"), 1e300])
def test_numbers_that_are_not_finite(network: Any, tmp_path: Path, number: float) -> None:
    state = network().state_dict()
    state["fc1.bias"] = state["fc1.bias"].double().fill_(number)
    torch.save(state, tmp_path / "one.pt")
    said = refused(network, tmp_path / "one.pt")
    assert said == " does not fit: fc1.bias holds NaN or infinite numbers."


@pytest.mark.parametrize("dtype", DTYPES)
def test_numbers_of_another_type(network: Any, tmp_path: Path, dtype: torch.dtype) -> None:
    state = network().state_dict()
    torch.save(state | {"fc1.bias": state["fc1.bias"].to(dtype)}, tmp_path / "one.pt")
    said = refused(network, tmp_path / "one.pt")
    assert said == f" does not fit: fc1.bias is of {dtype} there and of torch.float32 here."


@pytest.mark.parametrize("steps", [True, 0, -1, 2**70, 2.5, "4"])
def test_time_steps_that_cannot_be(network: Any, tmp_path: Path, steps: object) -> None:
    path = tmp_path / "one.pt"
    torch.save({"model": network().state_dict(), "time_steps": steps}, path)
    with pytest.raises(ValueError, match="as its time steps") as raised:
        network.load(path)
    assert str(raised.value) == f"{path} states {steps} as its time steps."


def test_a_device_is_no_file(network: Any) -> None:
    assert refused(network, Path("/dev/zero")) == " is no file."
