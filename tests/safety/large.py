"""Specs as large as one likes, each along one dimension."""

from collections.abc import Callable, Iterable

HEAD = 'format = 1\nname = "net"\ntime_steps = 4\n'
INPUT = "[input]\nshape = [4]\n"
IMAGE = "[input]\nshape = [2, 8, 8]\n"
LINEAR = '{ kind = "Linear", out_features = 4 }'
CONV = '{ kind = "Conv2d", out_channels = 2, kernel_size = 3, padding = 1 }'


def listed(layers: Iterable[str], given: str = INPUT, before: str = "") -> str:
    lines = "".join(f"  {layer},\n" for layer in layers)
    return f"{HEAD}{given}{before}[network]\nlayers = [\n{lines}]\n"


def named(kind: str, name: str, source: str = "") -> str:
    more = f", from = {source}" if source else ""
    return f'{{ kind = "{kind}", name = "{name}"{more} }}'


def flat(size: int) -> str:
    return listed(['"ReLU"'] * size)


def pairs(size: int) -> str:
    return listed([LINEAR, '"LIF"'] * (size // 2))


def convolutions(size: int) -> str:
    return listed([CONV, '"BatchNorm2d"', '"LIF"'] * (size // 4), IMAGE)


def cropped(size: int) -> str:
    """Each map has an edge that reaches no output."""
    pool = '{ kind = "AvgPool2d", kernel_size = 2 }'
    return listed([*[CONV, '"LIF"'] * (size // 2), pool], "[input]\nshape = [2, 9, 9]\n")


def cycle(size: int) -> str:
    """One cycle through all neurons."""
    first = named("Add", "first", f'["input", "n{size - 1}@-1"]')
    return listed([first, *(named("LIF", f"n{i}") for i in range(size))])


def ring(size: int) -> str:
    """One cycle through layers without a state, in a loop that hands on each of them."""
    first = named("Add", "first", f'["input", "n{size - 1}@-1"]')
    return listed([first, *(named("ReLU", f"n{i}") for i in range(size))])


def feedbacks(size: int) -> str:
    return listed(['{ kind = "LIF", feedback = { kind = "Linear" } }'] * size)


def element_wise(size: int) -> str:
    return listed(['{ kind = "LIF", feedback = "add" }'] * size)


def residual(size: int) -> str:
    joins = (
        layer
        for i in range(1, size)
        for layer in (
            named("Add", f"a{i}", f'["n{i - 1}", "n{max(0, i - 2)}"]'),
            named("LIF", f"n{i}"),
        )
    )
    return listed([named("LIF", "n0"), *joins])


def delays(size: int) -> str:
    sums = (named("Add", f"n{i}", f'["n{i - 1}", "n{i - 1}@-{1 + i % 3}"]') for i in range(1, size))
    return listed([named("LIF", "n0"), *sums])


def branches(size: int) -> str:
    """One value that all read, and one that reads all."""
    ends = ", ".join(f'"n{i}"' for i in range(size))
    each = (named("LIF", f"n{i}", '"input"') for i in range(size))
    return listed([*each, named("Add", "sum", f"[{ends}]")])


def inputs(size: int) -> str:
    given = "".join(f"[inputs.i{i}]\nshape = [4]\n" for i in range(size))
    ends = ", ".join(f'"i{i}"' for i in range(size))
    return listed([named("Add", "sum", f"[{ends}]")], given)


def outputs(size: int) -> str:
    text = listed(named("LIF", f"n{i}") for i in range(size))
    return text + "".join(f'[outputs.o{i}]\nfrom = "n{i}"\n' for i in range(size))


def heads(size: int) -> str:
    """Outputs behind layers that can run once after time."""
    each = (
        f'{{ kind = "Linear", name = "n{i}", out_features = 4, from = "s" }}' for i in range(size)
    )
    text = listed([named("LIF", "s"), *each])
    return text + "".join(f'[outputs.o{i}]\nfrom = "n{i}"\n' for i in range(size))


def kinds(size: int) -> str:
    own = "".join(
        f'[neurons.K{i}]\nstate = {{ v = 0.0 }}\nstep = "v = 0.5 * v + x"\noutput = "v"\n'
        for i in range(size)
    )
    return listed([f'"K{i}"' for i in range(size)], before=own)


def blocks(size: int) -> str:
    own = "".join(f'[blocks.B{i}]\nlayers = [{LINEAR}, "LIF"]\n' for i in range(size))
    return listed([f'"B{i}"' for i in range(size)], before=own)


def repeated(size: int) -> str:
    own = f'[blocks.B]\nlayers = [{LINEAR}, "LIF"]\n'
    return listed([f'{{ kind = "B", repeat = {size} }}'], before=own)


def variables(size: int) -> str:
    stated = "[vars]\n" + "".join(f"v{i} = 4\n" for i in range(size))
    uses = (f'{{ kind = "Linear", out_features = "$v{i}" }}' for i in range(size))
    return listed(uses, before=stated)


def learned(size: int) -> str:
    return listed(['{ kind = "PLIF", tau = { value = 2.0, per = "neuron" } }'] * size)


def doc(size: int) -> str:
    return f'doc = "{"word " * size}"\n' + listed(['"LIF"'])


def lines_of_doc(size: int) -> str:
    text = "word word\n" * size
    return f'doc = """{text}"""\n' + listed(['"LIF"'])


LARGE: tuple[Callable[[int], str], ...] = (
    *(flat, pairs, convolutions, cropped, cycle, ring, feedbacks, element_wise, residual, delays),
    *(branches, inputs, outputs, heads, kinds, blocks, repeated, variables, learned, doc),
    lines_of_doc,
)
