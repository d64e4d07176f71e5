"""A neuron and the pooling behind it as one kernel: bit for bit what they give one by one."""

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn.modules.module import register_module_forward_hook

from snnc import network
from tests.fused.neurons import KINDS, OWN, part, run_pooled, same
from tests.support.nets import document

LAST = torch.channels_last
SPIKING = [*(name for name in KINDS if name != "smooth"), "synaptic"]
SYNAPTIC = 'kind = "CUBALIF", v_threshold = 1.0'  # it calls a state c
SHAPE = (9, 5, 7)  # odd: a row and a column are left over
POOLS = {
    "max_2x2": nn.MaxPool2d(2),
    "avg_2x2": nn.AvgPool2d(2),
    "max_1x3": nn.MaxPool2d((1, 3)),
    "avg_3x2": nn.AvgPool2d((3, 2)),
}


@cache
def made(kind: str, window: str) -> Any:
    """A neuron of a network that pools it; its numbers are always the same."""
    names = ("left", "right")[: 1 + (kind == "twin")]
    text = "".join(f'[inputs.{n}]\nshape = {list(SHAPE)}\nencoder = "none"\n' for n in names)
    source = f"from = [{', '.join(map(repr, names))}]"
    how, size = window.split("_")
    pool = f'kind = "{how.title()}Pool2d", kernel_size = [{size.replace("x", ", ")}]'
    cell = f'{{ {KINDS.get(kind, SYNAPTIC)}, name = "cell", {source} }}'
    text += f"[network]\nlayers = [{cell}, {{ {pool} }}]\n"
    text += '[output]\nreadout = "sequence"\n'
    with TemporaryDirectory() as folder:
        doc = document(Path(folder), text + OWN * (kind == "twin"))
        torch.manual_seed(1)
        net: Any = network(doc)()
    return net.cell


def inputs(cell: Any, *lead: int, dtype: torch.dtype = torch.float32) -> list[Tensor]:
    """Random inputs [*lead, C, H, W] whose channels lie innermost."""
    random, (channels, *size) = torch.Generator().manual_seed(2), SHAPE
    count = cell.kernels.specs[cell.kernel].inputs
    draws = (torch.rand(*lead, *size, channels, generator=random) for _ in range(count))
    return [draw.to(dtype).movedim(-1, -3).requires_grad_() for draw in draws]


Run = Callable[..., Tensor]


def trained(run: Run, cell: Any, xs: Sequence[Tensor]) -> list[Tensor]:
    """The output, then every gradient, for gradients of the output that differ everywhere."""
    output = run(*xs)
    random = torch.Generator().manual_seed(3)
    weights = torch.randn(output.shape, generator=random).to(output.dtype)
    return [output, *torch.autograd.grad(output, [*xs, *cell.parameters()], weights)]


def together(cell: Any, pool: nn.Module, **how: Any) -> Run:
    return lambda *xs: run_pooled(cell, pool, *xs, **how)


def apart(cell: Any, pool: nn.Module, **how: Any) -> Run:
    def run(*xs: Tensor) -> Tensor:
        y = cell(*xs, **how)
        return pool(y.flatten(0, 1)).unflatten(0, y.shape[:2])  # type: ignore[no-any-return]

    return run


@pytest.fixture
def launched(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], list[str]]:
    """Watches a neuron: the names of the pooled kernels that C is asked for."""

    def watch(cell: Any) -> list[str]:
        names: list[str] = []
        kind = part(cell, "joined.on_cpu").OnCpu
        run = kind.launch

        def launch(self: Any, end: str, arguments: Any) -> Any:
            names.append(self.call.name)
            return run(self, end, arguments)

        monkeypatch.setattr(kind, "launch", launch)
        return names

    return watch


