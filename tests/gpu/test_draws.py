"""Random numbers in CUDA: those of PyTorch's integers, bit for bit, on both machines."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
import torch

from benchmarks.gpu.pretended import OnGpu
from templates.snn_runtime.fused import draws
from templates.snn_runtime.fused.cuda import OPTIONS, PLAIN, cuda_launch
from templates.snn_runtime.fused.launch import Unavailable
from tests.gpu import nvrtc
from tests.gpu.fake_cupy import Driver, Machine, install
from tests.gpu.memory import watch
from tests.gpu.ptx import PtxMachine
from tests.gpu.shim import ShimMachine

SEED, KEY = torch.tensor(0x0123456789ABCDE), 0x325B1B56FA342284
CALLS = [((3, 5), 0, 4), ((7,), 2, 9), ((1,), 3, 1), ((257,), 5, 3), ((2, 2), 4 * 0xFFFF, 5)]
MACHINES = pytest.mark.parametrize("machine", [ShimMachine, PtxMachine])
Load = Callable[[str, tuple[str, ...]], Machine]


def watched(monkeypatch: pytest.MonkeyPatch, machine: Load) -> Driver:
    """A GPU whose memory is the tensors of a launch."""

    def launcher(*given: Any) -> Any:
        own = cuda_launch(*given)

        def launch(name: str, arguments: Sequence[Any]) -> None:
            with watch(a[0] for a in arguments if isinstance(a, tuple)):
                own(name, arguments)

        return launch

    monkeypatch.setattr(draws, "cuda_launch", launcher)
    return install(monkeypatch, machine)


@MACHINES
@pytest.mark.parametrize(("shape", "first", "steps"), CALLS)
def test_they_are_pytorchs(
    machine: Load, shape: tuple[int, ...], first: int, steps: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver = watched(monkeypatch, machine)
    with OnGpu():
        got = draws.draw(SEED, KEY, shape, first, steps, "cuda")
    assert torch.equal(got, draws.looped(SEED, KEY, shape, first, steps))
    assert [name for name, *_ in driver.launches] == ["uniform"]


@MACHINES
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16, torch.float16])
def test_spikes_are_pytorchs(
    machine: Load, dtype: torch.dtype, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Chances of 0, of 1, the least one of all, NaN, and those in between; in any layout."""
    driver = watched(monkeypatch, machine)
    random = torch.rand(40, 2, generator=torch.Generator().manual_seed(3), dtype=torch.float64)
    x = (random * 1.6 - 0.3).clamp(0, 1)
    x[0, 0], x[1, 1] = 2**-24, float("nan")
    x = x.to(dtype).t()
    with OnGpu():
        got = draws.spikes(x, SEED, KEY, 3, 6, "cuda")
    want = draws.spikes(x, SEED, KEY, 3, 6, "torch")
    assert torch.equal(got, want)
    assert got.dtype == dtype
    assert 0.1 < float(got.float().mean()) < 0.9
    assert [name for name, *_ in driver.launches] == ["bernoulli"]


def test_the_seed_stays_where_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """A launch takes its address: reading it would wait for the GPU."""
    driver = watched(monkeypatch, ShimMachine)
    with OnGpu():
        draws.draw(SEED, KEY, (3,), 0, 1, "auto")
    assert list(driver.options) == ["uniform", "bernoulli"]
    assert all(set(PLAIN) < set(options) for options in driver.options.values())


def test_without_a_compiler_pytorch_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: Any) -> Any:
        raise Unavailable("nothing compiles CUDA here, for a test")

    monkeypatch.setattr(draws, "cuda_launch", fails)
    want = draws.looped(SEED, KEY, (3,), 0, 2)
    with OnGpu():
        with pytest.warns(UserWarning, match="nothing compiles CUDA here, for a test"):
            got = draws.draw(SEED, KEY, (3,), 0, 2, "auto")
        with pytest.raises(Unavailable):
            draws.draw(SEED, KEY, (3,), 0, 2, "cuda")
    assert torch.equal(got, want)


@pytest.mark.parametrize("arch", [75, 90, 120])
def test_they_stay_in_registers(arch: int) -> None:
    found = nvrtc.usages(draws.CUDA, arch, (*OPTIONS, "-DIO_FLOAT32", *PLAIN))
    assert sorted(usage.kernel for usage in found) == ["bernoulli", "uniform"]
    assert all(usage.stack == usage.spilled == 0 and usage.registers <= 64 for usage in found)
