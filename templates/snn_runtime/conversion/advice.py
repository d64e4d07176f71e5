"""What to try, in order, if an SNN stays far below its ANN."""

from collections.abc import Iterator, Sequence

from .report import Result
from .settings import Settings

FAR = 0.02  # of the ANN's accuracy


def advice(
    ann: float, results: Sequence[Result], settings: Settings, learned: bool
) -> list[str]:
    """Sentences; none if the best rule comes near. `learned`: all thresholds are."""
    best = max(results, key=lambda result: result.accuracy[-1])
    lost = ann - best.accuracy[-1]
    if lost <= FAR:
        return []
    steps = settings.time_steps
    head = f"The SNN stays {100 * lost:.1f} points below the ANN at T = {steps}. Try, in order:"
    return [
        head,
        *(
            f"  {n}. {each}"
            for n, each in enumerate(to_try(results, settings, learned), 1)
        ),
    ]


def to_try(
    results: Sequence[Result], settings: Settings, learned: bool
) -> Iterator[str]:
    """What the settings leave to try, the cheapest first."""
    first, last = results[0].accuracy, len(results[0].accuracy) - 1
    if settings.initial == "zero":
        yield "--initial half: potentials start at half of the threshold"
    if len(results) == 1 and not learned:
        yield "--compare max,99%,0.5,balance,mmse: other thresholds"
    if last and first[-1] - first[last // 2] > 0.005:
        yield f"--time-steps {2 * settings.time_steps}: accuracy still rises"
    if settings.per == "layer" and not learned:
        yield "--per channel: a threshold of its own for each channel"
    if not settings.cos:
        yield "--cos 8: a run before that corrects where potentials start"
    if settings.calibrate == "none":
        yield 'calibrate = "bias" in [convert]: biases take the mean error of the SNN'
    if not learned:
        yield "QCFS in place of ReLU: the ANN learns thresholds, which needs another training"
