"""The base of datasets of events, which are counted in frames: one frame per time step.

Frames by count follow Fang et al., Incorporating learnable membrane time constant, ICCV 2021.
"""

from string import Template
from typing import Annotated, ClassVar, Literal

from pydantic import Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from snnc.datasets import Dataset
from snnc.datasets._text import strings, tonic


class Events(Dataset):
    """Recordings of events, each with an address and a time, as frames [T, ...] that count them.

    ``frames = "count"`` gives every frame the same number of events. ``"time"`` gives every frame
    the same duration, of the whole recording or of its first ``duration`` milliseconds.
    """

    timed = True
    recorded = True
    third_party: ClassVar[tuple[str, ...]] = (
        "import numpy as np",
        "from tqdm import tqdm  # type: ignore[import-untyped, unused-ignore]",
    )
    standard_library: ClassVar[tuple[str, ...]] = (
        "import math",
        "from collections.abc import Sequence",
        "from typing import Any",
    )
    frames: Literal["count", "time"] = "count"
    duration: Annotated[float | None, Field(gt=0)] = None

    @field_validator("duration")
    @classmethod
    def _only_by_time(cls, duration: float | None, info: ValidationInfo) -> float | None:
        if duration is not None and info.data.get("frames") == "count":
            message = '`duration` belongs to `frames = "time"`: frames by count have no duration'
            raise PydanticCustomError("duration_by_count", message)
        return duration

    def reading(self) -> str:
        """Formatted source text: ``Recording``, ``find`` and ``events``."""
        raise NotImplementedError

    def source(self, timed: bool) -> str:
        missing = f"{self.title} is not in {{data_dir}}: {tonic(self.kind)} gets it."
        by = self.frames if self.duration is None else "duration"
        pieces = (_TYPES, self.reading(), _FRAMED, _PLACED[by])
        return Template("\n\n".join(pieces)).substitute(
            missing=strings(missing), duration=repr(self.duration)
        )


_TYPES = """\
MISSING = (
    $missing
)
Array = np.ndarray[Any, Any]
Address = tuple[Array, ...]  # of each event: one array an axis
"""

_FRAMED = '''\
def framed(recordings: Sequence[Recording], time_steps: int) -> Split:
    """The events of each recording in frames [N, T, ...]; 255 stands for more."""
    shape = (time_steps, *SHAPE)
    frames = torch.zeros(len(recordings), *shape, dtype=torch.uint8)
    bar = tqdm(recordings, desc="reading", unit="rec", leave=False, disable=None)
    for index, recording in enumerate(bar):
        try:
            where = np.ravel_multi_index(placed(*events(recording), time_steps), shape)
        except (EOFError, IndexError, OSError, ValueError) as error:
            raise DataError(f"{recording.name} cannot be read: {error}.") from error
        counts = np.bincount(where, minlength=math.prod(shape)).clip(max=255)
        frames[index] = torch.from_numpy(counts.astype(np.uint8)).view(shape)
    labels = torch.tensor([int(recording.label) for recording in recordings])
    return checked(frames, labels, time_steps)
'''

_PLACED = {
    "count": '''\
def placed(times: Array, address: Address, time_steps: int) -> Address:
    """The frame and the address of each event; frames have as many events each."""
    return np.arange(len(times)) * time_steps // max(1, len(times)), *address
''',
    "time": '''\
def placed(times: Array, address: Address, time_steps: int) -> Address:
    """The frame and the address of each event; frames span the same time each."""
    since = times - times.min(initial=np.inf)
    frame = (since / max(since.max(initial=0), 1e-9) * time_steps).astype(np.int64)
    return np.minimum(frame, time_steps - 1), *address
''',
    "duration": '''\
DURATION = $duration  # milliseconds that the frames span


def placed(times: Array, address: Address, time_steps: int) -> Address:
    """The frame and the address of each event; those after DURATION are left out."""
    frame = np.floor(times / DURATION * time_steps).astype(np.int64)
    kept = frame < time_steps
    return frame[kept], *(part[kept] for part in address)
''',
}
