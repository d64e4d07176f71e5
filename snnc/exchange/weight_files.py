"""Files of weights as people have them: safetensors, or what torch.save wrote, in what wraps it.

Everything that imports or exports reads them here.
"""

import pickle
import zipfile
from collections.abc import Collection, Mapping
from importlib import import_module
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import Any, TypeVar

from snnc.exchange import Unusable

SAFE = ".safetensors"
_WRAPPED = ("state_dict", "model_state_dict", "model", "net", "network", "ema", "weights")
"""Under what training scripts keep a ``state_dict`` beside other things; SpikingJelly's: net."""
_PREFIXES = ("module.", "_orig_mod.", "model.", "net.")
"""What DataParallel, torch.compile and Lightning put before every key."""
_T = TypeVar("_T")


def tensors(path: Path) -> dict[str, Any]:
    """The tensors of torch in a file, by key. Raises Unusable, or OSError."""
    content = path.read_bytes()
    if path.suffix == SAFE:
        return dict(_safe(path, content, "torch"))
    return dict(_state(path, _pickled(path, content)))


def arrays(path: Path) -> dict[str, Any]:
    """The same as arrays in numpy; a ``.safetensors`` file needs no torch."""
    if path.suffix == SAFE:
        return dict(_safe(path, path.read_bytes(), "numpy"))
    import torch

    wide = (torch.bfloat16, torch.float16)
    held = tensors(path)
    return {key: (t.float() if t.dtype in wide else t).numpy() for key, t in held.items()}


def bare(state: Mapping[str, _T], want: Collection[str]) -> dict[str, _T]:
    """The state without prefixes that every key has and the keys that are wanted have not."""
    found = dict(state)
    while prefix := next((p for p in _PREFIXES if _before_all(p, found)), None):
        if _before_all(prefix, want):
            break
        found = {key.removeprefix(prefix): tensor for key, tensor in found.items()}
    return found


def _before_all(prefix: str, keys: Collection[str]) -> bool:
    return bool(keys) and all(key.startswith(prefix) for key in keys)


def _state(path: Path, found: Any) -> Mapping[str, Any]:
    """The ``state_dict`` in what was saved. Raises Unusable."""
    from torch import Tensor

    while isinstance(found, Mapping):
        inside = next((key for key in _WRAPPED if isinstance(found.get(key), Mapping)), None)
        if inside is None:
            break
        found = found[inside]
    if not isinstance(found, Mapping) or not all(isinstance(t, Tensor) for t in found.values()):
        raise Unusable(f"{path} holds no weights: expected a state_dict, tensors by name")
    return found


def _pickled(path: Path, content: bytes) -> Any:
    import torch

    broken = f"{path} is not a complete file of weights: expected one of torch.save, or {SAFE}"
    try:
        return torch.load(BytesIO(content), map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        if zipfile.is_zipfile(BytesIO(content)):
            message = "holds more than tensors: save net.state_dict(), not the network itself"
            raise Unusable(f"{path} {message}") from error
        raise Unusable(broken) from error
    except Exception as error:
        raise Unusable(broken) from error


def _safe(path: Path, content: bytes, kind: str) -> Mapping[str, Any]:
    """The tensors of a file of safetensors, of torch or numpy. Raises Unusable."""
    if find_spec("safetensors") is None:
        raise Unusable(f"{path}: reading it needs safetensors: pip install safetensors")
    from safetensors import SafetensorError

    try:
        found: Mapping[str, Any] = import_module(f"safetensors.{kind}").load(content)
    except (SafetensorError, ValueError, KeyError) as error:
        raise Unusable(f"{path} is not a complete file of safetensors: {error}") from error
    return found
