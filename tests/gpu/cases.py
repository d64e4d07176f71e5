"""The neurons that climb the ladder, and how each is called."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from typing import Any

import torch

from snnc.kernel.build import Front, kernel
from snnc.kernel.types import Kernel
from snnc.kinds import catalog
from snnc.layers.add import Add
from snnc.neuron import Neuron
from snnc.number import Value

OPTIONS: Mapping[str, Sequence[Any]] = {
    "steps": (1, 3, 8, 16, 17, 40),
    "dtype": (torch.float32, torch.bfloat16, torch.float16, torch.float64),
    "tau": ("constant", "layer", "channel", "neuron"),
    "threshold": ("constant", "layer", "channel", "neuron"),
    "reset": ("hard", "soft"),
    "detach_reset": (False, True),
    "decay_input": (False, True),
    "static": (False, True),
    "starts": (False, True),
    "ends": (False, True),
    "shape": ((3, 5, 67), (3, 4, 67)),
}


@dataclass(frozen=True, eq=False)
class Case:
    """A neuron and one way to call it."""

    name: str
    neuron: Neuron
    steps: int = 17
    dtype: torch.dtype = torch.float32
    static: bool = False
    starts: bool = True
    ends: bool = True
    shape: tuple[int, ...] = (3, 4, 67)  # even: two neighbours a thread, but in float64
    fronts: tuple[Front, ...] = ()

    @property
    def kernel(self) -> Kernel:
        """Its kernel, under the case's own name."""
        return kernel(self.name, self.neuron, self.fronts)

    def __str__(self) -> str:
        return self.name


def neurons() -> Iterator[Case]:
    """Every neuron of the catalog as it is by default."""
    for kind, neuron in catalog("snnc.neurons").items():
        yield Case(kind.lower(), neuron.model_validate({"kind": kind}), dtype=dtype_of(kind))  # type: ignore[arg-type]


def dtype_of(kind: str) -> torch.dtype:
    """Most neurons compute in float32; a few here in float64, for its own mathematics."""
    return torch.float64 if kind in ("EIF", "PLIF") else torch.float32


def surrogates() -> Iterator[Case]:
    """IF with every surrogate of the catalog."""
    kind = catalog("snnc.neurons")["IF"]
    for number, name in enumerate(catalog("snnc.surrogates")):
        neuron = kind.model_validate({"surrogate": {"kind": name}})
        steps, static, shape = (3, 20)[number % 2], number % 3 == 0, (3, 4 + number % 4 // 2, 67)
        how: dict[str, Any] = {"static": static, "shape": shape, "starts": False}
        yield Case(f"if_{name.lower()}", neuron, steps, **how)  # type: ignore[arg-type]


def options() -> Iterator[Case]:
    """LIF under its options: every pair of choices occurs in some case."""
    for number, chosen in enumerate(pairwise(OPTIONS)):
        keys = ("steps", "dtype", "static", "starts", "ends", "shape")
        how = {key: chosen[key] for key in keys}
        yield Case(f"lif_{number}", lif(chosen), **how)


def lif(chosen: Mapping[str, Any]) -> Neuron:
    """A LIF; its numbers constant, learnable, or one a channel or neuron."""
    fields: dict[str, Any] = {key: chosen[key] for key in ("reset", "detach_reset", "decay_input")}
    for key, field, value in (("tau", "tau", 2.0), ("threshold", "v_threshold", 1.0)):
        per = chosen[key]
        learnt = Value(value=value, learnable=True, per="layer" if per == "constant" else per)
        fields[field] = value if per == "constant" else learnt
    neuron = catalog("snnc.neurons")["LIF"].model_validate(fields)
    assert isinstance(neuron, Neuron)
    return neuron


def edges() -> Iterator[Case]:
    """One element; and one more than a block of threads."""
    kind = catalog("snnc.neurons")["LIF"]
    for name, shape in (("one", (1, 1)), ("block_and_one", (1, 257))):
        yield Case(name, kind(kind="LIF"), 33, shape=shape)  # type: ignore[arg-type]


def feedbacks() -> Iterator[Case]:
    """A neuron's own output among its inputs, from one step ago and from two."""
    for kind, delays in (("IF", (0, 1)), ("ALIF", (0, 2, 0))):
        neuron = catalog("snnc.neurons")[kind](kind=kind)
        yield Case(f"{kind.lower()}_fed_back", neuron, fronts=(Front(Add(), delays),))  # type: ignore[arg-type]


def pairwise(options: Mapping[str, Sequence[Any]]) -> Iterator[dict[str, Any]]:
    """Choices such that every pair of values of two options stands together at least once."""
    missing: set[Any] = {
        ((a, x), (b, y))
        for a, b in combinations(options, 2)
        for x, y in product(options[a], options[b])
    }
    order = {pair: at for at, pair in enumerate(sorted(missing, key=str))}
    while missing:
        chosen = dict(min(missing, key=order.__getitem__))
        for key in options:
            if key not in chosen:
                chosen[key] = max(options[key], key=lambda v, k=key: gain(missing, chosen, k, v))  # type: ignore[misc]
        found = [(key, chosen[key]) for key in options]
        missing -= set(combinations(found, 2))
        yield chosen


def gain(missing: set[Any], chosen: Mapping[str, Any], key: str, value: Any) -> int:
    """How many pairs a choice would add to those made already."""
    order = list(OPTIONS)
    pairs = (
        sorted(((key, value), other), key=lambda p: order.index(p[0])) for other in chosen.items()
    )
    return sum(tuple(pair) in missing for pair in pairs)


NEURONS, SURROGATES = (*neurons(),), (*surrogates(),)
LIFS, EDGES, FED_BACK = (*options(),), (*edges(),), (*feedbacks(),)
ALL = (*NEURONS, *SURROGATES, *LIFS, *EDGES, *FED_BACK)
IF, LIF = (next(case for case in NEURONS if case.name == name) for name in ("if", "lif"))
