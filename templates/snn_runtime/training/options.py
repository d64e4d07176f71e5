"""The command line of a training script."""

import argparse
import dataclasses
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from .identity import Network
from .loggers import LOGGERS, Told, usual
from .optimizers import KEYS, OPTIMIZERS, SCHEDULERS, SettingError, chosen
from .settings import FREE, LATER, Settings, flag

EXCLUSIVE = (
    ("restart", "resume"),
    ("profile", "restart"),
    ("profile", "evaluate"),
    ("init", "resume"),
)


@dataclass(frozen=True)
class Options:
    """What stands on the command line: where to run, and which settings to change."""

    network: Network
    changed: dict[str, Any]
    device: torch.device
    workers: int
    compile: bool
    data_dir: Path
    out_dir: Path | None  # None: a folder below runs/, named by the settings
    init: Path | None  # weights to begin with
    resume: Path | None  # Path(): the latest of the run's own folder
    evaluate: bool
    profile: int | None  # steps
    restart: bool
    loggers: tuple[str | Told, ...] = ()
    report: bool = True  # whether pictures are drawn at the end
    exact: bool = False  # whether a run that goes on must have the settings given
    graph: bool = False


def parse(
    package: str,
    network: Network,
    spec: Settings,
    fixed: bool,
    argv: Sequence[str] | None,
) -> tuple[Options, Settings]:
    """Reads the command line; `fixed`: the network can have no other time steps.

    Exits with code 2 and one sentence if something is wrong with it.
    """
    parser = parser_of(package, spec, usual(network.spec))
    given = {k: v for k, v in vars(parser.parse_args(argv)).items() if v is not None}
    steps = given.get("time_steps", spec.time_steps)
    if fixed and steps != spec.time_steps:
        parser.error(f"--time-steps: this network has {spec.time_steps}, not {steps}")
    places = {field.name for field in dataclasses.fields(Options)} & given.keys()
    place = {name: given.pop(name) for name in places}
    absent: dict[str, Any] = dict.fromkeys(("out_dir", "init", "resume", "profile"))
    absent["loggers"] = usual(network.spec)
    options = Options(network, given, **(absent | place))
    for one, other in EXCLUSIVE:
        if getattr(options, one) and getattr(options, other):
            parser.error(f"--{one} and --{other} exclude each other")
    try:
        return options, changed(spec, given)
    except SettingError as error:
        if options.resume is None:
            parser.error(str(error))
        return options, spec  # what applies is decided by the run that goes on


def changed(settings: Settings, given: dict[str, Any]) -> Settings:
    """The settings with what was given. Raises SettingError for what does not apply."""
    plain = {k: v for k, v in given.items() if k not in KEYS}
    optimizer = chosen("opt", settings.optimizer, given) or settings.optimizer
    scheduler = chosen("scheduler", settings.scheduler, given, settings.epochs)
    new = dataclasses.replace(
        settings, **plain, optimizer=optimizer, scheduler=scheduler
    )
    if "label_smoothing" in given and settings.label_smoothing is None:
        problem = "no loss is cross_entropy, or each has its own"
        raise SettingError(f"--label-smoothing does not apply: {problem}")
    for name in LATER & given.keys():
        if getattr(settings, name) is None:
            problem = f"the spec has no `{name}`"
            raise SettingError(f"{flag(name)} does not apply: {problem}")
    if new.amp and new.dtype != "float32":
        raise SettingError("--dtype float64 needs --no-amp")
    return new


def resumed(saved: Settings, given: dict[str, Any]) -> Settings:
    """The settings of a run that goes on. Raises SettingError for what has to stay."""
    new = changed(saved, given)
    total = {"epochs"} if (saved.scheduler or {}).get("kind") == "OneCycleLR" else set()
    here = by_flag(new)
    for name, value in by_flag(saved).items():
        if name not in FREE - total and here[name] != value:
            problem = f"{flag(name)}: a run that is resumed keeps its own ({value})"
            raise SettingError(f"{problem}; another value is another run.")
    return new


def by_flag(settings: Settings) -> dict[str, object]:
    """Each setting by the name of the flag that changes it."""
    tables = {"opt": settings.optimizer, "scheduler": settings.scheduler or {}}
    plain = {
        k: v for k, v in vars(settings).items() if not k.startswith(("opt", "sch"))
    }
    return plain | {k: tables[entry.of].get(entry.keyword) for k, entry in KEYS.items()}


def parser_of(
    package: str, spec: Settings, loggers: Sequence[str]
) -> argparse.ArgumentParser:
    """Every flag; one that is not given keeps what the spec says."""
    name = package.rpartition(".")[2]
    parser = argparse.ArgumentParser(
        prog=f"python -m {package}.train",
        usage=f"python -m {package}.train [FLAG …]; --help lists them",
        description=f"Trains {name}. Flags change what its spec says.",
    )
    of_learning(parser, spec)
    of_optimizer(parser, spec)
    of_place(parser, name, ",".join(loggers))
    return parser


