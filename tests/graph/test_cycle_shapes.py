"""Shapes in cycles: what is certain, what is assumed, and that both end."""

from collections import Counter
from pathlib import Path

import pytest

import snnc
from snnc.graph.draft import Draft
from snnc.shapes import Shape
from snnc.source.diagnostic import Findings
from snnc.verify.run import Options, Verification
from tests.support.nets import document

HEAD = """
[input]
shape = {shape}
encoder = "none"
[network]
layers = [
{layers}
]
"""

CERTAIN: dict[str, tuple[str, str, dict[str, Shape]]] = {
    "a decoder's output pooled into the encoder": (
        "[2, 8, 8]",
        """
{ kind = "Conv2d", name = "c1", out_channels = 3, kernel_size = 2, stride = 2 },
{ kind = "MaxPool2d", name = "fb", from = "d@-1", kernel_size = 2 },
{ kind = "Add", name = "m", from = ["c1", "fb"] },
{ kind = "LIF", name = "e" }, { kind = "Upsample", name = "up", scale_factor = 2 },
{ kind = "LIF", name = "d" }
""",
        {"fb": (3, 4, 4), "m": (3, 4, 4), "d": (3, 8, 8)},
    ),
    "top-down by Upsample": (
        "[2, 8, 8]",
        """
{ kind = "Conv2d", name = "c1", out_channels = 3, kernel_size = 3, padding = 1 },
{ kind = "Upsample", name = "td", from = "b@-1", scale_factor = 2 },
{ kind = "Add", name = "m", from = ["c1", "td"] }, { kind = "LIF", name = "a" },
{ kind = "MaxPool2d", name = "p", kernel_size = 2 }, { kind = "LIF", name = "b" }
""",
        {"td": (3, 8, 8), "b": (3, 4, 4)},
    ),
    "top-down by ConvTranspose2d": (
        "[2, 8, 8]",
        """
{ kind = "Conv2d", name = "c1", out_channels = 3, kernel_size = 3, padding = 1 },
{ kind = "ConvTranspose2d", name = "td", from = "b@-1", out_channels=3, kernel_size=2, stride=2 },
{ kind = "Mul", name = "m", from = ["td", "c1"] }, { kind = "LIF", name = "a" },
{ kind = "AvgPool2d", name = "p", kernel_size = 2 }, { kind = "LIF", name = "b" }
""",
        {"td": (3, 8, 8), "b": (3, 4, 4)},
    ),
    "axes that change places": (
        "[2, 3]",
        """
{ kind = "Permute", name = "turned", from = "b@-1", dims = [1, 0] },
{ kind = "Add", name = "m", from = ["turned", "input"] },
{ kind = "Permute", name = "back", dims = [1, 0] }, { kind = "LIF", name = "b" }
""",
        {"turned": (2, 3), "b": (3, 2)},
    ),
    "a neuron of two inputs": (
        "[4]",
        """
{ kind = "Linear", name = "back", from = "b@-1", out_features = 4 },
{ kind = "Gate", name = "g", from = ["back", "input"] },
{ kind = "Linear", name = "w", out_features = 7 }, { kind = "LIF", name = "b" }
""",
        {"g": (4,), "b": (7,)},
    ),
    "a cycle in a cycle": (
        "[2, 8, 8]",
        """
{ kind = "Upsample", name = "far", from = "c@-2", scale_factor = 4 },
{ kind = "Add", name = "m", from = ["far", "input"] }, { kind = "LIF", name = "a" },
{ kind = "AvgPool2d", name = "p", kernel_size = 2 },
{ kind = "Upsample", name = "near", from = "c@-1", scale_factor = 2 },
{ kind = "Add", name = "n", from = ["near", "p"] }, { kind = "LIF", name = "b" },
{ kind = "MaxPool2d", name = "q", kernel_size = 2 }, { kind = "LIF", name = "c" }
""",
        {"far": (2, 8, 8), "near": (2, 4, 4), "c": (2, 2, 2)},
    ),
}
ASSUMED: dict[str, tuple[str, str, dict[str, Shape]]] = {
    "side by side, made smaller and larger again": (
        "[2, 8, 8]",
        """
{ kind = "Upsample", name = "up", from = "h@-1", scale_factor = 2 },
{ kind = "Concat", name = "both", from = ["input", "up"] },
{ kind = "Conv2d", name = "c", out_channels = 5, kernel_size = 2, stride = 2 },
{ kind = "LIF", name = "h" }
""",
        {"up": (5, 8, 8), "both": (7, 8, 8), "h": (5, 4, 4)},
    ),
    "two values that come back": (
        "[3]",
        """
{ kind = "Concat", name = "first", from = ["input", "b@-1"] },
{ kind = "Linear", name = "w", out_features = 4 }, { kind = "LIF", name = "a" },
{ kind = "Concat", name = "second", from = ["a", "c@-1"] },
{ kind = "Linear", name = "u", out_features = 5 }, { kind = "LIF", name = "b" },
{ kind = "Linear", name = "v", out_features = 6 }, { kind = "LIF", name = "c" }
""",
        {"first": (8,), "second": (10,), "c": (6,)},
    ),
    "tokens": (
        "[6, 5]",
        """
{ kind = "Attention", name = "at", from = ["input", "k@-1", "k@-1"], heads = 1 },
{ kind = "Conv1d", name = "w", out_channels = 6, kernel_size = 1 }, { kind = "LIF", name = "k" }
""",
        {"k": (6, 5)},
    ),
}
OWN = """
[neurons.Gate]
inputs = ["a", "b"]
step = "y = (1 - a) * b"
output = "y"
"""


