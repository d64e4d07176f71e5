"""Small networks, each of which is wrong as soon as one condition of a pass is not asked."""

HEAD = 'format = 1\nname = "net"\ntime_steps = 4\n'


def vector(layers: str, encoder: str = "direct", more: str = "") -> str:
    """A spec of features [3] and these layers."""
    data = f'[input]\nshape = [3]\nencoder = "{encoder}"\n'
    return f"{HEAD}{data}[network]\nlayers = [{layers}]\n{more}"


LINEAR = '{ kind = "Linear", out_features = 3 }'
CASES = {
    "a neuron on static data": vector(f'{LINEAR}, "IF"'),
    "a mask of each step": vector(f'{{ kind = "Dropout", mask = "step" }}, {LINEAR}'),
    "one mask behind a neuron": vector(f'{LINEAR}, "LIF", "Dropout"'),
    "spikes drawn anew": vector(f"{LINEAR}", "poisson"),
    "a column at each step": f"""{HEAD}[input]
shape = [2, 3, 4]
encoder = "columns"
[network]
layers = [{LINEAR}]
""",
    "data that is a sequence": vector(f'{LINEAR}, "ReLU"', "none"),
    "statistics of the sequence": vector(f'{LINEAR}, "BatchNorm1d", "IF"', "none"),
    "sequence statistics of static data": vector(f'{LINEAR}, "BatchNorm1d", "IF"'),
    "step statistics of static data": vector(
        f'{LINEAR}, {{ kind = "BatchNorm1d", stats = "step" }}, "IF"'
    ),
    "step statistics behind a neuron": vector(
        f'{LINEAR}, "LIF", {{ kind = "BatchNorm1d", stats = "step" }}, "IF"'
    ),
    "two values of a loop are read": vector(
        f'{LINEAR}, {{ kind = "IF", name = "a" }}, {LINEAR}, "IF"',
        more='[outputs.first]\nfrom = "a"\n[outputs.last]\n',
    ),
    "a residual around a neuron": vector(
        f'{LINEAR}, {{ kind = "IF", name = "a" }}, {{ kind = "Linear", name = "b", '
        f'out_features = 3 }}, {{ kind = "Add", from = ["a", "b", "input"] }}, "LIF"'
    ),
}
"""Specs by what they are."""
