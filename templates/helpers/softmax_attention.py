def softmax_attention(
    query: Tensor, key: Tensor, value: Tensor, heads: int, scale: float | None = None
) -> Tensor:
    """Attention of q, k and v, [B, C, N] each: weights of each token sum to 1."""
    q, k, v = (
        torch.unflatten(x, 1, (heads, -1)).transpose(2, 3) for x in (query, key, value)
    )
    answer = F.scaled_dot_product_attention(q, k, v, scale=scale)
    return answer.transpose(2, 3).flatten(1, 2)
