"""The network, run on random samples: the shape or the number at each call."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, fx, nn

from snnc.exchange import Refused, Unusable
from snnc.exchange.torch_fx import calls, folding, where
from snnc.exchange.torch_fx.tracing import Untraceable
from snnc.exchange.torch_fx.types import Parts, TracedValue
from snnc.shapes import Shape, show

BATCH = 3
"""Unlike 1, it shows which axis is the batch's."""
_OF_SHAPE = {"size", "dim", "ndimension", "numel", getattr, len}
"""What may be asked of a tensor without asking for its elements."""


@dataclass(frozen=True)
class SplitCall:
    """A call that makes several tensors of one, and their shapes."""

    node: fx.Node
    shapes: tuple[Shape, ...]

    def of(self, value: Callable[[fx.Node], TracedValue | Parts]) -> Parts:
        """The parts as slices along the axis in which they differ from the whole."""
        whole = value(self.node.all_input_nodes[0])
        if isinstance(whole, Parts):  # split along the axis before the batch already
            return whole
        front = 0 if whole.folded else 1
        rank = len(whole.shape) + front
        kept = len(self.shapes[0]) == rank
        dim = along(self.node) % rank
        if dim == 0:
            raise Refused("it splits the batch, where a spec describes one sample")
        axis = dim - front
        sizes = tuple(shape[dim] if kept else 1 for shape in self.shapes)
        starts = tuple(sum(sizes[:at]) for at in range(len(sizes)))
        return Parts(whole, axis, starts, sizes, kept)


def along(node: fx.Node) -> int:
    """The axis that a call splits, counted with the batch."""
    at = 1 if _name(node) == "unbind" else 2
    given: Any = (*node.args[at:], node.kwargs.get("dim", 0))[0]
    return int(given)


def _name(node: fx.Node) -> str:
    return node.target if isinstance(node.target, str) else getattr(node.target, "__name__", "")


def is_split(node: fx.Node, result: Sequence[Any]) -> bool:
    """Whether a call makes several tensors of one."""
    known = _name(node) in ("chunk", "split", "split_with_sizes", "tensor_split", "unbind")
    return known and all(isinstance(part, Tensor) for part in result)


class SeenShapes(fx.Interpreter):
    """Runs a graph; ``shapes`` are those of tensors that depend on the input.

    ``constants`` do not: weights, and numbers that shapes tell.
    """

    def __init__(self, module: fx.GraphModule) -> None:
        super().__init__(module)
        self.net = module
        self.shapes: dict[fx.Node, Shape] = {}
        self.constants: dict[fx.Node, Any] = {}
        self.parts: dict[fx.Node, SplitCall] = {}
        self.folded: dict[fx.Node, int] = {}

    def run_node(self, n: fx.Node) -> Any:
        result = super().run_node(n)
        if isinstance(result, Tensor) and self._depends(n):
            self.shapes[n] = tuple(result.shape)
            self._fold(n, folding.parts(n, self.shapes[n], BATCH, self.folded))
        elif n.op == "call_module" and isinstance(result, tuple) and isinstance(result[0], Tensor):
            self.shapes[n] = tuple(result[0].shape)
        elif isinstance(result, tuple | list) and is_split(n, result):
            self.parts[n] = SplitCall(n, tuple(tuple(part.shape) for part in result))
            self._fold(n, self.folded.get(n.all_input_nodes[0], 0))
        elif not self._depends(n) or n.target in _OF_SHAPE:
            self.constants[n] = result
        return result

    def _fold(self, node: fx.Node, count: int) -> None:
        if count:
            self.folded[node] = count

    def _depends(self, node: fx.Node) -> bool:
        if node.op == "placeholder":
            return node.args == ()
        return any(given not in self.constants for given in node.all_input_nodes)

    def sample(self, node: fx.Node) -> Shape:
        """The shape of one sample. Raises Refused if the first axis is not the batch's."""
        shape = self.shapes.get(node)
        if shape is None:
            raise Refused("its result is no tensor")
        if node in self.folded:
            return (self.folded[node], *shape[1:])
        if shape[:1] != (BATCH,):
            raise self.mixed(node)
        return shape[1:]

    def mixed(self, node: fx.Node) -> Refused:
        """The refusal of a call whose first axis is not the batch's."""
        told = show(self.shapes[node])
        return Refused(f"of {BATCH} samples it makes {told}: a spec keeps them apart")


