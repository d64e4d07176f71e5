"""Element-wise feedback is composition: a neuron and a merge become one step, in every backend."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

from snnc.compile import alone as alone_of
from snnc.compile import module
from snnc.emit.neurons import NeuronClass
from snnc.kernel.build import Front, kernel
from snnc.kernel.compose import fed_back, in_front
from snnc.layers.add import Add
from snnc.layers.relu import ReLU
from snnc.neuron import Neuron
from snnc.neurons.alif import ALIF
from snnc.neurons.if_ import IF
from snnc.neurons.integrator import Integrator
from snnc.neurons.lif import LIF
from snnc.neurons.plif import PLIF
from snnc.number import Value
from snnc.step.print_torch import equations
from tests.fused.alone import cell, files, own
from tests.fused.neurons import both_ways, same
from tests.fused.test_gradients import Spike

BACKENDS = ("c", "torch")
MIX = own("Mix", "h = a * 0.5\ny = h + gain * b * h", "y", "a b", parameters="gain = 0.75")
GAIN = own(
    "Gain",
    "y = a + gain / tau * b",
    "y",
    "a b",
    parameters='gain = { value = 0.5, per = "channel", learnable = true }\ntau = 2.0',
)
PRODUCT = own("Product", "y = a * (b + 1.0)", "y", "a b")
GATED = own("Gated", "h = sigmoid(b)\nv = v + h * a\ns = h * v", "s", "a b", "v = 0.0")


def merged(kind: Neuron | Add, x: Tensor, y: Tensor) -> Tensor:
    """What each merge of the tests does, by hand."""
    if kind is MIX:
        return x * 0.5 + 0.75 * y * (x * 0.5)
    return x * (y + 1) if kind is PRODUCT else x + y


def leaky(h: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
    """A LIF of tau 2 and threshold 0.4 that subtracts when it fires."""
    h = v + (h - v) / 2
    s: Tensor = Spike.apply(h - 0.4)
    return s, h - s * 0.4


def summing(h: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
    """An integrator."""
    return v + h, v + h


def by_hand(
    step: Callable[[Tensor, Tensor], tuple[Tensor, Tensor]],
    merge: Callable[[Tensor, Tensor], Tensor],
    x: Tensor,
    delay: int = 1,
) -> Tensor:
    """The loop that a textbook writes."""
    v, outputs = torch.zeros_like(x[0]), [torch.zeros_like(x[0])] * delay
    for now in x:
        y, v = step(merge(now, outputs[-delay]), v)
        outputs.append(y)
    return torch.stack(outputs[delay:])


def data(*shape: int, scale: float = 1.0) -> Tensor:
    random = torch.Generator().manual_seed(4)
    x = torch.randn(shape, generator=random, dtype=torch.float64) * scale
    return x.requires_grad_()


@pytest.mark.parametrize("reset", ["hard", "soft"])
@pytest.mark.parametrize("backend", BACKENDS)
def test_a_spike_that_feeds_itself_never_ends(
    monkeypatch: pytest.MonkeyPatch, backend: str, reset: Any
) -> None:
    monkeypatch.setenv("SNNC_BACKEND", backend)
    found = cell(files(IF(reset=reset), [Front(Add(), (0, 1))]))
    x = torch.tensor([1.5, 0, 0, 0, 0, 0, 0, 0], dtype=torch.float64).view(8, 1, 1)
    assert found(x).flatten().tolist() == [1.0] * 8


@pytest.mark.parametrize("delay", [1, 3])
@pytest.mark.parametrize("merge", [Add(), MIX, PRODUCT], ids=lambda m: m.kind)
@pytest.mark.parametrize("backend", BACKENDS)
def test_gradients_are_those_of_a_loop(
    monkeypatch: pytest.MonkeyPatch, backend: str, merge: Any, delay: int
) -> None:
    monkeypatch.setenv("SNNC_BACKEND", backend)
    for neuron, step in (
        (LIF(tau=2.0, v_threshold=0.4, reset="soft"), leaky),
        (Integrator(), summing),
    ):
        found, x = cell(files(neuron, [Front(merge, (0, delay))])), data(7, 2, 5, scale=2.0)
        want = by_hand(step, lambda a, b: merged(merge, a, b), x, delay)
        weights = torch.randn_like(want)
        got = found(x)
        torch.testing.assert_close(got, want, rtol=1e-14, atol=1e-14)
        (a,), (b,) = (torch.autograd.grad(y, x, weights) for y in (got, want))
        torch.testing.assert_close(a, b, rtol=1e-12, atol=1e-12)
        assert float(b.abs().sum()) > 0
        assert float((want != 0).double().mean()) > 0.05


NEURONS: dict[str, Neuron] = {
    "IF": IF(v_threshold=0.4, detach_reset=True),
    "ALIF": ALIF(v_threshold=0.4, tau_a=4.0, beta=0.3),
    "PLIF": PLIF(v_threshold=0.4),
    "start": IF(v_threshold=0.5, initial={"v": Value(value=0.25, learnable=True)}),
}


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", NEURONS)
def test_the_merge_is_the_neuron_one_step_at_a_time(
    monkeypatch: pytest.MonkeyPatch, name: str, backend: str
) -> None:
    """Autograd of the neuron's own step in a loop: it knows nothing of composition."""
    monkeypatch.setenv("SNNC_BACKEND", backend)
    found = cell(files(NEURONS[name], [Front(Add(), (0, 1))]))
    alone = cell(files(NEURONS[name]))
    alone.load_state_dict(found.state_dict())
    x = data(9, 3, 7)
    y, states, outputs = torch.zeros_like(x[0]), alone.starts(), []
    states = states or alone.kernels.specs["cell"].start
    for now in x:
        y, *states = alone.step([now + y], states)
        outputs.append(y)
    want, got = torch.stack(outputs), found(x)
    assert 0.05 < float(got.detach().mean()) < 0.95
    torch.testing.assert_close(got, want, rtol=0, atol=0)
    weights = torch.randn_like(want)
    grads = [
        torch.autograd.grad(y, [x, *c.parameters()], weights)
        for y, c in ((got, found), (want, alone))
    ]
    torch.testing.assert_close(*grads, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", NEURONS)
def test_backends_agree(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    found = cell(files(NEURONS[name], [Front(Add(), (0, 2, 0))]), dtype=torch.float32)
    inputs = [data(9, 3, 700, scale=s).float().detach().requires_grad_() for s in (1.0, 0.5)]
    got = both_ways(found, inputs)
    monkeypatch.setenv("SNNC_BACKEND", "torch")
    same(got, both_ways(found, inputs), exact=name not in ("ALIF", "PLIF"))


def test_a_static_input_is_fed_back_too() -> None:
    found = cell(files(IF(), [Front(Add(), (0, 1))]))
    x = torch.full((2, 3), 0.5, dtype=torch.float64, requires_grad=True)
    timed = x.detach().expand(6, 2, 3).contiguous().requires_grad_()
    got, want = found(x, time_steps=6), found(timed)
    same([got], [want])
    (a,), (b,) = torch.autograd.grad(got.sum(), x), torch.autograd.grad(want.sum(), timed)
    torch.testing.assert_close(a, b.sum(0))


@pytest.mark.parametrize("backend", BACKENDS)
def test_the_numbers_of_a_merge_are_found_in_its_module(
    monkeypatch: pytest.MonkeyPatch, backend: str
) -> None:
    monkeypatch.setenv("SNNC_BACKEND", backend)
    other = NeuronClass("Gain", GAIN, kernel("gain", GAIN), ("gain",))
    fronts = [Front(GAIN, (0, 1), module="feedback")]
    inner = (("feedback", "Gain"),)
    text = files(IF(v_threshold=0.4), fronts, others=[other], inner=inner)
    found = cell(text)
    found.feedback = module(alone_of("alone", text), "kernels").Gain((3, 2)).double()
    assert set(found.state_dict()) == {"feedback.gain"}
    torch.nn.init.uniform_(found.feedback.gain)
    x, gain = data(6, 4, 3, 2), found.feedback.gain

    def step(h: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
        s: Tensor = Spike.apply(v + h - 0.4)
        return s, (1 - s) * (v + h)

    want = by_hand(step, lambda a, b: a + gain.view(3, 1) / 2 * b, x)
    got = found(x)
    torch.testing.assert_close(got, want)
    weights = torch.randn_like(want)
    pairs = [torch.autograd.grad(y, [x, gain], weights) for y in (got, want)]
    torch.testing.assert_close(*pairs, rtol=1e-12, atol=1e-12)
    assert float(pairs[1][1].abs().sum()) > 0


def test_fronts_of_both_inputs() -> None:
    fronts = [Front(Add(), (0, 0), port="a"), Front(Add(), (0, 1), port="b")]
    found = cell(files(GATED, fronts))
    inputs = [data(5, 2, 3, scale=s) for s in (1.0, 0.5, 0.25)]
    v, y, outputs = torch.zeros(2, 3), torch.zeros(2, 3), []
    for a, c, b in zip(*inputs, strict=True):
        v = v + torch.sigmoid(b + y) * (a + c)
        y = torch.sigmoid(b + y) * v
        outputs.append(y)
    want = torch.stack(outputs)
    torch.testing.assert_close(found(*inputs), want)


def test_streams() -> None:
    found = cell(files(IF(), [Front(Add(), (0, 2))]))
    x = data(9, 2, 3)
    states = found.kernels.specs["cell"].start
    first, *states = found.run([x[:4]], states, None, True)
    second, *states = found.run([x[4:]], states, None, True)
    assert len(states) == 3
    same([torch.cat([first, second])], [found(x)])


def test_names_never_meet() -> None:
    plain = own("Last", "last2 = x + last\nlast = last2 / 2\ny = last", "y", "x", "last = 0.0")
    front = own("Front", "last2 = x - h\nx2 = last2 * x", "x2", "x h")
    k = kernel("plain", plain, [Front(front, (0, 2))])
    assert k.step.inputs == ("x",)
    assert len({*k.step.states}) == 3
    made = [assign.name for assign in k.step.body]
    assert len(set(made)) == len(made)
    assert not set(made) & {*k.step.inputs, *k.step.states}


def test_it_reads_as_one_neuron() -> None:
    k = kernel("if", IF(), [Front(Add(), (0, 2))])
    assert equations(k.written.body) == [
        "merged = x + last2",
        "h = v + merged",
        "s = spike(h - 1.0)",
        "v = (1.0 - s) * h",
        "last2 = last",
        "last = s",
    ]
    assert k.start == {"v": 0.0, "last": 0.0, "last2": 0.0}


def test_what_cannot_be_fused_is_said() -> None:
    with pytest.raises(ValueError, match="ReLU of 1 inputs is not element-wise"):
        kernel("if", IF(), [Front(ReLU(), (0,))])
    with pytest.raises(ValueError, match="IF of 1 inputs is not element-wise"):
        kernel("if", IF(), [Front(IF(), (0,))])
    with pytest.raises(ValueError, match="if has 0 inputs: it must have one"):
        kernel("if", IF(), [Front(Add(), (1, 1))])
    with pytest.raises(ValueError, match="gated has 2 inputs: it must have just one"):
        kernel("gated", GATED, recurrent=True)
    step = IF().equations()
    with pytest.raises(ValueError, match="not of 'y'"):
        in_front(step, "y", MIX.equations())
    with pytest.raises(ValueError, match="fed back to 'x' after 0 steps"):
        fed_back(step, "x", 0)
