"""A fused kernel as a value: a body, operands with axes, results."""
