"""The section [convert] of a spec."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict

from snnc.sizes import Natural, Positive
from snnc.threshold_rules import RuleChoice, ThresholdRule
from snnc.threshold_rules.percentile import PercentileRule

AnyRule = Annotated[ThresholdRule, RuleChoice("snnc.threshold_rules")]


class Convert(BaseModel):
    """The conversion of the ANN that the layers describe into an SNN.

    ``rule`` sets the thresholds of ReLUs, per layer or channel (``per``); a QCFS has learned its
    own. ``compare`` lists further rules for the report. Potentials start at half of the threshold,
    or at 0 with ``initial = "zero"``. ``calibrate`` corrects biases or initial potentials by the
    error of the SNN. The readout ignores ``readout_delay`` steps. ``cos`` steps run before, to
    correct the start of neurons. ``signed`` neurons may take spikes back. A max-pooling moves
    before the activation that it reads and, unless currents are constant there, compares sums over
    the steps; with ``pool = "move"`` it compares the currents, with ``"keep"`` it stays behind
    spikes. ``final = "logits"`` leaves out an activation at the end. ``samples`` is the number of
    training samples for calibration.
    """

    model_config = ConfigDict(
        defer_build=True, frozen=True, extra="forbid", strict=True, allow_inf_nan=False
    )

    rule: AnyRule = PercentileRule()
    compare: tuple[AnyRule, ...] = ()
    per: Literal["layer", "channel"] = "layer"
    initial: Literal["zero", "half"] = "half"
    calibrate: Literal["none", "bias", "potential"] = "none"
    readout_delay: Natural = 0
    cos: Natural = 0
    signed: bool = False
    pool: Literal["move", "sum", "keep"] = "sum"
    final: Literal["keep", "logits"] = "keep"
    samples: Positive = 10_000

    @property
    def rules(self) -> tuple[ThresholdRule, ...]:
        """Every rule to report on, each once, its own first."""
        return tuple({rule.text: rule for rule in (self.rule, *self.compare)}.values())
