"""From numbers to spikes, by the formula of each code; and checks of shape and range."""

import math

import pytest
import torch
from torch import Tensor

from tests.runtime.runtime import helper, module


def test_a_larger_value_fires_earlier() -> None:
    x = torch.tensor([[1.0, 0.0, 0.5, 0.9]])
    got = helper("latency_spikes")(x, 5, False, 0, 5)
    assert got.argmax(0).tolist() == [[0, 4, 2, 0]]
    assert got.sum(0).tolist() == [[1, 1, 1, 1]]
    late = helper("latency_spikes")(x, 5, False, 3, 2)
    assert torch.equal(late, got[3:])


@pytest.mark.parametrize("steps", [2, 5, 30, 200])
def test_a_logarithmic_latency(steps: int) -> None:
    """round(T - 1 - ln(a x + 1)), a = e^(T - 1) - 1: 0 for 1, the last step for 0."""
    x = torch.tensor([[0.0, 1e-3, 0.3, 0.7, 1.0]], dtype=torch.float64)
    got = helper("latency_spikes")(x, steps, True, 0, steps)
    last = steps - 1
    want = [round(last - math.log(math.expm1(last) * float(v) + 1)) for v in x[0]]
    assert got.argmax(0)[0].tolist() == want
    assert (want[0], want[-1]) == (last, 0)
    assert torch.equal(got.sum(0), torch.ones_like(x))


def test_bits_are_worth_half_of_the_one_before() -> None:
    x = torch.tensor([[0.625, 0.0, 0.875]])
    got = helper("phase_bits")(x, 3, 0, 7)
    assert got[:, 0, 0].tolist() == [0.5, 0, 0.125, 0.5, 0, 0.125, 0.5]
    assert got[:3].sum(0).tolist() == x.tolist()
    assert torch.equal(helper("phase_bits")(x, 3, 5, 2), got[5:])


def test_a_population_answers_by_distance() -> None:
    x = torch.tensor([[0.0, 1.0]])
    got = helper("population_code")(x, 3, 0.0, 1.0, 0.5)
    near, half, far = 1.0, math.exp(-0.5), math.exp(-2.0)
    assert got[0].tolist() == pytest.approx([near, half, far, far, half, near])
    assert helper("population_code")(torch.zeros(2, 3, 4, 4), 5, 0.0, 1.0, 0.5).shape == (
        *(2, 15, 4, 4),
    )


def test_population_spikes_have_the_codes_probabilities() -> None:
    x, seed = torch.tensor([[0.0, 0.25]]), torch.tensor(3)
    tuning = (3, 0.0, 1.0, 0.5)
    got = helper("population_spikes")(x, tuning, 400, seed, 9)
    code = helper("population_code")(x, *tuning)
    u = module("fused").uniform(seed, 9, code.shape, 0, 400)
    assert torch.equal(got, (u < code).to(x))
    assert got.mean(0)[0].tolist() == pytest.approx(code[0].tolist(), abs=0.1)


@pytest.mark.parametrize(
    ("name", "arguments", "most"),
    [
        ("poisson", (2, torch.tensor(1), 5), "1"),
        ("latency_spikes", (4, False, 0, 4), "1"),
        ("phase_bits", (2, 0, 2), "0.75"),
        ("population_code", (3, 0.0, 1.0, 0.5), "1"),
    ],
)
def test_values_out_of_range_are_refused(
    name: str, arguments: tuple[object, ...], most: str
) -> None:
    with pytest.raises(ValueError, match=f"expected values from 0 to {most}, got -0.5 to 2"):
        helper(name)(torch.tensor([[-0.5, 2.0]]), *arguments)


def test_what_is_in_range_is_not_looked_at_twice() -> None:
    check = helper("in_range")
    check("x", torch.tensor([0.0, 1.0]), 0.0, 1.0)
    check("x", torch.zeros(0), 5.0, 6.0)
    with pytest.raises(ValueError, match="nan"):
        check("x", torch.tensor([float("nan")]), 0.0, 1.0)
    later = torch.full((2,), 2.0)
    assert helper("latency_spikes")(later, 4, False, 1, 2).shape == (2, 2)


def test_no_forward_pass_waits_for_a_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Tensor, "is_cuda", True)
    monkeypatch.setattr(torch, "aminmax", None)
    helper("in_range")("x", torch.tensor([5.0]), 0.0, 1.0)


@pytest.mark.parametrize(
    ("shape", "steps", "wanted"),
    [((4, 3, 9), None, "[B, 3, 8]"), ((4, 3, 8), 4, "[T, B, 3, 8]"), ((3, 8), None, "[B,")],
)
def test_inputs_of_another_shape(shape: tuple[int, ...], steps: int | None, wanted: str) -> None:
    with pytest.raises(ValueError, match="x") as raised:
        helper("check_input")("x", torch.zeros(shape), (3, 8), steps)
    assert wanted in str(raised.value)
    helper("check_input")("x", torch.zeros(5, 3, 8), (3, 8))
    helper("check_input")("x", torch.zeros(2, 5, 3, 8), (3, 8), 2)


