"""Every role that a name of a spec can have, as a spec in which each of some names has it.

Names stand in branches that read the input and are added up: nothing a name does wrong can hide
behind another.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

HEAD = 'format = 1\nname = "net"\ntime_steps = 3\n'
INPUT = "[input]\nshape = [3]\n"
SMOOTH = """[neurons.Zs]
parameters = { w = { value = 0.5, learnable = true } }
state = { v = 0.25 }
step = "v = 0.5 * v + w * x"
output = "v"
"""
LONE = '[network]\nlayers = [{ kind = "Zs" }]\n'
LEARNED = "{ value = 0.5, learnable = true }"
RANGED = "{ value = 2.0, learnable = true, range = [1.0, inf] }"
CHANNEL = '{ value = 0.5, learnable = true, per = "channel" }'


@dataclass(frozen=True)
class Role:
    """What a name is, and the spec of names that are that; ``most`` of them in one."""

    what: str
    spec: Callable[[Sequence[str]], str]
    most: int = 40

    def __str__(self) -> str:
        return self.what


def branches(layers: Iterable[str], names: Iterable[str]) -> str:
    """The list of layers: branches from the input, and their sum."""
    ends = ", ".join(f'"{name}"' for name in (*names, "zzend"))
    last = ['{ kind = "Zs", name = "zzend", from = "input" }']
    last += [f'{{ kind = "Add", name = "zzsum", from = [{ends}] }}']
    return "[network]\nlayers = [\n" + "".join(f"  {line},\n" for line in (*layers, *last)) + "]\n"


def whole(*parts: str) -> str:
    """A spec out of its parts."""
    return "".join([HEAD, INPUT, *parts, SMOOTH])


def layer(kind: str, schedule: str = "fold", more: str = "") -> Callable[[Sequence[str]], str]:
    def spec(names: Sequence[str]) -> str:
        lines = [f'{{ kind = "{kind}", name = "{n}", from = "input"{more} }}' for n in names]
        return whole(branches(lines, names), f'[build]\nschedule = "{schedule}"\n')

    return spec


def delayed(names: Sequence[str]) -> str:
    lines = [f'{{ kind = "Zs", name = "{n}", from = "input" }}' for n in names]
    ends = [f"zz{at}" for at in range(len(names))]
    pairs = zip(names, ends, strict=True)
    lines += [f'{{ kind = "Add", name = "{e}", from = ["{n}", "{n}@-1"] }}' for n, e in pairs]
    return whole(branches(lines, ends))


def in_cycle(names: Sequence[str]) -> str:
    lines = []
    for at, name in enumerate(names):
        lines += [f'{{ kind = "Add", name = "zz{at}", from = ["input", "{name}@-1"] }}']
        lines += [f'{{ kind = "Linear", name = "zl{at}", out_features = 3, from = "zz{at}" }}']
        lines += [f'{{ kind = "Zs", name = "{name}", from = "zl{at}" }}']
    return whole(branches(lines, names), '[build]\nschedule = "step"\n')


def block(names: Sequence[str]) -> str:
    made = [
        f'[blocks.{n}]\nlayers = [{{ kind = "Linear", out_features = 3 }}, "Zs"]\n' for n in names
    ]
    ends = [f"zz{at}" for at in range(len(names))]
    pairs = zip(names, ends, strict=True)
    lines = [f'{{ kind = "{n}", name = "{e}", from = "input" }}' for n, e in pairs]
    return whole(*made, branches(lines, ends))


def inside(names: Sequence[str]) -> str:
    lines = [f'  {{ kind = "Zs", name = "{n}", from = "input" }},\n' for n in names]
    lines += [f'  {{ kind = "Linear", out_features = 3, name = "zl", from = "{names[0]}" }},\n']
    past = ", ".join(f'"{n}", "{n}@-1"' for n in names)
    lines += [f'  {{ kind = "Add", from = ["zl", {past}] }},\n']
    made = f"[blocks.Zb]\nlayers = [\n{''.join(lines)}]\n"
    return whole(made, branches(['{ kind = "Zb", name = "zz", from = "input" }'], ["zz"]))


def port(names: Sequence[str]) -> str:
    made = [
        f'[blocks.Zb{at}]\ninputs = ["{n}"]\nlayers = [{{ kind = "Zs", from = "{n}" }}]\n'
        for at, n in enumerate(names)
    ]
    ends = [f"zz{at}" for at in range(len(names))]
    lines = [f'{{ kind = "Zb{at}", name = "{e}", from = "input" }}' for at, e in enumerate(ends)]
    return whole(*made, branches(lines, ends))


def argument(names: Sequence[str]) -> str:
    layers = '{{ kind = "Linear", out_features = "${n}" }}, {{ kind = "Linear", out_features = 3 }}'
    made, lines, ends = [], [], []
    for at, n in enumerate(names):
        made += [f"[blocks.Zb{at}]\nparameters = {{ {n} = 3 }}\n"]
        made += [f"layers = [{layers.format(n=n)}]\n"]
        lines += [f'{{ kind = "Zb{at}", name = "zz{at}", from = "input" }}']
        lines += [f'{{ kind = "Zb{at}", name = "zy{at}", from = "input", {n} = 4 }}']
        ends += [f"zz{at}", f"zy{at}"]
    return whole(*made, branches(lines, ends))


def variable(names: Sequence[str]) -> str:
    stated = "".join(f"{n} = 3\n" for n in names)
    lines, ends = [], []
    for at, n in enumerate(names):
        lines += [f'{{ kind = "Linear", name = "zz{at}", out_features = "${n}", from = "input" }}']
        size = f'"${{2 * {n} - 3}}"'
        lines += [f'{{ kind = "Linear", name = "zy{at}", out_features = {size}, from = "input" }}']
        ends += [f"zz{at}", f"zy{at}"]
    return whole(f"[vars]\n{stated}", branches(lines, ends))


def kind(names: Sequence[str]) -> str:
    made, lines, ends = [], [], []
    for at, n in enumerate(names):
        made += [
            f"[neurons.{n}]\nparameters = {{ c = 0.5, w = {LEARNED} }}\nstate = {{ v = 0.0 }}\n"
        ]
        made += ['step = "v = c * v + w * x"\noutput = "v"\n']
        lines += [f'{{ kind = "{n}", name = "zz{at}", from = "input" }}']
        lines += [f'{{ kind = "{n}", name = "zy{at}", from = "input", c = 0.75 }}']
        ends += [f"zz{at}", f"zy{at}"]
    return whole(*made, branches(lines, ends))


def surrogate(names: Sequence[str]) -> str:
    made = [f'[surrogates.{n}]\ngradient = "1 / (1 + abs(u))"\n' for n in names]
    return whole(*made, *firing(names))


def slope(names: Sequence[str]) -> str:
    made = [
        f'[surrogates.Zu{at}]\nparameters = {{ {n} = 1.5 }}\ngradient = "1 / (1 + {n} * abs(u))"\n'
        for at, n in enumerate(names)
    ]
    return whole(*made, *firing([f"Zu{at}" for at in range(len(names))]))


def firing(surrogates: Sequence[str]) -> Iterable[str]:
    ends = [f"zz{at}" for at in range(len(surrogates))]
    stated = 'kind = "LIF", v_threshold = 0.5, from = "input"'
    pairs = zip(surrogates, ends, strict=True)
    yield branches([f'{{ {stated}, name = "{e}", surrogate = "{s}" }}' for s, e in pairs], ends)


def neuron(step: str, stated: str, more: str = "") -> Callable[[Sequence[str]], str]:
    """A neuron of the spec's own for each name, ``@`` in its equations and what it states."""

    def spec(names: Sequence[str]) -> str:
        made, lines = [], []
        for at, n in enumerate(names):
            made += [f"[neurons.Zn{at}]\n{stated}\nstep = '''\n{step}\n'''\n".replace("@", n)]
            use = f'{{ kind = "Zn{at}", name = "zz{at}", from = "input"{more} }}'
            lines += [use.replace("@", n)]
        return whole(*made, branches(lines, [f"zz{at}" for at in range(len(names))]))

    return spec


