"""A network's weights from a file: a safetensors file, or what torch.save wrote."""

import pickle
from collections.abc import Iterable, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from snnc.analysis.tensors import tensors
from snnc.exchange import Unusable
from snnc.graph.types import Node
from snnc.shapes import show
from snnc.source.nearest import nearest

State = Mapping[str, NDArray[Any]]
"""Arrays by the keys of a ``state_dict``."""

SAFE = ".safetensors"
_WRAPPED = ("model", "state_dict", "net", "model_state_dict")


def state_of(path: Path, nodes: Iterable[Node]) -> State:
    """The weights of the network of these nodes; a ``.safetensors`` file needs no torch.

    Raises:
        Unusable: the file holds no weights, or those of another network.
        OSError: the file cannot be read.
    """
    found = _safe(path) if path.suffix == SAFE else _pickled(path)
    wanted = {f"{n.path}.{key}": shape for n in nodes for key, shape in tensors(n).items()}
    _fits(path, found, wanted)
    return {key: found[key] for key in wanted if key in found}


def safe_bytes(state: State) -> bytes:
    """A safetensors file of these weights."""
    from safetensors.numpy import save

    return save({key: np.array(value, order="C") for key, value in state.items()})


def _fits(path: Path, found: State, wanted: Mapping[str, tuple[int, ...]]) -> None:
    counted = {key for key in wanted if key.endswith(".num_batches_tracked")}
    missing = [key for key in wanted if key not in found and key not in counted]
    foreign = [key for key in found if key not in wanted]
    if missing:
        guess = nearest(missing[0], foreign)
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        hint = f": is it {guess}?" if guess else ""
        raise Unusable(f"{path}: has no {missing[0]}{more}{hint}")
    if foreign:
        raise Unusable(f"{path}: has {foreign[0]}, which the network does not have")
    for key, shape in wanted.items():
        if key in found and found[key].shape != shape:
            got = show(found[key].shape)
            raise Unusable(f"{path}: {key} is {got}, but the network's is {show(shape)}")
        if key in found and not np.isfinite(found[key]).all():
            raise Unusable(f"{path}: {key} holds NaN or infinity")


def _safe(path: Path) -> State:
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        return load(path.read_bytes())
    except (SafetensorError, ValueError, KeyError) as error:
        raise Unusable(f"{path} is no complete safetensors file") from error


def _pickled(path: Path) -> State:
    import torch

    content = path.read_bytes()
    try:
        found = torch.load(BytesIO(content), "cpu", weights_only=True)
    except (RuntimeError, ValueError, EOFError, KeyError, pickle.UnpicklingError) as error:
        hint = "expected what torch.save(net.state_dict()) writes, or a .safetensors file"
        raise Unusable(f"{path} is no complete file of weights: {hint}") from error
    state = _unwrapped(found)
    if state is None:
        raise Unusable(f"{path} holds no weights: expected a state_dict, tensors by name")
    wide = (torch.bfloat16, torch.float16)
    return {key: (t.float() if t.dtype in wide else t).numpy() for key, t in state.items()}


def _unwrapped(found: Any) -> Mapping[str, Any] | None:
    import torch

    for key in _WRAPPED:
        if isinstance(found, dict) and isinstance(found.get(key), dict):
            found = found[key]
    sound = isinstance(found, Mapping) and all(isinstance(t, torch.Tensor) for t in found.values())
    return found if sound else None
