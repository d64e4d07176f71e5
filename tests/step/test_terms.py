"""What depends on parameters alone leaves the step, whatever it is, and is learned all the same."""

from pathlib import Path

import pytest

from snnc.kernel.build import kernel
from snnc.neurons.alif import ALIF
from snnc.number import Value
from snnc.step.print_torch import assignments
from tests.support.beside import BACKENDS, same, use
from tests.support.nets import document, pair

LEARNED = Value(value=20.0, learnable=True, per="channel")


def test_the_decay_of_a_threshold_leaves_the_step() -> None:
    k = kernel("alif", ALIF(tau_a=LEARNED))
    assert [term.name for term in k.terms] == ["rho", "tau_a_term"]
    assert "a_2 = rho * a + tau_a_term * s" in assignments(k.step.body)


def test_constants_are_rounded_once() -> None:
    body = assignments(kernel("alif", ALIF(tau_a=2.0)).step.body)
    assert "a_2 = 0.6065306597126334 * a + 0.3934693402873666 * s" in body
    assert not any("rho" in line for line in body)


STEPS = {
    "named terms": "k = exp(-p)\nk2 = 1 - k\nv = k * v + k2 * x\ny = v + k",
    "a term of a term": "k = exp(-p)\nk = k * k\nv = k * v + x\ny = v",
    "detach": "v = v * detach(p) + x * p\ny = v",
    "round": "v = v * 0.5 + x * round(3 * p)\ny = v * floor(4 * p)",
    "extrema": "v = v * max(p, 0.25) + x * min(p, q)\ny = v",
    "clip": "v = v * clip(p, 0, 1) + x\ny = v",
    "clip at a parameter": "v = v * 0.5 + clip(x, p, 1)\ny = clip(v + x, -1, q)",
    "clip between parameters": "v = v * 0.5 + clip(x, p, q)\ny = v",
    "clip between bounds that cross": "v = v * 0.5 + clip(3 * x, q, 0.25 * p)\ny = v",
    "a number clipped": "v = v * 0.5 + x * clip(0.4, p, 1)\ny = v + clip(0.25, 0.5, x)",
    "clip of a clip": "v = clip(clip(clip(v + x, p, 1), 0, q), x, 1)\ny = v",
    "where": "v = where(p > q, v, 0.5 * v) + x\ny = where(x > p, v, 2 * v)",
    "all in a where": "v = v * where(p > q, p, q) + x\ny = v",
    "a delay": "y = v + x\nv = x * p",
    "a state that is a parameter": "y = v + x * p\nv = p",
    "a state that is a term": "y = v + x\nv = max(p, q)",
    "a state that is a number": "y = v + x * p\nv = 0.75",
    "something for nothing": "z = exp(x)\nv = v * p + x\ny = v",
}
NETWORK = """
[input]
shape = [3, 2]
[network]
layers = [{{ kind = "Conv1d", out_channels = 3, kernel_size = 1 }}, {{ kind = "Own"{more} }}]
[output]
readout = "sequence"
[neurons.Own]
state = {{ v = 0.25 }}
output = "y"
step = '''
{step}
'''
[neurons.Own.parameters]
p = {{ value = 0.5, learnable = true, per = "channel" }}
q = {{ value = 0.375, learnable = true, per = "neuron", range = [0.0, 1.0] }}
"""
START = ', initial = { v = { value = 0.5, learnable = true, per = "channel" } }'


@pytest.mark.parametrize("more", ["", START])
@pytest.mark.parametrize("name", STEPS)
def test_terms_are_learned_as_autograd_learns_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, more: str
) -> None:
    both = pair(document(tmp_path, NETWORK.format(step=STEPS[name], more=more)), batch=2)
    for backend in BACKENDS:
        use(monkeypatch, backend)
        same(both, f"{backend}, {name}")
