"""``make demo``: what was built from a thirty-line spec, trained here and now, and shown.

    python benchmarks/demo.py --seeds 3

Trains the generated package of specs/digits_conv.snn.toml once a seed, as a user would.
"""

import argparse
import csv
import subprocess
import sys
import time
from pathlib import Path
from statistics import mean

import snnc
from snnc.commands.show import hoisted
from snnc.program.placement import placement

SPECS = Path(__file__).resolve().parents[1] / "specs"
SPEC = SPECS / "digits_conv.snn.toml"
RUNS = SPECS.parent / "runs" / "digits_conv"


def train(seed: int) -> float:
    """One run of the generated script; returns the test accuracy after its last epoch."""
    out = RUNS / f"seed{seed}"
    script = [sys.executable, "-m", "digits_conv.train", "--seed", str(seed)]
    subprocess.run([*script, "--out-dir", str(out), "--restart"], cwd=SPECS, check=True)
    with (out / "metrics.csv").open(newline="") as file:
        return float(list(csv.DictReader(file))[-1]["test/accuracy"])


def main() -> None:
    """Trains, then says what came out and where it is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=3, help="how many runs")
    seeds = range(parser.parse_args().seeds)
    start = time.perf_counter()
    accuracies = []
    for seed in seeds:
        print(f"\n== seed {seed}", flush=True)
        accuracies.append(train(seed))
    seconds = time.perf_counter() - start
    program = snnc.lower(snnc.link(snnc.load(SPEC)))
    each = ", ".join(f"{accuracy:.2%}" for accuracy in accuracies)
    print(f"\n== {SPEC.name}: what came out")
    print(f"test accuracy  {mean(accuracies):.2%}, mean of {len(accuracies)} seeds ({each})")
    print(f"training       {seconds:.0f} s for all of them, start-up and pictures included")
    print(f"{hoisted(placement(program))} (snnc show {SPEC.relative_to(SPECS.parent)})")
    print(f"pictures, logs and checkpoints are in {RUNS.relative_to(SPECS.parent)}/seed*/")


if __name__ == "__main__":
    main()
