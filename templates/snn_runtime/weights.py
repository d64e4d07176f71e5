"""Weights out of files, whoever wrote them, and digests by which they are checked."""

import io
from collections.abc import Iterator, Mapping
from hashlib import sha256
from importlib import import_module
from pathlib import Path

import torch
from torch import Tensor, nn

PLAIN = (bool, int, float, str, bytes, type(None))
# What stands before all names if a network was saved inside of something else.
PREFIXES = ("_orig_mod.", "module.", "model.")
# Where files keep the weights; else the file itself is a state_dict.
PLACES = ("model", "state_dict")
MOST_STEPS = 2**31 - 1
SHOWN = 200  # characters of a value out of a file that a message repeats


class WeightsError(ValueError):
    """A file does not hold the weights of a network; the message says why."""


def load_weights(net: nn.Module, path: str | Path) -> None:
    """Gives a network the weights of a file, and the time steps that it was saved with.

    Raises WeightsError, and changes nothing, if a tensor is missing, left over, of
    another shape or type, or not finite.
    """
    content = contents(path)
    steps = steps_of(content, path) if hasattr(net, "time_steps") else None
    found, want = matched(net, tensors(content, path)), net.state_dict()
    for name in [*want, *(name for name in found if name not in want)]:
        here, there = (shape(one.get(name)) for one in (want, found))
        if here != there:
            problem = f"{brief(name)} is {there} there and {here} here"
            raise WeightsError(f"{path} does not fit: {problem}.")
    usable(found, want, path)
    net.load_state_dict(found)
    if steps is not None:
        net.time_steps = steps  # type: ignore[assignment, unused-ignore]


def start_from(net: nn.Module, path: str | Path) -> list[str]:
    """Gives a network those weights of a file that fit by name and shape.

    Returns what did not: a phrase for each tensor. Raises WeightsError if none fits, or
    if one that does holds what no weight can be.
    """
    found, want = matched(net, tensors(contents(path), path)), net.state_dict()
    fitting = {
        name: tensor
        for name, tensor in found.items()
        if name in want and tensor.shape == want[name].shape
    }
    if not fitting:
        raise WeightsError(f"{path} has no weights that fit: {phrase(want, found)}.")
    usable(fitting, want, path)
    net.load_state_dict(fitting, strict=False)
    names = [*want, *(name for name in found if name not in want)]
    return [
        f"{brief(name)} is {shape(found.get(name))} there"
        f" and {shape(want.get(name))} here"
        for name in names
        if name not in fitting
    ]


def phrase(want: Mapping[str, Tensor], found: Mapping[str, Tensor]) -> str:
    """The first names of both, for a message."""
    there, here = brief(next(iter(found))), next(iter(want), "")
    return f"it begins with {there}, the network with {here}"


def contents(path: str | Path) -> Mapping[str, object]:
    """What a file of weights holds, unexecuted. Raises WeightsError."""
    if Path(path).exists() and not Path(path).is_file():
        raise WeightsError(f"{path} is no file.")
    try:
        content = io.BytesIO(Path(path).read_bytes())
    except OSError as error:
        raise WeightsError(f"{path} cannot be read: {error.strerror}.") from error
    if Path(path).suffix == ".safetensors":
        return of_safetensors(content.getvalue(), path)
    try:
        found = torch.load(content, "cpu", weights_only=True)
    except Exception as error:  # what broken bytes raise has no end
        raise WeightsError(f"{path} is damaged, or no file of weights.") from error
    if not isinstance(found, Mapping) or not all(isinstance(key, str) for key in found):
        raise WeightsError(f"{path} holds something else than weights.")
    if "digest" in found and not intact(found):
        raise WeightsError(f"{path} is damaged: its digest is that of other contents.")
    return found


def of_safetensors(content: bytes, path: str | Path) -> Mapping[str, object]:
    """The tensors of a safetensors file. Raises WeightsError."""
    try:
        library = import_module("safetensors.torch")
    except ImportError as error:
        raise WeightsError(
            f"{path} needs safetensors: pip install safetensors."
        ) from error
    try:
        found: Mapping[str, object] = library.load(content)
        return found
    except Exception as error:  # what broken bytes raise has no end
        raise WeightsError(f"{path} is damaged, or no file of weights.") from error


def tensors(content: Mapping[str, object], path: str | Path) -> dict[str, Tensor]:
    """The weights in a file, by their names in it. Raises WeightsError."""
    inner = (content[place] for place in PLACES if place in content)
    found = next((one for one in inner if isinstance(one, Mapping)), content)
    weights = {str(k): v for k, v in found.items() if isinstance(v, Tensor)}
    if not weights or len(weights) < len(found):
        raise WeightsError(f"{path} holds something else than weights.")
    for name, tensor in weights.items():
        if not plain(tensor):
            raise WeightsError(f"{path}: {brief(name)} is no plain tensor of numbers.")
    return weights


def plain(tensor: Tensor) -> bool:
    """Whether a tensor has its numbers in memory, one by one; none of them complex."""
    dense = tensor.layout == torch.strided and not tensor.is_nested
    here = dense and tensor.device.type != "meta"
    return here and not (tensor.is_quantized or tensor.is_complex())


def usable(
    found: Mapping[str, Tensor], want: Mapping[str, Tensor], path: str | Path
) -> None:
    """Raises WeightsError if a network cannot have one of these in place of its own."""
    for name, tensor in found.items():
        if problem := flaw(tensor, want[name]):
            raise WeightsError(f"{path} does not fit: {name} {problem}.")


def flaw(tensor: Tensor, own: Tensor) -> str | None:
    """Why a tensor of the same shape cannot take the place of another one, or None."""
    if tensor.is_floating_point() != own.is_floating_point():
        return f"is of {tensor.dtype} there and of {own.dtype} here"
    if not tensor.to(own.dtype).isfinite().all():
        return "holds NaN or infinite numbers"
    return None


def steps_of(content: Mapping[str, object], path: str | Path) -> int | None:
    """The time steps that a file states, if it does. Raises WeightsError."""
    steps = content.get("time_steps")
    if steps is None or isinstance(steps, Tensor):  # a tensor is a weight of that name
        return None
    if type(steps) is int and 1 <= steps <= MOST_STEPS:
        return steps
    raise WeightsError(f"{path} states {brief(steps)} as its time steps.")


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


def brief(value: object) -> str:
    """A value out of a file, for a message: on one line, and cut if it is long."""
    if isinstance(value, str) and value.isprintable():
        text = value
    else:
        try:
            text = repr(value)
        except (RecursionError, ValueError):  # endless, or a number of many digits
            text = f"a {type(value).__name__}"
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def intact(content: Mapping[str, object]) -> bool:
    """Whether a file holds what its digest is of."""
    rest = {key: value for key, value in content.items() if key != "digest"}
    try:
        return digest(rest) == content["digest"]
    except (TypeError, ValueError, RuntimeError):  # no file with a digest holds such
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
