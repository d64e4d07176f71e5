"""Ties: a neuron that fires at its threshold, and one that fires above it."""

from pathlib import Path

import pytest
import torch
from torch import Tensor

import snnc
from tests.support.beside import BACKENDS, beside, gradient, outputs, use
from tests.support.by_hand import TWINS

STEPS, BATCH, SIZE = 12, 6, 8
KINDS = ("IF", "LIF", "PLIF", "QIF", "CLIF", "TernaryIF", "ALIF")
OWN = """
format = 1
name = "net"
time_steps = 1

[input]
shape = [4]
encoder = "none"

[neurons.Two]
parameters = { v_threshold = 0.5 }
step = "s = spike(x - v_threshold) + spike(x - 1.0)"
output = "s"

[network]
layers = [{ kind = "Two", FIELDS }]

[output]
readout = "sequence"
"""


def dyadic() -> Tensor:
    """Multiples of 1/4, which hit thresholds of 1 exactly."""
    random = torch.Generator().manual_seed(0)
    x = torch.randint(-3, 8, (STEPS, BATCH, SIZE), generator=random).double() / 4
    return x.requires_grad_()


@pytest.mark.parametrize("backend", BACKENDS)
def test_ties_are_decided_by_fires(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, backend: str
) -> None:
    use(monkeypatch, backend)
    x = dyadic()
    layers = {f"{kind.lower()}_{how}": {"kind": kind, "fires": how}
              for kind in KINDS for how in ("at", "above")}  # fmt: skip
    module = beside(tmp_path, layers, SIZE, STEPS, torch.float64)
    got = outputs(module, x, layers)
    for name, fields in layers.items():
        want = TWINS[str(fields["kind"])].run(fields, x)[0]
        assert torch.equal(got[name], want), name
        torch.testing.assert_close(gradient(got[name], x), gradient(want, x), rtol=1e-9, atol=1e-11)
    for kind in ("if", "lif", "ternaryif"):
        assert not torch.equal(got[f"{kind}_at"], got[f"{kind}_above"]), f"{kind}: nothing ties"


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(
    ("fields", "want"), [("", [0, 1, 1, 2]), ('fires = "above"', [0, 0, 1, 1])]
)
def test_every_spike_of_an_own_neuron_follows_fires(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, backend: str, fields: str, want: list[int]
) -> None:
    use(monkeypatch, backend)
    path = tmp_path / "net.snn.toml"
    path.write_text(OWN.replace(", FIELDS", f", {fields}" if fields else ""))
    got = snnc.compile(path)(torch.tensor([[[0.25, 0.5, 0.75, 1.0]]]))
    assert got.flatten().tolist() == want


@pytest.mark.parametrize("backend", BACKENDS)
def test_no_number_fires_neither_at_nor_above(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, backend: str
) -> None:
    use(monkeypatch, backend)
    layers = {how: {"kind": "IF", "fires": how} for how in ("at", "above")}
    module = beside(tmp_path, layers, 1, 1, torch.float64)
    for spikes in outputs(module, torch.full((1, 1, 1), torch.nan).double(), layers).values():
        assert spikes.item() == 0
