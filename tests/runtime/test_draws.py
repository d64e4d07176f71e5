"""Random numbers beside Philox4x32-10 as it was published, and sums that no thread changes."""

import pytest
import torch

from tests.runtime.runtime import module

draws = module("fused.draws")
sums = module("fused.sums")

LOW = 0xFFFFFFFF


def philox(counter: tuple[int, ...], key: tuple[int, int]) -> tuple[int, ...]:
    """Ten rounds of Philox4x32 (Salmon et al., SC 2011, figure 3), with Python's integers."""
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(10):
        p0, p1 = 0xD2511F53 * c0, 0xCD9E8D57 * c2
        c0, c1, c2, c3 = (p1 >> 32) ^ c1 ^ k0, p1 & LOW, (p0 >> 32) ^ c3 ^ k1, p0 & LOW
        k0, k1 = (k0 + 0x9E3779B9) & LOW, (k1 + 0xBB67AE85) & LOW
    return c0, c1, c2, c3


@pytest.mark.parametrize(
    ("counter", "key", "words"),
    [
        ("00000000 00000000 00000000 00000000", "00000000 00000000",
         "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
        ("ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff",
         "408f276d 41c83b0e a20bc7c6 6d5451fd"),
        ("243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0",
         "d16cfe09 94fdcceb 5001e420 24126ea1"),
    ],
)  # fmt: skip
def test_the_known_answers_of_random123(counter: str, key: str, words: str) -> None:
    """The formula above is the published one: what follows may be compared with it."""
    k0, k1 = numbers(key)
    assert philox(numbers(counter), (k0, k1)) == numbers(words)


def numbers(text: str) -> tuple[int, ...]:
    return tuple(int(word, 16) for word in text.split())


@pytest.mark.parametrize("backend", ["c", "torch"])
@pytest.mark.parametrize(
    ("seed", "key"),
    [(0, 0), (0x299F31D0A4093822, 0), (0x123456789ABCDEF, 0x7FFFFFFF00000001)],
)
@pytest.mark.parametrize(("first", "steps"), [(0, 4), (3, 6), (4 * 0xFFFF, 5)])
def test_a_number_is_a_word_of_its_position_and_step(
    backend: str, seed: int, key: int, first: int, steps: int
) -> None:
    """The counter is (position, 0, step / 4, 0), the key seed ^ key; 24 bits of a word count."""
    got = draws.draw(torch.tensor(seed), key, (2, 3), first, steps, backend)
    both = seed ^ key
    for t in range(steps):
        for position in range(6):
            counter = position, 0, (first + t) // 4, 0
            word = philox(counter, (both & LOW, both >> 32))[(first + t) % 4]
            assert float(got[t].flatten()[position]) == (word >> 8) / 2**24


def test_the_first_number_of_all() -> None:
    """Of the first published answer, word by word."""
    words = numbers("6627e8d5 e169c58d bc57ac4c 9b00dbd8")
    got = draws.draw(torch.tensor(0), 0, (1,), 0, 4, "torch").flatten().tolist()
    assert got == [(word >> 8) / 2**24 for word in words]


@pytest.mark.parametrize("backend", ["c", "torch"])
def test_a_spike_is_a_number_below_its_probability(backend: str) -> None:
    u = draws.draw(torch.tensor(7), 5, (4,), 2, 3, "torch")
    x = torch.tensor([0.0, float(u[0, 1]), float(u[1, 2]) + 2**-24, 1.0])
    got = draws.spikes(x, torch.tensor(7), 5, 2, 3, backend)
    assert torch.equal(got, (u < x).to(x))
    assert got[:, 0].tolist() == [0, 0, 0]
    assert got[0, 1] == 0
    assert got[1, 2] == 1
    assert got[:, 3].tolist() == [1, 1, 1]


def test_sums_are_over_the_axes_that_are_missing() -> None:
    grad = torch.arange(24.0).view(2, 3, 4)
    assert torch.equal(sums.summed(grad, torch.zeros(3, 1)), grad.sum((0, 2)).view(3, 1))
    assert torch.equal(sums.summed(grad, torch.zeros(4)), torch.tensor([60.0, 66, 72, 78]))
    assert float(sums.summed(grad, torch.zeros(()))) == 276
    assert sums.summed(grad, torch.zeros(1, 1)).shape == (1, 1)


def test_a_sum_is_that_of_blocks_of_1024_in_memory_order() -> None:
    """The order of additions is fixed, so the bits are, whatever the layout or the threads."""
    x = torch.randn(5, 7, 300, generator=torch.Generator().manual_seed(1))
    flat = x.flatten()
    rows = [flat[at : at + 1024].sum() for at in range(0, 10 * 1024, 1024)]
    want = torch.stack([*rows, flat[10 * 1024 :].sum()]).sum()
    assert float(sums.in_blocks(x)) == float(want)
    assert float(sums.in_blocks(x.transpose(0, 2))) == float(want)
    assert float(want) == pytest.approx(float(x.double().sum()), abs=1e-3)
