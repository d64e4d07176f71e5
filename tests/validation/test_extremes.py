"""What no network can hold or compute is a finding at its place, and nothing raises."""

from pathlib import Path

import pytest

import snnc
from snnc import network
from snnc.floats import LARGEST, SMALLEST, finite, vanishes

HUGE = "1" + "0" * 400
HEAD = 'format = 1\nname = "net"\ntime_steps = 3\n'
INPUT = "input = { shape = [4] }\n"
OWN = """\
[network]
layers = ["Z"]
[neurons.Z]
parameters = {{ f = true, p = 2.0, q = {{ value = 1.5, learnable = true }} }}
state = {{ v = 0.0 }}
output = "v"
step = "{}"
"""


def layers(*entries: str, more: str = "") -> str:
    return f"{HEAD}{INPUT}network = {{ layers = [{', '.join(entries)}] }}\n{more}"


def own(step: str) -> str:
    return HEAD + INPUT + OWN.format(step)


def told(folder: Path, text: str) -> list[str]:
    path = folder / "net.snn.toml"
    path.write_text(text, encoding="utf-8")
    found = [d for d in snnc.check(path) if d.severity == "error"]
    return [f"{d.place.start.line}:{d.place.start.column} {d.code} {d.message}" for d in found]


IMPOSSIBLE = "with the numbers of this layer an equation is impossible"
LIF = '{{ kind = "LIF", {} }}'
CONVERT = 'train = {{ dataset = {{ kind = "module", loader = "a:b" }}, loss = "mse", epochs = 1, \
batch_size = 1, optimizer = "Adam" }}\nconvert = {{ {} }}\n'
LINEAR = '{ kind = "Linear", out_features = 3 }'
IMAGE = "input = { shape = [1, 5, 5] }\n"
TOLD = {
    "beyond float32": (
        layers(LIF.format("v_reset = 3.5e38")),
        "5:49 SNN204 `v_reset` is 3.5e+38, which is too large for a number of float32",
    ),
    "denormal": (
        layers(LIF.format("v_reset = -1e-45")),
        "5:49 SNN204 `v_reset` is -1e-45, which is too small for a number of float32",
    ),
    "an integer in a rule": (
        layers(LINEAR, '"ReLU"', more=CONVERT.format(f"rule = {HUGE}")),
        "7:20 SNN204 `rule` is too large: integers have 64 bits",
    ),
    "an integer in an array": (
        layers(LINEAR, '"ReLU"', more=CONVERT.format(f'compare = ["max", 0.5, {HUGE}]')),
        "7:36 SNN204 `compare` is too large: integers have 64 bits",
    ),
    "a population": (
        layers('"LIF"').replace(
            "[4]", f'[4], encoder = {{ kind = "population", neurons = {HUGE} }}'
        ),
        "4:67 SNN204 `neurons` is too large: integers have 64 bits",
    ),
    "a number of a variable": (
        layers(LIF.format('tau = "${a * a}"'), more="vars = { a = 1e20 }\n"),
        "5:45 SNN204 `tau` is 1e+40, which is too large for a number of float32",
    ),
    "infinite ends": (
        layers(LIF.format("tau = { uniform = [2.0, inf] }")),
        "5:63 SNN204 an item of `uniform` must be a finite number, not inf",
    ),
    "a constant of its numbers": (
        layers('{ kind = "ResonateAndFire", b = 1000.0 }'),
        f"5:23 SNN208 {IMPOSSIBLE}: this constant has no finite value in float32",
    ),
    "a slope of its numbers": (
        layers(LIF.format('surrogate = { kind = "PiecewiseQuadratic", alpha = 1e30 }')),
        f"5:23 SNN208 {IMPOSSIBLE}: this constant has no finite value in float32",
    ),
    "a deep choice": (
        own(f"v = {'x if f else ' * 300}x"),
        "11:1213 SNN208 this is nested more than 100 levels deep",
    ),
    "a deep power": (
        own(f"v = x{'**2' * 300}"),
        "11:313 SNN208 this is nested more than 100 levels deep",
    ),
    "deep signs": (own(f"v = {'-' * 9000}x"), "11:9 SNN208 the equations are nested too deeply"),
    "deep brackets": (
        own(f"v = {'(' * 9000}x{')' * 9000}"),
        "11:213 SNN208 the equations are nested too deeply",
    ),
    "many equations": (
        own("h = x\\n" + "h = sin(h)\\n" * 898 + "v = v + h"),
        "11:8 SNN208 a step has at most 200 equations, not 900",
    ),
    "terms that double": (
        own("a = q\\n" + "a = a + a\\n" * 60 + "v = v + x * a"),
        "11:8 SNN208 with the equations of parameters put in, this is too long",
    ),
    "a spike of a constant": (
        own("s = spike(-1.0)\\nv = v + x + s"),
        "11:8 SNN208 this spikes at every step, or never",
    ),
    "a spike of what is constant": (
        own("h = v + --x\\nh = 0\\ns = spike(h - 1)\\nv = s + x"),
        "11:8 SNN208 this spikes at every step, or never",
    ),
    "a large constant": (own("v = v + x * 1e39"), "11:21 SNN208 this number is too large"),
    "a small constant": (own("v = v + x * 1e-42"), "11:21 SNN208 this number is too small"),
    "an integer of an equation": (
        own(f"v = v + x * {HUGE}"),
        "11:21 SNN208 this number is too large for float32",
    ),
    "a constant that overflows": (
        own("v = v + x * exp(200)"),
        "11:21 SNN208 this constant has no finite value in float32",
    ),
    "nul in extends": (
        f'extends = "a\\u0000.snn.toml"\n{layers(LINEAR)}',
        "1:11 SNN101 `extends` must be printable, in at most 255 bytes",
    ),
    "a long extends": (
        f'extends = "{"a" * 300}.snn.toml"\n{layers(LINEAR)}',
        "1:11 SNN101 `extends` must be printable, in at most 255 bytes",
    ),
    "nul in out": (
        layers('"LIF"', more='build = { out = "a\\u0000b" }\n'),
        '6:17 SNN206 "a\\u0000b" is not a folder\'s path: names of printable characters,',
    ),
    "an empty out": (
        layers('"LIF"', more='build = { out = "" }\n'),
        '6:17 SNN206 "" is not a folder\'s path: names of printable characters,',
    ),
    "nul in data": (
        layers(
            '"LIF"',
            more=CONVERT.format("").replace(
                '"module", loader = "a:b"', '"npz", path = "a\\u0000.npz"'
            ),
        ),
        '6:44 SNN206 "a\\u0000.npz" is not an allowed path: at most 64 characters,',
    ),
    "many steps": (
        layers('"LIF"').replace("time_steps = 3", "time_steps = 2147483647"),
        "3:14 SNN204 `time_steps` must be at most 1000000, not 2147483647",
    ),
    "a large input": (
        layers('"IF"').replace("[4]", "[65536, 65536]"),
        "4:9 SNN303 `input`: [65536, 65536] has 4,294,967,296 elements: 2,147,483,647 are the most",
    ),
    "an input beyond all numbers": (
        layers('"IF"').replace("[4]", f"[{', '.join(['2147483647'] * 40)}]"),
        "4:9 SNN303 `input`: [2147483647, 2147483647",
    ),
    "many parameters": (
        layers(LINEAR.replace("3 ", "2147483647 ")),
        "5:32 SNN303 `fc1`: the layer would learn 10,737,418,235 parameters",
    ),
    "a wide border": (
        (HEAD + IMAGE + "network = { layers = [")
        + '{ kind = "Conv2d", out_channels = 1, kernel_size = 1, padding = 1000000 }] }\n',
        "5:32 SNN303 `conv1`: [1, 2000005, 2000005] has 4,000,020,000,025 elements",
    ),
    "a long delay": (
        layers('{ kind = "Delay", delay = 2000000000 }'),
        "5:32 SNN303 `delay1`: 2000000000 steps of [4] have 8,000,000,000 elements",
    ),
    "a long edge": (
        layers('"LIF"', '{ kind = "Add", from = ["lif1", "lif1@-999999999"] }'),
        "5:53 SNN303 `add1`: 999999999 steps of [4] have 3,999,999,996 elements",
    ),
    "an endless edge": (
        layers('"LIF"', f'{{ kind = "Add", from = ["lif1", "lif1@-{"9" * 5000}"] }}'),
        "5:62 SNN206",
    ),
    "a date": (
        layers(LIF.format("tau = 2020-01-01")),
        "5:45 SNN205 `tau` must be a number or a table, not 2020-01-01",
    ),
    "a boolean": (
        layers(LIF.format("tau = true")),
        "5:45 SNN205 `tau` must be a number or a table, not true",
    ),
    "a negative zero": (
        layers(LIF.format("v_threshold = -0.0")),
        "5:53 SNN204 `v_threshold` must be greater than 0, not -0.0",
    ),
    "repeated for ever": (
        layers('{ kind = "IF", repeat = 2147483647 }'),
        "5:23 SNN212 the blocks would make more than 20000 layers",
    ),
    "a kind of several lines": (layers('"a\\nb"'), "5:23 SNN202 there is no layer `a\\u000ab`"),
}


