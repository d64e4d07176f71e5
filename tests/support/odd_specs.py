"""Specs that a reviewer would frown at, all of them legal: what test_generated.py builds."""

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
IMAGES = """
  { kind = "WSConv2d", out_channels = 4, kernel_size = 3, gain = true, bias_init = "zeros" },
  { kind = "TDBatchNorm2d", alpha = 0.5, v_threshold = 2.0 }, "IF",
  { kind = "ConvTranspose2d", out_channels = 3, kernel_size = 3, weight_init = "orthogonal" },
  { kind = "Conv2d", out_channels = 3, kernel_size = 1, bias_init = { kind = "uniform", a = -1 } },
  { kind = "TEBN2d", eps = 1e-4 }, "SiLU", "LIF", "BNTT2d", "Dropout2d",
  { kind = "Delay", delay = { uniform = [0.5, 3.0], per = "channel" } }, "IF",
  { kind = "Delay", delay = { value = 1.5, learnable = true, range = [0.0, inf] }, max_delay = 4 },
  { kind = "GroupNorm", num_groups = 3, weight_init = "ones" },
  { kind = "LayerNorm", bias_init = { kind = "constant", val = 0.1 } },
  { kind = "Upsample", scale_factor = 1.5, mode = "bilinear", align_corners = true }, "GELU",
  { kind = "Dropout2d", mask = "step" }, { kind = "Permute", dims = [2, 0, 1] },
  { kind = "AdaptiveMaxPool2d", output_size = 2 }, "IF", "Flatten",
  { kind = "Linear", out_features = 10, weight_init = { kind = "trunc_normal", std = 0.02 } },
  { kind = "Softmax" }, { kind = "Voting", voters = 5 },
"""
TOKENS = """
  { kind = "Conv1d", name = "q", out_channels = 4, kernel_size = 1, from = "input" }, "BNTT1d",
  { kind = "IF", name = "s" }, "TEBN1d",
  { kind = "Attention", from = ["s", "q", "bn2"], heads = 2 },
  { kind = "Attention", from = ["s", "s", "attention1"], softmax = false, scale = 0.125 },
  { kind = "Delay", delay = 2 },
  { kind = "Mul", name = "a_gate_of_thirty_two_characters_", from = ["s", "q", "delay1", "bn1"] },
  { kind = "Unflatten", dim = 0, unflattened_size = [2, 2, 1] }, "Sigmoid",
  { kind = "Conv3d", out_channels = 2, kernel_size = 1 }, "BatchNorm3d", "LeakyReLU",
  { kind = "MaxPool3d", kernel_size = [2, 1, 1] }, { kind = "Flatten", start_dim = 1 },
  "Tanh", { kind = "AdaptiveAvgPool1d", output_size = 2 }, "Dropout1d", "IF",
"""
ENCODED = {
    "latency": "", "weighted_phase": "", "periodic": "",
    "population": ', neurons = 3, spikes = "poisson"',
}  # fmt: skip
LINES = "[input]\nshape = [2, 6]\n"
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
PYTHONIC = ("list", "print", "Tensor", "ATan", "IF", "math", "F", "Any", "data", "spike", "y")
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
    "images": spec(IMAGES, IMAGE),
    "tokens": spec(TOKENS, LINES),
    **{
        f"encoded_{kind}": spec('"LIF"', f'{LINES}encoder = {{ kind = "{kind}"{more} }}\n')
        for kind, more in ENCODED.items()
    },
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

GOOD_NAMES = ("list", "Tensor", "IF", "data", "dict", "a_steps", "super", "inputs")
BAD_NAMES = {
    "a_v": "the variable of a's state",
    "b_v": "the variable of b's state",
    "NEURONS": "the class's attribute",
}
