"""A module's forward as a graph of calls (torch.fx), each with the line that made it."""

import inspect
from typing import Any

from torch import fx, nn

from snnc.exchange import Refused
from snnc.exchange.torch_fx import where

GROUP, LINE = "snnc_group", "snnc_line"
"""Keys of ``node.meta``: the modules around a call, outermost first, and the user's line."""


class _Tracer(fx.Tracer):
    """Remembers where calls come from; torch.fx's own way to do so keeps whole stacks."""

    def create_node(self, *args: Any, **kwargs: Any) -> fx.Node:
        node = super().create_node(*args, **kwargs)
        stack = self.module_stack.values()
        node.meta[GROUP] = tuple((path, getattr(c, "__name__", str(c))) for path, c in stack)
        node.meta[LINE] = where.now(traced.__code__)
        return node


def traced(net: nn.Module) -> fx.GraphModule:
    """The graph of a module, optional arguments at their defaults. Raises Refused."""
    tracer = _Tracer()
    try:
        graph = tracer.trace(net, _defaults(net))
    except Exception as error:  # the same code has just run on numbers
        place = where.of(error) or type(net).__name__
        message = f"{place}: torch.fx cannot trace values that are known only at run time"
        help = (
            "decisions, loops and numbers may depend on arguments, not on tensors or their shapes"
        )
        raise Refused(f"{message}: {help}") from error
    return fx.GraphModule(tracer.root, graph)


def _defaults(net: nn.Module) -> dict[str, Any]:
    parameters = inspect.signature(net.forward).parameters.values()
    plain = (type(None), bool, int, float, str)
    return {p.name: p.default for p in parameters if isinstance(p.default, plain)}


def takes_one(net: nn.Module) -> None:
    """Check that forward takes exactly one input. Raises Refused."""
    parameters = inspect.signature(net.forward).parameters.values()
    needed = [p for p in parameters if p.default is p.empty and p.kind is not p.VAR_KEYWORD]
    if len(needed) != 1 or needed[0].kind is inspect.Parameter.VAR_POSITIONAL:
        what = ", ".join(str(p).partition(":")[0] for p in needed) or "nothing"
        raise Refused(f"{type(net).__name__}.forward takes {what}, where one input is supported")
