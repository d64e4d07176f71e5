def linear_attention(
    query: Tensor, key: Tensor, value: Tensor, heads: int, scale: float | None = None
) -> Tensor:
    """Attention without a softmax of q, k and v, [B, C, N] each.

    The product of three matrices is the same in both orders; the cheaper one is taken.
    """
    q, k, v = (torch.unflatten(x, 1, (heads, -1)) for x in (query, key, value))
    (c, n), (d, m) = q.shape[2:], v.shape[2:]
    factor = c**-0.5 if scale is None else scale
    if c * d * (m + n) <= m * n * (c + d):
        answer = (v @ k.transpose(2, 3) * factor) @ q
    else:
        answer = v @ (k.transpose(2, 3) @ q * factor)
    return answer.flatten(1, 2)
