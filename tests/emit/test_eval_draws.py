"""An evaluation in between changes no random number of what follows."""

from pathlib import Path
from typing import Any

import pytest
import torch

from snnc import network
from tests.support.nets import document

SPEC = """
[input]
shape = [2, 6, 6]
encoder = "{encoder}"
[network]
layers = [
  {{ kind = "Conv2d", out_channels = 4, kernel_size = 3 }},
  {{ kind = "LIF", v_threshold = 0.05 }},
  {{ kind = "{kind}", p = 0.5, mask = "{mask}", name = "drop" }}, "Flatten",
  {{ kind = "Linear", out_features = 3 }},
]
"""


@pytest.mark.parametrize("encoder", ["none", "direct"])
@pytest.mark.parametrize("kind", ["Dropout", "Dropout2d"])
@pytest.mark.parametrize("mask", ["sequence", "step"])
def test_eval_draws_nothing(tmp_path: Path, encoder: str, kind: str, mask: str) -> None:
    text = SPEC.format(encoder=encoder, kind=kind, mask=mask)
    net: Any = network(document(tmp_path, text))().eval()
    x = torch.rand(*([4] if encoder == "none" else []), 3, 2, 6, 6)
    before = torch.get_rng_state()
    first = net(x)
    net.values(x), net(x, state={})
    assert torch.equal(torch.get_rng_state(), before)
    assert torch.equal(net(x), first)
    net.drop.train()  # Monte Carlo dropout
    assert not torch.equal(net(x), net(x))
    net.train()
    assert not torch.equal(net(x), net(x))
