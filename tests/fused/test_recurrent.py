"""Linear feedback, i[t] = x[t] + W y[t-1], as one kernel: against loops, backends, threads."""

from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from tests.fused.neurons import same
from tests.fused.recurring import DOUBLE, NEURONS, by_steps, count, made, operands, trained
from tests.fused.test_gradients import Spike
from tests.fused.test_threads import threads

SIZES = [(7, 6, 5), (5, 1, 3), (1, 3, 4), (4, 2, 1), (3, 9, 17), (3, 5, 64), (2, 4, 131)]


@pytest.mark.parametrize("backend", ["c", "torch"])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", NEURONS)
def test_it_is_the_neuron_step_by_step(
    monkeypatch: pytest.MonkeyPatch, name: str, size: tuple[int, int, int], backend: str
) -> None:
    monkeypatch.setenv("SNNC_BACKEND", backend)
    c = made(name, size[2])
    x, weight, last, *states = operands(*size, states=count(c))
    got = trained(c, c.run_recurrent(x, weight, states, last, None, True), (x, weight, last))
    want = trained(c, by_steps(c, x, weight, last, states), (x, weight, last))
    assert name in ("Smooth", "Integrator") or size[0] < 3 or got[0].mean() > 0.05
    torch.testing.assert_close(got, want, rtol=1e-11, atol=1e-12)


def test_a_loop_by_hand() -> None:
    """Which shares nothing with snnc: LIF as a textbook writes it."""
    c = made("LIF", 7)
    x, weight, *_ = operands(9, 3, 7)
    v, y, outputs = torch.zeros(3, 7, dtype=DOUBLE), torch.zeros(3, 7, dtype=DOUBLE), []
    for now in x:
        h = v + (now + y @ weight.T - v) / 2
        y = Spike.apply(h - 0.5)
        v = (1 - y) * h
        outputs.append(y)
    want = trained(c, [torch.stack(outputs)], (x, weight))
    got = trained(c, [c.recur(x, weight)], (x, weight))
    assert 0.05 < float(got[0].detach().mean()) < 0.95
    torch.testing.assert_close(got, want, rtol=1e-12, atol=1e-13)


