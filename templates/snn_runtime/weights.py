"""Weights out of files, whoever wrote them, and digests by which they are checked."""

import io
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path

import torch
from torch import Tensor, nn

PLAIN = (bool, int, float, str, bytes, type(None))
# What stands before all names if a network was saved inside of something else.
PREFIXES = ("_orig_mod.", "module.", "model.")
# Where files keep the weights; else the file itself is a state_dict.
PLACES = ("model", "state_dict")


class WeightsError(ValueError):
    """A file does not hold the weights of a network; the message says why."""


def load_weights(net: nn.Module, path: str | Path) -> None:
    """Gives a network the weights of a file, and the time steps that it was saved with.

    Raises WeightsError if a tensor is missing, left over or of another shape.
    """
    content = contents(path)
    found, want = matched(net, tensors(content, path)), net.state_dict()
    for name in [*want, *(name for name in found if name not in want)]:
        here, there = (shape(one.get(name)) for one in (want, found))
        if here != there:
            problem = f"{name} is {there} there and {here} here"
            raise WeightsError(f"{path} does not fit: {problem}.")
    net.load_state_dict(found)
    steps = content.get("time_steps")
    if isinstance(steps, int) and hasattr(net, "time_steps"):
        net.time_steps = steps  # type: ignore[assignment, unused-ignore]


def start_from(net: nn.Module, path: str | Path) -> list[str]:
    """Gives a network those weights of a file that fit by name and shape.

    Returns what did not: a phrase for each tensor. Raises WeightsError if none fits.
    """
    found, want = matched(net, tensors(contents(path), path)), net.state_dict()
    fitting = {
        name: tensor
        for name, tensor in found.items()
        if name in want and tensor.shape == want[name].shape
    }
    if not fitting:
        raise WeightsError(f"{path} has no weights that fit: {phrase(want, found)}.")
    net.load_state_dict(fitting, strict=False)
    names = [*want, *(name for name in found if name not in want)]
    return [
        f"{name} is {shape(found.get(name))} there and {shape(want.get(name))} here"
        for name in names
        if name not in fitting
    ]


def phrase(want: Mapping[str, Tensor], found: Mapping[str, Tensor]) -> str:
    """The first names of both, for a message."""
    return (
        f"it begins with {next(iter(found))}, the network with {next(iter(want), '')}"
    )


def contents(path: str | Path) -> Mapping[str, object]:
    """What a file of torch.save holds, unexecuted. Raises WeightsError."""
    try:
        content = io.BytesIO(Path(path).read_bytes())
    except OSError as error:
        raise WeightsError(f"{path} cannot be read: {error.strerror}.") from error
    try:
        found = torch.load(content, "cpu", weights_only=True)
    except Exception as error:  # what broken bytes raise has no end
        raise WeightsError(f"{path} is damaged, or no file of weights.") from error
    if not isinstance(found, Mapping) or not all(isinstance(key, str) for key in found):
        raise WeightsError(f"{path} holds something else than weights.")
    if "digest" in found and not intact(found):
        raise WeightsError(f"{path} is damaged: its digest is that of other contents.")
    return found


def tensors(content: Mapping[str, object], path: str | Path) -> dict[str, Tensor]:
    """The weights in a file, by their names in it. Raises WeightsError."""
    inner = (content[place] for place in PLACES if place in content)
    found = next((one for one in inner if isinstance(one, Mapping)), content)
    weights = {str(k): v for k, v in found.items() if isinstance(v, Tensor)}
    if not weights or len(weights) < len(found):
        raise WeightsError(f"{path} holds something else than weights.")
    return weights


def matched(net: nn.Module, found: dict[str, Tensor]) -> dict[str, Tensor]:
    """The weights by the network's names: without prefixes that all of them have."""
    want = net.state_dict()
    while not any(name in want for name in found):
        prefixes = (p for p in PREFIXES if all(name.startswith(p) for name in found))
        prefix = next(prefixes, None)
        if prefix is None:
            break
        found = {name.removeprefix(prefix): value for name, value in found.items()}
    return found


def shape(tensor: Tensor | None) -> str:
    """How large a tensor is."""
    return "missing" if tensor is None else str(list(tensor.shape))


def intact(content: Mapping[str, object]) -> bool:
    """Whether a file holds what its digest is of."""
    rest = {key: value for key, value in content.items() if key != "digest"}
    try:
        return digest(rest) == content["digest"]
    except TypeError:  # no file with a digest holds such a value
        return False


def digest(value: object) -> str:
    """The SHA-256 of plain values and tensors, nested in mappings, lists and tuples.

    Raises TypeError for a value of any other type.
    """
    found = sha256()
    for piece in pieces(value):
        found.update(piece)
    return found.hexdigest()


def pieces(value: object) -> Iterator[bytes]:
    """The bytes that stand for a value; no two values have the same."""
    if isinstance(value, Tensor):
        yield f"tensor {value.dtype} {list(value.shape)}\n".encode()
        flat = value.detach().cpu().contiguous().view(-1)
        yield flat.view(torch.uint8).numpy().tobytes()
    elif isinstance(value, Mapping):
        yield f"mapping {len(value)}\n".encode()
        for pair in value.items():
            yield from pieces(pair)
    elif isinstance(value, (list, tuple)):
        yield f"{type(value).__name__} {len(value)}\n".encode()
        for item in value:
            yield from pieces(item)
    elif isinstance(value, PLAIN):
        text = repr(value).encode("utf-8", "surrogatepass")
        yield f"{type(value).__name__} {len(text)}\n".encode() + text
    else:
        raise TypeError(f"a {type(value).__name__} has no digest")
