"""Every neuron against its hand-written loop: forwards and backwards, in C and over tensors."""

import math
from collections.abc import Iterator, Mapping
from itertools import cycle, product
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from snnc.kinds import catalog
from tests.support.beside import BACKENDS, beside, fires, gradient, outputs, use
from tests.support.by_hand import TWINS, Field

STEPS, BATCH, SIZE = 9, 4, 5
TAUS = (4 / 3, 2.0, 3.0)
Fields = dict[str, Field]
ODD: dict[str, Fields] = {
    "QIF": {"v_c": 0.5, "a0": 0.75, "v_rest": 0.25, "v_reset": 0.125},
    "EIF": {"dT": 0.75, "theta_rh": 0.5, "v_rest": 0.25, "v_threshold": 1.25},
    "Izhikevich": {"a0": 0.5, "v_rest": -0.25, "tau_w": 3.0, "a": 0.75, "b": 0.5},
    "KLIF": {"k": 1.5},
    "CUBALIF": {"c_decay": 0.3, "v_decay": 0.9, "v_threshold": 1.5, "v_reset": -0.25},
    "ALIF": {"tau_a": 5.0, "beta": 0.7, "v_threshold": 0.8, "reset": "soft"},
    "CLIF": {"v_threshold": 0.7},
    "ILIF": {"v_threshold": 0.7, "D": 3},
    "TernaryIF": {"v_threshold": 0.7, "v_reset": 0.25},
    "ResonateAndFire": {"b": -0.1, "w": 0.7, "dt": 0.5, "v_threshold": 0.7},
    "SynapseFilter": {"tau": 7.0},
}
"""Every number that the cases below leave at its default."""
STEEP = {"QIF": 0.7, "EIF": 0.4, "Izhikevich": 0.7}
"""Those that run away from large inputs, and how much they take."""
TRANSCENDENTAL = {"EIF", "CLIF"}
"""Their steps call exp, which no two libraries round alike."""
SILENT = {"LI", "I", "SynapseFilter"}


def cases(kind: str) -> dict[str, Fields]:
    """Layers of a kind: hard and soft, detached and not, three time constants; and the odd one."""
    known = TWINS[kind].defaults
    resets = ("hard", "soft") if "reset" in known else ("",)
    detached = (False, True) if "detach_reset" in known else (False,)
    decays = cycle((True, False, False, True, True))
    fire = cycle(("at", "above", "at"))
    found: list[Fields] = [{}, ODD.get(kind, {})]
    for reset, detach, tau in product(resets, detached, TAUS if "tau" in known else (0.0,)):
        every: Fields = {
            "reset": reset,
            "detach_reset": detach,
            "tau": tau,
            "decay_input": next(decays),
            "fires": next(fire),
        }
        found.append({key: value for key, value in every.items() if key in known})
    return {f"n{at}": fields for at, fields in enumerate(found)}


def layers(kind: str) -> dict[str, Fields]:
    return {name: {"kind": kind, **fields} for name, fields in cases(kind).items()}


def data(kind: str, dtype: torch.dtype = torch.float64) -> Tensor:
    torch.manual_seed(1)
    x = torch.randn(STEPS, BATCH, SIZE, dtype=torch.float64)
    if kind == "SynapseFilter":
        x = (x > 0.5).double()
    x = STEEP[kind] * (x + 1) if kind in STEEP else 2.2 * x + 0.8
    return x.to(dtype).requires_grad_()


def test_every_neuron_has_its_twin() -> None:
    assert set(TWINS) == set(catalog("snnc.neurons"))


def fields_of(kind: str) -> set[str]:
    common = {"kind", "name", "source", "initial", "surrogate"}
    return set(catalog("snnc.neurons")[kind].model_fields) - common


@pytest.mark.parametrize("kind", TWINS)
def test_fields_are_those_of_the_twin(kind: str) -> None:
    assert fields_of(kind) == set(TWINS[kind].defaults)


@pytest.mark.parametrize("kind", TWINS)
def test_equations_are_those_written_by_hand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    x = data(kind)
    module = beside(tmp_path, layers(kind), SIZE, STEPS, torch.float64)
    twins = {name: TWINS[kind].run(fields, x)[0] for name, fields in cases(kind).items()}
    for backend in BACKENDS:
        use(monkeypatch, backend)
        for name, got in outputs(module, x, twins).items():
            want = twins[name]
            what = f"{backend}: {cases(kind)[name]}"
            assert kind in SILENT or fires(want), what
            _equal(got, want, what)
            _equal(gradient(got, x), gradient(want, x), f"{what}, gradient")
            assert float(gradient(want, x).abs().max()) > 0


