"""``print(net)``: neurons tell their numbers, fixed ones as built and learned ones as they are."""

from pathlib import Path

import torch

from snnc import network
from tests.support.nets import document

LAYERS = """
[input]
shape = [8]
[network]
layers = [
  { kind = "LIF", name = "fixed", tau = 3.3333333333, surrogate = { kind = "ATan", alpha = 3.0 } },
  { kind = "LIF", name = "soft", reset = "soft", detach_reset = true, fires = "above" },
  { kind = "LIF", name = "learned", tau = { value = 2.0, learnable = true, range = [1.0, inf] } },
  { kind = "Dropout", name = "drop", p = 0.25 },
  { kind = "LI", name = "each", tau = { uniform = [2.0, 5.0], per = "channel" } },
]
"""


def test_numbers_are_those_of_the_spec_and_of_now(tmp_path: Path) -> None:
    net = network(document(tmp_path, LAYERS))()
    surrogate = "surrogate=ATan(alpha=2.0)"
    told = {name: repr(module) for name, module in net.named_children()}
    numbers = "v_threshold=1.0, surrogate=ATan(alpha=3.0), v_reset=0.0, tau=3.33333"
    assert told["fixed"] == f"LIF1({numbers})"
    soft = f"v_threshold=1.0, fires=above, detach_reset=True, {surrogate}, reset=soft, v_reset=0.0"
    assert told["soft"] == f"LIF2({soft}, tau=2.0)"
    learned = f"v_threshold=1.0, {surrogate}, v_reset=0.0, tau="
    assert told["learned"] == f"LIF3({learned}2 (learned))"
    assert told["drop"] == "Dropout(p=0.25)"
    tau = net.get_buffer("each.tau")
    span = f"{float(tau.min()):.4g} to {float(tau.max()):.4g} ([8])"
    assert told["each"] == f"LI(tau={span})"
    with torch.no_grad():
        net.get_parameter("learned.tau_raw").fill_(0.0)
        tau.fill_(4.0)
    assert repr(net.get_submodule("learned")) == f"LIF3({learned}2 (learned))"
    assert repr(net.get_submodule("each")) == "LI(tau=4 ([8]))"
    assert "tau=? (learned)" in repr(net.to("meta").get_submodule("learned"))