@pytest.mark.parametrize("name", TOLD)
def test_what_is_said(tmp_path: Path, name: str) -> None:
    text, want = TOLD[name]
    (found,) = told(tmp_path, text)
    where, _, said = want.partition(" ")
    assert found.startswith(f"{where} {said}"), found


def test_a_step_may_be_as_long_and_as_deep_as_the_limits(tmp_path: Path) -> None:
    """It is built and imported, so nothing that walks it runs out of stack."""
    path = tmp_path / "net.snn.toml"
    lines = ["h = x", *["h = h * h + 0.5 * v"] * 197]
    deep = f"g = {'max(x, ' * 90}v{')' * 90}"
    path.write_text(own("\\n".join([*lines, deep, "v = v + h + g"])), encoding="utf-8")
    assert [d for d in snnc.check(path) if d.severity == "error"] == []
    assert network(snnc.load(path))() is not None


@pytest.mark.parametrize("value", [LARGEST, -LARGEST, SMALLEST, 0.0, -0.0])
def test_what_float32_can_hold(value: float) -> None:
    import torch

    assert finite(value)
    assert torch.tensor(value, dtype=torch.float32).item() == value
    assert vanishes(value) == (value == 0)


def test_what_it_cannot() -> None:
    import torch

    beyond = LARGEST + 2.0**103
    assert not finite(beyond)
    assert torch.tensor(beyond, dtype=torch.float64).float().isinf()
    assert finite(beyond - 2.0**75)
    assert not torch.tensor(beyond - 2.0**75, dtype=torch.float64).float().isinf()
    assert not finite(float("inf"))
    assert not finite(float("nan"))
