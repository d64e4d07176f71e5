class TEBN2d(nn.BatchNorm2d):
    """Batch normalisation of all T*B samples, then a learned factor for each step."""

    def __init__(
        self,
        num_features: int,
        time_steps: int,
        eps: float = 1e-5,
        momentum: float = 0.1,
        affine: bool = True,
    ) -> None:
        super().__init__(num_features, eps, momentum, affine)
        self.scale = nn.Parameter(torch.ones(time_steps))

    def forward(self, input: Tensor, first: int = 0) -> Tensor:
        """The input is [T, B, ...]: the steps from ``first`` on."""
        y = super().forward(input.flatten(0, 1))
        scale = self.scale[first : first + len(input)]
        scale = scale.view(-1, *(1 for _ in input.shape[1:]))
        return torch.unflatten(y, 0, input.shape[:2]) * scale