def test_first_states_have_gradients() -> None:
    c = made("ALIF", 5)
    x, weight, last, *states = operands(6, 5, 5, states=2)
    wrt = (x, weight, last, *states)
    got = trained(c, c.run_recurrent(x, weight, states, last, None, True), wrt)
    want = trained(c, by_steps(c, x, weight, last, states), wrt)
    torch.testing.assert_close(got, want, rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize("name", ["Smooth"])
def test_finite_differences(name: str) -> None:
    c = made(name, 3)
    x, weight, last, *states = operands(4, 2, 3)

    def call(*tensors: Tensor) -> Any:
        x, weight, last, *states = tensors
        return c.run_recurrent(x, weight, states, last, None, True)

    assert torch.autograd.gradcheck(call, (x, weight, last, *states))


def dyadic(steps: int, batch: int, width: int, dtype: torch.dtype) -> list[Tensor]:
    """Numbers whose sums are exact: W in sixteenths, x in eighths."""
    random = torch.Generator().manual_seed(3)
    x = torch.randint(-8, 17, (steps, batch, width), generator=random) / 8
    weight = torch.randint(-8, 9, (width, width), generator=random) / 16
    return [x.to(dtype).requires_grad_(), weight.float().requires_grad_()]


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
@pytest.mark.parametrize("name", ["IF", "LIF", "soft"])
def test_backends_agree_to_the_bit_where_sums_are_exact(
    monkeypatch: pytest.MonkeyPatch, name: str, dtype: torch.dtype
) -> None:
    c = made(name, 37, torch.float32)
    x, weight = dyadic(4, 6, 37, dtype)
    got = trained(c, [c.recur(x, weight)], (x, weight))
    monkeypatch.setenv("SNNC_BACKEND", "torch")
    want = trained(c, [c.recur(x, weight)], (x, weight))
    assert 0.05 < float(got[0].detach().float().mean()) < 0.95
    assert [g.dtype for g in got] == [dtype, dtype, torch.float32]
    same(got[:1], want[:1])
    limit = 1e-5 if dtype == torch.float32 else 1e-2
    torch.testing.assert_close(got, want, rtol=limit, atol=limit)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_what_comes_back_is_what_is_stored(dtype: torch.dtype) -> None:
    """A value that is no spike comes back in 16 bits, and everything else stays in 32."""
    c = made("Smooth", 5, torch.float32)
    x, weight = operands(6, 2, 5, dtype)[:2]
    y, outputs, states = torch.zeros(2, 5), [], [torch.full((2, 5), 0.1)]
    for now in x:
        out, *states = c.step([now.float() + F.linear(y, weight)], states)
        outputs.append(out.to(dtype))
        y = outputs[-1].float()
    torch.testing.assert_close(c.recur(x, weight), torch.stack(outputs), rtol=0.01, atol=0.01)
    output, v = c.run_recurrent(x, weight, [0.1], None, None, True)
    assert (output.dtype, v.dtype) == (dtype, torch.float32)


@pytest.mark.parametrize("backend", ["c", "torch"])
def test_a_static_input(monkeypatch: pytest.MonkeyPatch, backend: str) -> None:
    monkeypatch.setenv("SNNC_BACKEND", backend)
    c = made("PLIF", 6)
    x, weight, *_ = operands(1, 5, 6)
    timed = x.detach().expand(7, 5, 6).contiguous().requires_grad_()
    got = trained(c, [c.recur(x[0], weight, time_steps=7)], (x, weight))
    want = trained(c, [c.recur(timed, weight)], (timed, weight))
    want[1] = want[1].sum(0, keepdim=True)
    torch.testing.assert_close(got, want, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("backend", ["c", "torch"])
@pytest.mark.parametrize("size", [(0, 3, 4), (4, 0, 4), (0, 0, 4)])
def test_nothing_to_do(
    monkeypatch: pytest.MonkeyPatch, size: tuple[int, int, int], backend: str
) -> None:
    monkeypatch.setenv("SNNC_BACKEND", backend)
    c = made("IF", 4)
    x, weight, last, v = operands(*size)
    results = c.run_recurrent(x, weight, [v], last, None, True)
    output, after, g_x, g_weight, g_last, g_v = trained(c, results, (x, weight, last, v))
    assert output.shape == g_x.shape == size
    assert not g_weight.any()
    assert not g_last.any()
    if not size[0]:
        same([after], [v])
        assert g_v.shape == v.shape


@pytest.mark.parametrize("backend", ["c", "torch"])
def test_streams(monkeypatch: pytest.MonkeyPatch, backend: str) -> None:
    monkeypatch.setenv("SNNC_BACKEND", backend)
    c = made("ALIF", 9)
    x, weight, *_ = operands(8, 3, 9)
    first, *states = c.run_recurrent(x[:3], weight, [0.0, 0.0], None, None, True)
    second, *_ = c.run_recurrent(x[3:], weight, states, first[-1], None, True)
    same([torch.cat([first, second])], [c.recur(x, weight)])


@pytest.mark.parametrize("width", [9, 600])
def test_streams_under_its_path(width: int) -> None:
    """The last output is kept as a delay would keep it."""
    c = made("ALIF", width)
    c.path = "a.hidden"
    x, weight, *_ = operands(8, 3, width)
    state: dict[str, Tensor] = {}
    parts = [c.recur(part, weight, state=state) for part in (x[:3], x[3:4], x[4:4], x[4:])]
    assert set(state) == {"a.hidden.v", "a.hidden.a", "a.hidden@-1"}
    same([state["a.hidden@-1"]], [parts[-1][-1:]])
    whole = c.recur(x, weight)
    torch.testing.assert_close(torch.cat(parts), whole, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", NEURONS)
def test_the_number_of_threads_changes_no_bit(name: str) -> None:
    """But in the gradient of the weight, which is a product of PyTorch's."""
    c = made(name, 50, torch.float32)
    x, weight, *_ = operands(20, 30, 50, torch.float32)
    results = []
    for number in (1, 1, 2, 3):
        with threads(number):
            output, g_x, g_weight, *rest = trained(c, [c.recur(x, weight)], (x, weight))
            results.append([output, g_x, *rest, g_weight])
    for other in results[1:]:
        same(other[:-1], results[0][:-1])
        torch.testing.assert_close(other[-1], results[0][-1])


@pytest.mark.parametrize("width", [513, 700])
def test_wide_ones_are_products_of_pytorch(width: int) -> None:
    """And any tensors that are not on the CPU."""
    c = made("ALIF", width)
    x, weight, last, *states = operands(4, 2, width, states=2)
    got = trained(c, c.run_recurrent(x, weight, states, last, None, True), (x, weight, last))
    want = trained(c, by_steps(c, x, weight, last, states), (x, weight, last))
    same(got, want)
    assert c.run_recurrent(x[:0], weight, states, last, None, True)[0].shape == (0, 2, width)
    static = c.recur(x[0], weight, time_steps=3)
    same([static], [c.recur(x[:1].expand(3, 2, width), weight)])


@pytest.mark.parametrize("width", [40, 513])
def test_products_are_never_of_16_bits(width: int) -> None:
    """Neither in the kernel nor in the loop, whatever autocast asks for."""
    c = made("LIF", width).float()
    x, weight, *_ = (each.float() for each in operands(6, 2, width))
    with torch.autocast("cpu", torch.bfloat16):
        got = c.recur(x, weight)
    assert torch.equal(got, c.recur(x, weight))
