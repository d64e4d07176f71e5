"""``snnc export onnx``, ``torch`` and ``safetensors``: their options."""

from pathlib import Path
from typing import Annotated

import typer

from snnc.cli_arguments import Settings, Spec
from snnc.terminal import Exit

Weights = Annotated[
    Path, typer.Option("--weights", help="Weights: .safetensors, or a file of torch.save.")
]
WithEncoder = Annotated[
    str, typer.Option("--encoder", help="none: begin behind the encoder of the spec.")
]
Force = Annotated[bool, typer.Option("--force", help="Replace existing files.")]


def export_onnx(
    spec: Spec,
    weights: Weights,
    time: Annotated[
        str,
        typer.Option(
            "--time",
            help="scan: a loop; unroll: every step written out; step: one step with its states.",
        ),
    ] = "scan",
    encoder: WithEncoder = "spec",
    check: Annotated[
        bool, typer.Option("--check", help="Compare with onnxruntime before writing.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="The file; by default NAME.onnx.")
    ] = None,
    settings: Settings = None,
    force: Force = False,
) -> None:
    """Write a spec and its weights as ONNX, in plain operators.

    The batch is open in every form; with --time scan, the length of a sequence is too. Exit code 0:
    success; 1: ONNX cannot express a layer, the check found a difference, or the file exists; 2:
    the command could not run.
    """
    from snnc.commands import export_onnx as exports

    raise Exit(exports.to_onnx(spec, weights, time, encoder, check, out, settings or [], force))


def export_torch(
    spec: Spec,
    weights: Weights,
    encoder: WithEncoder = "spec",
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="The file; by default NAME.pt2.")
    ] = None,
    settings: Settings = None,
    force: Force = False,
) -> None:
    """Write a spec and its weights as a program that torch.export.load reads without snnc.

    The program has plain aten operators, every time step written out, and an open batch. It is
    compared with the network before it is written. Exit code 0: success; 1: an operator draws
    random numbers, or the file exists; 2: the command could not run.
    """
    from snnc.commands import export_torch as exports

    raise Exit(exports.to_torch(spec, weights, encoder, out, settings or [], force))


def export_safetensors(
    spec: Spec,
    weights: Weights,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="The file; by default NAME.safetensors.")
    ] = None,
    settings: Settings = None,
    force: Force = False,
) -> None:
    """Write the weights of a spec, from a checkpoint or another file, as safetensors.

    Exit code 0: success; 1: the file exists; 2: the command could not run.
    """
    from snnc.commands import export_torch as exports

    raise Exit(exports.to_safetensors(spec, weights, out, settings or [], force))