@pytest.mark.parametrize("static", [False, True])
@pytest.mark.parametrize("window", POOLS)
@pytest.mark.parametrize("kind", SPIKING)
def test_together_is_apart(kind: str, window: str, static: bool) -> None:
    cell, pool = made(kind, window), POOLS[window]
    lead, how = ((2,), {"time_steps": 6}) if static else ((6, 2), {})
    xs = inputs(cell, *lead)
    got = trained(together(cell, pool, **how), cell, xs)
    want = trained(apart(cell, pool, **how), cell, xs)
    assert 0.02 < float(got[0].detach().mean()) < 0.98
    assert got[0].stride() == want[0].stride()
    same(got, want)


@pytest.mark.parametrize("static", [False, True])
@pytest.mark.parametrize("window", POOLS)
@pytest.mark.parametrize("kind", ["plain", "neuron", "twin"])
def test_channels_outermost(
    launched: Callable[[Any], list[str]], kind: str, window: str, static: bool
) -> None:
    cell, pool = made(kind, window), POOLS[window]
    names = launched(cell)
    lead, how = ((2,), {"time_steps": 6}) if static else ((6, 2), {})
    xs = [x.detach().contiguous().requires_grad_() for x in inputs(cell, *lead)]
    got = trained(together(cell, pool, **how), cell, xs)
    want = trained(apart(cell, pool, **how), cell, xs)
    assert len(names) == 2
    assert got[0].stride() == want[0].stride()
    same(got, want)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16, torch.float64])
@pytest.mark.parametrize("window", ["max_2x2", "avg_2x2"])
def test_other_types(window: str, dtype: torch.dtype) -> None:
    cell, pool = made("plain", window), POOLS[window]
    xs = inputs(cell, 5, 3, dtype=dtype)
    same(trained(together(cell, pool), cell, xs), trained(apart(cell, pool), cell, xs))


def test_it_is_one_kernel(launched: Callable[[Any], list[str]]) -> None:
    """In both directions, and nothing else is called."""
    cell = made("plain", "max_2x2")
    names = launched(cell)
    trained(together(cell, POOLS["max_2x2"]), cell, inputs(cell, 3, 2))
    assert names == ["if_max_2x2"] * 2


def test_what_no_kernel_does_is_done_apart(launched: Callable[[Any], list[str]]) -> None:
    """Other windows, a state of elements that are left over, a hook: right all the same."""
    cell, pool = made("plain", "max_2x2"), POOLS["max_2x2"]
    names = launched(cell)
    xs = inputs(cell, 3, 2)
    for other in (nn.MaxPool2d(2, padding=1), nn.MaxPool2d(3), nn.AvgPool2d(2), nn.Identity()):
        same([together(cell, other)(*xs)], [apart(cell, other)(*xs)])
    state: dict[str, Tensor] = {}
    run_pooled(cell, pool, *xs, state=state)
    assert [v.shape for v in state.values()] == [(2, *SHAPE)]
    seen: list[Any] = []
    handle = cell.register_forward_hook(lambda *call: seen.append(call[2]))
    same([together(cell, pool)(*xs)], [pool(seen[0].flatten(0, 1)).unflatten(0, (3, 2))])
    handle.remove()
    assert names == []


@pytest.mark.parametrize(
    "watch",
    [
        lambda layer: layer.register_full_backward_hook(lambda *_: None),
        lambda layer: layer.register_full_backward_pre_hook(lambda *_: None),
        lambda layer: layer.register_forward_pre_hook(lambda *_: None),
        lambda _: register_module_forward_hook(lambda *_: None),
    ],
)
@pytest.mark.parametrize("who", ["cell", "pool"])
def test_who_is_watched_is_called(
    launched: Callable[[Any], list[str]], watch: Callable[[Any], Any], who: str
) -> None:
    cell, pool = made("plain", "max_2x2"), nn.MaxPool2d(2)
    names, xs = launched(cell), inputs(made("plain", "max_2x2"), 3, 2)
    handle = watch(cell if who == "cell" else pool)
    trained(together(cell, pool), cell, xs)
    assert names == []
    handle.remove()
    trained(together(cell, pool), cell, xs)
    assert names


