"""A layer that a format cannot express."""

from collections.abc import Iterator
from contextlib import contextmanager

from snnc.graph.types import Node


class Unsaid(Exception):
    """The reason, what could be done instead, and the layer, once it is known."""

    def __init__(self, reason: str, help: str = "", node: Node | None = None) -> None:
        super().__init__(reason)
        self.reason, self.help, self.node = reason, help, node

    @staticmethod
    @contextmanager
    def of(node: Node) -> Iterator[None]:
        """Names ``node`` as the layer of an error that names none."""
        try:
            yield
        except Unsaid as error:
            error.node = error.node or node
            raise
