"""Specs of every shape of graph, by name: texts under the head of tests/support/nets.py."""

GRAPHS = {
    "residual": """
[input]
shape = [3, 6, 6]
[network]
layers = [
  { kind = "Conv2d", name = "stem", out_channels = 4, kernel_size = 3, padding = 1 },
  { kind = "IF", name = "a" },
  { kind = "Conv2d", name = "c", out_channels = 4, kernel_size = 1 },
  { kind = "BatchNorm2d", name = "b" },
  { kind = "Add", name = "sum", from = ["a", "b", "stem"] },
  { kind = "LIF", name = "d" },
  { kind = "Concat", name = "both", from = ["d", "stem", "a"] },
  { kind = "AdaptiveAvgPool2d", output_size = 2 },
  { kind = "IF", name = "e", v_threshold = 0.3 },
]
""",
    "dead end": """
[input]
shape = [5]
[network]
layers = [
  { kind = "Linear", name = "a", out_features = 4 },
  { kind = "IF", name = "spikes" },
  { kind = "Linear", name = "dead", out_features = 3, from = "input" },
  { kind = "ReLU", name = "copy", from = "spikes" },
]
""",
    "two inputs, two outputs": """
[inputs.image]
shape = [6]
[inputs.events]
shape = [6]
encoder = "none"
[network]
layers = [
  { kind = "Linear", name = "a", out_features = 4, from = "image" },
  { kind = "Linear", name = "b", out_features = 4, from = "events" },
  { kind = "Add", name = "c", from = ["a", "b"] },
  { kind = "IF", name = "d" },
  { kind = "Linear", name = "e", out_features = 3 },
]
[outputs.label]
[outputs.potential]
from = "a"
readout = "sum"
""",
    "columns": """
[input]
shape = [2, 3, 4]
encoder = "columns"
[network]
layers = [{ kind = "Linear", out_features = 5 }, "LIF", { kind = "BatchNorm1d" }, "IF"]
""",
    "rows": """
[input]
shape = [2, 4, 3]
encoder = "rows"
[network]
layers = [{ kind = "Linear", out_features = 5 }, "LIF"]
""",
    "1d": """
[input]
shape = [3, 9]
encoder = "poisson"
[network]
layers = [
  { kind = "Conv1d", out_channels = 4, kernel_size = 3, stride = 2, groups = 1 },
  "BatchNorm1d", "IF", { kind = "Flatten" }, { kind = "Linear", out_features = 2 }, "Identity"
]
[output]
readout = "max"
""",
    "a concatenation with the past": """
[input]
shape = [5]
encoder = "none"
[network]
layers = [
  { kind = "Linear", name = "a", out_features = 4 },
  { kind = "Concat", from = ["a", "hidden@-1"] },
  { kind = "Linear", name = "mix", out_features = 4 },
  { kind = "IF", name = "hidden" },
  { kind = "Linear", out_features = 3 },
  "IF",
]
""",
    "delays outside a cycle": """
[input]
shape = [5]
[network]
layers = [
  { kind = "Linear", name = "a", out_features = 4 },
  { kind = "LIF", name = "b" },
  { kind = "Add", name = "c", from = ["b", "b@-1", "b@-3", "a@-2"] },
  { kind = "IF", name = "d" },
  { kind = "Linear", name = "e", out_features = 3, from = "input@-1" },
  { kind = "Linear", name = "f", out_features = 3, from = "d" },
  { kind = "Add", from = ["e", "f"] },
]
[output]
readout = "max"
""",
    "a delay down the list": """
[input]
shape = [5]
encoder = "none"
[network]
layers = [
  { kind = "Linear", name = "a", out_features = 4, from = "late@-2" },
  { kind = "BatchNorm1d", name = "b" },
  { kind = "Linear", name = "late", out_features = 4, from = "input" },
  { kind = "Add", from = ["b", "late"] },
  "IF",
]
""",
    "two cycles": """
[input]
shape = [4]
encoder = "poisson"
[network]
layers = [
  { kind = "Linear", name = "a", out_features = 4 },
  { kind = "Add", name = "b", from = ["a", "c@-1", "e@-2"] },
  { kind = "LIF", name = "c" },
  { kind = "Linear", name = "d", out_features = 4 },
  { kind = "IF", name = "e" },
  { kind = "Dropout", name = "f", p = 0.25, mask = "step" },
  { kind = "Linear", name = "w", out_features = 4 },
  { kind = "Add", name = "g", from = ["w", "g@-1"] },
  { kind = "LIF", name = "h" },
]
[outputs.rate]
[outputs.past]
from = "h@-1"
readout = "sequence"
""",
    "a convolution that sees its own spikes": """
[input]
shape = [2, 5, 5]
[network]
layers = [
  { kind = "Conv2d", name = "a", out_channels = 3, kernel_size = 3, padding = 1, from = "input" },
  { kind = "Conv2d", name = "b", out_channels = 3, kernel_size = 3, padding = 1, from = "d@-1" },
  { kind = "BatchNorm2d", name = "n", stats = "step" },
  { kind = "Add", name = "c", from = ["a", "n"] },
  { kind = "LIF", name = "d" },
  { kind = "Dropout", name = "e" },
]
""",
    "behind the mean": """
[input]
shape = [2, 6, 6]
[network]
layers = [
  { kind = "Conv2d", name = "a", out_channels = 3, kernel_size = 3 },
  { kind = "IF", name = "b" },
  { kind = "Conv2d", name = "c", out_channels = 3, kernel_size = 1 },
  { kind = "Add", name = "d", from = ["b", "c", "a"] },
  { kind = "AvgPool2d", kernel_size = 2 },
  "Flatten",
  { kind = "Linear", name = "e", out_features = 4 },
  { kind = "Linear", name = "f", out_features = 3 },
]
""",
    "behind the sum": """
[input]
shape = [6]
encoder = "none"
[network]
layers = [
  { kind = "Linear", name = "w", out_features = 5 },
  { kind = "IF", name = "a" },
  { kind = "Linear", name = "b", out_features = 4 },
  { kind = "Linear", name = "c", out_features = 3, bias = false },
]
[output]
readout = "sum"
""",
    "behind the last": """
[input]
shape = [6]
encoder = "poisson"
[network]
layers = [
  { kind = "Linear", name = "w", out_features = 5 },
  { kind = "LIF", name = "a" },
  { kind = "Linear", name = "b", out_features = 4 },
  { kind = "ReLU", name = "c" },
  { kind = "Dropout", name = "m" },
  { kind = "Concat", name = "d", from = ["m", "a", "b"] },
  { kind = "Linear", name = "e", out_features = 3 },
]
[output]
readout = "last"
""",
    "behind the maximum": """
[input]
shape = [2, 4, 4]
encoder = "poisson"
[network]
layers = [
  { kind = "IF", name = "a" },
  { kind = "Conv2d", name = "b", out_channels = 3, kernel_size = 3, padding = 1 },
  "ReLU", { kind = "MaxPool2d", kernel_size = 2 }, "Flatten",
]
[output]
readout = "max"
""",
    "blocks": """
[input]
shape = [2, 6, 6]
[defaults]
Conv2d = { kernel_size = 3, padding = 1 }
[blocks.Basic]
required = ["channels"]
parameters = { stride = 1 }
layers = [
  { kind = "Conv2d", name = "conv1", out_channels = "$channels", stride = "$stride" },
  { kind = "BatchNorm2d", name = "bn1" },
  { kind = "PLIF", name = "sn1" },
  { kind = "Conv2d", name = "conv2", out_channels = "$channels" },
  { kind = "IF", name = "sn2" },
  { kind = "Down", name = "down", from = "input", channels = "$channels", when = "${stride != 1}" },
  { kind = "Dropout", p = 0.25, from = "sn2" },
  { kind = "Add", from = ["sn2", "down"] },
]
[blocks.Down]
required = ["channels"]
layers = [
  { kind = "Conv2d", name = "conv", out_channels = "$channels", stride = 2 },
  { kind = "LIF", name = "sn" },
]
[network]
layers = [
  { kind = "Conv2d", out_channels = 3, kernel_size = 3, padding = 1 },
  "IF",
  { kind = "Basic", name = "layer1", channels = 3, repeat = 2 },
  { kind = "Basic", name = "layer2", channels = 4, repeat = 2, first = { stride = 2 } },
  "Flatten",
  { kind = "Linear", out_features = 3 },
]
""",
    "feedback": """
[input]
shape = [5]
encoder = "none"
[defaults]
ALIF = { beta = { value = 1.8, learnable = true } }
[network]
layers = [
  { kind = "Linear", name = "a", out_features = 4 },
  { kind = "ALIF", name = "hidden", feedback = { kind = "Linear", bias = false } },
  { kind = "Linear", name = "b", out_features = 4 },
  { kind = "ALIF", name = "next", feedback = "add" },
  { kind = "Linear", name = "c", out_features = 4 },
  { kind = "ALIF", name = "plain" },
]
""",
    "a merge of one's own": """
[input]
shape = [3, 4]
encoder = "none"
[neurons.Gate]
inputs = ["a", "b", "c"]
parameters = { gain = { value = 0.5, learnable = true, per = "channel" } }
step = "y = a + gain * b - 0.25 * c"
output = "y"
[network]
layers = [
  { kind = "Conv1d", name = "w", out_channels = 3, kernel_size = 3, padding = 1 },
  { kind = "Gate", name = "gate", from = ["w", "hidden@-1", "hidden@-3"] },
  { kind = "PLIF", name = "hidden" },
  { kind = "Conv1d", name = "u", out_channels = 3, kernel_size = 1 },
  { kind = "PLIF", name = "end" },
]
""",
    "a static drive": """
[input]
shape = [5]
[network]
layers = [
  { kind = "Linear", name = "w", out_features = 12 },
  { kind = "PLIF", name = "hidden", feedback = { kind = "Linear", bias = true } },
  { kind = "Linear", name = "u", out_features = 12, from = "w" },
  { kind = "Add", name = "more", from = ["last@-1", "u", "hidden"] },
  { kind = "LIF", name = "last" },
]
[outputs.now]
[outputs.all]
from = "last"
readout = "sequence"
""",
    "no time": """
[input]
shape = [4]
[network]
layers = [{ kind = "Linear", out_features = 3 }, "ReLU"]
[output]
readout = "sum"
""",
}
