"""What a conversion is told: by the spec, and by flags that change it."""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from .rules import Rule, rule_of


@dataclass(frozen=True)
class Settings:
    """How an ANN is converted; `rules` are compared, the first of them is the SNN's."""

    rules: tuple[Rule, ...]
    time_steps: int
    per: str = "layer"
    initial: str = "half"
    calibrate: str = "none"
    readout_delay: int = 0
    cos: int = 0
    samples: int = 10_000

    @property
    def half(self) -> bool:
        """Whether potentials start at half of the threshold."""
        return self.initial == "half"

    @property
    def said(self) -> dict[str, object]:
        """Everything but the rules, for a report."""
        return {name: value for name, value in vars(self).items() if name != "rules"}


@dataclass(frozen=True)
class Options:
    """Where things are, and how they are run."""

    weights: Path
    out_dir: Path
    data_dir: Path
    device: torch.device
    batch_size: int
    limit: int | None
    force: bool = False  # replace the results of another conversion


def parse(
    package: str, spec: Settings, choices: Sequence[str], argv: Sequence[str] | None
) -> tuple[Options, Settings]:
    """The command line; `choices` are the ways in which the network can be corrected."""
    name = package.rpartition(".")[2]
    parser = argparse.ArgumentParser(
        prog=f"python -m {package}.convert",
        description=f"Converts the trained ANN of {name} into an SNN.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    rule, *others = (found.text for found in spec.rules)
    add = parser.add_argument
    add("--weights", type=Path, required=True, help="a checkpoint of the ANN")
    add("--out-dir", type=Path, help="for the results (convert/, beside the weights)")
    add("--data-dir", type=Path, default="data", help="where the data are, or go")
    cuda = "cuda" if torch.cuda.is_available() else "cpu"
    add("--device", type=device, default=cuda, help="cpu, cuda, cuda:1, ...")
    add("--batch-size", type=positive, default=100, help="samples at a time")
    add("--limit", type=positive, help="samples of each split")
    text = "replace the results of another conversion"
    add("--force", action="store_true", help=text)
    add("--rule", default=rule, help="how thresholds are found: max, 99.9%%, 0.5, ...")
    add("--compare", default=",".join(others), help="other rules to report on")
    add("--per", choices=("layer", "channel"), default=spec.per)
    add("--initial", choices=("zero", "half"), default=spec.initial)
    ways = f"{{{','.join(choices)}}}"
    add("--calibrate", type=built(choices), metavar=ways, default=spec.calibrate)
    add("--time-steps", type=positive, default=spec.time_steps)
    add("--readout-delay", type=natural, default=spec.readout_delay)
    add("--cos", type=natural, default=spec.cos, help="steps of a run before")
    add("--samples", type=positive, default=spec.samples, help="to calibrate with")
    args = vars(parser.parse_args(argv))
    try:
        rules = chosen(spec, args.pop("rule"), args.pop("compare"))
    except ValueError as error:
        parser.error(str(error))
    if args["readout_delay"] >= args["time_steps"]:
        parser.error("--readout-delay leaves no step to read")
    args["out_dir"] = args["out_dir"] or args["weights"].parent / "convert"
    told = {key: args.pop(key) for key in spec.said}
    return Options(**args), replace(spec, rules=rules, **told)


def chosen(spec: Settings, rule: str, compare: str) -> tuple[Rule, ...]:
    """The rules that were asked for, each once; those of the spec keep their numbers."""
    known = {found.text: found for found in spec.rules}
    words = [rule, *(word for word in compare.split(",") if word.strip())]
    found = [known.get(word.strip()) or rule_of(word) for word in words]
    return tuple({one.text: one for one in found}.values())


def device(text: str) -> torch.device:
    """The name of a device that this machine has."""
    try:
        return torch.empty(0, device=text).device
    except (AssertionError, RuntimeError) as error:
        problem = f"{text!r} is not a device that torch can use here"
        raise argparse.ArgumentTypeError(problem) from error


def built(choices: Sequence[str]) -> Callable[[str], str]:
    """One of the ways of correction that the network was built for."""

    def read(text: str) -> str:
        if text in choices:
            return text
        if text not in ("bias", "potential"):
            problem = f"must be none, bias or potential, not {text!r}"
        else:
            problem = f'needs a network for it: write calibrate = "{text}" in [convert]'
        raise argparse.ArgumentTypeError(problem)

    return read


def positive(text: str) -> int:
    """A whole number from 1 on."""
    return whole(text, 1)


def natural(text: str) -> int:
    """A whole number from 0 on."""
    return whole(text, 0)


def whole(text: str, least: int) -> int:
    """A whole number that is not smaller than `least`."""
    if not text.isdecimal() or int(text) < least:
        problem = f"must be a whole number from {least} on, not {text!r}"
        raise argparse.ArgumentTypeError(problem)
    return int(text)
