"""The network, run on random samples: the shape or the number at each call."""

from typing import Any

import torch
from torch import Tensor, fx, nn

from snnc.exchange import Refused, Unusable
from snnc.exchange.torch_fx import where
from snnc.shapes import Shape, show

BATCH = 3
"""Unlike 1, it shows which axis is the batch's."""
_OF_SHAPE = {"size", "dim", "ndimension", "numel", getattr, len}
"""What may be asked of a tensor without asking for its elements."""


class SeenShapes(fx.Interpreter):
    """Runs a graph; ``shapes`` are those of tensors that depend on the input.

    ``constants`` do not: weights, and numbers that shapes tell.
    """

    def __init__(self, module: fx.GraphModule) -> None:
        super().__init__(module)
        self.net = module
        self.shapes: dict[fx.Node, Shape] = {}
        self.constants: dict[fx.Node, Any] = {}

    def run_node(self, n: fx.Node) -> Any:
        result = super().run_node(n)
        if isinstance(result, Tensor) and self._depends(n):
            self.shapes[n] = tuple(result.shape)
        elif not self._depends(n) or n.target in _OF_SHAPE:
            self.constants[n] = result
        return result

    def _depends(self, node: fx.Node) -> bool:
        if node.op == "placeholder":
            return node.args == ()
        return any(given not in self.constants for given in node.all_input_nodes)

    def sample(self, node: fx.Node) -> Shape:
        """The shape of one sample. Raises Refused if the first axis is not the batch's."""
        shape = self.shapes.get(node)
        if shape is None:
            raise Refused("its result is no tensor")
        if shape[:1] != (BATCH,):
            raise Refused(f"of {BATCH} samples it makes {show(shape)}: a spec keeps them apart")
        return shape[1:]


def seen(module: fx.GraphModule, x: Tensor, want: Tensor) -> SeenShapes:
    """A run on samples. Raises Refused if the graph does not make of them what the network did."""
    watch = SeenShapes(module)
    with torch.no_grad():
        got = watch.run(x.clone())
    if not torch.allclose(got, want, rtol=1e-4, atol=1e-4 * want.abs().max().item()):
        raise Refused(
            "traced by torch.fx, the network computes something else: write `x = x + y` for "
            "`x += y` where another name of x is read later, and draw nothing in evaluation"
        )
    return watch


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


def output(net: nn.Module, x: Tensor) -> Tensor:
    """The output of the network for samples. Raises Unusable or Refused if it is no tensor."""
    try:
        with torch.no_grad():
            y = net(x)
    except Exception as error:
        message = f"the network does not take samples of {show(tuple(x.shape[1:]))}"
        raise Unusable(
            f"{message} (`--input` is the shape of one, without the batch): {where.said(error)}"
        ) from error
    if not isinstance(y, Tensor):
        raise Refused(f"the network returns a {type(y).__name__}, expected one tensor")
    if not y.isfinite().all():
        raise Unusable("the network returns NaN or infinity for random samples: check its weights")
    return y
