"""One call of a traced network as layers."""

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from torch import fx, nn

from snnc.exchange import Refused
from snnc.exchange.torch_fx.handlers import HANDLERS, WORDS, spoken
from snnc.exchange.torch_fx.tracing import GROUP, LINE
from snnc.exchange.torch_fx.types import Handler, Layers
from snnc.kinds import catalog
from snnc.shapes import Shape
from snnc.source.nearest import nearest

_IGNORED = {"inplace", "_stacklevel"}
"""Keywords that do not change what a call computes; who reads the old value is seen elsewhere."""

Given = Callable[[Any], Any]
"""Puts values and numbers in the place of the graph's nodes."""
Sample = Callable[[fx.Node], Shape]


def target(node: fx.Node, net: fx.GraphModule) -> object:
    """The target of a call: a class of modules, a function, or the name of a method."""
    if node.op == "call_module":
        return type(net.get_submodule(str(node.target)))
    return node.target


def layers(node: fx.Node, net: fx.GraphModule, sample: Sample, given: Given) -> Layers:
    """The layers of a call in a spec; ``sample`` has the shape of its result. Raises Refused."""
    what = target(node, net)
    handler = HANDLERS.get(what)
    if handler is None:
        raise Refused(_unknown(spoken(what)), help=_supported())
    out, args, options = sample(node), given(node.args), {**given(node.kwargs)}
    if node.op == "call_module":
        module = net.get_submodule(str(node.target))
        _unhooked(module)
        options |= _attributes(module, handler)
    wanted = {key: value for key, value in options.items() if key not in _IGNORED}
    try:
        bound = inspect.signature(handler).bind(out, *args, **wanted)
    except TypeError as error:
        raise Refused(f"a call in this form is not supported ({error})") from error
    return handler(*bound.args, **bound.kwargs)


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
    guess = nearest(bare, WORDS)
    like = f", the nearest is {guess}" if guess and guess != bare else ""
    return f"a spec has no such layer{like}"


def _supported() -> str:
    kinds = ", ".join(word for word in catalog("snnc.layers") if word in WORDS)
    return f"supported are {kinds}, their functions and methods, +, *, torch.cat and views"
