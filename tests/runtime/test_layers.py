"""Layers of generated networks beside what they are defined to be, by hand."""

import math
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tests.runtime.runtime import helper, module

SEED = torch.tensor(11)


def kept(key: int, shape: tuple[int, ...], p: float, first: int = 0, steps: int = 1) -> Tensor:
    """Where a mask of probability p is not 0, as it is documented."""
    uniform = module("fused").uniform
    found: Tensor = uniform(SEED, key, shape, first, steps) >= p
    return found


def test_dropout_draws_one_mask_for_all_steps() -> None:
    layer = helper("Dropout")(0.25, 3)
    x = torch.ones(4, 2, 5)
    got = layer(x, SEED, batch_axis=1)
    assert torch.equal(got, kept(3, (2, 5), 0.25).float().expand(4, 2, 5) / 0.75)
    assert torch.equal(got[0], layer(x[0], SEED))
    assert layer.eval()(x, SEED) is x


def test_step_dropout_draws_a_mask_a_step() -> None:
    layer = helper("StepDropout")(0.5, 3)
    x = torch.ones(6, 2, 5)
    got = layer(x, SEED)
    assert torch.equal(got, kept(3, (2, 5), 0.5, 0, 6).float() * 2)
    assert torch.equal(got[4:], layer(x[:2], SEED, 4))
    assert not torch.equal(got[0], got[1])


@pytest.mark.parametrize("name", ["ChannelDropout", "StepChannelDropout"])
def test_channels_are_dropped_whole(name: str) -> None:
    layer = helper(name)(0.5, 1)
    x = torch.ones(4, 3, 8, 2, 2)
    got = layer(x, SEED, 1) if name == "ChannelDropout" else layer(x, SEED)
    steps = 1 if name == "ChannelDropout" else 4
    mask = kept(1, (3, 8), 0.5, 0, steps).float()
    assert torch.equal(got, (mask * 2).expand(4, 3, 8)[..., None, None].expand(4, 3, 8, 2, 2))


def qkv(tokens: int) -> tuple[Tensor, Tensor, Tensor]:
    draw = torch.Generator().manual_seed(2)
    q, k, v = torch.randn(3, 2, 6, tokens, generator=draw, dtype=torch.float64)
    return q, k, v


@pytest.mark.parametrize("scale", [None, 0.3])
@pytest.mark.parametrize("tokens", [2, 9])
@pytest.mark.parametrize("name", ["softmax_attention", "linear_attention"])
def test_attention_by_hand(name: str, tokens: int, scale: float | None) -> None:
    """Each head has three of six channels; token i gets the values of all j, weighted."""
    q, k, v = qkv(tokens)
    factor = 3**-0.5 if scale is None else scale
    want = torch.zeros(2, 6, tokens, dtype=torch.float64)
    for b in range(2):
        for head in (slice(0, 3), slice(3, 6)):
            scores = factor * q[b, head].T @ k[b, head]
            weights = scores.softmax(1) if name == "softmax_attention" else scores
            want[b, head] = v[b, head] @ weights.T
    torch.testing.assert_close(helper(name)(q, k, v, 2, scale), want)


def test_filters_are_standardised() -> None:
    torch.manual_seed(0)
    layer = helper("WSConv2d")(2, 3, 3, gain=True, padding=1)
    x = torch.randn(1, 2, 5, 5)
    with torch.no_grad():
        layer.gain.copy_(torch.tensor([1.0, 2.0, 0.5]).view(3, 1, 1, 1))
        w = layer.weight
        rows = [(f - f.mean()) / (f.var(correction=0) + 1e-5).sqrt() for f in w]
        scaled = torch.stack([g * f for g, f in zip((1.0, 2.0, 0.5), rows, strict=True)])
        torch.testing.assert_close(layer(x), F.conv2d(x, scaled, layer.bias, padding=1))


def test_blocks_are_found_by_number() -> None:
    first, second = nn.Linear(1, 2), nn.Linear(2, 3)
    blocks = helper("Repeat")(first, second)
    assert blocks[0] is first
    assert blocks[1] is second
    assert [*dict(blocks.named_parameters())][::2] == ["0.weight", "1.weight"]
    with pytest.raises(KeyError):
        blocks[2]


def steps_of(*values: float) -> Tensor:
    return torch.tensor(values).view(-1, 1)


@pytest.mark.parametrize(
    ("delay", "want"),
    [
        (0.0, (1, 2, 4, 8)),
        (1.0, (0, 1, 2, 4)),
        (1.25, (0, 0.75, 1.75, 3.5)),
        (5.0, (0, 0, 0, 0)),
    ],
)
def test_a_delay_is_linear_between_two_steps(delay: float, want: tuple[float, ...]) -> None:
    layer = helper("Delay")(delay)
    x = steps_of(1, 2, 4, 8)
    assert layer(x).flatten().tolist() == [*want]
    state: dict[str, Tensor] = {}
    parts = [layer(part, "d@", state) for part in (x[:1], x[1:3], x[3:])]
    assert torch.cat(parts).flatten().tolist() == [*want]
    past, stepped = layer.past(x[0]), []
    for x_t in x:
        y, past = layer.step(x_t, past)
        stepped.append(float(y))
    assert stepped == [*want]


