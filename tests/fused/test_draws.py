"""Random numbers in C: those of the reference, however they are cut."""

import math
import sys
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch

import snnc
from snnc import randomness
from snnc.compile import network
from tests.fused.test_threads import threads
from tests.nets import document

KEY = 0x325B1B56FA342284
SEED = 0x0123456789ABCDE


@pytest.fixture(scope="module")
def draws(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    """The run time of a package whose only layers are a Poisson encoder and a Linear."""
    text = '[input]\nshape = [5]\nencoder = "poisson"\n'
    text += '[network]\nlayers = [{ kind = "Linear", out_features = 2 }]\n'
    doc = document(tmp_path_factory.mktemp("draws"), text)
    files = snnc.emit(doc)
    assert "fused/draws.py" in files
    made = network(files, doc.spec.name)
    assert made().eval()(torch.rand(3, 5)).shape == (3, 2)
    return sys.modules[f"{made.__module__.rpartition('.')[0]}.fused.draws"]


@pytest.mark.parametrize("backend", ["c", "torch"])
@pytest.mark.parametrize(
    ("shape", "first", "steps"),
    [((3, 5), 0, 4), ((7,), 2, 9), ((1,), 3, 1), ((2, 601), 5, 3), ((), 0, 6), ((2, 0), 1, 3)],
)
def test_they_are_those_of_the_reference(
    draws: ModuleType, shape: tuple[int, ...], first: int, steps: int, backend: str
) -> None:
    got = draws.draw(torch.tensor(SEED), KEY, shape, first, steps, backend)
    count = math.prod(shape)
    want = [randomness.uniform(SEED, KEY, count, first + t) for t in range(steps)]
    assert (got.shape, got.dtype) == ((steps, *shape), torch.float32)
    np.testing.assert_array_equal(got.numpy().reshape(steps, count), np.array(want))


def test_positions_beyond_32_bits(draws: ModuleType) -> None:
    """The counter has 64 bits for them; only its words are compared, not so many numbers."""
    assert "c1[j] = (u32)((at + j) >> 32);" in draws.C
    words = randomness.philox((0, 1, 0, 0), (1, 2))
    assert words != randomness.philox((0, 0, 0, 0), (1, 2))


def test_threads_change_nothing(draws: ModuleType) -> None:
    seed = torch.tensor(SEED)
    with threads(1):
        one = draws.draw(seed, KEY, (9, 1000), 0, 16, "c")
    with threads(3):
        assert torch.equal(draws.draw(seed, KEY, (9, 1000), 0, 16, "c"), one)


def test_it_is_c(draws: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which was asked for, and the loop where there is no compiler."""
    seed, calls = torch.tensor(SEED), list[object]()
    want: torch.Tensor = draws.draw(seed, KEY, (4,), 0, 4, "c")

    def looped(*call: object) -> torch.Tensor:
        calls.append(call)
        return want

    monkeypatch.setattr(draws, "looped", looped)
    draws.draw(seed, KEY, (4,), 0, 4, "auto")
    assert not calls

    def nothing(*_: object) -> None:
        raise draws.Unavailable("no compiler")

    monkeypatch.setattr(draws, "launching", nothing)
    assert torch.equal(draws.draw(seed, KEY, (4,), 0, 4, "auto"), want)
    assert len(calls) == 1


def test_compiled_is_eager(draws: ModuleType) -> None:
    torch._dynamo.reset()
    seed, uniform = torch.tensor(SEED), draws.uniform
    compiled: Any = torch.compile(uniform, fullgraph=True, backend="aot_eager")
    want = draws.uniform(seed, KEY, (3, 4), 0, 5)
    assert torch.equal(compiled(seed, KEY, (3, 4), 0, 5), want)
