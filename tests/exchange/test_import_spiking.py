"""``snnc import torch --time``: networks of other libraries' neurons, and what cannot be said."""

from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest
import torch

import snnc
from snnc.exchange import Refused
from snnc.exchange.libraries import snntorch, spikingjelly
from snnc.exchange.libraries.types import Recipe, SpikingLayer
from snnc.exchange.time_axis import Time
from snnc.exchange.torch_fx import proving, spiking
from snnc.exchange.torch_fx.timing import Clock
from tests.support import spiking_nets
from tests.support.cli import Ran
from tests.support.cli import snnc as run

HERE = "tests.support.spiking_nets"
RECURRENT = "tests.support.recurrent_nets"
STEPS = spiking_nets.STEPS
Import = Callable[..., Ran]
NETS: list[tuple[str, tuple[int, ...], str, list[str]]] = [
    ("multi_step", (8,), "first", ['kind = "IF"', 'reset = "soft"', "tau = 4.0"]),
    ("one_step", (8,), "step", ['encoder = "none"', 'readout = "sequence"', "tau = 3.0"]),
    ("repeated", (1, 6, 6), "inside", ['encoder = "direct"', 'readout = "mean"']),
    ("container", (8,), "first", ['"inner@-1"', 'kind = "Concat"']),
    ("heads", (8,), "first", ['kind = "Slice"', "y = c - x", "start = 8"]),
    ("loop", (8,), "inside", ["[neurons.Leaky]", "[neurons.LeakyV]", "[outputs.output2]"]),
    ("loop_zero", (8,), "inside", ["h = beta * ((1 - r) * v) + x", 'fires = "above"']),
    ("synaptic", (8,), "inside", ["[neurons.RSynaptic]", 'from = "rec@-1"', "c = clip(alpha"]),
    ("synaptic_zero", (8,), "inside", ["h = g - g * r"]),
    ("synaptic_potential", (8,), "inside", ["[neurons.RSynapticV]", 'from = "rec@-1"']),
    ("summed", (8,), "first", ['from = "lif@-1"', 'readout = "mean"']),
    ("kept", (8,), "first", ['from = ["fc", "back@-1"]']),
    ("cells", (8,), "first", ["[neurons.NorseLIF]", "k_mem = 0.1"]),
    ("time_second", (8,), "second", ["[surrogates.SingleExponential]", "floor(max(h, 0.0)"]),
]


@pytest.fixture
def bring(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Import:
    """The command, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: run(capsys, "import", "torch", *arguments)


def imported(name: str, shape: tuple[int, ...], time: str) -> spiking.ImportedSpiking:
    where = RECURRENT if name.startswith("synaptic") else HERE
    return spiking.imported(f"{where}:{name}", "net", shape, Clock(Time(time), STEPS))


@pytest.mark.parametrize(("name", "shape", "time", "parts"), NETS)
def test_networks_are_proved_equal(
    name: str, shape: tuple[int, ...], time: str, parts: list[str]
) -> None:
    made = imported(name, shape, time)
    assert made.proof.apart < 1e-14
    assert made.proof.compared >= 1
    assert made.proof.gradients >= 2
    assert not made.proof.silent
    for part in parts:
        assert part in made.spec, made.spec


def test_the_files_are_a_network_with_its_weights(bring: Import) -> None:
    """What the command writes, built and run beside the original in float32."""
    times = ("--time", "first", "--time-steps", str(STEPS))
    ran = bring(f"{HERE}:multi_step", "--input", "8", *times, "-o", "brought")
    assert ran.code == 0, ran.err
    assert "difference 0, spikes of 2 neurons" in ran.err
    net = snnc.compile("brought.snn.toml").eval()
    net.load_state_dict(torch.load("brought.pt", weights_only=True))
    x = torch.rand(STEPS, 5, 8, generator=torch.Generator().manual_seed(7)) * 16
    with torch.no_grad():
        want = spiking_nets.multi_step()(x)
        assert torch.equal(net(x), want)
    assert 0 < want.mean() < 1


def test_a_silent_network_is_told_so(bring: Import) -> None:
    times = ("--time", "first", "--time-steps", "4")
    ran = bring(f"{HERE}:silent", "--input", "8", *times, "-o", "quiet")
    assert ran.code == 0
    assert "note: 1 never fired on any sample, which proves little" in ran.err


@pytest.mark.parametrize(
    ("name", "time", "said"),
    [
        ("gated", "first", r"1 \(.*GatedLIFNode\).*another number at each time step"),
        ("psn", "first", r"1 \(.*PSN\).*it mixes all time steps"),
        ("new", "first", r"NewNode\).*its equations are not known here"),
        ("changed", "first", r"Changed changes the class that it derives from"),
        ("Quantised", "inside", r"lif1 .*spiking_nets.py line \d+.*`state_quant = a function`"),
        ("Crossed", "inside", "it is given a state that is not its own"),
        ("Uneven", "inside", "lif1 reads something else at time step"),
        ("one_step", "first", 'its step_mode is "s", and it reads a whole sequence'),
        ("once", "inside", "is called once: `--time step` is for"),
    ],
)
def test_what_a_spec_cannot_say(name: str, time: str, said: str) -> None:
    with pytest.raises(Refused, match=said):
        imported(name, (8,), time)


def test_an_unknown_neuron_is_told_how_to_write_it(bring: Import) -> None:
    times = ("--time", "first", "--time-steps", "4")
    ran = bring(f"{HERE}:new", "--input", "8", *times, "-o", "brought")
    assert ran.code == 1
    assert "[neurons.X] with `state`, `step` and `output`" in ran.err
    assert not [*Path().glob("brought*")]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ((), 1, "1 is SpikingJelly's IFNode, a neuron with a state"),
        (("--time", "first"), 2, "--time and --time-steps belong together: add --time-steps"),
        (("--time-steps", "4"), 2, "belong together: add --time"),
        (("--time", "inside", "--time-steps", "4"), 2, "the network does not take [3, 8], which"),
        (("--time", "first", "--time-steps", "1"), 2, "--time-steps"),
        (("--time", "last", "--time-steps", "4"), 2, "--time"),
    ],
)
def test_time_is_asked_for(bring: Import, arguments: tuple[str, ...], code: int, said: str) -> None:
    ran = bring(f"{HERE}:multi_step", "--input", "8", *arguments, "-o", "brought")
    assert ran.code == code, ran.err
    assert said in ran.err
    assert not [*Path().glob("brought*")]


def test_ties_are_proved(monkeypatch: pytest.MonkeyPatch) -> None:
    """Random numbers do not hit a threshold: the dyadic ones tell > from >=."""
    monkeypatch.setattr(snntorch, "FIRES_ABOVE", {"fires": "at"})
    with pytest.raises(proving.Differs, match="values differ from the original's"):
        imported("loop", (8,), "inside")


def test_slopes_are_proved(monkeypatch: pytest.MonkeyPatch) -> None:
    recipe = spikingjelly.LIBRARY.known["neuron.integrate_and_fire.IFNode"]

    def steeper(module: torch.nn.Module, shape: tuple[int, ...]) -> SpikingLayer:
        made = recipe(module, shape)
        slope = {"kind": "ATan", "alpha": 2.5}
        return SpikingLayer(made.kind, {**made.fields, "surrogate": slope}, made.state)

    known = cast("dict[str, Recipe]", spikingjelly.LIBRARY.known)
    monkeypatch.setitem(known, "neuron.integrate_and_fire.IFNode", steeper)
    with pytest.raises(proving.Differs, match="the gradient of"):
        imported("multi_step", (8,), "first")
