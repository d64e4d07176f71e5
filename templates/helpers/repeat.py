Block = TypeVar("Block", bound=nn.Module)


class Repeat(nn.Module, Generic[Block]):
    """Blocks one behind the other, by number: ``layer1[0]``."""

    def __init__(self, *blocks: Block) -> None:
        super().__init__()
        for index, block in enumerate(blocks):
            self.add_module(str(index), block)

    def __getitem__(self, index: int) -> Block:
        return cast(Block, self._modules[str(index)])
