"""The command line of an evaluation script."""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from ..training.options import device, integer
from .subject import Subject

SPLITS = ("test", "validation", "train")
OF_RUN = 0  # samples: as many as the run had


@dataclass(frozen=True)
class Options:
    """What is evaluated, on what, and where the results go."""

    target: Path | None  # a run or a file; None: the newest run
    split: str
    limit: int | None  # samples; OF_RUN: as many as the run had; None: all
    time_steps: tuple[int, ...]  # empty: those of the run
    batch_size: int | None  # None: that of the run
    counted: int  # samples whose spikes and operations are counted
    image: int  # the sample that is drawn
    data_dir: Path
    out_dir: Path | None
    device: torch.device


def parse(package: str, subject: Subject, argv: Sequence[str] | None) -> Options:
    """Reads the command line; exits with code 2 and one sentence if something is wrong with it."""
    parser = parser_of(package, subject)
    given = parser.parse_args(argv)
    if subject.fixed and set(given.time_steps) - {subject.settings.time_steps}:
        only = subject.settings.time_steps
        parser.error(f"--time-steps: this network has {only} and can have no others")
    return Options(**vars(given))


def parser_of(package: str, subject: Subject) -> argparse.ArgumentParser:
    """Every flag."""
    name, whole = package.rpartition(".")[2], integer(1)
    kind = "convert/" * (subject.ann is not None)
    parser = argparse.ArgumentParser(
        prog=f"python -m {package}.evaluate",
        usage=f"python -m {package}.evaluate [RUN | FILE] [FLAG …]; --help lists them",
        description=f"Evaluates {name}, and writes a report of it.",
    )
    add = parser.add_argument
    text = f"folder of a run, of which {kind}{Path(subject.checkpoint).name} is evaluated, or a "
    text += f"file of weights (default: the newest run in runs/{name})"
    add("target", type=Path, nargs="?", metavar="RUN | FILE", help=text)
    add("--split", choices=SPLITS, default="test", help="samples (default: test)")
    text = "the first N samples of the split, or all (default: as many as the run had)"
    add("--limit", type=limit, default=OF_RUN, metavar="N", help=text)
    text = "one number of time steps or several: 1,2,4,8 (default: that of the run)"
    add("--time-steps", type=steps, default=(), metavar="T,…", help=text)
    text = "samples at a time (default: that of the run)"
    add("--batch-size", type=whole, metavar="N", help=text)
    text = "samples whose spikes and operations are counted (default: 256)"
    add("--counted", type=whole, default=256, metavar="N", help=text)
    add(
        "--image",
        type=integer(0),
        default=0,
        metavar="I",
        help="the sample to draw (default: 0)",
    )
    text = "where the data are (default: data)"
    add("--data-dir", type=Path, default=Path("data"), metavar="DIR", help=text)
    text = "where results go, which are replaced (default: evaluation/, in the run)"
    add("--out-dir", type=Path, metavar="DIR", help=text)
    cuda = "cuda" if torch.cuda.is_available() else "cpu"
    add("--device", type=device, default=cuda, help=f"cpu, cuda, … (default: {cuda})")
    return parser


def limit(text: str) -> int | None:
    """Reads a number of samples, or ``all``."""
    return None if text == "all" else integer(1)(text)


def steps(text: str) -> tuple[int, ...]:
    """Reads numbers of time steps, each once and in order."""
    read: Callable[[str], int] = integer(1)
    return tuple(sorted({read(part.strip()) for part in text.split(",")}))
