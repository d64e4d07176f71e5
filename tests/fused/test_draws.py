"""Random numbers in C: those of the reference, however they are cut."""

import math
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch

from snnc import network, randomness
from snnc.compile import in_process
from tests.fused.test_threads import threads
from tests.support.nets import document

KEY = 0x325B1B56FA342284
SEED = 0x0123456789ABCDE


@pytest.fixture(scope="module")
def draws(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    """The run time of a package whose only layers are a Poisson encoder and a Linear."""
    text = '[input]\nshape = [5]\nencoder = "poisson"\n'
    text += '[network]\nlayers = [{ kind = "Linear", out_features = 2 }]\n'
    doc = document(tmp_path_factory.mktemp("draws"), text)
    made = network(doc)
    assert made().eval()(torch.rand(3, 5)).shape == (3, 2)
    return sys.modules[f"{in_process('draws').absolute}.fused.draws"]


SIZES = [
    *(((3, 5), 0, 4), ((7,), 2, 9), ((1,), 3, 1), ((2, 601), 5, 3), ((), 0, 6), ((2, 0), 1, 3)),
    *(((512,), 0, 5), ((1537,), 6, 2)),
]
SIZED = pytest.mark.parametrize(("shape", "first", "steps"), SIZES)
CPUINFO = Path("/proc/cpuinfo")
HERE = CPUINFO.read_text().split() if CPUINFO.exists() else []
WAYS = ["", *(f"-m{name}" for name in ("avx2", "avx512f") if name in HERE)]
DTYPES = (torch.float32, torch.float64, torch.bfloat16, torch.float16)


def probabilities(shape: tuple[int, ...], dtype: torch.dtype) -> torch.Tensor:
    """Some are 0 and some 1; one is the least number of all."""
    x = torch.rand(shape, generator=torch.Generator().manual_seed(3)) * 1.6 - 0.4
    x = x.clamp(0, 1).to(dtype)
    return x if x.numel() < 2 else x.flatten().index_fill(0, torch.tensor(1), 2**-24).view(shape)


@pytest.mark.parametrize("backend", ["c", "torch"])
@SIZED
def test_they_are_those_of_the_reference(
    draws: ModuleType, shape: tuple[int, ...], first: int, steps: int, backend: str
) -> None:
    got = draws.draw(torch.tensor(SEED), KEY, shape, first, steps, backend)
    count = math.prod(shape)
    want = [randomness.uniform(SEED, KEY, count, first + t) for t in range(steps)]
    assert (got.shape, got.dtype) == ((steps, *shape), torch.float32)
    np.testing.assert_array_equal(got.numpy().reshape(steps, count), np.array(want))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("backend", ["c", "torch"])
@SIZED
def test_spikes_are_numbers_below_their_probability(
    draws: ModuleType,
    shape: tuple[int, ...],
    first: int,
    steps: int,
    backend: str,
    dtype: torch.dtype,
) -> None:
    x, seed = probabilities(shape, dtype), torch.tensor(SEED)
    got = draws.spikes(x, seed, KEY, first, steps, backend)
    want = (draws.draw(seed, KEY, shape, first, steps, "torch") < x).to(dtype)
    assert (got.dtype, got.stride()) == (dtype, want.stride())
    assert torch.equal(got, want)


@pytest.mark.parametrize("step", [1, 3, 4, 7])
def test_spikes_do_not_depend_on_how_many_steps_are_drawn(draws: ModuleType, step: int) -> None:
    x, seed = probabilities((5, 300), torch.float32), torch.tensor(SEED)
    firsts = range(0, 19, step)
    parts = [draws.spikes(x, seed, KEY, t, min(step, 19 - t), "c") for t in firsts]
    assert torch.equal(torch.cat(parts), draws.spikes(x, seed, KEY, 0, 19, "c"))


def test_nothing_fires_at_0_and_everything_at_1(draws: ModuleType) -> None:
    for p in (0.0, 1.0):
        x = torch.full((3, 700), p)
        spikes = draws.spikes(x, torch.tensor(SEED), KEY, 0, 40, "c")
        assert torch.equal(spikes, x.expand(40, 3, 700))


def test_images_in_any_layout(draws: ModuleType) -> None:
    x, seed = probabilities((2, 3, 5, 7), torch.float32), torch.tensor(SEED)
    want = draws.bernoulli(x, seed, KEY, 0, 4)
    last = x.contiguous(memory_format=torch.channels_last)
    assert torch.equal(draws.bernoulli(last, seed, KEY, 0, 4), want)
    assert draws.bernoulli(x.requires_grad_(), seed, KEY, 0, 4).requires_grad is False


@pytest.mark.parametrize("x", [torch.rand(2, 3, 4).transpose(0, 2), torch.rand(0, 3, 4)])
def test_both_ways_lay_their_spikes_out_alike(draws: ModuleType, x: torch.Tensor) -> None:
    given = x, torch.tensor(SEED), KEY, 1, 5
    want, got = draws.spikes(*given, "c"), draws.spikes(*given, "torch")
    assert torch.equal(want, got)
    assert want.stride() == got.stride()


@pytest.mark.parametrize("flag", WAYS)
def test_all_ways_to_multiply_give_the_same_words(
    draws: ModuleType, monkeypatch: pytest.MonkeyPatch, flag: str
) -> None:
    cpu, seed = sys.modules[draws.launching.__module__], torch.tensor(SEED)
    want = draws.draw(seed, KEY, (3, 701), 2, 9, "torch")
    monkeypatch.setattr(cpu, "FLAGS", (f"-O3 -fopenmp {flag}",))
    cpu.compiled.cache_clear()
    try:
        assert torch.equal(draws.draw(seed, KEY, (3, 701), 2, 9, "c"), want)
    finally:
        cpu.compiled.cache_clear()


def test_positions_beyond_32_bits(draws: ModuleType) -> None:
    """The counter has 64 bits for them; only its words are compared, not so many numbers."""
    assert "c[1][i] = c[0][i] >> 32;" in draws.C
    assert "c1[j] = (u32)(at[j] >> 32);" in draws.C
    words = randomness.philox((0, 1, 0, 0), (1, 2))
    assert words != randomness.philox((0, 0, 0, 0), (1, 2))


def test_threads_change_nothing(draws: ModuleType) -> None:
    seed = torch.tensor(SEED)
    with threads(1):
        one = draws.draw(seed, KEY, (9, 1000), 0, 16, "c")
    with threads(3):
        assert torch.equal(draws.draw(seed, KEY, (9, 1000), 0, 16, "c"), one)
    x = probabilities((9, 1000), torch.float32)
    with threads(1):
        one = draws.spikes(x, seed, KEY, 0, 16, "c")
    with threads(3):
        assert torch.equal(draws.spikes(x, seed, KEY, 0, 16, "c"), one)


def spikes(draws: ModuleType, backend: str) -> object:
    return draws.spikes(torch.rand(4), torch.tensor(SEED), KEY, 0, 4, backend)


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
    draws.fall_back.cache_clear()
    with pytest.warns(UserWarning, match="slowly: no compiler"):
        assert torch.equal(draws.draw(seed, KEY, (4,), 0, 4, "auto"), want)
    assert len(calls) == 1
    for run in (lambda: draws.draw(seed, KEY, (4,), 0, 4, "c"), lambda: spikes(draws, "c")):
        with pytest.raises(draws.Unavailable, match="no compiler"):
            run()


def test_compiled_is_eager(draws: ModuleType) -> None:
    torch._dynamo.reset()
    seed, uniform = torch.tensor(SEED), draws.uniform
    compiled: Any = torch.compile(uniform, fullgraph=True, backend="aot_eager")
    want = draws.uniform(seed, KEY, (3, 4), 0, 5)
    assert torch.equal(compiled(seed, KEY, (3, 4), 0, 5), want)
    x = probabilities((3, 4), torch.float32)
    compiled = torch.compile(draws.bernoulli, fullgraph=True, backend="aot_eager")
    assert torch.equal(compiled(x, seed, KEY, 0, 5), draws.bernoulli(x, seed, KEY, 0, 5))


def test_vmap_is_call_by_call(draws: ModuleType) -> None:
    x, seed = probabilities((3, 4, 5), torch.float32), torch.tensor(SEED)

    def call(sample: torch.Tensor) -> torch.Tensor:
        return draws.bernoulli(sample, seed, KEY, 0, 5)  # type: ignore[no-any-return]

    want = torch.stack([call(x[:, i]) for i in range(4)])
    assert torch.equal(torch.vmap(call, 1)(x), want)
