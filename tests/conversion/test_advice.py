"""What ``convert`` advises if the SNN stays far below the ANN."""

from typing import Any

from tests.runtime.runtime import module

conversion = module("conversion")


def told(curve: list[float], rules: int = 1, learned: bool = False, **changed: Any) -> list[str]:
    """The advice at an ANN of 90 %."""
    rule = conversion.Fraction(of=1.0)
    settings = conversion.Settings((rule,), time_steps=len(curve), **changed)
    done = module("conversion.activity").Activity(1, [], 0.0, 0.0)
    results = [conversion.Result("max", 1, curve, done)] * rules
    found: list[str] = conversion.advice(0.9, results, settings, learned)
    return found


def test_nothing_is_said_of_what_comes_near() -> None:
    assert told([0.5, 0.89]) == []


def test_what_is_left_to_try_is_said_in_order() -> None:
    head, *rest = told([0.2, 0.3, 0.4, 0.5], initial="zero")
    assert head == "The SNN stays 40.0 points below the ANN at T = 4. Try, in order:"
    assert [line[:2] for line in (each.strip() for each in rest)] == [f"{n}." for n in range(1, 8)]
    assert "--initial half" in rest[0]
    assert "--time-steps 8: accuracy still rises" in "\n".join(rest)


def test_what_was_tried_is_not_said_again() -> None:
    tried: dict[str, Any] = {"per": "channel", "cos": 4, "calibrate": "bias"}
    rest = told([0.5, 0.5, 0.5, 0.5], rules=2, **tried)[1:]
    assert [line.strip() for line in rest] == [
        "1. QCFS in place of ReLU: the ANN learns thresholds, which needs another training"
    ]
    assert not any("channel" in line for line in told([0.1, 0.5], learned=True))
