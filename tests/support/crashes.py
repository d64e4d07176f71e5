"""Processes that are meant to crash, and say nothing when they do."""

import faulthandler
import resource


def expected() -> None:
    """Called in a child that is about to run a planted error: no traceback, no core file.

    pytest turns faulthandler on, and a forked child inherits it.
    """
    faulthandler.disable()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
