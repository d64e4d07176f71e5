"""Matrix products of two values, and attention made of them."""

from typing import Any

from torch import Tensor

from snnc.exchange import Refused
from snnc.exchange.torch_fx.handlers import weighted
from snnc.exchange.torch_fx.types import (
    Handler,
    Layers,
    MadeLayer,
    TracedValue,
    constant,
    elementwise,
    only,
    read,
)
from snnc.shapes import Shape, show


def matmul(out: Shape, input: Any, other: Any) -> Layers:
    """A product of two values, or of a value and a parameter [in, out]. Raises Refused."""
    if isinstance(other, Tensor):
        if other.dim() != 2:
            raise Refused(f"its second operand is a constant of {show(tuple(other.shape))}")
        return weighted.linear(out, input, other.t())
    return (MadeLayer("MatMul", {}, (read(input), read(other))),)


def attention(
    out: Shape,
    query: Any,
    key: Any,
    value: Any,
    attn_mask: Any = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> Layers:
    """The softmax of queries times keys, times values, each [..., N, C]. Raises Refused."""
    only("is_causal", is_causal, False)
    only("enable_gqa", enable_gqa, False)
    if attn_mask is not None or dropout_p:
        raise Refused("it has a mask or a dropout, which a spec's products have not")
    q, k, v = (read(one) for one in (query, key, value))
    rank = len(q.shape)
    turned = MadeLayer("Permute", {"dims": (*range(rank - 2), rank - 1, rank - 2)}, (k,))
    products = MadeLayer("MatMul", {}, (q, turned))
    factor = q.shape[-1] ** -0.5 if scale is None else float(scale)
    scaled = elementwise("Scaled", "y = x * factor", (products,), factor=(factor, {}))
    weights = MadeLayer("Softmax", {"dim": rank - 1}, (scaled,))
    return (turned, products, scaled, weights, MadeLayer("MatMul", {}, (weights, v)))


def multihead(
    out: Shape,
    query: Any,
    key: Any,
    value: Any,
    in_proj_weight: Any,
    in_proj_bias: Any,
    out_proj: Any,
    num_heads: int,
    batch_first: bool = False,
    dropout: float = 0.0,
    bias_k: Any = None,
    add_zero_attn: bool = False,
    **options: Any,
) -> Layers:
    """Attention of tokens [N, C] among themselves, with its four products. Raises Refused."""
    only("batch_first", batch_first, True)
    only("add_zero_attn", add_zero_attn, False)
    x = read(query)
    if not x == key == value or in_proj_weight is None or bias_k is not None:
        raise Refused("it attends to something else than its queries")
    if any(options.get(key) is not None for key in ("attn_mask", "key_padding_mask")):
        raise Refused("it has a mask, which a spec's Attention has not")
    channels = x.shape[1]
    turned = MadeLayer("Permute", {"dims": (1, 0)}, (x,))
    product = _tokens(turned, constant(in_proj_weight, "in_proj_weight"), in_proj_bias)
    ends = (channels, 2 * channels, None)
    parts = [
        MadeLayer("Slice", {"start": at * channels, "stop": end}, (product,))
        for at, end in enumerate(ends)
    ]
    attended = MadeLayer("Attention", {"heads": num_heads}, tuple(parts))
    last = _tokens(attended, out_proj.weight, out_proj.bias)
    back = MadeLayer("Permute", {"dims": (1, 0)}, (last,))
    return (turned, product, *parts, attended, last, back)


def _tokens(x: MadeLayer, weight: Tensor, bias: Tensor | None) -> MadeLayer:
    """A product with the channels of tokens [C, N]."""
    fields = {"out_channels": weight.shape[0], "kernel_size": 1, "bias": bias is not None}
    state = {"weight": weight.unsqueeze(-1), **({"bias": bias} if bias is not None else {})}
    return MadeLayer("Conv1d", fields, (x,), state)


def bmm(out: Shape, input: Any, mat2: Any) -> Layers:
    """A product of two values [N, K] and [K, M] of each sample."""
    first: TracedValue = read(input)
    return matmul(out, first, mat2)


TABLE: dict[str, Handler] = {
    "matmul": matmul,
    "torch.bmm Tensor.bmm": bmm,
    "F.scaled_dot_product_attention": attention,
    "nn.MultiheadAttention": multihead,
}