def test_each_channel_has_a_delay_of_its_own() -> None:
    layer = helper("VariableDelay")((2,), (0.0, 0.0), 3, learnable=True)
    with torch.no_grad():
        layer.delay.copy_(torch.tensor([0.5, 2.0]))
    x = torch.tensor([[1.0, 1], [2, 2], [4, 4], [8, 8]])[:, None]
    y = layer(x)
    assert y[:, 0, 0].tolist() == [0.5, 1.5, 3, 6]
    assert y[:, 0, 1].tolist() == [0, 0, 1, 2]
    y.sum().backward()
    # of the first: minus the sum of all differences; of the second: x[t - 2] falls to x[t - 3]
    assert layer.delay.grad.tolist() == [-8, -2]


@pytest.mark.parametrize("span", [(0.0, math.inf), (0.0, 4.0), (1.0, 3.0)])
def test_learned_delays_stay_in_their_span(span: tuple[float, float]) -> None:
    layer = helper("VariableDelay")((1,), (1.5, 1.5), 4, True, span)
    assert float(layer.value().detach()) == pytest.approx(1.5)
    with torch.no_grad():
        layer.delay_raw.fill_(-3.0)
    raw, (low, high) = -3.0, span
    want = low + math.exp(3) if math.isinf(high) else low + (high - low) / (1 + math.exp(-raw))
    assert float(layer.value().detach()) == pytest.approx(want)


def test_an_edge_is_delayed_by_whole_steps() -> None:
    delayed, x = helper("delayed_by"), steps_of(1, 2, 3, 4)
    assert delayed(x, 2, "a@-2", None).flatten().tolist() == [0, 0, 1, 2]
    state: dict[str, Tensor] = {}
    parts = [delayed(part, 2, "a@-2", state) for part in (x[:1], x[1:])]
    assert torch.cat(parts).flatten().tolist() == [0, 0, 1, 2]
    assert state["a@-2"].flatten().tolist() == [3, 4]


@pytest.mark.parametrize("momentum", [0.1, 0.5])
@pytest.mark.parametrize("name", ["batch_norm_once", "batch_norm_once_per_step"])
def test_equal_steps_are_normalised_once(name: str, momentum: float) -> None:
    """As if T copies had been normalised together, or one after the other."""
    x = torch.tensor([[1.0, 5.0], [3.0, 5.5], [8.0, 4.0]])
    bn = nn.BatchNorm1d(2, momentum=momentum)
    want = nn.BatchNorm1d(2, momentum=momentum)
    steps = 4
    y = helper(name)(bn, x, steps)
    if name == "batch_norm_once":
        expected = want(x.repeat(steps, 1))[:3]
    else:
        expected, *_ = (want(x) for _ in range(steps))
    torch.testing.assert_close(y, expected)
    torch.testing.assert_close(bn.running_mean, want.running_mean)
    torch.testing.assert_close(bn.running_var, want.running_var)
    by_hand = 4 * (1 - (1 - momentum) ** (1 if name == "batch_norm_once" else steps))
    assert bn.running_mean is not None
    assert float(bn.running_mean[0]) == pytest.approx(by_hand)
    torch.testing.assert_close(helper(name)(bn.eval(), x, steps), want.eval()(x))


def test_the_variance_of_one_sample_is_that_over_steps() -> None:
    bn = nn.BatchNorm1d(1)
    assert helper("batch_norm_once")(bn, torch.tensor([[7.0]]), 3).tolist() == [[0.0]]
    assert bn.running_mean is not None
    assert float(bn.running_mean[0]) == pytest.approx(0.7)


def test_each_step_is_normalised_on_its_own() -> None:
    x = torch.tensor([[[0.0], [2.0]], [[10.0], [30.0]]])
    got = helper("batch_norm_per_step")(nn.BatchNorm1d(1, eps=1e-12), x)
    assert got.flatten().tolist() == pytest.approx([-1, 1, -1, 1])
    own = helper("BNTT1d")(1, 2, eps=1e-12)
    with torch.no_grad():
        own[1].weight.fill_(3.0)
    assert own(x).flatten().tolist() == pytest.approx([-1, 1, -3, 3])
    assert own(x[1:], first=1).flatten().tolist() == pytest.approx([-3, 3])
    assert own[0].bias is None
    assert helper("BNTT1d")(1, 2, bias=True)[0].bias is not None


@pytest.mark.parametrize(("name", "more"), [("TEBN1d", ()), ("TEBN2d", (1, 1))])
def test_a_factor_a_step_behind_common_statistics(name: str, more: tuple[int, ...]) -> None:
    x = torch.tensor([0.0, 2.0, 2.0, 4.0]).view(2, 2, 1, *more)
    layer = helper(name)(1, 2, eps=1e-12)
    with torch.no_grad():
        layer.scale.copy_(torch.tensor([1.0, 10.0]))
    root = math.sqrt(2)
    got = layer(x).flatten().tolist()
    assert got == pytest.approx([-root, 0, 0, 10 * root])
    late: Any = layer.eval()(x[1:], first=1)
    assert late.shape == (1, 2, 1, *more)
    assert float(late.detach().flatten()[1]) == pytest.approx(
        10 * (4 - 0.2) / math.sqrt(0.9 + 0.1 * 8 / 3)
    )
