"""Paths of modules as generated code writes them."""

import re


def access(path: str) -> str:
    """A path as it is reached from the network: ``layer2[0].conv1``."""
    return re.sub(r"\.(\d+)(?=\.|$)", r"[\1]", path)
