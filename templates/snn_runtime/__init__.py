"""The runtime of packages that snnc writes: it imports torch and never snnc.

fused        neurons as fused kernels over all time steps
layers       layers that PyTorch does not have
norms        batch normalisation over time
encoders     from numbers to spikes
delays       delayed layers and edges
lengths      sequences with padding
steps        the time steps of a call, and the state between calls
checks       inputs of a wrong shape or range
measures     firing rates, and which epoch is the best
training     what every train.py needs
conversion   what every convert.py needs
pictures     what every visualize.py needs
comparison   what every runs.py needs

Several packages share one copy; each says for which FORMAT it was written.
"""

from pathlib import Path

__all__ = ["FORMAT", "require"]

FORMAT = 2
"""Grows whenever packages that were written before no longer run on this runtime."""


def require(wanted: int, package: str) -> None:
    """Raises ImportError unless this runtime has the format that ``package`` was written for."""
    if wanted == FORMAT:
        return
    where = Path(__file__).parent
    raise ImportError(
        f"{package} needs format {wanted} of {__name__}, and {where} has format {FORMAT}: "
        f"run `snnc build` on the spec of {package}, and on all others that share {where}"
    )