def of_learning(parser: argparse.ArgumentParser, spec: Settings) -> None:
    """How the network learns."""
    add = parser.add_argument_group("learning").add_argument
    switch = argparse.BooleanOptionalAction

    def number(name: str, kind: Callable[[str], object], help: str) -> None:
        value = getattr(spec, name)
        usual = "none" if value is None else value
        letter = {int: "N", float: "X"}.get(type(value), "N")
        add(flag(name), type=kind, metavar=letter, help=f"{help} (default: {usual})")

    number("epochs", integer(1), "passes over the data")
    number("batch_size", integer(1), "samples a batch, on all processes together")
    number("time_steps", integer(1), "steps that the network takes")
    number("accumulate", integer(1), "batches for one step of the optimizer")
    number("grad_clip", real(0, above=True), "largest norm of the gradient")
    number("label_smoothing", real(0, 1), "share of the label given to all classes")
    number("early_stop", integer(1), "stop after so many epochs without a better one")
    number("limit", integer(1), "use only so many samples of each split")
    number("truncate", integer(1), "steps that a gradient goes back through")
    number("ema", real(0, 1, above=True), "decay of the average of the weights")
    number("seed", integer(0), "of weights, order and noise")
    amp = f"automatic mixed precision (default: {'on' if spec.amp else 'off'})"
    add("--amp", action=switch, default=None, help=amp)
    add("--dtype", choices=["float32", "float64"], help="of weights (default: float32)")
    exact = "only operations that give the same bits at every run"
    add("--deterministic", action=switch, default=None, help=exact)


def of_optimizer(parser: argparse.ArgumentParser, spec: Settings) -> None:
    """How the weights change; the defaults of another kind are PyTorch's."""
    group = parser.add_argument_group("optimizer and learning rate")
    for name, entry in KEYS.items():
        of_spec = spec.optimizer if entry.of == "opt" else spec.scheduler or {}
        usual = of_spec.get(entry.keyword, entry.usual)
        text = f"{entry.help} (default: {usual})"
        group.add_argument(
            flag(name), type=READERS[entry.reads], metavar="X", help=text
        )
    warm = f"epochs of rising from 0 to the rate (default: {spec.warmup_epochs:g})"
    group.add_argument("--warmup-epochs", type=real(0), metavar="X", help=warm)


def of_place(parser: argparse.ArgumentParser, name: str, loggers: str) -> None:
    """Where it runs and where things go."""
    add = parser.add_argument_group("places").add_argument
    cuda = "cuda" if torch.cuda.is_available() else "cpu"
    text = f"cpu, cuda, … (default: {cuda})"
    add("--device", type=device, default=cuda, help=text)
    loaders = "processes that load data, beside each that trains (default: 0)"
    add("--workers", type=integer(0), default=0, metavar="N", help=loaders)
    switch = argparse.BooleanOptionalAction
    add("--compile", action=switch, default=False, help="train with torch.compile")
    add("--graph", action=switch, default=False, help="train by CUDA graphs")
    text = "where the data are, or go (default: data)"
    add("--data-dir", type=Path, default=Path("data"), metavar="DIR", help=text)
    text = f"where results go (default: below runs/{name}, named by the settings)"
    add("--out-dir", type=Path, metavar="DIR", help=text)
    text = (
        f"{', '.join(LOGGERS)}, with commas (default: {loggers}); csv is always there"
    )
    add("--loggers", type=named, metavar="NAME,…", help=text)
    text = "go on from a checkpoint or a run's folder; alone, from that of this run"
    add("--resume", type=Path, nargs="?", const=Path(), metavar="PATH", help=text)
    text = "begin with the weights of a file, as far as they fit by name and shape"
    add("--init", type=Path, metavar="FILE", help=text)
    text = "train nothing; test the best checkpoint, or that of --resume"
    add("--evaluate", action="store_true", help=text)
    text = "record so many steps (10), say where their time goes, and stop"
    add("--profile", type=integer(1), nargs="?", const=10, metavar="N", help=text)
    text = "begin again in a folder that has checkpoints: they are replaced"
    add("--restart", action="store_true", help=text)


def integer(least: int) -> Callable[[str], int]:
    """Reads a whole number that must not be smaller than `least`."""

    def read(text: str) -> int:
        if not (text.isascii() and text.isdecimal()) or int(text) < least:
            problem = f"must be a whole number from {least} up, not {text!r}"
            raise argparse.ArgumentTypeError(problem)
        return int(text)

    return read


def real(
    least: float, most: float = math.inf, above: bool = False
) -> Callable[[str], float]:
    """Reads a number from `least` (not itself, if `above`) to `most`."""

    def read(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        inside = least < value if above else least <= value
        if not (inside and value <= most and math.isfinite(value)):
            start = f"above {least:g}" if above else f"from {least:g}"
            end = "" if math.isinf(most) else f" to {most:g}"
            problem = f"must be a number {start}{end}, not {text!r}"
            raise argparse.ArgumentTypeError(problem)
        return value

    return read


def kind(names: Sequence[str]) -> Callable[[str], str]:
    """Reads one of the names, in any case."""

    def read(text: str) -> str:
        found = [name for name in names if name.lower() == text.lower()]
        if not found:
            problem = f"must be one of {', '.join(names)}, not {text!r}"
            raise argparse.ArgumentTypeError(problem)
        return found[0]

    return read


def named(text: str) -> tuple[str, ...]:
    """Reads names of loggers with commas between them."""
    read = kind(list(LOGGERS))
    return tuple(dict.fromkeys(read(name.strip()) for name in text.split(",")))


def device(text: str) -> torch.device:
    """Reads the name of a device that this machine has."""
    try:
        return torch.empty(0, device=text).device
    except (AssertionError, RuntimeError) as error:
        problem = f"{text!r} is not a device that torch can use here"
        raise argparse.ArgumentTypeError(problem) from error


READERS: dict[str, Callable[[str], object]] = {
    "optimizer": kind(OPTIMIZERS),
    "scheduler": kind(("none", *SCHEDULERS)),
    "count": integer(1),
    "positive": real(0, above=True),
    "not negative": real(0),
    "natural": integer(0),
}
