"""Running snnc in this process, for tests."""

from dataclasses import dataclass

import pytest

from snnc import cli

SPEC = """\
format = 1
name = "net"
time_steps = 4

[input]
shape = [1, 8, 8]

[network]
layers = [
  { kind = "Conv2d", name = "conv1", out_channels = 4, kernel_size = 3, bias = false },
  { kind = "IF" },
  { kind = "Flatten" },
  { kind = "Linear", name = "fc", out_features = 10 },
  { kind = "LIF" },
]
"""
TRAIN = """
[train]
dataset = "Digits"
loss = "mse"
epochs = 2
batch_size = 8
optimizer = "Adam"
"""


@dataclass(frozen=True)
class Ran:
    """How a command ended and what it printed."""

    code: int
    out: str
    err: str


def snnc(capsys: pytest.CaptureFixture[str], *arguments: str) -> Ran:
    """Runs a command as the shell would."""
    capsys.readouterr()
    with pytest.raises(SystemExit) as exit:
        cli.main(arguments)
    printed = capsys.readouterr()
    code = exit.value.code
    return Ran(code if isinstance(code, int) else int(bool(code)), printed.out, printed.err)
