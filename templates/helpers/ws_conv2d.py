class WSConv2d(nn.Conv2d):
    """A convolution whose filters are standardised first (Qiao et al., 2019)."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | tuple[int, int],
        eps: float = 1e-5,
        gain: bool = False,
        **more: Any,
    ) -> None:
        super().__init__(in_channels, out_channels, kernel_size, **more)
        self.eps = eps
        start = torch.ones(out_channels, 1, 1, 1)
        self.gain = nn.Parameter(start) if gain else None

    def forward(self, input: Tensor) -> Tensor:
        axes = (1, 2, 3)
        var, mean = torch.var_mean(self.weight, axes, correction=0, keepdim=True)
        weight = (self.weight - mean) * torch.rsqrt(var + self.eps)
        weight = weight if self.gain is None else weight * self.gain
        y: Tensor = self._conv_forward(input, weight, self.bias)
        return y
