"""A batch of one sample, which some batch norms cannot take, before it comes."""

import copy

import torch
from torch.nn.modules.batchnorm import _BatchNorm

from .batches import Split
from .learner import Learner
from .settings import RunError


def check_last_batch(learner: Learner, split: Split) -> None:
    """Raises RunError if an epoch's last batch has too few samples for a batch norm.

    A copy of the network is tried on one sample, if a process gets no more.
    """
    samples, size = len(split), learner.settings.batch_size
    last = samples % size or min(samples, size)
    normalises = any(isinstance(m, _BatchNorm) for m in learner.net.modules())
    if last // learner.team.size > 1 or not normalises:
        return
    x, _ = split.batch(torch.tensor([0]))
    trial = copy.deepcopy(learner.net).train()
    try:
        with torch.random.fork_rng(), torch.no_grad():
            trial(learner.precision.read(x))
    except ValueError as error:
        if "more than 1 value per channel" not in str(error):
            raise
        parts = f"{samples} samples in batches of {size}"
        if learner.team.size > 1:
            parts += f" on {learner.team.size} processes"
        problem = f"a batch norm needs two samples, but {parts} leave one for the last"
        advice = "choose another --batch-size, or leave samples out by --limit"
        raise RunError(f"{problem}: {advice}.") from error
