"""What a run is told, and the process that it needs."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

import torch

SPECS = Path(__file__).resolve().parents[2] / "specs"
# glibc gives large blocks back to the system and gets them again, page fault by page fault. With
# these it keeps them, for all contestants alike.
TUNED = {
    "MALLOC_MMAP_MAX_": "0",
    "MALLOC_TRIM_THRESHOLD_": "100000000000",
    "MALLOC_TOP_PAD_": "268435456",
}


# Of inductor: a compilation that takes too long leaves no workers behind that disturb the others.
ALONE = {"TORCHINDUCTOR_COMPILE_THREADS": "1"}


@dataclass(frozen=True)
class Settings:
    """The flags of ``python -m benchmarks.peers``; None for what the spec says."""

    dtype: str = "fp32"
    layout: str = "auto"
    rounds: int = 7
    batch: int | None = None
    threads: int = 2
    only: str = ""
    compile: bool = False
    patience: int = 60
    memory: bool = False
    data_dir: Path = Path("data")
    weights: Path | None = None
    folder: Path = Path(".peers")

    @property
    def autocast(self) -> torch.autocast:
        """Mixed precision for bf16: products in 16 bits, weights in 32."""
        return torch.autocast("cpu", torch.bfloat16, enabled=self.dtype == "bf16")

    @property
    def peers_layout(self) -> torch.memory_format:
        """How peers' convolutions lie in memory: in bf16 only channels last reaches AMX."""
        last = self.layout == "last" or (self.layout == "auto" and self.dtype == "bf16")
        return torch.channels_last if last else torch.contiguous_format


def prepare(settings: Settings) -> None:
    """Makes the generated packages importable, then the peers, which replace nothing installed."""
    torch.set_num_threads(settings.threads)
    if str(SPECS) not in sys.path:
        sys.path.insert(0, str(SPECS))
    if str(settings.folder) not in sys.path:
        sys.path.append(str(settings.folder))


def restart(malloc: str) -> None:
    """Starts this process again with the allocator as asked for, unless it is so already."""
    wanted = {**(TUNED if malloc == "tuned" else dict.fromkeys(TUNED)), **ALONE}
    if all(os.environ.get(name) == value for name, value in wanted.items()):
        return
    kept = {name: value for name, value in os.environ.items() if name not in TUNED}
    given = {name: value for name, value in wanted.items() if value is not None}
    command = [sys.executable, "-m", "benchmarks.peers", *sys.argv[1:]]
    os.execve(sys.executable, command, {**kept, **given})
