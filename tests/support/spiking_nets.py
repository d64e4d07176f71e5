"""Networks of stand-ins, as people write them: in sequences, in loops, one step at a time."""

import torch
from torch import Tensor, nn

from tests.support.spiking_stand_ins import (
    IAF,
    PSN,
    Changed,
    GatedLIFNode,
    IFNode,
    Leaky,
    LIFCell,
    LIFNode,
    Linear,
    MyLIF,
    NewNode,
)

STEPS = 6


def lively(net: nn.Module, scale: float = 3.0) -> nn.Module:
    """Weights under which neurons fire, the same at every call."""
    random = torch.Generator().manual_seed(0)
    for p in net.parameters():
        if p.dim() > 1:
            p.data = torch.randn(p.shape, generator=random) * scale / p.shape[1] ** 0.5
        elif p.dim() == 1:
            p.data = torch.randn(p.shape, generator=random) / 4
    return net


def multi_step() -> nn.Module:
    """[T, B, 8], every module over all steps."""
    return lively(
        nn.Sequential(Linear(8, 12), IFNode(v_reset=None, step_mode="m"), Linear(12, 4), MyLIF()),
        8.0,
    )


def one_step() -> nn.Module:
    return lively(nn.Sequential(nn.Linear(8, 12), LIFNode(), nn.Linear(12, 4), LIFNode(tau=3.0)))


class Repeated(nn.Module):
    """[B, 1, 6, 6]: the image is repeated, and the rate is the answer."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.bn, self.sn = nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), LIFNode(step_mode="m")
        self.fc, self.out = nn.Linear(64, 4), IFNode(step_mode="m")

    def forward(self, x: Tensor) -> Tensor:
        x = self.bn(self.conv(x)).unsqueeze(0).repeat(STEPS, 1, 1, 1, 1)
        y: Tensor = self.out(self.fc(self.sn(x).flatten(2))).mean(0)
        return y


def repeated() -> nn.Module:
    return lively(Repeated(), 2.0)


class Container(nn.Module):
    """SpikingJelly's recurrent container as it runs: y[t] of the concatenation of x[t], y[t-1]."""

    def __init__(self) -> None:
        super().__init__()
        self.rc, self.inner = nn.Linear(8 + 5, 5), IFNode()

    def forward(self, x: Tensor) -> Tensor:
        y, outputs = x.new_zeros(x.shape[1], 5), []
        for t in range(x.shape[0]):
            y = self.inner(self.rc(torch.cat((x[t], y), dim=-1)))
            outputs.append(y)
        return torch.stack(outputs)


def container() -> nn.Module:
    return lively(Container())


class Heads(nn.Module):
    """[T, B, 8]: queries, keys and values of one product, as in a spiking transformer."""

    def __init__(self) -> None:
        super().__init__()
        self.qkv, self.sn, self.out = Linear(8, 12), IFNode(step_mode="m"), IFNode(step_mode="m")

    def forward(self, x: Tensor) -> Tensor:
        q, k, v = self.sn(self.qkv(x)).chunk(3, dim=2)
        y: Tensor = self.out(q + 0.5 * k * (1 - v))
        return y


def heads() -> nn.Module:
    return lively(Heads())


class Loop(nn.Module):
    """A loop of snnTorch with its states outside, and two outputs."""

    def __init__(self, reset: str = "subtract") -> None:
        super().__init__()
        self.fc1, self.lif1 = nn.Linear(8, 12), Leaky(0.9, reset)
        self.fc2, self.lif2 = nn.Linear(12, 4), Leaky(0.8, reset, learn_beta=True)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        mem1, mem2 = torch.zeros(0), torch.zeros(0)
        spikes, potentials = [], []
        for _ in range(STEPS):
            a, mem1 = self.lif1(self.fc1(x), mem1)
            b, mem2 = self.lif2(self.fc2(a), mem2)
            spikes.append(b)
            potentials.append(mem2)
        return torch.stack(spikes), torch.stack(potentials)


