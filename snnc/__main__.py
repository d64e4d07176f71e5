"""``snnc`` and ``python -m snnc``: lint and build start without the machinery of all commands."""

import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> None:
    """The entry point: whatever happens, one sentence and an exit code."""
    from snnc import terminal
    from snnc.plain_arguments import command

    words = tuple(sys.argv[1:] if arguments is None else arguments)
    plain = command(words)
    if plain is not None:
        sys.exit(terminal.run(lambda **_: plain(), words))
    from snnc.cli import main as whole

    whole(words)


if __name__ == "__main__":
    main()
