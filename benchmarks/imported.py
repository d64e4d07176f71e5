"""A network written in SpikingJelly, trained by a plain loop and by the script generated for it.

    python -m benchmarks.imported --seeds 3 --epochs 12
    python -m benchmarks.imported --seeds 0 --rounds 31      # only times a training step

Both begin with the same weights of each seed and have the same data (scikit-learn's digits), loss,
optimizer, schedule and batch size; each shuffles by itself. A training step (forward, loss,
backward, Adam) of both is timed in one process, one thread, in alternating rounds. SpikingJelly is
found as in benchmarks/peers: in the environment, or in a folder `.peers` (another one: `--peers`).
"""

import argparse
import csv
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

import snnc

ROOT = Path(__file__).parents[1]
SNNC = sys.executable, "-m", "snnc"
STEPS, BATCH, RATE = 4, 64, 2e-3
TRAIN = """
[train]
dataset = "Digits"
loss = "mse"
epochs = {epochs}
batch_size = 64
optimizer = {{ kind = "Adam", lr = 2e-3 }}
scheduler = {{ kind = "CosineAnnealingLR", T_max = {epochs} }}
"""


def original() -> nn.Module:
    """The network as its author writes it; this is what is imported."""
    from spikingjelly.activation_based import functional, layer, neuron, surrogate

    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            fires = {"surrogate_function": surrogate.ATan(), "detach_reset": True}
            self.conv = nn.Sequential(
                layer.Conv2d(1, 16, 3, padding=1, bias=False),
                layer.BatchNorm2d(16),
                neuron.IFNode(**fires),
                layer.Conv2d(16, 32, 3, padding=1, bias=False),
                layer.BatchNorm2d(32),
                neuron.LIFNode(tau=2.0, **fires),
                layer.MaxPool2d(2),
            )
            self.fc = nn.Sequential(
                layer.Flatten(),
                layer.Linear(32 * 4 * 4, 64),
                neuron.ParametricLIFNode(**fires),
                layer.Linear(64, 10),
                neuron.IFNode(**fires),
            )
            functional.set_step_mode(self, "m")

        def forward(self, x: Tensor) -> Tensor:
            y: Tensor = self.fc(self.conv(x.unsqueeze(0).repeat(STEPS, 1, 1, 1, 1))).mean(0)
            return y

    return Net()


def seeded(seed: int) -> nn.Module:
    torch.manual_seed(seed)
    return original()


def imported(folder: Path, epochs: int, seed: int) -> Path:
    """The spec of that network in a folder, with the weights of a seed beside it."""
    given = folder / "given.pt"
    torch.save(seeded(seed).state_dict(), given)
    told(
        *(*SNNC, "import", "torch", f"{__spec__.name}:original", "--input", "1,8,8"),
        *("--time", "inside", "--time-steps", str(STEPS), "--weights", str(given)),
        *("-o", str(folder / "digits_net")),
    )
    path = folder / "digits_net.snn.toml"
    path.write_text(path.read_text() + TRAIN.format(epochs=epochs))
    return path


