"""Times generated networks beside the same networks of other libraries.

python -m benchmarks.peers                     everything, in float32
python -m benchmarks.peers W1 W3 --dtype bf16 --inference
python -m benchmarks.peers W4 --compile --memory
"""

import argparse
import sys
import warnings
from pathlib import Path
from typing import Any

import torch

from benchmarks.peers.contestants import OURS
from benchmarks.peers.measure import table
from benchmarks.peers.race import race
from benchmarks.peers.settings import Settings, prepare, restart
from benchmarks.peers.workloads import WORKLOADS, Workload, chosen, problem

MODES = {"train": "training", "infer": "inference"}
KNOWN = [workload.name for workload in WORKLOADS]


def main() -> int:
    """Prints a table for each workload and mode; 1 if answers differ from snnc's."""
    args = arguments()
    malloc: str = args.pop("malloc")
    names, modes = args.pop("workloads"), args.pop("modes") or list(MODES)
    settings = Settings(**args)
    restart(malloc)
    prepare(settings)
    warnings.simplefilter("ignore")  # of peers, about their own dependencies
    cpu = torch.backends.cpu.get_cpu_capability()
    threads = f"{settings.threads} threads, {settings.dtype}, allocator {malloc}"
    print(f"torch {torch.__version__} on {cpu}, {threads}, medians of {settings.rounds} rounds")
    right = [shown(workload, mode, settings) for workload in chosen(names) for mode in modes]
    return 0 if all(right) else 1


def shown(workload: Workload, mode: str, settings: Settings) -> bool:
    """Prints one table; whether all who took part compute the same."""
    if mode == "train" and not workload.trains:
        return True
    made = problem(workload, settings)
    rows, right = race(made, mode, settings)
    print(f"\n### {workload.name} {workload.package}, {MODES[mode]}")
    print(f"\nBatch {len(made.x)}, T {made.steps}, {settings.dtype}; {made.source}.\n")
    for line in table(rows, OURS):
        print(line)
    sys.stdout.flush()
    return right


def arguments() -> dict[str, Any]:
    """The command line."""
    parser = argparse.ArgumentParser(
        "python -m benchmarks.peers",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("workloads", nargs="*", metavar="WORKLOAD", help=f"{', '.join(KNOWN)}; W4 is all three")
    add("--train", dest="modes", action="append_const", const="train", help="training only")
    add("--inference", dest="modes", action="append_const", const="infer", help="inference only")
    add("--dtype", choices=("fp32", "bf16"), default="fp32", help="bf16: under autocast")
    add("--layout", choices=("auto", "first", "last"), default="auto", help="peers' channels")
    add("--rounds", type=positive, default=7)
    add("--batch", type=positive, help="another batch size than the spec's")
    add("--threads", type=positive, default=2)
    add("--only", default="", metavar="TEXT", help="of peers only rows whose name contains TEXT")
    add("--compile", action="store_true", help="peers through torch.compile too")
    add("--patience", type=positive, default=60, help="seconds for the first calls, if compiled")
    add("--memory", action="store_true", help="peak memory too, in a process for each row")
    add("--malloc", choices=("tuned", "default"), default="tuned")
    add("--data-dir", type=Path, default=Path("data"))
    add("--weights", type=Path, help="of the ANN of W3; without, it is untrained")
    add("--peers", dest="folder", type=Path, default=Path(".peers"), help="where peers are")
    args = vars(parser.parse_args())
    for name in args["workloads"]:
        if not chosen([name]):
            parser.error(f"there is no workload {name}, but {', '.join(KNOWN)}, and W4")
    return args


def positive(text: str) -> int:
    """A whole number from 1 on."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"must be a whole number from 1 on, not {text!r}")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
