"""A layer that NIR cannot express."""


class Unsaid(Exception):
    """The reason, and what could be done instead."""

    def __init__(self, reason: str, help: str = "") -> None:
        super().__init__(reason)
        self.reason, self.help = reason, help
