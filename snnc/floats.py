"""The range of float32, in which generated networks compute unless they are told otherwise."""

LARGEST = (2 - 2**-23) * 2.0**127
SMALLEST = 2.0**-126
"""The smallest normal number: kernels may flush what is closer to 0."""


def finite(value: float) -> bool:
    """Whether it is a finite number once rounded to float32."""
    # what lies less than half a unit in the last place above the largest is rounded down to it
    return abs(value) < LARGEST + 2.0**103


def vanishes(value: float) -> bool:
    """Whether it is 0 once rounded to float32, or may be flushed to 0."""
    return abs(value) < SMALLEST
