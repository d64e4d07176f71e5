"""The parts of ``make faults``: they are found, not listed."""

import importlib
import pkgutil
import time
from pathlib import Path

PACKAGE = "tests.faults"


def found(package: str = PACKAGE) -> list[str]:
    """The names of its modules that have something to run, sorted."""
    folder = [str(Path(path)) for path in importlib.import_module(package).__path__]
    names = sorted(module.name for module in pkgutil.iter_modules(folder))
    modules = [name for name in names if name != "__main__" and not name.startswith("test_")]
    return [n for n in modules if hasattr(importlib.import_module(f"{package}.{n}"), "run")]


def tried(part: str, short: bool, package: str = PACKAGE) -> list[str]:
    """What did not hold in a part; that it broke down is one finding too."""
    print(f"{part} ...", flush=True)
    began = time.monotonic()
    try:
        failures = importlib.import_module(f"{package}.{part}").run(short)
    except Exception as error:  # noqa: BLE001 - the other parts are to run all the same
        failures = [f"it broke down: {type(error).__name__}: {error}"]
    seconds = time.monotonic() - began
    print(f"{part}: {len(failures)} failures in {seconds:.0f} s", flush=True)
    return [f"{part}: {text}" for text in failures]
