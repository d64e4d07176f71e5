"""The line that is printed after an epoch."""

from collections.abc import Mapping

from .learner import Learner
from .score import Pace, Score


def summary(
    learner: Learner, scores: Mapping[str, Score], pace: Pace, unit: str
) -> str:
    """Loss and metric of every split, the speed, and the time that is left."""
    epochs = learner.settings.epochs
    parts = [f"epoch {learner.epoch}/{epochs}"]
    parts += [f"{split} {score}" for split, score in scores.items()]
    parts.append(f"{scores['train'].speed:.0f} {unit}/s")
    left = pace.left(learner.epoch, epochs)
    return "  ".join([*parts, *([left] if left else [])])
