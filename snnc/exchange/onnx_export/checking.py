"""The proof: onnxruntime beside the compiled network, on random data of several batches."""

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import onnxruntime
import torch
from numpy.typing import NDArray
from torch import nn

import snnc
from snnc.document import Document
from snnc.exchange.onnx_export.exporting import OnnxExport
from snnc.program.types import timed_data

BATCHES = (1, 3, 5)
TOLERANCE = 1e-6
"""Of the largest value."""
_SHARE = 0.4
"""Of ones in data that is a sequence."""
Arrays = dict[str, NDArray[Any]]


@dataclass(frozen=True)
class OnnxDifference:
    """The largest relative difference of a batch, the share that differs by more, and a doubt."""

    batch: int
    largest: float
    share: float
    alike: bool

    @property
    def equal(self) -> bool:
        return self.largest <= TOLERANCE


def compared(document: Document, made: OnnxExport) -> list[OnnxDifference]:
    """The model beside the network, for batches of 1, 3 and 5 samples."""
    net = snnc.network(document)().eval()
    net.load_state_dict({k: torch.from_numpy(v) for k, v in made.state.items()}, strict=False)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(
        made.model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    return [_difference(net, session, made, batch) for batch in BATCHES]


def _difference(net: nn.Module, session: Any, made: OnnxExport, batch: int) -> OnnxDifference:
    data = {name: _data(made, name, batch) for name in made.graph.inputs}
    with torch.no_grad():
        values = net.values(**data) if len(data) > 1 else net.values(*data.values())  # type: ignore[operator]
    run = _stepped if made.form == "step" or made.behind else _whole
    got, want = run(session, made, data, values)
    largest = max(_apart(got[name], want[name]).max() for name in want)
    share = max(float((_apart(got[name], want[name]) > TOLERANCE).mean()) for name in want)
    alike = all(len(np.unique(value)) == 1 for value in want.values())
    return OnnxDifference(batch, float(largest), share, alike)


def _apart(got: NDArray[Any], want: NDArray[Any]) -> Any:
    return np.abs(got - want) / max(float(np.abs(want).max()), 1e-30)


def _data(made: OnnxExport, name: str, batch: int) -> torch.Tensor:
    """Random data for an input, as the network takes it."""
    node = made.original[name]
    shape = (batch, *(node.shapes[0] if node.shapes else node.shape))
    draw = torch.Generator().manual_seed(batch)
    if f"{name}.data" in timed_data(made.original):
        steps = made.graph.time_steps
        return (torch.rand(steps, *shape, generator=draw) < _SHARE).float()
    return torch.rand(shape, generator=draw)


def _whole(session: Any, made: OnnxExport, data: Any, values: Any) -> tuple[Arrays, Arrays]:
    names = [*made.graph.outputs]
    got = session.run(names, {name: x.numpy() for name, x in data.items()})
    return dict(zip(names, got, strict=True)), {name: values[name].numpy() for name in names}


def _stepped(session: Any, made: OnnxExport, data: Any, values: Any) -> tuple[Arrays, Arrays]:
    """The model fed with what the encoders make: step after step, or all of them at once."""
    fed = {name: _over_time(made, name, values[name]) for name in made.graph.inputs}
    if made.form != "step":
        return _whole(session, made, fed, values)
    names = [*made.graph.outputs]
    starts = json.loads({p.key: p.value for p in made.model.metadata_props}["starts"])
    batch = next(iter(fed.values())).shape[1]
    sizes = {i.name: [batch, *i.shape[1:]] for i in session.get_inputs()}
    first = {name: np.asarray(start, np.float32) for name, start in starts.items()}
    states = {name: np.broadcast_to(start, sizes[name]) for name, start in first.items()}
    answers: dict[str, list[NDArray[Any]]] = {name: [] for name in names}
    for t in range(made.graph.time_steps):
        found = session.run(None, {**{n: x[t].numpy() for n, x in fed.items()}, **states})
        for name, answer in zip(names, found, strict=False):
            answers[name].append(answer)
        states = dict(zip(states, found[len(names) :], strict=True))
    read = {name: made.graph[name].inputs[0].node for name in names}
    want = {name: _over_time(made, of, values[of]).numpy() for name, of in read.items()}
    return {name: np.stack(steps) for name, steps in answers.items()}, want


def _over_time(made: OnnxExport, name: str, x: torch.Tensor) -> torch.Tensor:
    """A value [T, B, ...], repeated if it is static."""
    timed = x.dim() == len(made.graph[name].shape) + 2
    return x if timed else x.expand(made.graph.time_steps, *x.shape)
