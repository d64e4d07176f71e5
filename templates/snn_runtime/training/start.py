"""How a run begins: anew, or where another one stopped."""

from dataclasses import dataclass
from pathlib import Path

from .checkpoints import BEST, LATEST, State, read
from .log import claim
from .options import Options, changed, resumed
from .settings import Settings, title


@dataclass(frozen=True)
class Start:
    """What a run does, where its results go, and the checkpoint that it begins with."""

    settings: Settings
    folder: Path
    path: Path
    state: State | None


def start(name: str, spec: Settings, options: Options) -> Start:
    """Reads the checkpoint, or makes the folder of a new run.

    Raises CheckpointError, SettingError or OSError; then nothing was changed.
    """
    fresh = spec if named(options.resume) else changed(spec, options.changed)
    folder = options.out_dir or Path("runs", name, title(fresh))
    path = source(options, folder)
    if path is None or not (path.exists() or options.evaluate or named(options.resume)):
        if path is not None:
            print(f"{path} does not exist yet: beginning with epoch 1.")
        make(folder, options)
        return Start(fresh, folder, folder / LATEST, None)
    state = read(path, name)
    settings = resumed(Settings(**state["settings"]), options.changed)
    if options.out_dir is None:
        folder = path.parent
    elif not (options.evaluate or folder.resolve() == path.parent.resolve()):
        make(folder, options)
    return Start(settings, folder, path, state)


def make(folder: Path, options: Options) -> None:
    """Makes the folder; what is only profiled leaves a run that is in it alone."""
    if options.profile:
        folder.mkdir(parents=True, exist_ok=True)
    else:
        claim(folder, options.restart)


def named(resume: Path | None) -> bool:
    """Whether --resume says from where."""
    return resume is not None and resume != Path()


def source(options: Options, folder: Path) -> Path | None:
    """The checkpoint to begin with, if one is asked for."""
    if options.resume is None:
        return folder / BEST if options.evaluate else None
    if not named(options.resume):
        return folder / LATEST
    whole = options.resume.is_dir()
    return options.resume / LATEST if whole else options.resume
