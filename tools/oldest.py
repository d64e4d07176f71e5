"""The oldest versions that snnc says it works with, as pip takes them; the standard library only.

pip install $(python tools/oldest.py)
"""

import re
import sys
import tomllib
from pathlib import Path

PROJECT = Path(__file__).parents[1] / "pyproject.toml"
_BOUND = re.compile(r"(?P<name>[\w.-]+)>=(?P<version>[\d.]+)(,!=[\d.]+)*")


def oldest(text: str) -> list[str]:
    """``name==version`` of each dependency in the text of a pyproject.toml.

    Raises:
        ValueError: a dependency has no lower bound, or is written in another way.
    """
    found = []
    for wanted in tomllib.loads(text)["project"]["dependencies"]:
        bound = _BOUND.fullmatch(wanted)
        if bound is None:
            raise ValueError(f"pyproject.toml: {wanted!r} is not NAME>=VERSION")
        found.append(f"{bound['name']}=={bound['version']}")
    return found


if __name__ == "__main__":
    sys.stdout.write("\n".join(oldest(PROJECT.read_text("utf-8"))) + "\n")
