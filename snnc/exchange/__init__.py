"""Networks from elsewhere as specs. It runs their code, so only at a user's command."""


class Refused(Exception):
    """A network that a spec cannot express: one sentence for each of ``reasons``; and ``help``."""

    def __init__(self, *reasons: str, help: str = "") -> None:
        super().__init__("; ".join(reasons))
        self.reasons, self.help = reasons, help


class Unusable(Exception):
    """Nothing could be imported at all: no such module, wrong weights, a wrong shape."""
