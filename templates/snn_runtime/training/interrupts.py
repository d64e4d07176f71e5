"""Ctrl-C, and the signal by which machines end a job, between two steps."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Stopped(Exception):
    """The run was asked to stop, and can go on from where it is."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.code = 128 + number


class Interrupts:
    """Notes that the run is to stop; asked a second time, Ctrl-C stops at once."""

    def __init__(self) -> None:
        self.number = 0

    def note(self, number: int, _: FrameType | None) -> None:
        """Handles a signal."""
        if self.number == signal.SIGINT == number:
            raise KeyboardInterrupt
        self.number = number

    @contextmanager
    def noted(self) -> Iterator[None]:
        """Where signals are only noted; a thread beside the main one gets none."""
        main = threading.current_thread() is threading.main_thread()
        watched = (signal.SIGINT, signal.SIGTERM) if main else ()
        before = {number: signal.signal(number, self.note) for number in watched}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