def by_the_script(epochs: int, seed: int) -> list[float]:
    """The test accuracy of every epoch of the generated script."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        told(*SNNC, "build", str(imported(folder, epochs, seed)))
        told(
            *(sys.executable, "-m", "digits_net.train", "--seed", str(seed)),
            *("--init", "digits_net.pt", "--out-dir", "run"),
            folder=folder,
        )
        (found,) = folder.rglob("metrics.csv")
        return [float(row["test/accuracy"]) for row in csv.DictReader(found.open())]


def told(*command: str, folder: Path = ROOT) -> None:
    """Runs a command whose words are of interest only if it fails."""
    where = os.pathsep.join([str(folder), *filter(None, sys.path)])
    environment = {**os.environ, "PYTHONPATH": where}
    done = subprocess.run(
        command, cwd=folder, env=environment, text=True, capture_output=True, check=False
    )
    if done.returncode:
        sys.exit(f"{' '.join(command)}\n{done.stdout[-1000:]}{done.stderr[-2000:]}")


def by_the_loop(epochs: int, seed: int) -> list[float]:
    """The test accuracy of every epoch of the loop that people write."""
    from spikingjelly.activation_based import functional

    net = seeded(seed)
    (x, labels), (x_test, labels_test) = digits()
    optimizer = torch.optim.Adam(net.parameters(), lr=RATE)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=epochs)
    found = []
    for _ in range(epochs):
        net.train()
        order = torch.randperm(len(x))
        for at in range(0, len(x), BATCH):
            chosen = order[at : at + BATCH]
            step(net, optimizer, x[chosen], labels[chosen])
            functional.reset_net(net)
        scheduler.step()
        net.eval()
        with torch.no_grad():
            found.append(float((net(x_test).argmax(1) == labels_test).float().mean()))
        functional.reset_net(net)
    return found


def digits() -> tuple[tuple[Tensor, Tensor], tuple[Tensor, Tensor]]:
    """What the generated data.py reads: training samples with labels, test samples with theirs."""
    from sklearn.datasets import load_digits

    found = load_digits()
    order = np.random.RandomState(0).permutation(len(found.target))
    x = torch.from_numpy(found.images[order]).float().unsqueeze(1) / 16
    labels = torch.from_numpy(found.target[order]).long()
    return (x[:1437], labels[:1437]), (x[1437:], labels[1437:])


def step(net: nn.Module, optimizer: torch.optim.Optimizer, x: Tensor, labels: Tensor) -> None:
    """What every loop does with a batch."""
    optimizer.zero_grad()
    loss = F.mse_loss(net(x), F.one_hot(labels, 10).float())
    torch.autograd.backward(loss)
    optimizer.step()


def steps(folder: Path) -> Iterator[tuple[str, Callable[[], None]]]:
    """One training step of each network, on the same batch, from the same weights."""
    from spikingjelly.activation_based import functional

    x, labels = (part[:BATCH] for part in digits()[0])
    theirs, ours = seeded(0), snnc.compile(imported(folder, 1, 0))
    ours.load_state_dict(torch.load(folder / "digits_net.pt"))
    optimizers = [torch.optim.Adam(net.parameters(), lr=RATE) for net in (theirs, ours)]

    def original_step() -> None:
        step(theirs, optimizers[0], x, labels)
        functional.reset_net(theirs)

    yield "SpikingJelly", original_step
    yield "snnc", lambda: step(ours, optimizers[1], x, labels)


def timed(rounds: int) -> dict[str, tuple[float, float]]:
    """Medians of processor and wall seconds of a step, in alternating rounds; the first is lost."""
    torch.set_num_threads(1)
    seconds: dict[str, list[tuple[float, float]]] = {}
    with tempfile.TemporaryDirectory() as folder:
        contestants = dict(steps(Path(folder)))
        for number in range(rounds + 1):
            for name, run in contestants.items():
                start = time.process_time(), time.perf_counter()
                run()
                took = time.process_time() - start[0], time.perf_counter() - start[1]
                seconds.setdefault(name, []).extend([took] * (number > 0))
    return {name: tuple(map(median, zip(*all, strict=True))) for name, all in seconds.items()}


def main() -> None:
    parser = argparse.ArgumentParser("python -m benchmarks.imported", description=__doc__)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--rounds", type=int, default=0)
    parser.add_argument("--peers", type=Path, default=Path(".peers"))
    given = parser.parse_args()
    sys.path.append(str(given.peers.resolve()))
    if given.seeds:
        print("| seed | SpikingJelly, best | last | snnc, best | last |\n|---|--:|--:|--:|--:|")
    for seed in range(given.seeds):
        both = by_the_loop(given.epochs, seed), by_the_script(given.epochs, seed)
        cells = [f"{100 * value:.2f} %" for found in both for value in (max(found), found[-1])]
        print(f"| {seed} | {' | '.join(cells)} |", flush=True)
    for name, (processor, wall) in (timed(given.rounds) if given.rounds else {}).items():
        print(f"{name}: {1000 * processor:.1f} ms of the processor, {1000 * wall:.1f} ms in all")


if __name__ == "__main__":
    main()
