"""A library's neuron in a spec's words."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from torch import Tensor, nn

from snnc.exchange import Refused
from snnc.shapes import Shape

FIRES_ABOVE = {"fires": "above"}


@dataclass(frozen=True)
class Equations:
    """A neuron that no kind has: ``[neurons.X]``, or with a ``gradient`` ``[surrogates.X]``.

    ``parameters`` have their defaults, ``states`` their start.
    """

    doc: str
    parameters: Mapping[str, float] = field(default_factory=dict)
    states: Mapping[str, float] = field(default_factory=dict)
    inputs: tuple[str, ...] = ("x",)
    step: str = ""
    gradient: str = ""


@dataclass(frozen=True)
class Weights:
    """A layer before a neuron: of what the module reads, or of its own output a step earlier."""

    kind: str
    fields: Mapping[str, object]
    state: Mapping[str, Tensor]
    recurrent: bool = False


@dataclass(frozen=True)
class SpikingLayer:
    """A module of a library as a layer: its kind, its keys and its tensors.

    ``equations`` define the kind, and ``surrogate`` that of its surrogate, if a spec has none.
    ``results`` name what a call returns, the output first; None is a state that only the next
    call reads. ``before`` are layers whose values the neuron's inputs are, in their order.
    """

    kind: str
    fields: Mapping[str, object] = field(default_factory=dict)
    state: Mapping[str, Tensor] = field(default_factory=dict)
    equations: Equations | None = None
    surrogate: Equations | None = None
    results: tuple[str | None, ...] = ("s",)
    before: tuple[Weights, ...] = ()
    spikes: bool = True


Recipe = Callable[[nn.Module, Shape], SpikingLayer]
"""Takes the module and the shape of one sample of its input. Raises Refused."""


@dataclass(frozen=True)
class Library:
    """The knowledge of a library: by class, as ``module.Class`` below its ``package``.

    ``refused`` says of a class why a spec does not have it. Classes of ``stateful`` modules that
    are not known are neurons that nothing is known of; those of ``plain`` ones are torch's own
    layers, and known ones that are ``stateless`` forget each step.
    """

    package: str
    name: str
    known: Mapping[str, Recipe]
    refused: Mapping[str, str]
    stateful: tuple[str, ...]
    plain: tuple[str, ...] = ()
    stateless: tuple[str, ...] = ()


def number(tensor: Tensor | float, shape: Shape, key: str) -> tuple[object, dict[str, Tensor]]:
    """A parameter of a neuron as a spec writes it, and the tensor for its weights, if any.

    Raises Refused if it is neither one number nor one a channel or a neuron.
    """
    if not isinstance(tensor, Tensor):
        return float(tensor), {}
    learnable = (
        {"learnable": True} if isinstance(tensor, nn.Parameter) and tensor.requires_grad else {}
    )
    first = float(tensor.detach().double().flatten()[0])
    if tensor.numel() == 1:
        held = {key: tensor.reshape(())} if learnable else {}
        return ({"value": first, **learnable} if learnable else first), held
    sizes = tuple(tensor.shape)
    while len(sizes) > len(shape) and sizes[0] == 1:
        sizes = sizes[1:]
    if sizes == shape:
        return {"value": first, "per": "neuron", **learnable}, {key: tensor.reshape(shape)}
    if tensor.numel() == shape[0] and sizes[0] == shape[0]:
        one = (shape[0], *(1 for _ in shape[1:]))
        return {"value": first, "per": "channel", **learnable}, {key: tensor.reshape(one)}
    raise Refused(f"its `{key}` is {list(tensor.shape)}, where a sample is {list(shape)}")


def unlearned(tensor: Tensor | float, key: str) -> float:
    """A number that is the same for the whole layer. Raises Refused."""
    if not isinstance(tensor, Tensor):
        return float(tensor)
    if tensor.numel() != 1:
        raise Refused(f"its `{key}` has {tensor.numel()} numbers, where the layer has one")
    return float(tensor.detach().double())


def only(module: nn.Module, wanted: Mapping[str, object]) -> None:
    """Check that options have the only values that equations are known for. Raises Refused."""
    for key, value in wanted.items():
        got = getattr(module, key, value)
        plain = got.detach().flatten()[0].item() if isinstance(got, Tensor) else got
        if plain != value:
            told = "a function" if callable(plain) else repr(plain)
            raise Refused(f"it has `{key} = {told}`, which no equations are known for here")


def linear(weight: Tensor, bias: Tensor | None = None, recurrent: bool = False) -> Weights:
    """A matrix product before a neuron."""
    fields = {"out_features": weight.shape[0], **({} if bias is not None else {"bias": False})}
    state = {"weight": weight, **({"bias": bias} if bias is not None else {})}
    return Weights("Linear", fields, state, recurrent)


def lines(*equations: str) -> str:
    """Equations, one a line, without those that are empty."""
    return "\n".join(filter(None, equations))


def joined(
    parts: Sequence[tuple[object, Mapping[str, Tensor]]], *keys: str
) -> tuple[dict[str, object], dict[str, Tensor]]:
    """Keys and tensors of several numbers together."""
    fields = {key: value for key, (value, _) in zip(keys, parts, strict=True)}
    return fields, {name: tensor for _, held in parts for name, tensor in held.items()}
