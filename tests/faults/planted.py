"""Checks that are left out on purpose: each must be noticed, or the attacks prove nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Edit = tuple[str, str, str]  # a file of the run time, a text in it, and what it becomes

CHECKED = "fused/checked.py"
STEPS = "if call.steps < 0 or not (call.static or call.steps == first.shape[0]):"
BLIND: tuple[Edit, ...] = (  # what would stop a kernel in the last moment
    (CHECKED, "if x.dtype != dtype or x.device != device or x.numel() != count:", "if False:"),
    (CHECKED, "if x.untyped_storage().nbytes() < ", "if 0 > "),
)


@dataclass(frozen=True)
class Plant:
    """Edits that leave out a check, and a part of the names of attacks that show it."""

    shown: str
    edits: tuple[Edit, ...]


PLANTED = {
    "steps": Plant("forward 0: steps = 5", (*BLIND, (CHECKED, STEPS, "if False:"))),
    "steps, with addresses": Plant("forward 0: steps = 5", ((CHECKED, STEPS, "if False:"),)),
    "sizes of gradients": Plant(
        ": grad one less in 0",
        (*BLIND, (CHECKED, "if not alike or x.shape != shape:", "if not alike:")),
    ),
    "types of gradients": Plant(
        ": grad as torch.bfloat16",
        (*BLIND, (CHECKED, "alike = plain(x) and x.dtype == dtype and", "alike = plain(x) and")),
    ),
    "sizes of statistics": Plant(
        "one less in 0",
        (*BLIND, (CHECKED, "if not fits or x.shape != (channels,):", "if not fits:")),
    ),
    "more than one last output": Plant(
        "last with 1 more",
        (*BLIND, ("fused/recurrent/calls.py", "if len(last) > 1:", "if False:")),
    ),
    "sizes of weights of chains": Plant(
        "weights[0] one less in 0",
        (*BLIND, ("fused/whole/calls.py", "weight, weight.shape == size,", "weight, True,")),
    ),
}


def planted(files: Mapping[str, str], edits: Sequence[Edit]) -> Mapping[str, str]:
    """The runtime with these edits; raises if the text is not there just once."""
    edited = dict(files)
    for file, old, new in edits:
        assert edited[file].count(old) == 1, (file, old)
        edited[file] = edited[file].replace(old, new)
    return edited
