"""Weights: from the user's file into their network, and from there under a spec's names."""

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

import torch
from torch import Tensor, nn

from snnc.exchange import Unusable, weight_files
from snnc.source.nearest import nearest


def load(net: nn.Module, path: Path) -> None:
    """Puts the weights of a file into the network. Raises Unusable, or OSError."""
    want = net.state_dict()
    have = weight_files.bare(weight_files.tensors(path), want)
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
