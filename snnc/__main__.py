"""``snnc`` and ``python -m snnc``: lint and build start without the machinery of all commands."""

import gc
import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> None:
    """The entry point: whatever happens, one sentence and an exit code."""
    gc.disable()  # nothing that is imported is ever garbage
    from snnc import late_metadata, terminal
    from snnc.plain_arguments import command

    words = tuple(sys.argv[1:] if arguments is None else arguments)
    plain = command(words)
    if plain is not None:
        late_metadata.install()
        code = terminal.run(lambda **_: plain(), words)
        if arguments is None:  # the process ends: to look for garbage takes a fifth of a lint
            gc.freeze()
        sys.exit(code)
    from snnc.cli import main as whole

    whole(words)


if __name__ == "__main__":
    main()
