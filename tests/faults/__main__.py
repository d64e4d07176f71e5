"""``make faults``: every part of this folder, one after another; exit code 1 if anything fails.

python -m tests.faults [--short] [PART ...]
"""

import argparse
import sys

from tests.faults.parts import found, tried


def main(arguments: list[str] | None = None) -> int:
    """Exit code 1 if anything was found."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m tests.faults")
    parser.add_argument("--short", action="store_true", help="minutes instead of an hour")
    parser.add_argument("part", nargs="*", help="names of modules; default: all")
    given = parser.parse_args(arguments)
    failures = [text for part in given.part or found() for text in tried(part, given.short)]
    print("\n".join(failures) if failures else "everything held")
    return bool(failures)


if __name__ == "__main__":
    sys.exit(main())
