"""``snnc export onnx``: its options."""

from pathlib import Path
from typing import Annotated

import typer

from snnc.cli_arguments import Settings, Spec
from snnc.terminal import Exit


def export_onnx(
    spec: Spec,
    weights: Annotated[
        Path, typer.Option("--weights", help="Weights: .safetensors, or a file of torch.save.")
    ],
    time: Annotated[
        str,
        typer.Option(
            "--time",
            help="scan: a loop; unroll: every step written out; step: one step with its states.",
        ),
    ] = "scan",
    encoder: Annotated[
        str, typer.Option("--encoder", help="none: begin behind the encoder of the spec.")
    ] = "spec",
    check: Annotated[
        bool, typer.Option("--check", help="Compare with onnxruntime before writing.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="The file; by default NAME.onnx.")
    ] = None,
    settings: Settings = None,
    force: Annotated[bool, typer.Option("--force", help="Replace existing files.")] = False,
) -> None:
    """Write a spec and its weights as ONNX, in plain operators.

    The batch is open in every form; with --time scan, the length of a sequence is too. Exit code 0:
    success; 1: ONNX cannot express a layer, the check found a difference, or the file exists; 2:
    the command could not run.
    """
    from snnc.commands import export_onnx as exports

    raise Exit(exports.to_onnx(spec, weights, time, encoder, check, out, settings or [], force))
