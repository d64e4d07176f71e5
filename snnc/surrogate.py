"""Surrogate gradients: what stands for the derivative of the Heaviside step."""

from typing import ClassVar

from snnc.kinds import Kind
from snnc.step.fold import fold
from snnc.step.link import Reset, link
from snnc.step.parse import Equation, parse_expression
from snnc.step.ssa import Expr


class Surrogate(Kind):
    """The forward spike is always Θ(u), 1 at u = 0; ``gradient`` is what flows back, over ``u``.

    ``gradient`` is an expression of the step language over ``u`` and the kind's own fields.
    """

    gradient: ClassVar[str]

    def derivative(self) -> Expr:
        """The gradient with this surrogate's parameters filled in, constants folded."""
        fields = {key: getattr(self, key) for key in type(self).model_fields if key != "kind"}
        equation = Equation("g", parse_expression(self.gradient), (1, 0))
        step = link([equation], ["u"], [], fields, "g", Reset())
        return fold(step.body[0].value)
