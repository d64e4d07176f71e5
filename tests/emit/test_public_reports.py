"""Public reports on libraries for spiking networks, each as a spec: what failed there works here.

Numbers are those of issues on GitHub: S of fangwei123456/spikingjelly, T of jeshraghian/snntorch,
N of norse/norse. T172, truncated backpropagation of a signal, is test_truncated.py.
"""

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from snnc import network
from tests.support.by_hand import Spike, atan
from tests.support.nets import document

T, B = 6, 4
SEQUENCE = '[output]\nreadout = "sequence"\n'


def made(folder: Path, shape: str, layers: str, rest: str = SEQUENCE, encoder: str = "none") -> Any:
    """A network of these layers that reads sequences, or what an encoder makes of samples."""
    head = f'[input]\nshape = {shape}\nencoder = "{encoder}"\n'
    text = f"{head}[network]\nlayers = [{layers}]\n{rest}"
    torch.manual_seed(3)
    return network(document(folder, text, T))()


SMALL = '{ kind = "Linear", name = "fc", out_features = 5 }, { kind = "LIF", v_threshold = 0.3 }'


def test_t358_a_synaptic_current_decays_and_is_integrated(tmp_path: Path) -> None:
    """There the state of the current was overwritten by the potential: it fired at every step."""
    own = """[neurons.Synaptic]
state = { syn = 0.0, mem = 0.0 }
step = '''
syn = 0.9 * syn + x
mem = 0.8 * mem + syn
s = spike(mem - 1.0)
mem = mem - detach(s)
'''
output = "s"
"""
    net, x = made(tmp_path, "[1]", '"Synaptic"', SEQUENCE + own).double(), torch.zeros(T, 1, 1)
    x[0] = 0.6
    syn, mem, want = 0.0, 0.0, []
    for t in range(T):
        syn = 0.9 * syn + float(x[t])
        mem = 0.8 * mem + syn
        want.append(float(mem >= 1))
        mem -= want[-1]
    assert net(x.double()).flatten().tolist() == want == [0, 1, 0, 0, 1, 0]


def test_n130_a_state_goes_on_after_the_backward_pass(tmp_path: Path) -> None:
    """A state keeps its graph, so PyTorch says what to do; detached, training goes on."""
    net, x = made(tmp_path, "[3]", SMALL), torch.rand(T, B, 3) * 3
    state: dict[str, Tensor] = {}
    net(x, state=state).sum().backward()
    with pytest.raises(RuntimeError, match="second time"):
        net(x, state=dict(state)).sum().backward()
    before = {key: value.detach() for key, value in state.items()}
    net.zero_grad()
    net(x, state=before).sum().backward()
    assert net.fc.weight.grad.abs().max() > 0


def test_t340_a_rollout_without_gradients_then_updates(tmp_path: Path) -> None:
    """Nothing is left in the network: minibatches of a rollout are each passed back through."""
    net, x = made(tmp_path, "[3]", SMALL), torch.rand(T, 2 * B, 3) * 3
    state: dict[str, Tensor] = {}
    with torch.no_grad():
        steps = [net(x[t : t + 1], state=state) for t in range(T)]
    torch.testing.assert_close(torch.cat(steps), net(x))
    for _ in range(2):
        for part in torch.split(x, B, 1):
            net(part).sum().backward()
    assert net.fc.weight.grad.isfinite().all()


@pytest.mark.parametrize("stats", ["sequence", "step"])
def test_s619_statistics_of_all_steps_and_of_each(tmp_path: Path, stats: str) -> None:
    """Both are stated in the spec, and neither follows from how a network is called."""
    net = made(tmp_path, "[5]", f'{{ kind = "BatchNorm1d", name = "bn", stats = "{stats}" }}')
    x, bn = torch.randn(T, B, 5) * torch.arange(1, T + 1)[:, None, None], nn.BatchNorm1d(5)
    parts = [x.flatten(0, 1)] if stats == "sequence" else [*x]
    want = torch.cat([bn(part) for part in parts]).view_as(x)
    torch.testing.assert_close(net(x), want)
    torch.testing.assert_close(net.bn.running_mean, bn.running_mean)
    torch.testing.assert_close(net.bn.running_var, bn.running_var)
    torch.testing.assert_close(net.eval()(x), bn.eval()(x.flatten(0, 1)).view_as(x))


