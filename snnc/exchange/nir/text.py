"""The text of a spec of parts."""

from collections.abc import Iterator, Mapping, Sequence

from snnc.escape import comment
from snnc.exchange.entry import INPUT, SpecLine, value
from snnc.exchange.nir.neurons import NeuronKind
from snnc.exchange.nir.translate import SpecParts

STEPS = 100
"""Time steps of a spec: a sequence brings its own number of them."""


def spec_text(name: str, doc: str, parts: SpecParts, remarks: Sequence[str]) -> str:
    """The text; ``remarks`` are comments at its head."""
    lines = [
        *(f"# {comment(remark)}" for remark in remarks),
        *("format = 1", f"name = {value(name)}", f"doc = {value(doc)}", f"time_steps = {STEPS}"),
        *_inputs(parts),
        *(line for kind in parts.kinds.values() for line in _section(kind)),
        *("", "[network]", "layers = [", *_layers(parts), "]"),
        *_outputs(parts),
    ]
    return "\n".join(lines) + "\n"


def _inputs(parts: SpecParts) -> Iterator[str]:
    for name, shape in parts.inputs.items():
        yield from ("", f"[inputs.{name}]" if len(parts.inputs) > 1 else "[input]")
        yield from (f"shape = {value(shape)}", 'encoder = "none"')


def _outputs(parts: SpecParts) -> Iterator[str]:
    last = parts.lines[-1].name
    for name, source in parts.outputs.items():
        yield from ("", f"[outputs.{name}]" if len(parts.outputs) > 1 else "[output]")
        yield 'readout = "sequence"'
        if source != last or len(parts.outputs) > 1:
            yield f"from = {value(source)}"


def _section(kind: NeuronKind) -> Iterator[str]:
    yield from ("", f"[neurons.{kind.name}]", f"doc = {value(kind.doc)}")
    yield f"parameters = {table(dict.fromkeys(kind.parameters, 1.0))}"
    if kind.states:
        yield f"state = {table(dict.fromkeys(kind.states, 0.0))}"
    yield f'step = """\n{kind.step}\n"""'
    yield f"output = {value(kind.output)}"


def _layers(parts: SpecParts) -> Iterator[str]:
    above = INPUT
    for line in parts.lines:
        yield f"  {_line(line, above)},"
        above = line.name


def _line(line: SpecLine, above: str) -> str:
    one = line.sources[0] if len(line.sources) == 1 else line.sources
    read = {} if one == above else {"from": one}
    return table({"kind": line.kind, "name": line.name, **read, **line.fields})


def table(data: Mapping[str, object]) -> str:
    """An inline table of TOML."""
    return f"{{ {', '.join(f'{key} = {_value(item)}' for key, item in data.items())} }}"


def _value(data: object) -> str:
    return table(data) if isinstance(data, Mapping) else value(data)
