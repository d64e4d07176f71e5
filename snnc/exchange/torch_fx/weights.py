"""Weights: from the user's file into their network, and from there under a spec's names."""

import pickle
import zipfile
from collections.abc import Mapping
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from snnc.exchange import Unusable
from snnc.source.nearest import nearest

_WRAPPED = ("state_dict", "model_state_dict", "model", "net", "network", "ema", "weights")
"""Under what training scripts keep a ``state_dict`` beside other things; SpikingJelly's: net."""
_PREFIXES = ("module.", "_orig_mod.", "model.", "net.")
"""What DataParallel, torch.compile and Lightning put before every key."""


def load(net: nn.Module, path: Path) -> None:
    """Puts the weights of a file into the network. Raises Unusable, or OSError."""
    want = net.state_dict()
    have = _bare(_state(path), want)
    missing, foreign = [k for k in want if k not in have], [k for k in have if k not in want]
    if missing or foreign:
        raise Unusable(f"{path}: {_differs(missing, foreign, len(want))}")
    for key, tensor in want.items():
        if tensor.shape != have[key].shape:
            got, wanted = list(have[key].shape), list(tensor.shape)
            raise Unusable(f"{path}: {key} is {got}, but the network's is {wanted}")
        if not have[key].isfinite().all():
            raise Unusable(f"{path}: {key} holds NaN or infinity")
    net.load_state_dict(have)


def _state(path: Path) -> dict[str, Tensor]:
    found = _read(path)
    held = found if isinstance(found, Mapping) else {}
    inside = next((key for key in _WRAPPED if isinstance(held.get(key), Mapping)), None)
    state = found[inside] if inside else found
    if not isinstance(state, Mapping) or not all(isinstance(t, Tensor) for t in state.values()):
        raise Unusable(f"{path} holds no weights: expected a state_dict, tensors by name")
    return dict(state)


def _bare(state: Mapping[str, Tensor], want: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The state without prefixes that every key has and the network's keys have not."""
    found = dict(state)
    while prefix := next((p for p in _PREFIXES if _before_all(p, found)), None):
        if _before_all(prefix, want):
            break
        found = {key.removeprefix(prefix): tensor for key, tensor in found.items()}
    return found


def _before_all(prefix: str, state: Mapping[str, Tensor]) -> bool:
    return bool(state) and all(key.startswith(prefix) for key in state)


def _read(path: Path) -> Any:
    content = path.read_bytes()
    if path.suffix == ".safetensors":
        return _safe(path, content)
    try:
        return torch.load(BytesIO(content), map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        if zipfile.is_zipfile(BytesIO(content)):
            message = "holds more than tensors: save net.state_dict(), not the network itself"
            raise Unusable(f"{path} {message}") from error
        raise _broken(path) from error
    except Exception as error:
        raise _broken(path) from error


def _safe(path: Path, content: bytes) -> dict[str, Tensor]:
    """The tensors of a file of safetensors. Raises Unusable."""
    if find_spec("safetensors") is None:
        raise Unusable(f"{path}: reading it needs safetensors: pip install safetensors")
    from safetensors import SafetensorError
    from safetensors.torch import load as loaded

    try:
        return dict(loaded(content))
    except SafetensorError as error:
        raise Unusable(f"{path} is not a complete file of safetensors: {error}") from error


def _broken(path: Path) -> Unusable:
    return Unusable(
        f"{path} is not a complete file of weights: expected one of torch.save, or .safetensors"
    )


def _differs(missing: list[str], foreign: list[str], count: int) -> str:
    if len(missing) == count:
        return f"weights of another network: it has {foreign[0] if foreign else 'no tensors'}"
    if missing:
        guess = nearest(missing[0], foreign)
        more = f" and {len(missing) - 1} more are" if len(missing) > 1 else " is"
        return f"{missing[0]}{more} missing{f': is it {guess}?' if guess else ''}"
    more = f" and {len(foreign) - 1} more" if len(foreign) > 1 else ""
    return f"the network has no {foreign[0]}{more}"


def saved(state: Mapping[str, Tensor]) -> bytes:
    """A file that ``torch.load`` reads."""
    file = BytesIO()
    torch.save(dict(state), file)
    return file.getvalue()


def renamed(state: Mapping[str, Mapping[str, Tensor]]) -> dict[str, Tensor]:
    """Tensors by layer and key as one ``state_dict``: copies, contiguous."""
    return {
        f"{name}.{key}": tensor.detach().clone().contiguous()
        for name, tensors in state.items()
        for key, tensor in tensors.items()
    }
