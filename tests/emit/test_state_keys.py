"""A state has the keys that the network names, or is empty; what else it is given is refused."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from snnc import network
from tests.support.nets import document

NET = """
[input]
shape = [3]
encoder = "none"
[network]
layers = [
  { kind = "Linear", out_features = 5 },
  { kind = "LIF", name = "h", feedback = { kind = "Linear" } },
  { kind = "Delay", name = "d", delay = 2 },
  { kind = "Linear", out_features = 2 },
  { kind = "LI", name = "li" },
]
[output]
readout = "sequence"
"""
T = 8
KEYS = ("h.v", "h@-1", "d", "li.v")


@pytest.fixture
def streamed(tmp_path: Path) -> tuple[Any, Tensor, dict[str, Tensor]]:
    """A network, data, and the state after half of them."""
    net = network(document(tmp_path, NET, T))()
    x, state = torch.randn(T, 4, 3), dict[str, Tensor]()
    net(x[: T // 2], state=state)
    return net, x, state


def test_the_keys_are_those_of_the_class(streamed: tuple[Any, Tensor, dict[str, Tensor]]) -> None:
    net, _, state = streamed
    assert KEYS == net.STATE
    assert {*state} == {*KEYS}


BAD = {
    "misspelt": ({"h.vv": "h.v"}, "state has 'h.vv', which this network lacks: is 'h.v' meant?"),
    "foreign": (
        {"other": "d"},
        "state has 'other', which this network lacks: it keeps ['h.v', 'h@-1', 'd', 'li.v']",
    ),
    "missing": ({"": "li.v"}, "state lacks 'li.v': only an empty one is fresh"),
}


@pytest.mark.parametrize("name", BAD)
def test_another_state_is_refused_by_name(
    streamed: tuple[Any, Tensor, dict[str, Tensor]], name: str
) -> None:
    net, x, state = streamed
    renamed, message = BAD[name]
    for new, old in renamed.items():
        value = state.pop(old)
        state |= {new: value} if new else {}
    with pytest.raises(ValueError, match=re.escape(message)):
        net(x[T // 2 :], state=dict(state))
    with pytest.raises(ValueError, match=re.escape(message)):
        net.step(x[0], state)


def test_a_value_that_is_no_tensor_is_refused_by_name(
    streamed: tuple[Any, Tensor, dict[str, Tensor]],
) -> None:
    net, x, state = streamed
    with pytest.raises(TypeError, match=re.escape("state['d'] must be a tensor, not list")):
        net(x, state={**state, "d": [0.0]})


ODD: dict[str, Callable[[Tensor], Tensor]] = {
    "flat": lambda value: value.flatten(),
    "fewer samples": lambda value: value[..., :2, :],
    "an axis more": lambda value: value[None],
    "whole numbers": lambda value: (value > 0).long(),
    "complex": lambda value: value.to(torch.complex64),
}


@pytest.mark.parametrize("schedule", ["fold", "step"])
@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("name", ODD)
def test_a_value_of_another_form_is_refused_by_name(
    tmp_path: Path, key: str, name: str, schedule: str
) -> None:
    net = network(document(tmp_path, NET, T, f"build.schedule={schedule}"))()
    x, state = torch.randn(T, 4, 3), dict[str, Tensor]()
    net(x[: T // 2], state=state)
    state[key] = ODD[name](state[key])
    with pytest.raises((TypeError, ValueError), match=re.escape(f"state[{key!r}] must be ")):
        net(x[T // 2 :], state=state)


def test_samples_that_are_left_go_on(streamed: tuple[Any, Tensor, dict[str, Tensor]]) -> None:
    """The documented axes: the first of a neuron's states, the second of what is delayed."""
    net, x, state = streamed
    whole = net(x)[T // 2 :, :2]
    some = {key: v[:, :2] if key in ("h@-1", "d") else v[:2] for key, v in state.items()}
    torch.testing.assert_close(net(x[T // 2 :, :2], state=some), whole)


def test_keys_of_a_kernel_that_feeds_itself(tmp_path: Path) -> None:
    text = NET.replace('{ kind = "Linear" } }', '"add" }')
    net: Any = network(document(tmp_path, text, T))()
    assert net.STATE == ("h.v", "h.last", "d", "li.v")
    stepwise: Any = network(document(tmp_path, text, T, "build.schedule=step"))()
    for made in (net, stepwise):
        x, state = torch.randn(T, 4, 3), dict[str, Tensor]()
        parts = [made(x[:3], state=state), made(x[3:], state=state)]
        torch.testing.assert_close(torch.cat(parts), made(x))


def test_nothing_at_first_leaves_a_whole_state(tmp_path: Path) -> None:
    text = """
[input]
shape = [3]
encoder = "none"
[network]
layers = [{ kind = "LIF", name = "h", feedback = { kind = "Linear" } }]
[output]
readout = "sequence"
"""
    net: Any = network(document(tmp_path, text, T))()
    x, state = torch.randn(T, 4, 3), dict[str, Tensor]()
    net(x[:0], state=state)
    assert {*state} == {*net.STATE}
    torch.testing.assert_close(net(x, state=state), net(x))


def test_random_numbers_and_steps_are_kept_too(tmp_path: Path) -> None:
    text = '[input]\nshape = [8]\nencoder = "poisson"\n[network]\nlayers = ["LIF"]\n'
    net: Any = network(document(tmp_path, text, T))()
    assert net.STATE == ("lif1.v", "t", "seed")