@pytest.mark.parametrize(
    ("x", "wanted"),
    [
        (torch.zeros(5, 3, dtype=torch.long), "not torch.int64: x.float()?"),
        (torch.zeros(5, 3, dtype=torch.bool), "not torch.bool: x.float()?"),
        (torch.zeros(5, 3, dtype=torch.uint8), "x.float()?, divided by 255 if these are pixels"),
        (torch.zeros(5, 3, dtype=torch.cfloat), "not torch.complex64: x.real, or real and"),
        (torch.zeros(5, 3).to_sparse(), "x must be dense, not torch.sparse_coo: x.to_dense()?"),
    ],
)
def test_inputs_that_are_no_plain_numbers(x: Tensor, wanted: str) -> None:
    with pytest.raises(TypeError, match="x must be") as raised:
        helper("check_input")("x", x, (3,))
    assert wanted in str(raised.value)


def test_steps_are_counted_in_the_state() -> None:
    done, state = helper("steps_done"), dict[str, Tensor]()
    assert [done(state, 3), done(state, 2), done(state, 1)] == [0, 3, 5]
    assert int(state["t"]) == 6
    assert done(None, 9) == 0


@pytest.mark.parametrize(("given", "steps"), [(None, 4), (7, 7), (1, 1)])
def test_a_call_takes_as_many_steps_as_it_says(given: int | None, steps: int) -> None:
    assert helper("steps_taken")(given, 4) == steps
    with pytest.raises(ValueError, match="time_steps"):
        helper("steps_taken")(0, 4)


def test_calls_with_one_state_share_a_seed() -> None:
    seed, state = helper("call_seed"), dict[str, Tensor]()
    cpu = torch.device("cpu")
    first = seed(state, cpu)
    assert seed(state, cpu) is first
    assert 0 <= int(first) < 2**62
    assert int(seed(None, cpu)) != int(first)


def test_a_state_goes_on_where_it_was_left() -> None:
    state: dict[str, Tensor] = {}
    assert helper("resumed_state")(None, "a.v", 0.5) == 0.5
    assert helper("resumed_state")(state, "a.v", 0.5) == 0.5
    past = [torch.zeros(3, 2), torch.ones(3, 2)]
    helper("keep_state")(state, {"a.v": torch.ones(2), "a@-1": torch.ones(2), "b@-2": past})
    assert helper("resumed_state")(state, "a.v", 0.5).tolist() == [1, 1]
    assert state["a@-1"].shape == (1, 2)
    assert state["b@-2"].tolist() == [[[0, 0]] * 3, [[1, 1]] * 3]
    back = helper("past_values")(torch.zeros(3, 1), (2,), 2, state, "b@-2")
    assert [value.tolist() for value in back] == [[[0, 0]] * 3, [[1, 1]] * 3]
    fresh = helper("past_values")(torch.zeros(3, 1), (2,), 2)
    assert [value.shape for value in fresh] == [(3, 2), (3, 2)]


@pytest.mark.parametrize("chunk", [1, 2, 3, 5, 7])
def test_chunks_answer_as_all_steps_do(chunk: int) -> None:
    x = torch.randn(5, 2, 3, generator=torch.Generator().manual_seed(4), dtype=torch.float64)
    kinds = ["mean", "sum", "max", "last", "sequence"]
    whole = {"mean": x.mean(0), "sum": x.sum(0), "max": x.amax(0), "last": x[-1], "sequence": x}

    def run(first: int, last: int, state: dict[str, Tensor]) -> list[Tensor]:
        assert int(state.get("seen", torch.tensor(0))) == first
        state["seen"] = torch.tensor(last)
        part = x[first:last]
        return [part.mean(0), part.sum(0), part.amax(0), part[-1], part]

    got = helper("in_chunks")(run, 5, chunk, kinds)
    for kind, answer in zip(kinds, got, strict=True):
        torch.testing.assert_close(answer, whole[kind])


def test_nothing_is_drawn_that_nobody_uses() -> None:
    """Dropout draws in training, and where it alone is left in training."""
    seed, cpu = helper("call_seed"), torch.device("cpu")
    net = torch.nn.Sequential(helper("Dropout")(0.5, 1), torch.nn.Linear(2, 2)).eval()
    before = torch.get_rng_state()
    assert int(seed(None, cpu, net)) == int(seed({}, cpu, net)) == 0
    assert torch.equal(torch.get_rng_state(), before)
    net[0].train()
    assert int(seed(None, cpu, net)) != int(seed(None, cpu, net))
