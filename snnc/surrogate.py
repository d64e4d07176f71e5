"""Surrogate gradients: what stands for the derivative of the Heaviside step."""

from typing import ClassVar

from snnc.kinds import Kind
from snnc.step.link import Reset, link
from snnc.step.parse import Equation, parse_expression
from snnc.step.simplify import simplified
from snnc.step.ssa import Step


class Surrogate(Kind):
    """The forward spike is always Θ(u), 1 at u = 0; ``gradient`` is what flows back, over ``u``.

    ``gradient`` is an expression of the step language over ``u`` and the kind's own fields.
    """

    gradient: ClassVar[str]

    def derivative(self) -> Step:
        """The gradient as a step from ``u`` to ``slope``, its parameters filled in."""
        fields = {key: getattr(self, key) for key in type(self).model_fields if key != "kind"}
        equation = Equation("slope", parse_expression(self.gradient), (1, 0))
        linked = link([equation], ["u"], [], fields, "slope", Reset(), constant=True)
        return simplified(linked)[0]