def _equal(got: Tensor, want: Tensor, what: str) -> None:
    torch.testing.assert_close(got, want, rtol=1e-9, atol=1e-11, msg=lambda m: f"{what}: {m}")


@pytest.mark.parametrize("kind", TWINS)
def test_c_and_tensors_agree_to_the_bit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """Spikes and states of every step, in float32, from the same states."""
    attached = {name: f for name, f in layers(kind).items() if not f.get("detach_reset")}
    module = beside(tmp_path, attached, SIZE, STEPS, torch.float32)
    for name in attached:
        for in_c, over_tensors in _steps(monkeypatch, getattr(module, name), data(kind)):
            for got, want in zip(in_c, over_tensors, strict=True):
                ulps = 4 if kind in TRANSCENDENTAL else 0
                scale = want.abs().clamp(min=1.0) * torch.finfo(torch.float32).eps
                assert bool(((got - want).abs() <= ulps * scale).all()), name


def _steps(monkeypatch: pytest.MonkeyPatch, layer: Any, x: Tensor) -> Iterator[list[list[Tensor]]]:
    """What both backends make of each step of x."""
    first = x[0].detach().float()
    states = [torch.full_like(first, v) for v in layer.kernels.specs[layer.kernel].start]
    for x_t in x.detach().float():
        results = []
        for backend in BACKENDS:
            use(monkeypatch, backend)
            results.append([y.detach() for y in layer.step([x_t], states)])
        yield results
        states = results[1][1:]


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("kind", ["PLIF", "SynapseFilter"])
@pytest.mark.parametrize("tau", TAUS)
def test_a_learned_time_constant_is_one_over_a_sigmoid(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, tau: float, backend: str
) -> None:
    use(monkeypatch, backend)
    stated = {"PLIF": tau, "SynapseFilter": {"value": tau, "learnable": True}}[kind]
    module = beside(tmp_path, {"n": {"kind": kind, "tau": stated}}, SIZE, STEPS, torch.float64)
    x, raw = data(kind), module.n.tau_raw
    w = torch.tensor(-math.log(tau - 1), dtype=torch.float64, requires_grad=True)
    torch.testing.assert_close(raw.data, w.data)
    want = TWINS[kind].run({"tau": 1 / torch.sigmoid(w)}, x)[0]
    (got,) = outputs(module, x, {"n": None}).values()
    _equal(got, want, "output")
    _equal(gradient(got, raw), gradient(want, w), "gradient of w")


@pytest.mark.parametrize("backend", BACKENDS)
def test_the_slope_of_klif_is_learned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, backend: str
) -> None:
    use(monkeypatch, backend)
    module = beside(tmp_path, {"n": {"kind": "KLIF"}}, SIZE, STEPS, torch.float64)
    x, k = data("KLIF"), torch.ones((), dtype=torch.float64, requires_grad=True)
    want, (got,) = TWINS["KLIF"].run({"k": k}, x)[0], outputs(module, x, {"n": None}).values()
    _equal(gradient(got, module.n.k), gradient(want, k), "gradient of k")


LEARNED: list[tuple[str, Mapping[str, Any], set[str]]] = [
    ("PLIF", {"tau": {"value": 3.0, "learnable": False}}, set()),
    ("PLIF", {"tau": {"value": 3.0, "learnable": True, "range": (1.0, 9.0)}}, {"tau_raw"}),
    ("PLIF", {"tau": {"uniform": (2.0, 3.0), "per": "channel"}}, {"tau_raw"}),
    ("KLIF", {"k": {"value": 2.0, "per": "neuron"}}, {"k"}),
    ("SynapseFilter", {"tau": 9.0}, set()),
    ("LIF", {"tau": {"value": 3.0, "learnable": True}}, {"tau"}),
]


@pytest.mark.parametrize(("kind", "fields", "names"), LEARNED)
def test_what_is_learned(
    tmp_path: Path, kind: str, fields: Mapping[str, Any], names: set[str]
) -> None:
    module = beside(tmp_path, {"n": {"kind": kind, **fields}}, SIZE, STEPS, torch.float64)
    assert {name for name, _ in module.n.named_parameters()} == names
