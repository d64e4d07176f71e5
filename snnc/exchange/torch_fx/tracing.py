"""A module's forward as a graph of calls (torch.fx), each with the line that made it.

Every call is computed on samples while it is recorded, so that shapes are plain numbers: what
depends on them, decisions and loops, is decided as it is for these samples.
"""

import inspect
from collections.abc import Callable, Iterator
from types import FunctionType
from typing import Any

import torch
from torch import Tensor, fx, nn

from snnc.exchange import Refused, libraries
from snnc.exchange.torch_fx import where
from snnc.exchange.torch_fx.handlers import reshaping

GROUP, LINE = "snnc_group", "snnc_line"
"""Keys of ``node.meta``: the modules around a call, outermost first, and the user's line."""
LAYER, OPTIONS = "snnc_layer", "snnc_options"
"""Of a function that is a module's forward, the module's path, and what the call does not tell."""
OF_SHAPE = frozenset({"size", "dim", "ndimension", "numel", "nelement", "stride", "element_size"})
"""Methods that tell a tensor's shape or memory, not its elements."""
_ELEMENTS = frozenset("item tolist equal allclose is_nonzero float int bool __float__".split())
_OF_SHAPE_ALONE = frozenset("new_zeros new_ones new_full new_tensor".split())
"""Methods that make a constant, which the user's code may go on to write into."""
_HOLDS = (Tensor, tuple, list, dict)
_PROPERTIES = frozenset("shape ndim dtype device layout is_cuda is_sparse requires_grad".split())


class Untraceable(Refused):
    """torch.fx cannot record a module, or records something else; torch.export may.

    ``short`` says which in a few words.
    """

    def __init__(self, reason: str, short: str) -> None:
        super().__init__(reason)
        self.short = short


class ShapedProxy(fx.Proxy):
    """A recorded value whose shape, type and device are those that it has on the samples."""

    tracer: "ConcreteTracer"

    def __getattr__(self, k: str) -> Any:
        value = self.tracer.values.get(self.node)
        if k in _PROPERTIES and isinstance(value, Tensor):
            return getattr(value, k)
        if isinstance(value, Tensor) and isinstance(getattr(Tensor, k, None), property | _GETSET):
            return self.tracer.create_proxy("call_function", getattr, (self, k), {})
        return super().__getattr__(k)

    def __getitem__(self, index: Any) -> Any:
        value, own = self.tracer.values.get(self.node), super().__getitem__  # type: ignore[misc]
        if isinstance(value, tuple | list) and isinstance(index, slice):
            return tuple(own(at) for at in range(len(value))[index])
        return own(index)

    def __len__(self) -> int:
        return len(self.tracer.values[self.node])

    def __iter__(self) -> Iterator[Any]:
        own: Any = self
        return (own[index] for index in range(len(self)))


_GETSET = type(Tensor.shape)


