"""The launch code of templates/snn_runtime/fused/cuda.py itself, against CuPy's rules."""

import sys
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from templates.snn_runtime.fused.cuda import division
from templates.snn_runtime.fused.with_cupy import stream
from tests.gpu.cases import LIF, LIFS, Case
from tests.gpu.fake_cupy import Driver, check_arguments, install
from tests.gpu.rig import OnCuda, both_ways, differences, drawn, firing, known, made
from tests.gpu.shim import ShimMachine

CASE = next(case for case in LIFS if case.kernel.terms and case.steps == 17)


@pytest.fixture
def driver(monkeypatch: pytest.MonkeyPatch) -> Driver:
    return install(monkeypatch, ShimMachine)


def test_options_and_stream(driver: Driver) -> None:
    both_ways(CASE, made(CASE, OnCuda), firing(CASE)[0])
    assert driver.launches == [(f"{CASE.name}_{end}", 0, 7) for end in ("forward", "backward")]
    common = ("--std=c++17", "--fmad=false")
    forward, backward = (f"{CASE.name}_{end}" for end in ("forward", "backward"))
    assert driver.options[forward] == (*common, *known(CASE, forward))
    assert driver.options[backward] == (*common, "--prec-div=false", *known(CASE, backward))
    assert driver.devices == driver.streams == []


def test_compiles_once(driver: Driver) -> None:
    kernels = made(CASE, OnCuda)
    for _ in range(3):
        both_ways(CASE, kernels, firing(CASE)[0])
    assert len(driver.modules) <= 2


def test_old_cupy(driver: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    """CuPy 13 has no ``Stream.from_external``; in CuPy 14 ``ExternalStream`` warns."""
    seen: list[Any] = []

    def external(pointer: int, device: int) -> Any:
        seen.append((pointer, device))
        return driver.stream(SimpleNamespace(__cuda_stream__=lambda: (0, pointer)))

    old = SimpleNamespace(Stream=object, ExternalStream=external)
    monkeypatch.setattr(sys.modules["cupy"], "cuda", old)
    with stream(sys.modules["cupy"], 0):
        assert (seen, driver.streams) == ([(7, 0)], [7])


def test_repeated_steps_divide_as_they_did() -> None:
    """--prec-div=false would let a recomputed spike differ from the one that was given."""
    text = "STEP void a_step(real x)\n{\n    y = x / w;\n}\nSTEP void b_step(real x)\n{\n}\n"
    assert division(text, "a_backward") == division(text, "a_forward") == ()
    assert division(text, "b_backward") == ("--prec-div=false",)


@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
def test_layouts(driver: Driver, layout: torch.memory_format) -> None:
    """A dense layout goes in and comes out as it is."""
    case = Case("lif", LIF.neuron, 5, starts=False, shape=(2, 3, 4, 5))
    x = drawn(case, 1.0).inputs[0].flatten(0, 1).contiguous(memory_format=layout)
    x = x.view(5, 2, 3, 4, 5)
    call = made(case, OnCuda).call("lif", [x], [], [], 5, False, "cuda")
    output, end = made(case, OnCuda).forward(call, True)
    assert (output.stride(), end.stride()) == (x.stride(), x[0].stride())


@pytest.mark.parametrize(("last", "away", "pack"), [(6, 0, 2), (6, 1, 1), (5, 0, 1)])
def test_neighbours_share_a_thread_where_they_can(
    driver: Driver, last: int, away: int, pack: int
) -> None:
    """Not if one is left over, nor if memory begins between two of them."""
    case = Case("lif", LIF.neuron, 5, starts=False, shape=(3, 3, last))
    x = drawn(case, 1.0).inputs[0]
    room = torch.empty(x.numel() + away)[away:].view(x.shape).copy_(x)
    kernels = made(case, OnCuda)
    got, want = (
        kernels.forward(kernels.call("lif", [each], [], [], 5, False, "cuda"), False)[0]
        for each in (room, x.clone())
    )
    assert torch.equal(got, want)
    found = {o for options in driver.modules for o in options[1] if o.startswith("-DPACK")}
    assert f"-DPACK={pack}" in found
    assert (len(found) == 1) is (away == 0)


def test_broadcast_states_and_strided_gradients(driver: Driver) -> None:
    """Operands in other layouts are copied into the sample's before a pointer is taken."""
    given, want = firing(LIF)
    strange = given.grad.transpose(0, 1).contiguous().transpose(0, 1)
    assert strange.stride() != given.grad.stride()
    parts = given.inputs, given.terms, given.starts
    kernels = made(LIF, OnCuda)
    call = kernels.call("lif", *parts, LIF.steps, LIF.static, "cuda")
    got = (*kernels.forward(call, True), *kernels.backward(call, strange, given.end_grads))
    assert differences(LIF, got, want) == []


@pytest.mark.parametrize("wrong", [[1], [1, 2, 3], [1, None], [1, 2.0], [1, True]])
def test_wrong_arguments_are_refused(wrong: list[Any]) -> None:
    with pytest.raises(TypeError):
        check_arguments(["const io *x", "i64 n"], wrong)
    check_arguments(["const io *x", "i64 n"], [1, 2])


def test_narrow_parameters_are_refused() -> None:
    with pytest.raises(TypeError, match="8 bytes"):
        check_arguments(["const io *x", "int n"], [1, 2])
