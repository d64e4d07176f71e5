"""A value of the reference has the shape of a batch, whatever its equations read."""

from pathlib import Path

import pytest
import torch

import snnc
from snnc import network
from snnc.reference import Reference
from tests.support.nets import document

SPEC = """
[input]
shape = [3]
encoder = "{encoder}"

[neurons.Q]
inputs = ["x"]
parameters = {{ q = {{ value = 0.5, learnable = true }}, v_threshold = 1.0 }}
state = {{ v = 0.1 }}
step = '''
s = spike(q)
v = v * 0.5 + x * s
'''
output = "s"

[network]
layers = [{{ kind = "Q" }}, {{ kind = "Linear", out_features = 2 }}]
"""


@pytest.mark.parametrize("encoder", ["none", "direct"])
def test_a_spike_of_a_parameter_alone(tmp_path: Path, encoder: str) -> None:
    doc = document(tmp_path, SPEC.format(encoder=encoder))
    net, reference = network(doc)(), Reference(snnc.link(doc))
    reference.load_state_dict(net.state_dict())
    x = torch.rand((4, 2, 3) if encoder == "none" else (2, 3))
    got, values = net(x), reference(input=x)
    torch.testing.assert_close(got, values["output"])
    got.sum().backward()
    values["output"].sum().backward()
    for mine, its in zip(net.parameters(), reference.parameters(), strict=True):
        torch.testing.assert_close(mine.grad, its.grad)