class ConcreteTracer(fx.Tracer):
    """Remembers where calls come from, and what they give; ``values`` has it by node."""

    def __init__(self, x: Tensor) -> None:
        super().__init__()
        self.x, self.values, self.running = x, dict[fx.Node, Any](), False

    def is_leaf_module(self, m: nn.Module, module_qualified_name: str) -> bool:
        if type(m).__module__ == "torch.nn.utils.parametrize":
            return False  # its weight is computed of other ones
        return libraries.is_layer(m) or super().is_leaf_module(m, module_qualified_name)

    def proxy(self, node: fx.Node) -> fx.Proxy:
        return ShapedProxy(node, self)

    def create_node(self, *args: Any, **kwargs: Any) -> fx.Node:
        node = super().create_node(*args, **kwargs)
        stack = self.module_stack.values()
        node.meta[GROUP] = tuple((path, getattr(c, "__name__", str(c))) for path, c in stack)
        node.meta[LINE] = where.now(traced.__code__)
        return node

    def create_proxy(self, kind: str, target: Any, *args: Any, **kwargs: Any) -> Any:
        if kind == "call_function" and _is_theirs(target):
            return self._through(target, *args, **kwargs)
        proxy = super().create_proxy(kind, target, *args, **kwargs)
        node = proxy.node
        value = self.values[node] = self._computed(node)
        if node.op == "call_method" and node.target in _OF_SHAPE_ALONE:
            return value
        return value if kind != "placeholder" and self._is_plain(node, value) else proxy

    def _through(self, target: Any, args: Any, options: Any, *names: Any, **more: Any) -> Any:
        """The calls of a function that torch.fx was told to leave alone (torch.fx.wrap)."""
        found = target(*args, **options)
        if isinstance(found, fx.Proxy):
            return found
        return super().create_proxy("call_function", target, args, options, *names, **more)

    def _is_plain(self, node: fx.Node, value: Any) -> bool:
        """Whether a call tells a number of shapes and types alone, not of elements."""
        if node.op == "call_method" and node.target in OF_SHAPE:
            return True
        name = node.target if isinstance(node.target, str) else node.target.__name__
        known = all(isinstance(self.value(n), _HOLDS) for n in node.all_input_nodes)
        return known and name not in _ELEMENTS and not isinstance(value, (*_HOLDS, type(None)))

    def call_module(
        self, m: nn.Module, forward: Callable[..., Any], args: Any, kwargs: dict[str, Any]
    ) -> Any:
        if self.running:
            return forward(*args, **kwargs)
        return super().call_module(m, forward, args, kwargs)

    def getattr(self, attr: str, attr_val: Any, parameter_proxy_cache: dict[str, Any]) -> Any:
        if self.running:
            return attr_val
        return super().getattr(attr, attr_val, parameter_proxy_cache)

    def _computed(self, node: fx.Node) -> Any:
        """The value of a call on the samples; what it calls is not recorded."""
        if node.op == "placeholder":
            return node.args[0] if node.args else self.x
        args, kwargs = (fx.node.map_arg(a, self.value) for a in (node.args, node.kwargs))
        self.running = True
        try:
            with torch.no_grad():
                return self._run(node, args, kwargs)
        finally:
            self.running = False

    def value(self, node: fx.Node) -> Any:
        """The value of a call; constants of the code are recorded without one."""
        if node not in self.values:
            self.values[node] = self._computed(node)
        return self.values[node]

    def _run(self, node: fx.Node, args: Any, kwargs: Any) -> Any:
        if node.op == "call_module":
            return self.root.get_submodule(str(node.target))(*args, **kwargs)
        if node.op == "get_attr":
            return _attribute(self.root, str(node.target))
        if node.op == "call_method":
            return getattr(args[0], str(node.target))(*args[1:], **kwargs)
        assert callable(node.target)
        return node.target(*args, **kwargs)


def _is_theirs(target: Any) -> bool:
    """Whether a function is written in Python outside of torch, and nothing is known of it."""
    module = getattr(target, "__module__", "") or ""
    python = isinstance(target, FunctionType) and module.partition(".")[0] != "torch"
    return python and f"{module}.{target.__name__}" not in reshaping.BY_NAME


def _attribute(found: Any, path: str) -> Any:
    for part in path.split("."):
        found = getattr(found, part)
    return found


def traced(net: nn.Module, x: Tensor) -> tuple[fx.GraphModule, ConcreteTracer]:
    """The graph of a module for samples, optional arguments at their defaults.

    Raises Untraceable; Refused by what a library's neuron is.
    """
    tracer = ConcreteTracer(x)
    try:
        graph = tracer.trace(net, _defaults(net))
    except Refused:
        raise
    except Exception as error:  # the same code has just run on numbers
        place = where.of(error) or type(net).__name__
        message = f"{place}: torch.fx cannot trace values that are known only at run time"
        help = "decisions, loops and numbers may depend on arguments and shapes, not on elements"
        raise Untraceable(f"{message}: {help}", f"{place}: torch.fx cannot trace it") from error
    for node in graph.nodes:  # its code would wrap inner calls for every later trace
        node.meta.pop("is_wrapped", None)
    return fx.GraphModule(tracer.root, graph), tracer


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