def parameter(value: str) -> Callable[[Sequence[str]], str]:
    stated = f'parameters = {{ @ = {value} }}\nstate = {{ v = 0.0 }}\noutput = "v"'
    return neuron("v = 0.25 * v + x * @", stated)


def inputs(names: Sequence[str]) -> str:
    made = "".join(f"[inputs.{n}]\nshape = [3]\n" for n in dict.fromkeys((*names, "input")))
    lines = [f'{{ kind = "Zs", name = "zz{at}", from = "{n}" }}' for at, n in enumerate(names)]
    ends = [f"zz{at}" for at in range(len(names))]
    return f"{HEAD}{made}{branches(lines, ends)}{SMOOTH}"


def lone_input(names: Sequence[str]) -> str:
    (name,) = names
    text = branches([f'{{ kind = "Zs", name = "zz", from = "{name}" }}'], ["zz"])
    return f"{HEAD}[inputs.{name}]\nshape = [3]\n{text}{SMOOTH}".replace('"input"', f'"{name}"')


def outputs(names: Sequence[str]) -> str:
    lines = [f'{{ kind = "Zs", name = "zz{at}", from = "input" }}' for at in range(len(names))]
    made = [f'[outputs.{n}]\nfrom = "zz{at}"\n' for at, n in enumerate(names)]
    ends = [f"zz{at}" for at in range(len(names))]
    return whole(branches(lines, ends), *made, '[outputs.zzlast]\nreadout = "last"\n')


