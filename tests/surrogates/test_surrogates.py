"""Every surrogate gradient against a formula written by hand and its primitive."""

from functools import partial
from pathlib import Path

import pytest
import torch
from torch import Tensor

from snnc.kinds import catalog
from tests.support.beside import BACKENDS, beside, fires, gradient, outputs, use
from tests.support.by_hand import TWINS
from tests.support.surrogates_by_hand import KINDS, Numbers

U = torch.linspace(-3, 3, 97, dtype=torch.float64)  # exact, and with 0 among them
CASES = {f"{kind}_{which}": (kind, which) for kind in KINDS for which in ("default", "other")}


def numbers(case: str) -> Numbers:
    kind, which = CASES[case]
    return KINDS[kind].defaults if which == "default" else KINDS[kind].other


def layers() -> dict[str, dict[str, object]]:
    """An IF with each surrogate; the defaults are not stated."""
    stated = {c: numbers(c) if which == "other" else {} for c, (_, which) in CASES.items()}
    return {
        case: {"kind": "IF", "surrogate": {"kind": kind, **stated[case]}}
        for case, (kind, _) in CASES.items()
    }


def test_every_surrogate_has_its_formula() -> None:
    fields = {name: set(kind.model_fields) for name, kind in catalog("snnc.surrogates").items()}
    assert fields == {name: {"kind", *s.defaults} for name, s in KINDS.items()}


def slopes(folder: Path, u: Tensor) -> dict[str, Tensor]:
    """Each surrogate's gradient at u, through one step of a generated neuron."""
    module = beside(folder, layers(), len(u), 1, torch.float64)
    x = (u + 1).view(1, 1, -1).requires_grad_()
    found = outputs(module, x, CASES)
    return {
        c: torch.autograd.grad(s.sum(), x, retain_graph=True)[0][0, 0] for c, s in found.items()
    }


@pytest.mark.parametrize("backend", BACKENDS)
def test_gradients_are_those_written_by_hand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, backend: str
) -> None:
    use(monkeypatch, backend)
    for case, got in slopes(tmp_path, U).items():
        surrogate = KINDS[CASES[case][0]]
        want = surrogate.slope(U, **numbers(case))
        _equal(got, want, case)
        if surrogate.symmetric:
            _equal(got, got.flip(0), f"{case}, mirrored")


def test_gradients_are_the_derivatives_of_their_primitives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, "torch")
    step = 1e-6
    for case, got in slopes(tmp_path, U).items():
        surrogate, n = KINDS[CASES[case][0]], numbers(case)
        ends = (surrogate.primitive(U + sign * step, **n) for sign in (1, -1))
        want = torch.sub(*ends) / (2 * step)
        smooth = torch.ones_like(U, dtype=torch.bool)
        for at in surrogate.jumps(n):
            smooth &= (U - at).abs() > 2 * step
        torch.testing.assert_close(got[smooth], want[smooth], rtol=1e-4, atol=1e-4, msg=case)


def test_gradients_jump_where_they_should_and_nowhere_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, "torch")
    near = 1e-9
    where = sorted({0.0, *(at for c in CASES for at in KINDS[CASES[c][0]].jumps(numbers(c)))})
    where += [-1.0, 1.0, -1 / 1.7, 1 / 1.7]  # where a piecewise one has a corner
    ends = [at + sign * near for at in where for sign in (-1, 1)]
    found = slopes(tmp_path, torch.tensor(ends, dtype=torch.float64))
    for case, slope in found.items():
        change = (slope[1::2] - slope[::2]).abs() > 1e-5
        expected = set(KINDS[CASES[case][0]].jumps(numbers(case)))
        assert {at for at, big in zip(where, change.tolist(), strict=True) if big} == expected, case


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_neuron_learns_through_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, backend: str
) -> None:
    """Several steps of IF, forwards and backwards, hard reset and not detached."""
    use(monkeypatch, backend)
    torch.manual_seed(1)
    x = (1.5 * torch.randn(7, 3, 5, dtype=torch.float64) + 0.5).requires_grad_()
    got = outputs(beside(tmp_path, layers(), 5, 7, torch.float64), x, CASES)
    for case, (kind, _) in CASES.items():
        want, _ = TWINS["IF"].run({"slope": partial(KINDS[kind].slope, **numbers(case))}, x)
        assert fires(want)
        assert torch.equal(got[case], want)
        _equal(gradient(got[case], x), gradient(want, x), case)


def _equal(got: Tensor, want: Tensor, what: str) -> None:
    torch.testing.assert_close(got, want, rtol=1e-9, atol=1e-12, msg=lambda m: f"{what}: {m}")