def test_a_replaced_forward_is_called() -> None:
    cell, pool = made("plain", "max_2x2"), nn.MaxPool2d(2)
    pool.__dict__["forward"] = torch.zeros_like
    assert not together(cell, pool)(*inputs(cell, 3, 2)).any()


def test_images_smaller_than_a_window_are_refused_as_ever() -> None:
    cell = made("plain", "max_2x2")
    for x in (torch.rand(3, 2, 9, 1, 5), torch.rand(3, 2, 1, 5, 9).movedim(-1, -3)):
        with pytest.raises(RuntimeError, match="too small"):
            run_pooled(cell, nn.MaxPool2d(2), x)


def test_the_self_check_runs_them(
    launched: Callable[[Any], list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    """And sees a kernel that is wrong."""
    cell = made("plain", "max_2x2")
    names, check = launched(cell), part(cell, "selfcheck").selfcheck
    assert check(cell.joined, []) == 0
    assert len(names) == 4 * 2 * 2 * 2  # types, static or not, both layouts, both ways
    assert "if_max_2x2" in capsys.readouterr().out
    right, small = cell.joined.places, "pooled = STORED(out) <"
    cell.joined.places = right.replace("pooled = STORED(out) >", small)
    assert check(cell.joined, []) == 1
    cell.joined.places, right = right, cell.joined.c
    cell.joined.c = right.replace("pooled = LOAD(fired[CELL]) >", "pooled = LOAD(fired[CELL]) <")
    assert check(cell.joined, []) == 1
    cell.joined.c = right


def test_without_a_compiler(monkeypatch: pytest.MonkeyPatch) -> None:
    cell, pool = made("channel", "max_2x2"), POOLS["max_2x2"]
    xs = inputs(cell, 4, 2)
    want = trained(together(cell, pool), cell, xs)
    monkeypatch.setenv("SNNC_BACKEND", "torch")
    same(trained(together(cell, pool), cell, xs), want, exact=False)


@pytest.mark.parametrize("window", ["max_2x2", "avg_3x2"])
def test_compiled_is_eager(window: str) -> None:
    torch._dynamo.reset()
    cell, pool = made("channel", window), POOLS[window]
    xs = inputs(cell, 4, 2)
    run = together(cell, pool)
    compiled = torch.compile(run, fullgraph=True, backend="aot_eager")
    same(trained(compiled, cell, xs), trained(run, cell, xs), exact=False)


def test_under_vmap() -> None:
    cell, pool = made("plain", "max_2x2"), POOLS["max_2x2"]
    (x,) = inputs(cell, 3, 4, 2)
    got = torch.func.vmap(together(cell, pool))(x)
    same([got], [torch.stack([together(cell, pool)(one) for one in x])])


def test_threads_and_wide_images() -> None:
    """More channels than a block, and work for two threads: the same bits."""
    cell, pool = made("plain", "max_2x2"), POOLS["max_2x2"]
    x = torch.rand(3, 2, 6, 9, 700).movedim(-1, -3).requires_grad_()
    runs = []
    for count in (1, 2):
        torch.set_num_threads(count)
        runs.append(trained(together(cell, pool), cell, [x]))
    torch.set_num_threads(1)
    same(runs[1], runs[0])
    same(runs[0], trained(apart(cell, pool), cell, [x]))


def test_gradients_of_the_wrong_shape_are_refused() -> None:
    cell = made("plain", "max_2x2")
    (x,) = inputs(cell, 3, 2)
    call = cell.joined.call("if_max_2x2", [x], [], [], 3, False, "auto")
    with pytest.raises(ValueError, match="if_max_2x2: grad is"):
        cell.joined.backward(call, [], [], 0.0, False, torch.zeros(3, 2, *SHAPE), [])
    with pytest.raises(ValueError, match="whole windows, as the last states are asked for"):
        cell.joined.forward(call, [], [], 0.0, True)
    with pytest.raises(ValueError, match="it takes no numbers for it"):
        cell.joined.forward(call, [torch.ones(9)] * 2, [], 0.0, False)
