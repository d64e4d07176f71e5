"""One process that trains, or several that `torchrun` started.

    torchrun --nproc-per-node 2 -m NAME.train

Each process computes a share of every batch; gradients and counts are summed over all.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any, TypeVar, cast

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from .settings import RunError

T = TypeVar("T")


@dataclass(frozen=True)
class Team:
    """This process among those that train together."""

    device: torch.device
    rank: int = 0
    size: int = 1

    @property
    def gpu(self) -> bool:
        """Whether it computes on a GPU, where reading a number means waiting."""
        return self.device.type == "cuda"

    @property
    def leads(self) -> bool:
        """Whether it is the one that writes files and speaks."""
        return self.rank == 0

    def total(self, numbers: Tensor) -> Tensor:
        """The sum over all processes."""
        if self.size > 1:
            numbers = numbers.clone()
            dist.all_reduce(numbers)
        return numbers

    def most(self, number: int) -> int:
        """The largest number in any of the processes."""
        if self.size == 1:
            return number
        return int(self.largest(torch.tensor(number, device=self.device)))

    def largest(self, number: Tensor) -> Tensor:
        """The same without waiting for it."""
        if self.size > 1:
            number = number.clone()
            dist.all_reduce(number, dist.ReduceOp.MAX)
        return number

    def led(self, work: Callable[[], T]) -> T:
        """What the leader's work gives, in all processes.

        If it fails, the leader raises what it raised, and the others leave in silence.
        """
        if self.size == 1:
            return work()
        outcome: list[Any] = [None, True]
        problem = None
        if self.leads:
            try:
                outcome = [work(), False]
            except (OSError, RunError) as error:
                problem = error
        dist.broadcast_object_list(outcome, device=self.device)
        value, failed = outcome
        if failed:
            raise problem or SystemExit(1)
        return cast(T, value)

    def joined(self, net: nn.Module) -> nn.Module:
        """The network, with gradients that are the mean over all processes."""
        return DistributedDataParallel(net) if self.size > 1 else net

    def local(self, model: nn.Module, last: bool) -> AbstractContextManager[None]:
        """Where gradients are only added up; those of the `last` batch are shared."""
        if last or not isinstance(model, DistributedDataParallel):
            return nullcontext()
        own: AbstractContextManager[None] = model.no_sync()
        return own

    def align(self, net: nn.Module) -> None:
        """Gives all processes the leader's running statistics."""
        for buffer in net.buffers() if self.size > 1 else ():
            dist.broadcast(buffer, 0)

    @contextmanager
    def in_turn(self) -> Iterator[None]:
        """The first process of each machine goes ahead: it may have to download."""
        first = self.size == 1 or os.environ.get("LOCAL_RANK", "0") == "0"
        if not first:
            dist.barrier()
        yield
        if first and self.size > 1:
            dist.barrier()


@contextmanager
def together(device: torch.device) -> Iterator[Team]:
    """Joins the processes that torchrun started; without it, there is only this one."""
    if "WORLD_SIZE" not in os.environ:
        yield Team(device)
        return
    if device.type == "cuda":
        device = torch.device("cuda", int(os.environ["LOCAL_RANK"]))
        torch.cuda.set_device(device)
    dist.init_process_group("nccl" if device.type == "cuda" else "gloo")
    try:
        yield Team(device, dist.get_rank(), dist.get_world_size())
    finally:
        dist.destroy_process_group()
