"""Small networks, each of which is wrong as soon as one condition of a pass is not asked."""

HEAD = 'format = 1\nname = "net"\ntime_steps = 4\n'


def vector(layers: str, encoder: str = "direct", more: str = "") -> str:
    """A spec of features [3] and these layers."""
    data = f'[input]\nshape = [3]\nencoder = "{encoder}"\n'
    return f"{HEAD}{data}[network]\nlayers = [{layers}]\n{more}"


def fed_back(join: str, delay: int = 1) -> str:
    """Layers: a neuron "a", whose past goes through a Linear "b" into a join "j"."""
    return (
        f'{LINEAR}, {{ kind = "Linear", name = "b", out_features = 3, from = "a@-{delay}" }}, '
        f'{{ kind = "{join}", name = "j", from = ["fc1", "b"] }}, {{ kind = "LIF", name = "a" }}'
    )


def side_by_side(*sources: str) -> str:
    """Layers: a Linear "b" over these and a neuron "a" behind it."""
    reads = ", ".join(f'"{source}"' for source in sources)
    return (
        f'{LINEAR}, {{ kind = "Concat", from = [{reads}] }}, '
        f'{{ kind = "Linear", name = "b", out_features = 3 }}, {{ kind = "LIF", name = "a" }}'
    )


def read(readout: str) -> str:
    return f'[output]\nreadout = "{readout}"\n'


def image(layers: str) -> str:
    """A spec of images [2, 9, 9], of whose map of 7 rows behind these layers 6 are read."""
    conv = '{ kind = "Conv2d", out_channels = 2, kernel_size = 3 }'
    end = (
        '{ kind = "AvgPool2d", kernel_size = 2 }, "Flatten", { kind = "Linear", out_features = 3 }'
    )
    spec = vector(f"{layers.format(conv=conv)}, {end}", more=read("sum"))
    return spec.replace("[3]", "[2, 9, 9]", 1)


def pooled(window: str, neuron: str = '"IF"', between: str = "", more: str = "") -> str:
    """A spec of images [2, 6, 7], a neuron and the windows of its spikes."""
    kind, _, keys = window.partition(" ")
    pool = f'{{ kind = "{kind}", {keys} }}'
    end = f'"Flatten", {LINEAR}, "IF"'
    return vector(f"{neuron}, {pool}, {between}{end}", more=more).replace("[3]", "[2, 6, 7]", 1)


LINEAR = '{ kind = "Linear", out_features = 3 }'
PER_STEP = '{ kind = "BatchNorm1d", stats = "step" }'

NEURON = "a neuron on static data"
MASK = "a mask of each step"
ONE_MASK = "one mask behind a neuron"
POISSON = "spikes drawn anew"
COLUMN = "a column at each step"
DATA = "data that is a sequence"
STATISTICS = "statistics of the sequence"
SEQUENCE = "sequence statistics of static data"
STEP = "step statistics of static data"
LATER = "step statistics behind a neuron"
RESIDUAL = "a residual around a neuron"
TWO_OUTPUTS = "two outputs of one loop"
READ_TWICE = "a layer that a readout and a neuron read"
RELU = "a kink behind the last neuron"
BIAS = "a bias before a sum"
LAST_MASK = "a mask of each step before the last value"
LAST_NORM = "step statistics before the last value"
LAST_NEURON = "a neuron before the last value"
MEAN_NORM = "statistics before the mean"
SUM_STATIC = "a static operand before a sum"
DEAD = "statistics that no output depends on"
CYCLE = "a neuron that reads itself"
DELAY = "a delay outside a cycle"
TWO_BACK = "a feedback of two steps"
SUM_BACK = "a sum that reads itself and the neuron"
BACK = "a matrix in the feedback"
BACK_READ = "a matrix in the feedback that is read as well"
BACK_GATE = "a matrix in the feedback that gates"
BACK_TWO = "a matrix in the feedback of two steps"
SUM_FIRST = "a matrix behind the sum of a feedback"
SIDE = "a matrix over the input and the last output"
SIDE_FIRST = "a matrix over the last output and the input"
SIDE_THREE = "a matrix over the input, the last output, and the input"
EDGE = "an edge that a pooling leaves out"
EDGE_NORM = "statistics of a map with an edge"
EDGE_MASK = "a mask of a map with an edge"
EDGE_NUMBERS = "a number for each neuron of a map with an edge"
EDGE_DELAY = "an edge that is read a step later"
EDGE_LARGER = "an edge of an enlarged map"
EDGE_STRIDES = "an edge that three strides meet otherwise"
CHAIN_BESIDE = "a layer of a chain that is read"
CHAIN_DRAWN = "drawn spikes that are an output"
CHAIN_START = "a chain with a learned first state"
CHAIN_LENGTHS = "a chain whose readout reads lengths"
CHAIN_FIRST = "a chain whose output comes back in front"
POOL_BESIDE = "spikes that are pooled and read"
POOL_OUTPUT = "spikes that are pooled and an output"
POOL_OVERLAP = "windows that overlap"
POOL_BORDER = "windows over the border"
POOL_GAPS = "windows with gaps"
POOL_REST = "windows for what is left"
POOL_DIVISOR = "windows that are divided by another number"
NORM_BESIDE = "a normalisation that is read by others"
NORM_SEVERAL = "a normalisation that is one of two inputs"
NORM_STEPS = "a normalisation of each step"

