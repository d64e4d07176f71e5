"""Random numbers are Philox4x32-10: functions of what they are for, not of who draws them when."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from snnc import network
from snnc.compile import in_process
from snnc.randomness import key, literal, philox, uniform
from tests.support.nets import document

F = 0xFFFFFFFF
PI = (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344)
VECTORS = [  # of Random123's kat_vectors: counter, key, what comes out
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((F, F, F, F), (F, F), (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (PI, (0xA4093822, 0x299F31D0), (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1)),
]
SEEDS = st.integers(0, 2**62 - 1)
KEYS = st.integers(0, 2**62 - 1)
STEPS = st.integers(0, 5000)
SPEC = """
[input]
shape = [2, 3]
encoder = "{encoder}"
[network]
layers = [{layers}, {{ kind = "IF", name = "last" }}]
[output]
from = "drawn"
readout = "sequence"
"""
STEP = '{ kind = "Dropout", name = "drawn", p = 0.3, mask = "step" }'
SEQUENCE = '{ kind = "Dropout", name = "drawn", p = 0.3 }'
NETS = {
    "poisson": ("poisson", '{ kind = "Identity", name = "drawn" }'),
    "mask of a sequence": ("none", SEQUENCE),
    "mask of a static value": ("direct", SEQUENCE),
    "mask of a step": ("none", STEP),
    "all at once": ("poisson", f'{{ kind = "Dropout" }}, "IF", {STEP}'),
}


def generated(folder: Path, name: str, schedule: str = "fold", steps: int = 6) -> nn.Module:
    encoder, layers = NETS[name]
    text = SPEC.format(encoder=encoder, layers=layers)
    doc = document(folder, text, steps, f"build.schedule={schedule}")
    return network(doc)().double()


@pytest.fixture(scope="module")
def torch_uniform(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Tensor]:
    """``uniform`` as a generated package has it."""
    generated(tmp_path_factory.mktemp("uniform"), "poisson")
    function: Callable[..., Tensor] = sys.modules[f"{in_process('net').absolute}.fused"].uniform
    return function


def number(word: int) -> float:
    """The upper 24 bits as a fraction."""
    return (word >> 8) / 2**24


@pytest.mark.parametrize(("counter", "key", "words"), VECTORS)
def test_philox_gives_the_published_words(
    counter: tuple[int, int, int, int], key: tuple[int, int], words: tuple[int, ...]
) -> None:
    assert philox(counter, key) == words
    arrays = tuple(np.array([word, word], dtype=np.uint64) for word in counter)
    c0, c1, c2, c3 = arrays
    assert [out.tolist() for out in philox((c0, c1, c2, c3), key)] == [[w, w] for w in words]


def test_the_first_four_steps_are_the_words_of_one_counter(
    torch_uniform: Callable[..., Tensor],
) -> None:
    want = [number(word) for word in VECTORS[0][2]]
    assert [float(uniform(0, 0, 1, t)[0]) for t in range(4)] == want
    assert torch_uniform(torch.tensor(0), 0, (1,), 0, 4).flatten().tolist() == want


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(seed=SEEDS, key=KEYS, t=STEPS, position=st.integers(0, 300))
def test_a_number_is_the_word_of_its_position_and_step(
    seed: int, key: int, t: int, position: int
) -> None:
    mixed = seed ^ key
    words = philox((position, 0, t // 4, 0), (mixed & F, mixed >> 32))
    assert float(uniform(seed, key, position + 1, t)[position]) == number(words[t % 4])


@settings(max_examples=80, deadline=None, derandomize=True, database=None)
@given(
    seed=SEEDS,
    key=KEYS,
    shape=st.lists(st.integers(1, 5), min_size=1, max_size=3),
    first=STEPS,
    steps=st.integers(1, 9),
)
def test_torch_draws_what_numpy_draws(
    torch_uniform: Callable[..., Tensor],
    seed: int,
    key: int,
    shape: list[int],
    first: int,
    steps: int,
) -> None:
    got = torch_uniform(torch.tensor(seed), key, shape, first, steps)
    count = int(np.prod(shape))
    want = np.stack([uniform(seed, key, count, t) for t in range(first, first + steps)])
    assert got.dtype == torch.float32
    assert got.shape == (steps, *shape)
    assert np.array_equal(got.numpy().reshape(steps, count), want)


def test_numbers_are_uniform_and_those_of_other_seeds_keys_and_steps_differ() -> None:
    draws = {(s, k, t): uniform(s, k, 2**14, t) for s in (0, 8) for k in (2, 3) for t in (0, 1, 4)}
    flat = np.concatenate(list(draws.values()))
    assert flat.min() >= 0
    assert flat.max() < 1
    assert abs(flat.mean() - 1 / 2) < 0.005
    assert abs(flat.var() - 1 / 12) < 0.002
    correlation = np.corrcoef(np.stack(list(draws.values())))
    assert np.abs(correlation - np.eye(len(draws))).max() < 0.05


@given(path=st.text(st.characters(codec="utf-8"), max_size=20))
@settings(max_examples=30, deadline=None, derandomize=True, database=None)
def test_a_key_is_62_bits_of_the_path(path: str) -> None:
    assert 0 <= key(path) < 2**62
    assert int(literal(path), 16) == key(path)
    assert key(path) != key(f"{path}'")


def draw(net: Any, x: Tensor, seed: int = 5) -> Tensor:
    torch.manual_seed(seed)
    value: Tensor = net(x)
    return value


def data(name: str, batch: int) -> Tensor:
    """Ones (of which dropout takes some) or halves (which make a spike every other time)."""
    lead = (6, batch) if NETS[name][0] == "none" else (batch,)
    return torch.full((*lead, 2, 3), 1.0 if "mask" in name else 0.5, dtype=torch.float64)


@pytest.mark.parametrize("name", NETS)
def test_both_schedules_draw_the_same(tmp_path: Path, name: str) -> None:
    folded, stepped = (generated(tmp_path, name, schedule) for schedule in ("fold", "step"))
    x = data(name, 4)
    assert torch.equal(draw(folded, x), draw(stepped, x))
    assert not torch.equal(draw(folded, x), draw(folded, x, seed=6))


@pytest.mark.parametrize("schedule", ["fold", "step"])
@pytest.mark.parametrize("name", NETS)
def test_a_sample_draws_the_same_in_a_larger_batch(
    tmp_path: Path, name: str, schedule: str
) -> None:
    net = generated(tmp_path, name, schedule)
    large, small = (draw(net, data(name, batch)) for batch in (5, 2))
    assert torch.equal(large[:, :2], small)
    assert not torch.equal(large[:, 0], large[:, 1])


@pytest.mark.parametrize("name", ["poisson", "mask of a step"])
def test_every_step_draws_anew(tmp_path: Path, name: str) -> None:
    steps = draw(generated(tmp_path, name), data(name, 4))
    assert len({tuple(step.flatten().tolist()) for step in steps}) == len(steps)


def test_one_mask_serves_all_steps_and_eval_drops_nothing(tmp_path: Path) -> None:
    name = "mask of a sequence"
    net, x = generated(tmp_path, name), data(name, 4)
    steps = draw(net, x)
    assert set(steps.flatten().tolist()) == {0.0, 1 / 0.7}
    assert all(torch.equal(step, steps[0]) for step in steps)
    assert torch.equal(draw(net.eval(), x), x)
