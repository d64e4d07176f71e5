"""A layer of an imported network, and the spec that lists them as text."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

INPUT = "input"
"""The name of the network's input."""

_NEXT = """\
The layers above are an ANN: with ReLU in place of neurons nothing spikes, and the mean over time
is the ANN's own output. To make an SNN of `time_steps` steps of it, add these sections, with your
data, and run: snnc convert {name}.snn.toml --weights {name}.pt

"""
_SECTIONS = """\
[data]
dataset = { kind = "npz", path = "mine.npz" }

[convert]
rule = "99.9%"
"""


@dataclass(frozen=True)
class SpecLine:
    """One line of ``[network] layers``; ``group`` says where it was in the original."""

    name: str
    kind: str
    fields: Mapping[str, object]
    sources: tuple[str, ...]
    group: str = ""


@dataclass(frozen=True)
class Definition:
    """``[neurons.X]`` or ``[surrogates.X]``, with the ``defaults`` of its parameters."""

    section: str
    name: str
    keys: Mapping[str, object]
    defaults: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class SpecOutput:
    """``[output]``, or one of several ``[outputs.NAME]``."""

    name: str
    layer: str
    readout: str


def timed_spec(
    name: str,
    doc: str,
    shape: Sequence[int],
    steps: int,
    encoder: str,
    definitions: Sequence[Definition],
    entries: Sequence[SpecLine],
    outputs: Sequence[SpecOutput],
) -> str:
    """The text of a spec: readable, and the same for the same network."""
    lines = [
        *("format = 1", f"name = {value(name)}", f"doc = {value(doc)}", f"time_steps = {steps}"),
        *("", "[input]", f"shape = {value(tuple(shape))}", f"encoder = {value(encoder)}", ""),
        *(line for definition in definitions for line in _definition(definition)),
        *("[network]", "layers = [", *_layers(entries), "]", ""),
        *(line for output in outputs for line in _output(output, len(outputs), entries[-1].name)),
    ]
    return "\n".join(lines).rstrip("\n") + "\n"


def _output(output: SpecOutput, count: int, last: str) -> Iterator[str]:
    yield "[output]" if count == 1 else f"[outputs.{output.name}]"
    yield f"readout = {value(output.readout)}"
    if count > 1 or output.layer != last:
        yield f"from = {value(output.layer)}"
    yield ""


def _definition(made: Definition) -> Iterator[str]:
    yield f"[{made.section}.{made.name}]"
    for key, data in made.keys.items():
        text = f'"""\n{data}\n"""' if key == "step" else value(data)
        yield f"{key} = {text}"
    yield ""


def spec(
    name: str,
    doc: str,
    shape: Sequence[int],
    steps: int,
    definitions: Sequence[Definition],
    entries: Sequence[SpecLine],
    outputs: Sequence[SpecOutput],
) -> str:
    """The text of a spec of an ANN, with what makes an SNN of it as a comment."""
    text = timed_spec(name, doc, shape, steps, "direct", definitions, entries, outputs)
    return f"{text}\n{_comment(_NEXT.format(name=name) + _SECTIONS)}"


def _comment(text: str) -> str:
    return "".join(f"{f'# {line}'.rstrip()}\n" for line in text.splitlines())


def _layers(entries: Sequence[SpecLine]) -> Iterator[str]:
    above, group = INPUT, ""
    for entry in entries:
        if entry.group and entry.group != group:
            yield f"  # {entry.group}"
        yield f"  {_table(entry, above)},"
        above, group = entry.name, entry.group


def _table(entry: SpecLine, above: str) -> str:
    one = entry.sources[0] if len(entry.sources) == 1 else entry.sources
    read = {} if one == above else {"from": one}
    keys = {"kind": entry.kind, "name": entry.name, **read, **entry.fields}
    return f"{{ {', '.join(f'{key} = {value(v)}' for key, v in keys.items())} }}"


def value(data: object) -> str:
    """A value in TOML."""
    if isinstance(data, bool):
        return str(data).lower()
    if isinstance(data, str):
        return json.dumps(data, ensure_ascii=False)
    if isinstance(data, tuple | list):
        return f"[{', '.join(map(value, data))}]"
    if isinstance(data, Mapping):
        inside = ", ".join(f"{key} = {value(entry)}" for key, entry in data.items())
        return f"{{ {inside} }}" if inside else "{}"
    return repr(data)
