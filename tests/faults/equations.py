"""User-defined neurons with equations drawn at random: lint refuses them, or they build and run.

``draw`` makes a spec out of a seed; most are refused for a reason that lint names, the others are
built, imported and run in training and in eval mode, each tenth with kernels in C.
"""

import random
from collections.abc import Iterator

from tests.faults.comparing import findings
from tests.faults.running import ran

SHORT, MANY = 120, 30_000
ONE = "tanh sigmoid exp log sqrt abs sin cos round floor relu spike detach".split()
OPERATORS, COMPARISONS = "+-*/", ("<", "<=", ">", ">=", "==", "!=")
NUMBERS = ("0.5", "2", "1", "0", "3.0", "-1.0", "1e-3", "pi")
EXPONENTS = ("2", "3", "8", "9", "0", "0.5", "-1", "n")
PARAMETERS = (
    *("2.0", "1.0", "0.5", "0.0", "-1.0", "3"),
    "{ value = 0.75, learnable = true }",
    '{ value = 1.25, learnable = true, per = "channel" }',
    '{ uniform = [0.5, 1.5], per = "neuron" }',
    '{ uniform = [0.5, 1.5], per = "neuron", learnable = true, range = [0.25, inf] }',
)
HEAD = """format = 1
name = "net"
time_steps = 3
[input]
shape = [3]
encoder = "{encoder}"
[network]
layers = [{{ kind = "Linear", name = "fc1", out_features = 4 }}, {front}{use}{behind}]
[output]
readout = "{readout}"
[neurons.Own]
{inputs}parameters = {{ tau = {tau}, n = {n}, th = {th}, flag = {flag} }}
{states}step = '''
{step}
'''
output = "{output}"
"""


def run(short: bool) -> list[str]:
    """What lint takes and what then fails, of many neurons."""
    tried = SHORT if short else MANY
    fine = [text for text in map(draw, range(tried)) if not findings(text)]
    print(f"{tried:,} neurons drawn; lint takes {len(fine):,}")
    return ran(fine)


def draw(seed: int) -> str:
    """A spec with one neuron of its own."""
    r = random.Random(seed)
    spiking, two = r.random() < 0.6, r.random() < 0.3
    states = r.choice(("v", "v a", "")).split()
    known = ["x", "tau", "n", "th", *states, *["y"] * two]
    more = {name: r.choice(PARAMETERS) for name in ("tau", "n", "th")}
    return HEAD.format(
        encoder=r.choice(("none", "direct")),
        front=r.choice(("", '"BatchNorm1d", ')),
        use=_use(r, two),
        behind=r.choice(("", ', { kind = "Linear", name = "fc9", out_features = 2 }')),
        readout=r.choice(("mean", "sequence", "max", "last")),
        inputs='inputs = ["x", "y"]\n' * two,
        states=f"state = {{ {', '.join(f'{s} = 0.25' for s in states)} }}\n" * bool(states),
        flag=r.choice(("true", "false")),
        step="\n".join(_lines(r, known, states, spiking)),
        output="s" if spiking else "o",
        **more,
    )


def _use(r: random.Random, two: bool) -> str:
    keys = ['kind = "Own"', *['from = ["fc1", "fc1"]'] * two]
    if not two:
        keys += r.choice(([], [], ['feedback = "add"'], ['feedback = { kind = "Linear" }']))
    if r.random() < 0.3:
        keys.append(f"{r.choice(('tau', 'n', 'th'))} = {r.choice(PARAMETERS)}")
    return f"{{ {', '.join(keys)} }}"


def _lines(r: random.Random, known: list[str], states: list[str], spiking: bool) -> Iterator[str]:
    for i in range(r.randint(0, 3)):
        yield f"t{i} = {_expression(r, known, 2)}"
        known.append(f"t{i}")
    yield f"h = {_expression(r, known, 3)}"
    known.append("h")
    yield f"s = spike(h - {r.choice(('th', '1', 'tau'))})" if spiking else f"o = h * {known[0]}"
    for state in states:
        reset = ["reset(h, s)", "reset(h, s, th)"] if spiking else ["h"]
        yield f"{state} = {r.choice([*reset, _expression(r, known, 2), 'h'])}"


def _expression(r: random.Random, known: list[str], depth: int) -> str:
    """An expression of at most so many levels; most operators of the language stand in it."""
    if depth == 0 or r.random() < 0.25:
        return r.choice([*known, *NUMBERS])
    a, b, c, d = (_expression(r, known, depth - 1) for _ in range(4))
    return r.choice(
        [
            *(f"({a} {sign} {b})" for sign in OPERATORS),
            *(f"{r.choice(ONE)}({a})" for _ in range(2)),
            f"({a}) ** {r.choice(EXPONENTS)}",
            f"{r.choice(('min', 'max'))}({a}, {b})",
            f"clip({a}, {r.choice(('0', '-1', b))}, {r.choice(('1', '2', c))})",
            f"where({a} {r.choice(COMPARISONS)} {b}, {c}, {d})",
            f"({a} if flag else {b})",
            f"-({a})",
        ]
    )
