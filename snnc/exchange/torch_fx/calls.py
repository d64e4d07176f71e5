"""One call of a traced network as layers."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from torch import fx, nn

from snnc.exchange import Refused, libraries
from snnc.exchange.torch_fx import folding
from snnc.exchange.torch_fx.handlers import HANDLERS, WORDS, spoken
from snnc.exchange.torch_fx.tracing import GROUP, LINE, OPTIONS
from snnc.exchange.torch_fx.types import Handler, Layers
from snnc.kinds import catalog
from snnc.shapes import Shape
from snnc.source.nearest import nearest

_IGNORED = {"inplace", "_stacklevel"}
"""Keywords that do not change what a call computes; who reads the old value is seen elsewhere."""

Given = Callable[[Any], Any]
"""Puts values and numbers in the place of the graph's nodes."""
Sample = Callable[[fx.Node], Shape]


_AXES = ("dim", "dims", "dim0", "dim1", "axis")
"""Arguments of handlers that count axes from the batch on."""


def target(node: fx.Node, net: fx.GraphModule) -> object:
    """The target of a call: a class of modules, a function, or the name of a method."""
    if node.op != "call_module":
        return node.target
    module = net.get_submodule(str(node.target))
    return _known(type(module)) if libraries.is_layer(module) else type(module)


def _known(cls: type) -> type:
    """The first class that has a handler among those that a class derives from, or the class."""
    return next((base for base in cls.__mro__ if base in HANDLERS), cls)


def layers(
    node: fx.Node, net: fx.GraphModule, sample: Sample, given: Given, front: int = 1
) -> Layers:
    """The layers of a call in a spec; ``sample`` has the shape of its result.

    ``front`` axes of what it reads are of time and batch: 1 is the batch alone, 0 a batch that is
    an axis of the sample too. Raises Refused.
    """
    what = target(node, net)
    handler = HANDLERS.get(what) or HANDLERS.get(spoken(what))
    if handler is None:
        raise Refused(_unknown(spoken(what)), help=_supported())
    if front == 0:
        folding.checked(handler, sample(node))
    out, args, options = sample(node), given(node.args), {**given(node.kwargs)}
    if node.op == "call_module":
        module = net.get_submodule(str(node.target))
        _unhooked(module)
        options |= _attributes(module, handler)
    wanted = {k: v for k, v in options.items() if k not in _IGNORED and (k, v) != ("out", None)}
    try:
        bound = inspect.signature(handler).bind(out, *args, **wanted)
    except TypeError as error:
        raise Refused(f"a call in this form is not supported ({error})") from error
    for key in {*_AXES} & bound.arguments.keys() if front != 1 else ():
        bound.arguments[key] = _behind(bound.arguments[key], front - 1)
    bound.arguments.update(node.meta.get(OPTIONS, {}))
    return handler(*bound.args, **bound.kwargs)


def _behind(axes: Any, more: int) -> Any:
    """Axes without these many in front, or with one more."""
    if isinstance(axes, tuple | list):
        return type(axes)(_behind(axis, more) for axis in axes)
    return max(axes - more, 0) if isinstance(axes, int) and axes >= 0 else axes


def in_place(node: fx.Node, net: fx.GraphModule) -> bool:
    """Whether the call overwrites its first operand."""
    if node.op == "call_module":
        return bool(getattr(net.get_submodule(str(node.target)), "inplace", False))
    name = node.target if isinstance(node.target, str) else getattr(node.target, "__name__", "")
    return bool(node.kwargs.get("inplace")) or (name.endswith("_") and not name.endswith("__"))


def told(node: fx.Node, net: fx.GraphModule) -> str:
    """Which call it is: ``layer1.0.act (nn.PReLU), net.py line 12``."""
    name, line = spoken(target(node, net)), node.meta.get(LINE)
    called = f"{node.target} ({name})" if node.op == "call_module" else f"{name}{_inside(node)}"
    return f"{called}, {line}" if line else called


def tell(found: Sequence[tuple[fx.Node, Refused]], net: fx.GraphModule) -> None:
    """Raises Refused with every reason, each once."""
    groups: dict[tuple[object, str], list[fx.Node]] = {}
    for node, why in found:
        groups.setdefault((target(node, net), str(why)), []).append(node)
    reasons = [
        f"{told(first, net)}{f' and {len(more)} more' if more else ''}: {why}"
        for (_, why), (first, *more) in groups.items()
    ]
    if reasons:
        raise Refused(*reasons, help=max(why.help for _, why in found))


def _inside(node: fx.Node) -> str:
    around = node.meta.get(GROUP)
    return f" in {around[-1][0]}" if around else ""


def _attributes(module: nn.Module, handler: Handler) -> Mapping[str, Any]:
    """The attributes of a module that its handler takes, behind the result and the input."""
    fixed = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    wanted = [p.name for p in inspect.signature(handler).parameters.values() if p.kind not in fixed]
    return {name: getattr(module, name) for name in wanted[2:] if hasattr(module, name)}


def _unhooked(module: nn.Module) -> None:
    if module._forward_hooks or module._forward_pre_hooks:
        raise Refused("it has hooks, which a spec cannot express: remove them before importing")


def _unknown(name: str) -> str:
    bare = name.rpartition(".")[2]
    kinds = {kind.lower(): kind for kind in (*catalog("snnc.layers"), *catalog("snnc.neurons"))}
    if kind := kinds.get(bare.lower().replace("_", "")):
        return f"no call of it is translated, though a spec has a layer {kind}"
    guess = nearest(bare, WORDS)
    like = f", the nearest is {guess}" if guess and guess != bare else ""
    return f"a spec has no such layer{like}"


def _supported() -> str:
    kinds = ", ".join(word for word in catalog("snnc.layers") if word in WORDS)
    return f"supported are {kinds}, their functions and methods, +, *, torch.cat and views"