def seen(module: fx.GraphModule, x: Tensor, want: Sequence[Tensor]) -> SeenShapes:
    """A run on samples.

    Raises Untraceable if the graph does not make of them what the network did, or Refused if
    nothing could.
    """
    watch = SeenShapes(module)
    with torch.no_grad():
        got = tensors(watch.run(x.clone()))
    if not all(map(_close, got, want)):
        raise _unlike(module, x)
    return watch


def _unlike(module: fx.GraphModule, x: Tensor) -> Refused:
    """The reason why a graph computes something else, with the call that it is."""
    drawn = _drawn(module, x)
    if drawn is not None:
        return Refused(
            f"{calls.told(drawn, module)}: it draws anew in evaluation too: pass "
            "`training=self.training` to a dropout, and draw nothing else"
        )
    written = next((n for n in module.graph.nodes if _overwrites(n, module)), None)
    place = f"{calls.told(written, module)}: " if written is not None else ""
    return Untraceable(
        f"{place}traced by torch.fx, the network computes something else: write `x = x + y` for "
        "`x += y` where another name of x is read later",
        f"{place}torch.fx records something else",
    )


def _drawn(module: fx.GraphModule, x: Tensor) -> fx.Node | None:
    """The first call that gives something else when everything is run again."""
    runs = SeenValues(module), SeenValues(module)
    with torch.no_grad():
        for run in runs:
            run.run(x.clone())
    one, other = (run.values for run in runs)
    return next((n for n, value in one.items() if not torch.equal(value, other[n])), None)


def _overwrites(node: fx.Node, module: fx.GraphModule) -> bool:
    return calls.in_place(node, module) or _name(node) in ("iadd", "imul", "isub", "itruediv")


class SeenValues(fx.Interpreter):
    """Runs a graph; ``values`` are copies of all tensors."""

    def __init__(self, module: fx.GraphModule) -> None:
        super().__init__(module)
        self.values: dict[fx.Node, Tensor] = {}

    def run_node(self, n: fx.Node) -> Any:
        result = super().run_node(n)
        if isinstance(result, Tensor):
            self.values[n] = result.clone()
        return result


def _close(got: Tensor, want: Tensor) -> bool:
    return torch.allclose(got, want, rtol=1e-4, atol=1e-4 * want.abs().max().item())


def tensors(returned: Any) -> list[Tensor]:
    """All tensors of a tensor, a tuple or a dict."""
    if isinstance(returned, Tensor):
        return [returned]
    values = returned.values() if isinstance(returned, dict) else returned
    return [value for value in values if isinstance(value, Tensor)]


def samples(net: nn.Module, shape: Shape) -> Tensor:
    """Random samples of the network's own type: the same at every import.

    A network of half precision becomes one of float32: 1e-5 is less than it can tell.
    """
    dtype = next((p.dtype for p in net.parameters() if p.is_floating_point()), torch.float32)
    if dtype in (torch.float16, torch.bfloat16):
        net.float()
        dtype = torch.float32
    # a generator of its own leaves the user's alone
    return torch.randn(BATCH, *shape, generator=torch.Generator().manual_seed(0)).to(dtype)


def output(net: nn.Module, x: Tensor) -> list[Tensor]:
    """The outputs of the network for samples. Raises Unusable; Refused if they are no tensors."""
    try:
        with torch.no_grad():
            y = net(x)
    except Exception as error:
        message = f"the network does not take samples of {show(tuple(x.shape[1:]))}"
        raise Unusable(
            f"{message} (`--input` is the shape of one, without the batch): {where.said(error)}"
        ) from error
    found = y.values() if isinstance(y, dict) else y if isinstance(y, tuple | list) else (y,)
    odd = next((type(v).__name__ for v in found if not isinstance(v, Tensor | None)), None)
    if odd or not tensors(y):
        raise Refused(f"the network returns a {odd or type(y).__name__}, expected tensors")
    if not all(v.isfinite().all() for v in tensors(y)):
        raise Unusable("the network returns NaN or infinity for random samples: check its weights")
    return tensors(y)