@pytest.mark.parametrize("name", [*CERTAIN, *ASSUMED])
def test_a_resizing_cycle_is_right(tmp_path: Path, name: str) -> None:
    shape, layers, want = {**CERTAIN, **ASSUMED}[name]
    text = HEAD.format(shape=shape, layers=layers) + (OWN if "Gate" in layers else "")
    doc = document(tmp_path, text.replace('"LIF"', '"LIF", v_threshold = 0.25'))
    graph = snnc.link(doc)
    assert {node: graph[node].shape for node in want} == want
    rows = Verification(doc, Options(quick=True, batch=2)).rows()
    assert [row.finding for row in rows if row.finding] == []


def messages(folder: Path, shape: str, layers: str) -> list[str]:
    with pytest.raises(Findings) as caught:
        snnc.link(document(folder, HEAD.format(shape=shape, layers=layers)))
    return [finding.message for finding in caught.value.diagnostics]


def test_what_contradicts_a_certain_shape_is_the_error(tmp_path: Path) -> None:
    layers = """
{ kind = "Upsample", name = "td", from = "b@-1", scale_factor = 3 },
{ kind = "Add", name = "m", from = ["input", "td"] }, { kind = "LIF", name = "a" },
{ kind = "MaxPool2d", name = "p", kernel_size = 2 }, { kind = "LIF", name = "b" }
"""
    assert messages(tmp_path, "[2, 8, 8]", layers) == ["`m`: cannot add [2, 12, 12] to [2, 8, 8]"]


def test_an_error_in_a_cycle_is_told_once(tmp_path: Path) -> None:
    layers = """
{ kind = "Concat", name = "m", from = ["input", "b@-1"] },
{ kind = "Conv2d", name = "c", out_channels = 2, kernel_size = 11 }, { kind = "LIF", name = "b" }
"""
    (message,) = messages(tmp_path, "[2, 8, 8]", layers)
    assert message.startswith("`c`: ")


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often an operator was asked for its shape."""
    found: Counter[str] = Counter()
    plain = Draft.shape

    def counted(self: Draft, known: dict[str, Shape]) -> Shape:
        found["looks"] += 1
        return plain(self, known)

    monkeypatch.setattr(Draft, "shape", counted)
    return found


LONG = 600


def chain(head: str) -> str:
    """A cycle through many neurons, listed against its direction."""
    rest = [f'{{ kind = "LIF", name = "n{i}", from = "n{i + 1}@-1" }}' for i in range(LONG)]
    return ",\n".join([*rest, f'{{ kind = "LIF", name = "n{LONG}", from = "m@-1" }}', head])


def test_what_is_certain_is_looked_at_once_an_edge(tmp_path: Path, looks: Counter[str]) -> None:
    head = '{ kind = "Add", name = "m", from = ["input", "n0@-1"] }'
    snnc.link(document(tmp_path, HEAD.format(shape="[4]", layers=chain(head))))
    assert looks["looks"] < 3 * LONG


def test_what_never_settles_ends_all_the_same(tmp_path: Path, looks: Counter[str]) -> None:
    head = '{ kind = "Concat", name = "m", from = ["input", "n0@-1"] }'
    assert "never settles" in messages(tmp_path, "[4]", chain(head))[-1]
    assert looks["looks"] < 30_000
