"""An evaluation from the command line to the files."""

import os
import sys
from collections.abc import Mapping, Sequence

import torch

from ..page import rows_of
from ..training import RunError, Stopped, Team, together
from ..training.score import shown
from .bench import Bench, chosen
from .files import write
from .options import Options, parse
from .pages import Report, drawn
from .results import Result
from .subject import Subject
from .weights import found


def main(package: str, subject: Subject, argv: Sequence[str] | None) -> int:
    """Runs the script of a package; returns its exit code."""
    options = parse(package, subject, argv)
    try:
        with together(options.device) as team:
            carry_out(options, subject, team)
    except (subject.error, OSError, RunError) as error:
        print(error, file=sys.stderr)
        return 1
    except Stopped as stopped:
        return stopped.code
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return 130
    return 0


def carry_out(options: Options, subject: Subject, team: Team) -> None:
    """Evaluates at every number of time steps, and writes the files. Raises RunError."""
    if team.size > 1:
        raise RunError("An evaluation runs in one process: start it without torchrun.")
    evaluated = found(subject, options.target)
    settings = chosen(evaluated.settings, options)
    if settings.deterministic:
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
        torch.use_deterministic_algorithms(True)
    bench = Bench(options, subject, team, settings, evaluated)
    ann = bench.reference()
    results = [bench.at(t) for t in options.time_steps or (settings.time_steps,)]
    folder = options.out_dir or evaluated.run / "evaluation"
    report = Report(
        subject,
        evaluated,
        settings,
        options.split,
        ann,
        results,
        rows_of(subject.program),
        [*drawn(bench.pictures())],
    )
    print(f"{evaluated.path} on {report.samples}")
    if ann is not None:
        print(f"the ANN: {line(ann)}")
    for result in results:
        print(f"T = {result.time_steps}: {said(result)}")
    names = write(folder, report)
    print(f"{folder}: {', '.join(names)}")


def said(result: Result) -> str:
    """The numbers of one result, for the terminal."""
    parts = [line(result.numbers)]
    if result.interval:
        low, high = result.interval
        parts.append(f"(95 %: {low:.2%} to {high:.2%})")
    row = result.row
    parts.append(f"{row['spikes']:,.0f} spikes")
    parts.append(f"{row['synaptic_operations']:,.0f} synaptic operations")
    parts.append(f"{row['macs']:,.0f} MACs a sample")
    return "  ".join(parts)


def line(numbers: Mapping[str, float]) -> str:
    """Loss and metric, as train.py prints them."""
    return "  ".join(
        f"{name} {shown(name, number)}" for name, number in numbers.items()
    )
