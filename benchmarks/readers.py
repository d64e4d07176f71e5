"""What other libraries make of NIR files that snnc writes: entries that differ, or what they say.

    python -m benchmarks.readers --peers .peers

Each network is exported and run by each reader, step by step on the same random spikes, in float32.
A row gives how many of the output's entries differ from snnc's. Readers are found as in
benchmarks/peers; rockpool is one more.
"""

import argparse
import os
import sys
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

import snnc
from snnc.commands.export_nir import to_nir

STEPS = 100
HEAD = """\
format = 1
name = "net"
time_steps = 100

[input]
shape = [{shape}]
encoder = "none"

[network]
layers = [
{layers}
]

[output]
readout = "sequence"
"""
FC = '{ kind = "Linear", out_features = 24 }', '{ kind = "Linear", out_features = 6 }'
NETWORKS: dict[str, tuple[str, tuple[str, ...]]] = {
    "Linear, IF": ("12", (FC[0], '"IF"', FC[1], '"IF"')),
    "Linear, LIF": ("12", (FC[0], '{ kind = "LIF", tau = 4.0 }', FC[1], '"LIF"')),
    "Linear, CUBALIF": ("12", (FC[0], '{ kind = "CUBALIF", c_decay = 0.6, v_decay = 0.8 }')),
    "LIF that reads itself": (
        "12",
        (FC[0], '{ kind = "LIF", feedback = { kind = "Linear", bias = false } }', FC[1], '"LIF"'),
    ),
    "Conv2d, IF, AvgPool2d": (
        "2, 8, 8",
        (
            '{ kind = "Conv2d", out_channels = 4, kernel_size = 3, padding = 1 }',
            *('"IF"', '{ kind = "AvgPool2d", kernel_size = 2 }', '"Flatten"', FC[1], '"IF"'),
        ),
    ),
    "Add of two branches": (
        "12",
        (
            '{ kind = "Linear", name = "a", out_features = 12 }, { kind = "LIF", name = "s" }',
            '{ kind = "Linear", name = "b", out_features = 12 }',
            '{ kind = "Linear", name = "c", out_features = 12, from = "input" }',
            '{ kind = "Add", from = ["b", "c"] }, "LIF"',
        ),
    ),
}  # fmt: skip
Reader = Callable[[Path, Tensor], Tensor]
DT = {"sinabs": 1.0}
"""Time steps in seconds; Sinabs counts in steps, snnTorch has 1e-4 built in."""
USUAL = 1e-4


def norse(file: Path, x: Tensor) -> Tensor:
    import nir
    import norse.torch

    return stepped(norse.torch.from_nir(nir.read(file), dt=USUAL), x)


def spikingjelly(file: Path, x: Tensor) -> Tensor:
    import nir
    from spikingjelly.activation_based import nir_exchange

    return stepped(nir_exchange.import_from_nir(nir.read(file), dt=USUAL), x)


def snntorch(file: Path, x: Tensor) -> Tensor:
    import nir
    from snntorch.import_nir import import_from_nir

    return stepped(import_from_nir(nir.read(file)), x)


def sinabs(file: Path, x: Tensor) -> Tensor:
    import nir
    import sinabs.nir

    net = sinabs.nir.from_nir(nir.read(file), batch_size=x.shape[1])
    found = net(x.transpose(0, 1).flatten(0, 1))
    y: Tensor = found[0] if isinstance(found, tuple) else found
    return y.view(x.shape[1], len(x), *y.shape[1:]).transpose(0, 1)


def rockpool(file: Path, x: Tensor) -> Tensor:
    import nir
    from rockpool.nn.modules import from_nir

    y: Tensor = from_nir(nir.read(file))(x.transpose(0, 1))[0]
    return y.transpose(0, 1)


READERS: tuple[Reader, ...] = (norse, spikingjelly, snntorch, sinabs, rockpool)


def stepped(net: Any, x: Tensor) -> Tensor:
    """A network that takes one step and its state."""
    state, found = None, []
    for now in x:
        y, state = net(now, state)
        found.append(torch.as_tensor(y))
    return torch.stack(found)


def lively(net: nn.Module) -> nn.Module:
    """Weights under which every layer fires."""
    random = torch.Generator().manual_seed(0)
    for p in net.parameters():
        if p.dim() > 1:
            spread = 2.5 / p[0].numel() ** 0.5
            p.data = torch.randn(p.shape, generator=random) * spread + spread / 8
    return net


def exported(
    folder: Path, shape: str, layers: tuple[str, ...], dt: float
) -> tuple[Path, Tensor, Tensor]:
    """The file, the spikes that it is given, and what snnc makes of them, [T, B, …]."""
    path, weights, file = (folder / name for name in ("net.snn.toml", "net.pt", f"{dt}.nir"))
    path.write_text(HEAD.format(shape=shape, layers="".join(f"  {entry},\n" for entry in layers)))
    net = lively(snnc.compile(path)).eval()
    torch.save(net.state_dict(), weights)
    assert to_nir(path, weights, dt, file, [], True) == 0
    random = torch.Generator().manual_seed(1)
    x = torch.rand(STEPS, 1, *map(int, shape.split(",")), generator=random)
    x = (x < 0.4).float()
    with torch.no_grad():
        return file, x, net(x)


def read(reader: Reader, file: Path, x: Tensor, want: Tensor) -> str:
    """What came of it, in a cell of a table."""
    try:
        with torch.no_grad():
            got = reader(file, x)
    except Exception as error:  # noqa: BLE001 - what it says is the result
        lines = str(error).strip().splitlines() or [""]
        return f"{type(error).__name__}: {lines[0][:90]}"
    if got.shape != want.shape:
        return f"shape {tuple(got.shape)}"
    wrong = int((got != want).sum())
    return f"{wrong} of {want.numel()}" if wrong else "0"


def told(y: Tensor) -> str:
    return f"{int(y.sum())} of {y.numel()}"


def main() -> None:
    parser = argparse.ArgumentParser("python -m benchmarks.readers", description=__doc__)
    parser.add_argument("--peers", type=Path, default=Path(".peers"))
    sys.path.append(str(parser.parse_args().peers.resolve()))
    os.environ["SNNC_BACKEND"] = "torch"  # nothing to compile
    warnings.simplefilter("ignore")  # of peers, about their own dependencies
    print(f"| network | spikes | {' | '.join(reader.__name__ for reader in READERS)} |")
    print("|---" * (2 + len(READERS)) + "|")
    for name, (shape, layers) in NETWORKS.items():
        with tempfile.TemporaryDirectory() as folder:
            made = {dt: exported(Path(folder), shape, layers, dt) for dt in (USUAL, 1.0)}
            cells = [read(reader, *made[DT.get(reader.__name__, USUAL)]) for reader in READERS]
        print(f"| {name} | {told(made[USUAL][2])} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
