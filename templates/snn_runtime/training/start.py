"""How a run begins: anew, or where another one stopped."""

import sys
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from torch import nn

from ..weights import WeightsError, start_from
from .checkpoints import BEST, LATEST, CheckpointError, State, read, write
from .files import locked, replace
from .identity import Network
from .learner import Learner
from .log import SETTINGS, SPEC, claim, tidy, write_metrics
from .loggers import require as require_loggers
from .optimizers import SettingError
from .options import Options, changed, resumed
from .processes import Team
from .record import toml
from .settings import RunError, Settings, title


@dataclass(frozen=True)
class Start:
    """What a run does, where its results go, and the checkpoint that it begins with."""

    settings: Settings
    folder: Path
    path: Path
    state: State | None


def start(spec: Settings, options: Options, held: ExitStack) -> Start:
    """Reads the checkpoint, or makes the folder of a new run, which `held` locks.

    Raises RunError; then nothing was changed.
    """
    network = options.network
    given = options.resume if named(options.resume) else None
    settings = spec if given else changed(spec, options.changed)
    own = options.out_dir or Path("runs", network.name, title(settings, network.digest))
    if options.evaluate and options.init is not None:
        return Start(settings, own, options.init, None)
    if options.evaluate:
        latest = options.resume is not None
        return of(*tested(given or own, network, latest), options)
    if given:
        require(given)
        own = options.out_dir or (given if given.is_dir() else given.parent)
    if not options.profile:
        require_loggers(options.loggers)
    held.enter_context(locked(own))
    found = None if options.resume is None else furthest(given or own, network)
    if found is None:
        if given:
            raise CheckpointError(given / LATEST, "does not exist")
        if options.resume is not None:
            print(f"{own / LATEST} does not exist yet: beginning with epoch 1.")
        begun = Start(settings, own, own / LATEST, None)
    else:
        begun = of(*found, options, own)
        if options.exact:
            agreeing(begun, settings)
    if begun.state is None or not same(own, begun.path.parent):
        claim(own, options)
    elif given and not given.is_dir():
        unsurpassed(begun, network)
    tidy(own)
    return begun


def of(path: Path, state: State, options: Options, folder: Path | None = None) -> Start:
    """A run that goes on from a checkpoint. Raises SettingError for fixed settings."""
    settings = resumed(Settings(**state["settings"]), options.changed)
    return Start(settings, folder or path.parent, path, state)


def agreeing(begun: Start, settings: Settings) -> None:
    """Raises SettingError if a run that goes on has other settings than those given."""
    for name, saved in vars(begun.settings).items():
        own = getattr(settings, name)
        if saved != own:
            problem = f"the run in {begun.folder} has {name} = {saved!r}, not {own!r}"
            raise SettingError(f"{problem}: another out_dir is another run.")


def named(resume: Path | None) -> bool:
    """Whether --resume says from where."""
    return resume is not None and resume != Path()


def require(path: Path) -> None:
    """Raises CheckpointError unless there is a file or folder."""
    if not path.exists():
        raise CheckpointError(path, "does not exist")


def same(one: Path, other: Path) -> bool:
    """Whether both are one folder."""
    return one.resolve() == other.resolve()


def tested(where: Path, network: Network, latest: bool) -> tuple[Path, State]:
    """The checkpoint that --evaluate tests: the best one, unless --resume is given."""
    if not latest:
        return where / BEST, read(where / BEST, network)
    require(where)
    found = furthest(where, network)
    if found is None:
        raise CheckpointError(where / LATEST, "does not exist")
    return found


def furthest(where: Path, network: Network) -> tuple[Path, State] | None:
    """A checkpoint, or of a run's folder the one that has learned longer.

    The best is written before the latest: a run that was killed in between goes on from
    the best. None if there is none. Raises CheckpointError if one cannot be used.
    """
    if not where.is_dir():
        return where, read(where, network)
    paths = [where / each for each in (LATEST, BEST) if (where / each).exists()]
    states = [(path, read(path, network)) for path in paths]
    return max(states, key=lambda one: reached(one[1]), default=None)


def unsurpassed(begun: Start, network: Network) -> None:
    """Raises RunError if another checkpoint of the folder has learned longer."""
    assert begun.state is not None
    for path in (begun.folder / LATEST, begun.folder / BEST):
        try:
            other = read(path, network)
        except CheckpointError:
            continue
        if reached(other) > reached(begun.state):
            problem = f"{path} has learned longer than {begun.path}"
            advice = f"--resume {begun.folder} goes on with it"
            raise RunError(f"{problem}: {advice}, --out-dir chooses another folder.")


def reached(state: State) -> tuple[int, int]:
    """How far a run has come: epochs, and batches of the next."""
    return state["epoch"], state["batch"]


def begin_with(net: nn.Module, path: Path, team: Team) -> None:
    """Gives a network the weights of a file, and says which did not fit.

    Raises RunError.
    """
    try:
        left = start_from(net, path)
    except WeightsError as error:
        raise RunError(str(error)) from error
    for each in left if team.leads else ():
        print(f"{path}: {each}", file=sys.stderr)


def begin(start: Start, learner: Learner, options: Options) -> bool:
    """Writes what the folder of a run holds before its first step.

    Returns whether the best network is known: it is not, if its checkpoint is gone.
    Raises RunError.
    """
    text = toml(learner.settings, options, learner.team.size)
    replace(start.folder / SETTINGS, text.encode())
    replace(start.folder / SPEC, options.network.spec.encode())
    write_metrics(start.folder, learner.history)
    if learner.best is None or (start.folder / BEST).exists():
        return True
    source, wanted = start.path.with_name(BEST), (learner.best_epoch, 0)
    best = read(source, learner.network) if source.exists() else None
    for state in (start.state, best):
        if state is not None and reached(state) == wanted:
            write(state, start.folder / BEST)
            return True
    print(f"{source} is gone: the best epoch is one of those to come.", file=sys.stderr)
    return False
