"""``[defaults] neuron`` beside every kind there is: each takes of it what it has."""

from pathlib import Path

import pytest

from snnc.kinds import catalog, keys_of
from snnc.neuron import SpikingNeuron
from snnc.source.diagnostic import Findings
from tests.support.nets import document

SPIKING = [n for n, kind in catalog("snnc.neurons").items() if issubclass(kind, SpikingNeuron)]
STATED = {"reset": "soft", "detach_reset": True, "tau": 3.0, "tau_a": 5.0}
TEXT = """
[input]
shape = [4]
[defaults]
neuron = {{ {defaults} }}
[network]
layers = ["{kind}"]
"""


@pytest.mark.parametrize("kind", SPIKING)
def test_a_neuron_takes_the_keys_that_it_has(tmp_path: Path, kind: str) -> None:
    defaults = 'reset = "soft", detach_reset = true, tau = 3.0, tau_a = 5.0'
    doc = document(tmp_path, TEXT.format(defaults=defaults, kind=kind))
    (layer,) = doc.spec.network.layers
    taken = keys_of(type(layer)) & STATED.keys()
    assert layer.model_fields_set - {"kind", "name", "source"} == taken
    stated = {key: getattr(layer, key) for key in taken}
    firsts = {key: getattr(value, "value", value) for key, value in stated.items()}  # PLIF's tau
    assert firsts == {key: STATED[key] for key in taken}
    assert "detach_reset" in taken


@pytest.mark.parametrize("kind", ["CLIF", "LIF", "ResonateAndFire"])
def test_a_key_that_no_neuron_has_is_refused(tmp_path: Path, kind: str) -> None:
    with pytest.raises(Findings) as found:
        document(tmp_path, TEXT.format(defaults="resett = true", kind=kind))
    (one,) = found.value.diagnostics
    assert (one.code, one.message) == ("SNN201", f"unknown key `resett` of {kind}")
