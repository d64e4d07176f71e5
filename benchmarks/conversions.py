"""The conversions of docs/zoo: ANNs of several seeds, each as an SNN by many rules.

python -m benchmarks.conversions ann2snn_mnist WORK --data MNIST FashionMNIST --data-dir DATA

Builds the spec for each dataset below WORK, trains seeds until so many ANNs are healthy, converts
each, and writes accuracy after some steps into docs/zoo/NAME_conversion.csv, where the rows of
other datasets stay as they are. An ANN is dead if it never recognises some class after one epoch,
or hardly at the end: the last ReLU of ann2snn_mnist can cut one off for good. The dead are listed
and not converted. Run again, it goes on.
"""

import argparse
import csv
import shlex
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import snnc
from benchmarks.zoo_pages import ROOT, ZOO
from benchmarks.zoo_results import write

STEPS = (1, 2, 4, 8, 16, 32, 50)
WAYS = {  # the first whose name begins so
    "ann2snn_resnet": (("half", "balance", "max,99.9%,mmse"),),
    "ann2snn": (
        ("zero", "99.9%", "max,0.5,0.3333,0.25,0.2"),
        ("half", "99.9%", "max,0.5,mmse,balance"),
    ),
    "vgg_qcfs": (("half", "99.9%", ""),),
}
CLASSES = """
import sys
from pathlib import Path
import torch
from {name} import ann, conversion, data
net = next(made for name, made in vars(ann).items() if name.endswith("ANN"))()
conversion.read(net, Path(sys.argv[1]))
test = data.load(Path(sys.argv[2]), None).test
right, total = {{}}, {{}}
with torch.no_grad():
    for chosen in torch.arange(len(test)).split(500):
        x, labels = test.batch(chosen)
        for said, label in zip(net.eval()(x).argmax(1).tolist(), labels.tolist()):
            right[label] = right.get(label, 0) + (said == label)
            total[label] = total.get(label, 0) + 1
print(*(c for c in sorted(total) if right[c] < {least} * total[c]))
"""
"""Prints the classes of whose samples an ANN recognises too few."""
Row = dict[str, str]


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", help="of the spec in specs/")
    parser.add_argument("work", type=Path, help="folder for packages and runs")
    parser.add_argument("--data", nargs="+", default=["MNIST"], help="datasets")
    parser.add_argument("--data-dir", type=Path, default=Path("data"), help="where they are")
    parser.add_argument("--healthy", type=int, default=3, help="how many ANNs of each")
    parser.add_argument("--set", nargs="+", default=[], help="changes of the spec, KEY=VALUE")
    parser.add_argument("--train", default="", help="flags of train.py, in quotes")
    given = parser.parse_args()
    given.ways = next((w for prefix, w in WAYS.items() if given.name.startswith(prefix)), None)
    if given.ways is None:
        parser.error(f"no ways to convert {given.name} are known: expected {', '.join(WAYS)}…")
    rows = [row for data in given.data for row in of_data(given, data)]
    path = ZOO / f"{given.name}_conversion.csv"
    write(path, [*of_others(path, given.data), *rows])


def of_others(path: Path, data: Sequence[str]) -> list[Row]:
    """The rows that a table has of other datasets."""
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return [{k: v for k, v in row.items() if v} for row in rows if row["data"] not in data]


def of_data(given: argparse.Namespace, data: str) -> Iterator[Row]:
    """The rows of one dataset: seeds from 0 on."""
    folder = given.work.resolve() / data
    package = folder / given.name
    spec = ROOT / "specs" / f"{given.name}.snn.toml"
    changes = [part for one in given.set for part in ("--set", one)]
    changes += ["--set", f'train.dataset="{data}"']
    command = Path(sys.executable).with_name("snnc")
    run([command, "build", spec, "--force", "-o", package, *changes], ROOT)
    healthy = seed = 0
    while healthy < given.healthy:
        start = {"data": data, "seed": str(seed)}
        if lost := trained(given, folder, seed):
            yield {**start, "ann": f"dead: without {lost}"}
        else:
            yield from conversions(given, folder, folder / f"seed{seed}", start)
            healthy += 1
        seed += 1


def trained(given: argparse.Namespace, folder: Path, seed: int) -> str:
    """Trains an ANN, unless classes are dead after one epoch: which are, "" if none."""
    out = folder / f"seed{seed}"
    command: list[object] = [sys.executable, "-m", f"{given.name}.train", "--seed", str(seed)]
    command += ["--data-dir", given.data_dir.resolve(), "--out-dir", out, "--resume"]
    train = snnc.load(ROOT / "specs" / f"{given.name}.snn.toml").spec.train
    whole = ["--epochs", str(train.epochs if train else 1), *shlex.split(given.train)]
    if not (out / "checkpoint_best.pt").exists():
        run([*command, *whole, "--epochs", "1"], folder)
    if lost := dead(given, folder, out, 0.01):
        return lost
    run([*command, *whole], folder)
    return dead(given, folder, out, 0.3)


def dead(given: argparse.Namespace, folder: Path, out: Path, least: float) -> str:
    """The classes of whose samples an ANN recognises less than that share, "" if none."""
    code = CLASSES.format(name=given.name, least=least)
    paths = [out / "checkpoint_best.pt", given.data_dir.resolve()]
    return run([sys.executable, "-c", code, *paths], folder).strip()


def conversions(given: argparse.Namespace, folder: Path, out: Path, start: Row) -> Iterator[Row]:
    """A row for each rule and way to begin."""
    for initial, rule, compare in given.ways:
        to = out / f"convert_{initial}"
        if not (to / "accuracy.csv").exists():
            command: list[object] = [
                sys.executable,
                "-m",
                f"{given.name}.convert",
                "--initial",
                initial,
            ]
            command += ["--weights", out / "checkpoint_best.pt", "--out-dir", to, "--force"]
            command += ["--data-dir", given.data_dir.resolve(), "--compare", compare]
            run([*command, "--rule", rule], folder)
        with (to / "accuracy.csv").open(newline="") as file:
            table = {int(row["step"]): row for row in csv.DictReader(file)}
        for text in [key for key in table[1] if key not in ("step", "ann")]:
            steps = {f"t{t}": f"{float(table[t][text]):.4f}" for t in STEPS if t in table}
            ann = f"{float(table[1]['ann']):.4f}"
            yield {**start, "ann": ann, "rule": text, "initial": initial, **steps}


def run(command: Sequence[object], folder: Path) -> str:
    """Carries out a command; what it prints."""
    words = [str(word) for word in command]
    print("$", " ".join(words), flush=True)
    done = subprocess.run(words, cwd=folder, check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout


if __name__ == "__main__":
    main()