def lone_output(names: Sequence[str]) -> str:
    return whole(LONE, f'[outputs.{names[0]}]\nreadout = "last"\n')


def network(names: Sequence[str]) -> str:
    return whole(LONE).replace('name = "net"', f'name = "{names[0]}"')


DIGITS = """[train]
dataset = "Digits"
epochs = 1
batch_size = 8
optimizer = { kind = "SGD", lr = 0.1 }
"""


def trained(names: Sequence[str]) -> str:
    """Each name is an output with a loss of its own."""
    ends = [f"zz{at}" for at in range(len(names))]
    lines = [
        f'  {{ kind = "Linear", name = "{e}", out_features = 10, from = "zs" }},\n' for e in ends
    ]
    layers = f"""[network]
layers = [
  {{ kind = "Flatten" }},
  {{ kind = "Zs", name = "zs" }},
{"".join(lines)}]
"""
    made = [f'[outputs.{n}]\nfrom = "{e}"\n' for n, e in zip(names, ends, strict=True)]
    made += ['[outputs.zzlast]\nfrom = "zz0"\n', DIGITS, "[train.losses]\n"]
    made += [f'{n} = "cross_entropy"\n' for n in (*names, "zzlast")]
    return "".join([HEAD, INPUT.replace("[3]", "[1, 8, 8]"), layers, *made, SMOOTH])


def punished(names: Sequence[str]) -> str:
    """Each name is a layer whose firing costs."""
    lines = "".join(f'  {{ kind = "IF", name = "{n}", from = "zf" }},\n' for n in names)
    ends = ", ".join(f'"{n}"' for n in (*names, "zf"))
    layers = f"""[network]
layers = [
  {{ kind = "Flatten", name = "zf" }},
{lines}  {{ kind = "Add", from = [{ends}] }},
  {{ kind = "Linear", out_features = 10 }},
]
"""
    more = 'kind = "firing_rate", target = 0.1, weight = 0.5'
    costs = "".join(f'  {{ {more}, of = "{n}" }},\n' for n in names)
    train = f'{DIGITS}loss = "cross_entropy"\npenalties = [\n{costs}]\n'
    return "".join([HEAD, INPUT.replace("[3]", "[1, 8, 8]"), layers, train])


ROLES = (
    Role("layer", layer("Zs")),
    Role("layer of weights", layer("Linear", more=", out_features = 3")),
    Role("layer in a loop", layer("Zs", "step")),
    Role("layer with feedback", layer("Zs", more=', feedback = "add"')),
    Role("delayed layer", delayed),
    Role("layer in a cycle", in_cycle),
    Role("layer in a block", inside),
    Role("block", block),
    Role("input of a block", port),
    Role("parameter of a block", argument),
    Role("variable", variable),
    Role("kind of neuron", kind),
    Role("surrogate", surrogate),
    Role("parameter of a surrogate", slope),
    Role("parameter", parameter("0.5")),
    Role("learnable parameter", parameter(LEARNED)),
    Role("parameter in a range", parameter(RANGED)),
    Role("parameter of a channel", parameter(CHANNEL)),
    Role("state", neuron("@ = 0.25 * @ + x", 'state = { @ = 0.0 }\noutput = "@"')),
    Role(
        "learned first state",
        neuron(
            "@ = 0.25 * @ + x",
            'state = { @ = 0.0 }\noutput = "@"',
            f", initial = {{ @ = {LEARNED} }}",
        ),
    ),
    Role(
        "local",
        neuron("@ = v + x * 0.5\nv = exp(-v) + @ * @ * 0.25", 'state = { v = 0.0 }\noutput = "v"'),
    ),
    Role(
        "output of a neuron",
        neuron("v = 0.25 * v + x\n@ = v * v", 'state = { v = 0.0 }\noutput = "@"'),
    ),
    Role(
        "input of a neuron",
        neuron("v = 0.25 * v + @ * @", 'inputs = ["@"]\nstate = { v = 0.0 }\noutput = "v"'),
    ),
    Role("input", inputs),
    Role("only input", lone_input, 1),
    Role("output", outputs),
    Role("only output", lone_output, 1),
    Role("output with a loss", trained),
    Role("layer that a penalty names", punished),
    Role("network", network, 1),
)
