class BNTT1d(nn.ModuleList):
    """A batch normalisation of its own for every step; at step t it is ``self[t]``."""

    def __init__(
        self,
        num_features: int,
        time_steps: int,
        eps: float = 1e-5,
        momentum: float = 0.1,
        affine: bool = True,
        bias: bool = False,
    ) -> None:
        each = (num_features, eps, momentum, affine)
        super().__init__(nn.BatchNorm1d(*each) for _ in range(time_steps))
        for bn in self if not bias else ():
            bn.register_parameter("bias", None)

    def forward(self, input: Tensor, first: int = 0) -> Tensor:
        """The input is [T, B, ...]: the steps from ``first`` on."""
        return torch.stack([self[first + t](x) for t, x in enumerate(input)])
