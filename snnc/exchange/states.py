"""A network's weights from a file: a safetensors file, or what torch.save wrote."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from snnc.analysis.tensors import tensors
from snnc.exchange import Unusable, weight_files
from snnc.graph.types import Node
from snnc.shapes import show
from snnc.source.nearest import nearest

State = Mapping[str, NDArray[Any]]
"""Arrays by the keys of a ``state_dict``."""


def state_of(path: Path, nodes: Iterable[Node]) -> State:
    """The weights of the network of these nodes; a ``.safetensors`` file needs no torch.

    Raises:
        Unusable: the file holds no weights, or those of another network.
        OSError: the file cannot be read.
    """
    wanted = {f"{n.path}.{key}": shape for n in nodes for key, shape in tensors(n).items()}
    found = weight_files.bare(weight_files.arrays(path), wanted)
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
