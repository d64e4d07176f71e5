"""``snnc import``: networks from elsewhere become specs and weights on the disk."""

import re
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from pydantic_core import PydanticCustomError

from snnc import names, project, terminal
from snnc.exchange import Refused, Unusable
from snnc.exchange.time_axis import Time
from snnc.shapes import Shape
from snnc.source.reading import SUFFIX


@dataclass(frozen=True)
class Brought:
    """A network as a spec, whatever it is made of."""

    spec: str
    weights: bytes
    layers: int
    remarks: tuple[str, ...]
    proof: str


def from_torch(
    path: str,
    shape: str,
    stored: Path | None,
    out: Path | None,
    force: bool,
    given: str | None = None,
    steps: int | None = None,
) -> int:
    """Write NAME.snn.toml and NAME.pt; exit code 1 without a spec of it. Raises UsageError."""
    if given is not None:
        terminal.one_of("--time", given, [*Time])
    time = None if given is None else Time(given)
    if (time is None) != (steps is None):
        missing = "--time" if time is None else "--time-steps"
        raise terminal.UsageError(f"--time and --time-steps belong together: add {missing}")
    if find_spec("torch") is None:
        raise terminal.UsageError("importing needs torch: pip install 'snnc[torch]'")
    from snnc.exchange.torch_fx import factory

    sizes = _shape(shape)
    try:
        factory.parts(path)
        target = _target(path, out)
        _announce(path)
        made = _brought(path, target.name, sizes, stored, time, steps)
    except Unusable as error:
        raise terminal.UsageError(str(error)) from error
    except Refused as error:
        return _refused(path, error)
    for remark in made.remarks:
        terminal.say(f"note: {remark}")
    files = (target.with_name(target.name + s) for s in (SUFFIX, ".pt"))
    contents = dict(zip(files, (made.spec.encode(), made.weights), strict=True))
    return _written(contents, f"{terminal.plural(made.layers, 'layer')}, {made.proof}", force)


def _brought(
    path: str, name: str, shape: Shape, stored: Path | None, time: Time | None, steps: int | None
) -> Brought:
    """The network, with time or without. Raises Unusable and Refused."""
    if time is None or steps is None:
        from snnc.exchange.torch_fx import imported

        made = imported(path, name, shape, stored)
        return Brought(made.spec, made.weights, made.layers, made.remarks, "proved equal")
    from snnc.exchange.torch_fx import spiking, timing

    timed = spiking.imported(path, name, shape, timing.Clock(time, steps), stored)
    return Brought(timed.spec, timed.weights, timed.layers, timed.remarks, timed.proof.told)


def _announce(path: str) -> None:
    """Says that it is not snnc that runs now; and finds what is in the current folder."""
    terminal.say(f"running {path}: this is your code, with your permissions")
    if not {"", str(Path.cwd())} & {*sys.path}:
        sys.path.insert(0, "")


def _refused(path: str, why: Refused) -> int:
    for reason in why.reasons:
        terminal.say(f"{path}: {reason}")
    if why.help:
        terminal.say(why.help)
    return 1


def _shape(text: str) -> tuple[int, ...]:
    """``1,28,28``."""
    if not re.fullmatch(r"[1-9][0-9]*(,[1-9][0-9]*)*", text):
        message = "--input must be the shape of one sample without the batch, such as 1,28,28"
        raise terminal.UsageError(f"{message}, not {text}")
    return tuple(map(int, text.split(",")))


def _target(path: str, out: Path | None) -> Path:
    """The path of the files without a suffix; the default is the factory's name."""
    factory = path.rpartition(":")[2].rpartition(".")[2]
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", factory).lower()
    stated = Path(snake or "network") if out is None else out
    target = stated.with_name(stated.name.removesuffix(SUFFIX))
    try:
        names.network(target.name)
    except PydanticCustomError as error:
        raise terminal.UsageError(
            f"a network cannot be named {target.name}, it {error.message()}: give a name with -o"
        ) from error
    if target.is_dir() and not target.with_name(target.name + SUFFIX).exists():
        raise terminal.UsageError(f"{target} is a folder: name the files, such as -o {target}/net")
    if target.with_name(f"{target.name}.py").exists():
        raise terminal.UsageError(
            f"the package {target.name} that `snnc build` makes would hide {target}.py: "
            "give another name with -o"
        )
    return target


def _written(contents: dict[Path, bytes], what: str, force: bool) -> int:
    """Writes, unless something else is there already; exit code 1 then."""
    other = [path for path, content in contents.items() if project.differs(path, content)]
    if other and not force:
        terminal.say(
            f"{other[0]}: exists with other content: move it, or add --force to replace it"
        )
        return 1
    project.replace(contents)
    terminal.say(f"{' and '.join(map(str, contents))}: {what}")
    return 0
