"""The readout "sequence" gives [T, B, ...], whatever the last layer is and however it runs."""

from pathlib import Path

import pytest
import torch

from tests.support.nets import document, pair

LINEAR = '{ kind = "Linear", out_features = 5 }'
LIF = '{ kind = "LIF" }'
LAST = {
    "LIF": [LINEAR, LIF],
    "BatchNorm + LIF": [LINEAR, '{ kind = "BatchNorm1d" }', LIF],
    "BatchNorm": [LINEAR, LIF, LINEAR, '{ kind = "BatchNorm1d" }'],
    "Delay": [LINEAR, LIF, '{ kind = "Delay", delay = 1 }'],
    "BNTT1d": [LINEAR, '{ kind = "BNTT1d" }'],
    "Dropout": [LINEAR, LIF, '{ kind = "Dropout", p = 0.5 }'],
    "Linear": [LINEAR, LIF, LINEAR],
    "Linear alone": [LINEAR],
    "ReLU": [LINEAR, '{ kind = "ReLU" }'],
    "Flatten": [LINEAR, LIF, '{ kind = "Flatten" }'],
}
"""The layers of a network by what is the last one."""
SPEC = """
[input]
shape = [6]
encoder = "{encoder}"

[network]
layers = [{layers}]

[output]
readout = "sequence"
"""


@pytest.mark.parametrize("schedule", ["fold", "step"])
@pytest.mark.parametrize("encoder", ["none", "direct"])
@pytest.mark.parametrize("last", LAST)
def test_the_whole_sequence(tmp_path: Path, last: str, encoder: str, schedule: str) -> None:
    text = SPEC.format(encoder=encoder, layers=", ".join(LAST[last]))
    both = pair(document(tmp_path, text, 4, f"build.schedule={schedule}"))
    for training in (True, False):
        both.module.train(training)
        both.reference.train(training)
        got, want = both.call()
        assert got.shape == (4, 3, 5)
        torch.testing.assert_close(got, want["output"])
