"""Lists the runs of a network and compares them: what ``python -m NAME.runs`` calls.

reading    a run from the files in its folder: settings, spec, numbers, state
comparing  the settings that differ, and the order of the runs
printing   a table, CSV or JSON
script     the command line
"""

from .script import main

__all__ = ["main"]