def loop() -> nn.Module:
    return lively(Loop())


def loop_zero() -> nn.Module:
    return lively(Loop("zero"))


class Summed(nn.Module):
    """Its own recurrence over the spikes before, states inside, and a sum step by step."""

    def __init__(self) -> None:
        super().__init__()
        self.fc, self.back = nn.Linear(8, 12), nn.Linear(12, 12)
        self.lif, self.out = Leaky(0.9, "none", init_hidden=True), nn.Linear(12, 4)

    def forward(self, x: Tensor) -> Tensor:
        spk, total = torch.zeros(x.shape[1], 12), 0.0
        for x_t in x:
            spk = self.lif(self.fc(x_t) + self.back(spk))
            total = total + self.out(spk)
        return total / len(x)  # type: ignore[return-value]


class Kept(Summed):
    """What is fed back is kept, with its bias, and is 0 before the first step."""

    def __init__(self) -> None:
        super().__init__()
        self.lif = Leaky(0.7, init_hidden=True)

    def forward(self, x: Tensor) -> Tensor:
        back, spikes = torch.zeros(x.shape[1], 12), []
        for x_t in x:
            spikes.append(self.lif(self.fc(x_t) + back))
            back = self.back(spikes[-1])
        return torch.stack(spikes)


def kept() -> nn.Module:
    return lively(Kept(), 1.0)


def summed() -> nn.Module:
    return lively(Summed(), 1.0)


class Cells(nn.Module):
    """Norse's cells, whose state is handed from step to step."""

    def __init__(self) -> None:
        super().__init__()
        self.fc, self.cell = nn.Linear(8, 4), LIFCell()

    def forward(self, x: Tensor) -> Tensor:
        state, outputs = None, []
        for t in range(len(x)):
            z, state = self.cell(self.fc(x[t]), state)
            outputs.append(z)
        return torch.stack(outputs)


def cells() -> nn.Module:
    return lively(Cells())


def time_second() -> nn.Module:
    """Sinabs: [B, T, 8]."""
    return lively(nn.Sequential(nn.Linear(8, 12), IAF(), nn.Linear(12, 4), IAF(min_v_mem=-1.0)))


def once() -> nn.Module:
    """One step, where a forward of all steps was asked for."""
    return lively(nn.Sequential(nn.Linear(8, 4), Leaky(0.9, init_hidden=True)))


def silent() -> nn.Module:
    net = nn.Sequential(Linear(8, 4), IFNode(step_mode="m"))
    for p in net.parameters():
        p.data.fill_(-float(p.dim() == 1))
    return net


def gated() -> nn.Module:
    return nn.Sequential(Linear(8, 4), GatedLIFNode(step_mode="m"))


def psn() -> nn.Module:
    return nn.Sequential(Linear(8, 4), PSN(step_mode="m"))


def new() -> nn.Module:
    return nn.Sequential(Linear(8, 4), NewNode(step_mode="m"))


def changed() -> nn.Module:
    return nn.Sequential(Linear(8, 4), Changed(step_mode="m"))


class Quantised(Loop):
    def __init__(self) -> None:
        super().__init__()
        self.lif1 = Leaky(0.9, state_quant=torch.round)


class Crossed(Loop):
    """The second neuron gets the state of the first."""

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        mem, spikes = torch.zeros(0), []
        for _ in range(STEPS):
            _, mem = self.lif1(x, mem)
            a, _ = self.lif2(x, mem)
            spikes.append(a)
        return torch.stack(spikes), torch.stack(spikes)


class Uneven(Loop):
    """The input is dropped at one step."""

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        mem, spikes = torch.zeros(0), []
        for t in range(STEPS):
            a, mem = self.lif1(self.fc1(x * (t != 3)), mem)
            spikes.append(a)
        return torch.stack(spikes), torch.stack(spikes)