NEURON_OF_TWO = '''
[neurons.Gated]
inputs = ["x", "g"]
state = { v = 0.0 }
step = """
h = v + x * g
s = spike(h - 0.5)
v = h - s
"""
output = "s"
'''

CASES = {
    NEURON: vector(f'{LINEAR}, "IF"'),
    MASK: vector(f'{{ kind = "Dropout", mask = "step" }}, {LINEAR}, "IF"'),
    ONE_MASK: vector(f'{LINEAR}, "LIF", "Dropout", "ReLU"'),
    POISSON: vector(f'{LINEAR}, "IF"', "poisson"),
    COLUMN: vector(f'{LINEAR}, "IF"', "columns").replace("[3]", "[2, 3, 4]", 1),
    DATA: vector(f'{LINEAR}, "ReLU"', "none"),
    STATISTICS: vector(f'{LINEAR}, "BatchNorm1d", "IF"', "none"),
    SEQUENCE: vector(f'{LINEAR}, "BatchNorm1d", "ReLU", "IF"'),
    STEP: vector(f'{LINEAR}, {PER_STEP}, "IF"'),
    LATER: vector(f'{LINEAR}, "LIF", {PER_STEP}, "IF"'),
    RESIDUAL: vector(
        f'{LINEAR}, {{ kind = "IF", name = "a" }}, {{ kind = "Linear", name = "b", '
        f'out_features = 3 }}, {{ kind = "Add", from = ["a", "b", "input"] }}, "LIF"'
    ),
    TWO_OUTPUTS: vector(
        f'{LINEAR}, {{ kind = "IF", name = "a" }}, {LINEAR}, "IF"',
        more='[outputs.first]\nfrom = "a"\n[outputs.last]\n',
    ),
    READ_TWICE: vector(
        f'{LINEAR}, "IF", {{ kind = "Linear", name = "a", out_features = 3 }}, "LIF"',
        more='[outputs.first]\nfrom = "a"\n[outputs.last]\n',
    ),
    RELU: vector(f'{LINEAR}, "LIF", {LINEAR}, "ReLU"'),
    BIAS: vector(f'{LINEAR}, "LIF", {LINEAR}', more=read("sum")),
    LAST_MASK: vector(
        f'{LINEAR}, "IF", {LINEAR}, {{ kind = "Dropout", mask = "step" }}', more=read("last")
    ),
    LAST_NORM: vector(f'{LINEAR}, "IF", {LINEAR}, {PER_STEP}', more=read("last")),
    LAST_NEURON: vector(f'{LINEAR}, "LIF"', more=read("last")),
    MEAN_NORM: vector(f'{LINEAR}, "IF", {LINEAR}, {PER_STEP}'),
    SUM_STATIC: vector(
        f'{LINEAR}, {{ kind = "IF", name = "a" }}, {{ kind = "Add", from = ["a", "input"] }}',
        more=read("sum"),
    ),
    DEAD: vector(
        f'{LINEAR}, {{ kind = "IF", name = "a" }}, "BatchNorm1d"',
        more='[output]\nfrom = "a"\n',
    ),
    CYCLE: vector(
        f'{LINEAR}, {{ kind = "Add", from = ["fc1", "a@-1"] }}, {{ kind = "IF", name = "a" }}'
    ),
    DELAY: vector(
        '{ kind = "Linear", name = "a", out_features = 3 }, '
        '{ kind = "Add", from = ["a", "a@-2"] }, "IF"',
        "none",
    ),
    TWO_BACK: vector(
        f'{LINEAR}, {{ kind = "Add", from = ["fc1", "a@-2"] }}, {{ kind = "IF", name = "a" }}'
    ),
    SUM_BACK: vector(
        f'{LINEAR}, {{ kind = "Add", name = "m", from = ["fc1", "m@-1", "a@-1"] }}, '
        '{ kind = "IF", name = "a" }'
    ),
    BACK: vector(fed_back("Add")),
    BACK_READ: vector(f'{fed_back("Add")}, {{ kind = "Add", from = ["a", "b"] }}'),
    BACK_GATE: vector(fed_back("Mul")),
    BACK_TWO: vector(fed_back("Add", 2)),
    SUM_FIRST: vector(
        f'{LINEAR}, {{ kind = "Add", from = ["fc1", "a@-1"] }}, '
        '{ kind = "Linear", name = "b", out_features = 3 }, { kind = "LIF", name = "a" }'
    ),
    SIDE: vector(side_by_side("fc1", "a@-1")),
    SIDE_FIRST: vector(side_by_side("a@-1", "fc1")),
    SIDE_THREE: vector(side_by_side("fc1", "a@-1", "fc1")),
    EDGE: image('{conv}, "LIF"'),
    EDGE_NORM: image('{conv}, "BatchNorm2d", "LIF"'),
    EDGE_MASK: image('{conv}, "Dropout", "LIF"'),
    EDGE_NUMBERS: image(
        '{conv}, {{ kind = "LIF", tau = {{ value = 2.0, per = "neuron", learnable = true }} }}'
    ),
    EDGE_DELAY: image('{conv}, {{ kind = "Add", from = ["conv1", "conv1@-1"] }}, "LIF"'),
    EDGE_LARGER: image(
        '{conv}, "LIF", {{ kind = "ConvTranspose2d", out_channels = 2, kernel_size = 3, '
        'padding = 1 }}, "LIF"'
    ),
    EDGE_STRIDES: image(
        '{{ kind = "Conv2d", name = "a", out_channels = 2, kernel_size = 2, stride = 2, '
        'padding = 1 }}, {{ kind = "AvgPool2d", name = "b", kernel_size = 1, stride = 2, '
        'from = "input" }}, {{ kind = "Conv2d", name = "c", out_channels = 2, kernel_size = 3, '
        'stride = 2, padding = 1, from = "input" }}, '
        '{{ kind = "Add", from = ["a", "b", "c"] }}, "LIF"'
    ),
    POOL_BESIDE: pooled(
        "MaxPool2d kernel_size = 2",
        '{ kind = "IF", name = "i" }',
        '{ kind = "Flatten", name = "a" }, { kind = "Flatten", name = "b", from = "i" }, '
        '{ kind = "Concat", from = ["a", "b"] }, ',
    ),
    POOL_OUTPUT: pooled(
        "MaxPool2d kernel_size = 2",
        '{ kind = "IF", name = "i" }',
        more='[outputs.first]\nfrom = "i"\nreadout = "sequence"\n[outputs.last]\n',
    ),
    POOL_OVERLAP: pooled("MaxPool2d kernel_size = 2, stride = 1"),
    POOL_BORDER: pooled("MaxPool2d kernel_size = 2, padding = 1"),
    POOL_GAPS: pooled("MaxPool2d kernel_size = 2, dilation = 2"),
    POOL_REST: pooled("MaxPool2d kernel_size = 2, ceil_mode = true"),
    POOL_DIVISOR: pooled("AvgPool2d kernel_size = 2, divisor_override = 3"),
    NORM_BESIDE: vector(
        f'{LINEAR}, {{ kind = "BatchNorm1d", name = "n" }}, "LIF", '
        '{ kind = "Add", from = ["n", "lif1"] }',
        "none",
    ),
    NORM_SEVERAL: vector(
        f'{LINEAR}, {{ kind = "BatchNorm1d", name = "n" }}, {{ kind = "Linear", name = "b", '
        'out_features = 3, from = "input" }, { kind = "Gated", from = ["n", "b"] }',
        "none",
        NEURON_OF_TWO,
    ),
    NORM_STEPS: vector(f'{LINEAR}, {PER_STEP}, "LIF"', "none"),
    CHAIN_BESIDE: vector(
        f'{LINEAR}, {{ kind = "LIF", name = "a" }}, {LINEAR}, "LIF"',
        "none",
        '[outputs.first]\nfrom = "a"\nreadout = "sequence"\n[outputs.last]\n',
    ),
    CHAIN_DRAWN: vector(
        f'{LINEAR}, {{ kind = "LIF", name = "a" }}',
        "poisson",
        '[outputs.spikes]\nfrom = "input"\nreadout = "sum"\n[outputs.rates]\nfrom = "a"\n',
    ),
    CHAIN_START: vector(
        f'{LINEAR}, {{ kind = "LIF", initial = {{ v = {{ value = 0.75, learnable = true }} }} }}',
        "none",
    ),
    CHAIN_LENGTHS: vector(
        f'{LINEAR}, "LIF"', "none", '[output]\nreadout = { kind = "mean", masked = true }\n'
    ),
    CHAIN_FIRST: vector(side_by_side("a@-1", "fc1"), "none"),
}
"""Specs by what they are."""

COMPILED = frozenset(
    {POOL_OVERLAP, POOL_BORDER, POOL_GAPS, POOL_REST, POOL_DIVISOR, CHAIN_START, CHAIN_FIRST}
)
"""Those that only a compiled kernel gets wrong."""