def test_s591_the_next_call_has_other_steps_and_samples(tmp_path: Path) -> None:
    net = made(tmp_path, "[4, 4, 3]", '"LIF"')
    for steps, samples in ((12, 13), (9, 3), (1, 1)):
        x = torch.randn(steps, samples, 4, 4, 3)
        parts = [net(x[:, i : i + 1]) for i in range(samples)]
        torch.testing.assert_close(net(x), torch.cat(parts, 1))


@pytest.mark.parametrize("mixed", [False, True])
def test_s594_two_inputs_through_one_network(tmp_path: Path, mixed: bool) -> None:
    """As a pair of images is compared: the gradient is the sum of both."""
    net, x = made(tmp_path, "[3]", SMALL), torch.rand(2, T, B, 3) * 3
    with torch.autocast("cpu", enabled=mixed):
        first, second = net(x[0]), net(x[1])
    (first.float().sum() + second.float().sum()).backward()
    both = net.fc.weight.grad.clone()
    net.zero_grad()
    with torch.autocast("cpu", enabled=mixed):
        for part in x:
            net(part).float().sum().backward()
    torch.testing.assert_close(both, net.fc.weight.grad, rtol=1e-2 if mixed else 1e-5, atol=1e-2)


OWN = """[neurons.Own]
parameters = { a = { value = 0.0, learnable = true } }
state = { v = 0.0 }
step = '''
h = v + (x - v) / 2 + a * v
s = spike(h - 0.4)
v = reset(h, s)
'''
output = "s"
"""


def test_s397_a_learned_number_that_starts_at_0_is_learned(tmp_path: Path) -> None:
    net = made(tmp_path, "[3]", '{ kind = "Own", name = "n" }', SEQUENCE + OWN).double()
    x = torch.rand(T, B, 3, dtype=torch.float64)
    net(x).sum().backward()
    a, total = torch.zeros((), dtype=torch.float64, requires_grad=True), torch.zeros(())
    v = x.new_zeros(B, 3)
    for now in x:
        h = v + (now - v) / 2 + a * v
        s = Spike.apply(h - 0.4, atan)
        v, total = (1 - s) * h, total + s.sum()
    (want,) = torch.autograd.grad(total, [a])
    torch.testing.assert_close(net.n.a.grad, want)
    assert want.abs() > 0.01
    torch.optim.SGD(net.parameters(), 0.1).step()
    assert float(net.n.a.detach()) == pytest.approx(-0.1 * float(want))


def test_s419_in_the_place_of_an_activation(tmp_path: Path) -> None:
    """What is written over is told by PyTorch or is not needed; a second gradient is refused."""
    net, x = made(tmp_path, "[3]", SMALL), (torch.rand(T, B, 3) * 3).requires_grad_()
    y = net(x)
    y.add_(1).mul_(2)
    y.sum().backward()
    assert x.grad is not None
    changed, x.grad = x.grad.clone(), None
    (2 * net(x)).sum().backward()
    torch.testing.assert_close(changed, x.grad)
    (slope,) = torch.autograd.grad(net(x).sum(), [x], create_graph=True)
    with pytest.raises(RuntimeError, match="has no second derivative"):
        torch.autograd.grad(slope.sum(), [x])


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.float16])
def test_t445_latencies_have_the_type_of_the_data(tmp_path: Path, dtype: torch.dtype) -> None:
    """And, as in S286, an encoder keeps nothing of the batch before, which may have been larger."""
    net = made(tmp_path, "[3]", '"Identity"', encoder="latency").to(dtype)
    for samples in (B, 1):
        x = torch.rand(samples, 3, dtype=torch.float64).to(dtype)
        spikes = net(x)
        assert spikes.dtype == dtype
        assert spikes.sum(0).tolist() == torch.ones(samples, 3).tolist()


def test_s528_sequences_of_signals(tmp_path: Path) -> None:
    """[T, B, C, L]: a convolution over the signal at each step, states over time."""
    layers = '{ kind = "Conv1d", name = "c", out_channels = 2, kernel_size = 3 }, "LIF", "Flatten"'
    net, x = made(tmp_path, "[3, 9]", layers), torch.randn(T, B, 3, 9)
    drives, v, want = [net.c(now) for now in x], torch.zeros(B, 2, 7), []
    for now in drives:
        h = v + (now - v) / 2
        want.append((h >= 1).float())
        v = (1 - want[-1]) * h
    torch.testing.assert_close(net(x), torch.stack(want).flatten(2))
