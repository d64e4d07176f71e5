"""Specs that a reviewer would frown at, all of them legal: what tests/test_generated.py builds."""

import json

LONG = "a_name_of_thirty_two_characters_"  # none may be longer
STEM = LONG[:30]
HEAD = 'format = 1\nname = "{name}"\ntime_steps = {steps}\n'
VECTOR = "[input]\nshape = [3]\n"
IMAGE = "[input]\nshape = [2, 6, 6]\n"


def spec(layers: str = '"IF"', inputs: str = VECTOR, outputs: str = "", doc: str = "") -> str:
    """All of a spec that stands behind its name and its number of steps."""
    text = json.dumps(doc, ensure_ascii=False).replace("\x7f", "\\u007f")
    return f"doc = {text}\n{inputs}[network]\nlayers = [{layers}]\n{outputs}"


def linear(name: str, source: str = "") -> str:
    """A layer by that name."""
    more = f', from = "{source}"' if source else ""
    return f'{{ kind = "Linear", name = "{name}", out_features = 3{more} }}'


def neuron(name: str) -> str:
    return f'{{ kind = "IF", name = "{name}" }}'


def join(*layers: str) -> str:
    return ", ".join(layers)


def readout(kind: str) -> str:
    return f'[output]\nreadout = "{kind}"\n'


def inputs(static: str, timed: str) -> str:
    return f'[inputs.{static}]\nshape = [3]\n[inputs.{timed}]\nshape = [3]\nencoder = "none"\n'


CONV = """
  { kind = "Conv2d", out_channels = 3, kernel_size = [3, 1], padding = "same" },
  { kind = "BatchNorm2d", stats = "step" },
  { kind = "LIF", tau = 1.3333333333333333, v_threshold = 0.1, v_reset = -1e-7 },
  { kind = "Conv2d", out_channels = 4, kernel_size = 1, groups = 1, padding_mode = "replicate" },
  "BatchNorm2d",
  { kind = "LIF", reset = "soft", detach_reset = true, surrogate = "Sigmoid" },
  { kind = "Dropout", mask = "step" },
  { kind = "AvgPool2d", kernel_size = 2, ceil_mode = true },
  "Flatten",
  "Dropout",
  { kind = "Linear", out_features = 3, bias = false },
  { kind = "IF", surrogate = { kind = "ATan", alpha = 25.0 } },
"""
JOIN = join(
    linear("a", "image"),
    linear("b", "events"),
    '{ kind = "Concat", from = ["a", "b", "a"], dim = -1 }',
    '"IF"',
    linear("c"),
    '{ kind = "Add", from = ["c", "a", "b"] }',
    '"LIF"',
)
LONG_JOIN = join(
    linear(f"{STEM}_a", LONG),
    linear(f"{STEM}_b", f"{STEM}_2"),
    f'{{ kind = "Add", name = "{STEM}_c", from = ["{STEM}_a", "{STEM}_b"] }}',
    neuron(f"{STEM}_d"),
)
TWO = '[outputs.label]\n[outputs.potential]\nfrom = "b"\nreadout = "sum"\n'
READOUTS = ("last", "max", "mean", "sequence", "sum")
PYTHONIC = ("list", "print", "Tensor", "ATan", "IF", "math", "F", "Any", "data", "t", "spike", "y")
DOCS = {
    "quotes": 'He said """no""" and left "".',
    "backslashes": "C:\\new\\table \\x \\u \\N{BULLET} \\",
    "newlines": "One.\r\n\r\nTwo,\nstill two.\n\n\n\n  Three.\n",
    "unicode": "Spikes \u2028 and \u00e9t\u00e9 \U0001f9e0 \u202e\u200b \ufeff end",
    "control": "a\x00b\x07c\x1b[31md\x7fe\x0cf\tg\r",
    "ends": 'a word, and "another"',
    "long": "word " * 60 + "x" * 200,
    "code": '{{ 1 }} {% raw %} {# no #}\n\n"" + __import__("os").getcwd() + ""',
    "starts": '"Quoted" words, and then some.',
    "quoted": '"all of it"',
    "blank": " \n ",
    "triple": 'It ends in """',
    "escapes": "\\x" * 200,
}
SPECS: dict[str, str] = {
    "one": spec(),
    "sixty": spec(join(*(linear(f"fc{i}") if i % 2 else '"LIF"' for i in range(60)))),
    "sixty_ways": spec(join(*(f'{{ kind = "LIF", tau = {2 + i / 8} }}' for i in range(60)))),
    LONG: spec(),
    "several": spec(JOIN, inputs("image", "events"), TWO),
    "conv": spec(CONV, IMAGE),
    "conv_poisson": spec(CONV, f'{IMAGE}encoder = "poisson"\n', readout("max")),
    "columns": spec('"LIF"', f'{IMAGE}encoder = "columns"\n'),
    "rows": spec('"LIF", "ReLU"', f'{IMAGE}encoder = "rows"\n', readout("sequence")),
    "pythonic": spec(join(*(neuron(name) for name in PYTHONIC))),
    "names": spec(join(*(linear(name) for name in PYTHONIC), '"IF"')),
    **{f"read_{kind}": spec(outputs=readout(kind)) for kind in READOUTS},
    **{f"doc_{name}": spec(doc=doc) for name, doc in DOCS.items()},
    "long_lines": spec(join(linear(f"{STEM}_t"), neuron(LONG))),
    "long_several": spec(LONG_JOIN, inputs(LONG, f"{STEM}_2")),
    "static": spec('"ReLU"'),
    "draws": spec('"Dropout"', f'{VECTOR}encoder = "poisson"\n'),
}
"""Specs by their names."""

READ_TWICE = """
[input]
shape = [3]
encoder = "poisson"
[network]
layers = [
  { kind = "Linear", name = "first", out_features = 3 },
  "BatchNorm1d",
  { kind = "IF", name = "a" },
  { kind = "Linear", name = "NAME", out_features = 3 },
  { kind = "IF", name = "b" },
  { kind = "Add", name = "c", from = ["a", "NAME", "b"] },
  { kind = "IF", name = "d" },
  { kind = "Add", name = "e", from = ["NAME", "d"] },
]
"""
"""Every value has a variable of its own, because two layers read it."""

GOOD_NAMES = ("list", "Tensor", "IF", "data", "t", "dict", "a_steps", "super", "inputs")
BAD_NAMES = {
    "a_v": "the variable of a's state",
    "b_v": "the variable of b's state",
    "NEURONS": "the class's attribute",
}
