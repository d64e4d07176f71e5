"""Batch normalisation, neuron and pooling as one kernel: what they give one by one."""

import re
from collections.abc import Callable, Sequence
from copy import deepcopy
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn.modules.module import register_module_forward_hook

from snnc import network
from tests.fused.neurons import KINDS, part, run_normed
from tests.support.nets import document

SHAPES = {1: (9,), 2: (9, 5, 7), 3: (9, 2, 3, 4)}  # odd: a row and a column are left over
POOLS = {
    "": None,
    "max_2x2": nn.MaxPool2d(2),
    "avg_2x2": nn.AvgPool2d(2),
    "max_1x3": nn.MaxPool2d((1, 3)),
    "avg_3x2": nn.AvgPool2d((3, 2)),
    "max_1x7": nn.MaxPool2d((1, 7)),
    "avg_5x1": nn.AvgPool2d((5, 1)),
}
ALONE = {name: text for name, text in KINDS.items() if name not in ("twin", "smooth")}
ALONE["plain"] = 'kind = "IF", v_threshold = 0.9'  # packages with equal kernels share operators


@cache
def _class(kind: str, window: str, inner: int, affine: bool, channels: int) -> Any:
    shape = [channels or SHAPES[inner][0], *SHAPES[inner][1:]]
    text = f'[input]\nshape = {shape}\nencoder = "none"\n'
    norm = f'{{ kind = "BatchNorm{inner}d", name = "bn", affine = {str(affine).lower()} }}'
    how, _, size = window.partition("_")
    pool = f'{{ kind = "{how.title()}Pool2d", kernel_size = [{size.replace("x", ", ")}] }}'
    layers = [norm, f'{{ {ALONE[kind]}, name = "cell" }}', *[pool] * bool(window)]
    text += f'[network]\nlayers = [{", ".join(layers)}]\n[output]\nreadout = "sequence"\n'
    with TemporaryDirectory() as folder:
        doc = document(Path(folder), text)
        return network(doc)


def made(
    kind: str = "plain",
    window: str = "max_2x2",
    inner: int = 2,
    dtype: torch.dtype = torch.float64,
    affine: bool = True,
    channels: int = 0,
) -> Any:
    """A network of a normalisation, a neuron and perhaps pooling; its numbers are always the same.

    One channel has a negative weight, one the weight 0.
    """
    torch.manual_seed(1)
    net: Any = _class(kind, window, inner, affine, channels)().to(dtype)
    net.pool = POOLS[window]
    for name, numbers in net.bn.named_parameters():
        nn.init.uniform_(numbers, *((0.4, 1.2) if name == "weight" else (-0.4, 0.6)))
    nn.init.uniform_(net.bn.running_mean, 0.3, 0.7)
    nn.init.uniform_(net.bn.running_var, 0.05, 0.2)
    if affine and len(net.bn.weight) > 2:
        net.bn.weight.data[:2] = torch.tensor([-1.0, 0.0])
    return net


def data(net: Any, *lead: int, dtype: torch.dtype = torch.float64, inner: int = 2) -> Tensor:
    """A random input [*lead, C, ...] whose channels lie innermost."""
    random = torch.Generator().manual_seed(2)
    channels = getattr(net.bn, "num_features", SHAPES[inner][0])
    draw = torch.rand(*lead, *SHAPES[inner][1:], channels, generator=random, dtype=torch.float64)
    return draw.to(dtype).movedim(-1, len(lead)).requires_grad_()


Run = Callable[[Any, Tensor], Tensor]


def together(net: Any, x: Tensor, **how: Any) -> Tensor:
    return run_normed(net.cell, net.bn, x, pool=net.pool, **how)


def apart(net: Any, x: Tensor, time_steps: int | None = None, **how: Any) -> Tensor:
    """One after the other; an input that is the same at all steps is repeated."""
    x = x if time_steps is None else x.expand(time_steps, *x.shape)
    y: Tensor = net.cell(net.bn(x.flatten(0, 1)).unflatten(0, x.shape[:2]), **how)
    return net.pool(y.flatten(0, 1)).unflatten(0, y.shape[:2]) if net.pool else y


def trained(run: Run, net: Any, x: Tensor, **how: Any) -> list[Tensor]:
    """The output, every gradient, and what the normalisation remembers; ``net`` stays as it is."""
    net = deepcopy(net)
    output = run(net, x, **how)
    random = torch.Generator().manual_seed(3)
    weights = torch.randn(output.shape, generator=random, dtype=torch.float64).to(output.dtype)
    wrt = [x, *(v for part in (net.bn, net.cell) for v in part.parameters())]
    return [
        output,
        *torch.autograd.grad(output, wrt, weights, materialize_grads=True),
        *net.bn.buffers(),
    ]


def close(got: Sequence[Tensor], want: Sequence[Tensor], limit: float = 1e-12) -> None:
    """Equal up to ``limit``, relative to the largest number of a tensor; the same types."""
    assert len(got) == len(want)
    for a, b in zip(got, want, strict=True):
        scale = max(1.0, float(b.detach().abs().max()))
        torch.testing.assert_close(a, b, rtol=0.0, atol=limit * scale)


@pytest.fixture
def launched(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], list[str]]:
    """Watches a network: the names of the kernels that do it all."""

    def watch(net: Any) -> list[str]:
        names: list[str] = []
        run = type(net.cell).run_normed

        def run_normed(self: Any, kernel: str, *rest: Any) -> Any:
            names.append(kernel)
            return run(self, kernel, *rest)

        monkeypatch.setattr(type(net.cell), "run_normed", run_normed)
        return names

    return watch


Watch = Callable[[Any], list[str]]


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("static", [False, True])
@pytest.mark.parametrize("window", [*POOLS][:5])
@pytest.mark.parametrize("kind", ALONE)
def test_together_is_apart(
    launched: Watch, kind: str, window: str, static: bool, training: bool
) -> None:
    net = made(kind, window).train(training)
    names = launched(net)
    lead, how = ((3,), {"time_steps": 6}) if static else ((6, 3), {})
    x = data(net, *lead)
    got, want = (trained(run, net, x, **how) for run in (together, apart))
    assert 0.02 < float(want[0].detach().mean()) < 0.98
    assert len(names) == 1
    assert static or got[0].stride() == want[0].stride()
    close(got, want)


def test_it_is_one_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    """In both directions, and C runs it."""
    net, names = made("leaky", "max_1x3"), list[str]()
    kind = part(net.cell, "joined.on_cpu").OnCpu
    run = kind.launch

    def launch(self: Any, end: str, arguments: Any) -> Any:
        names.append(f"{self.call.name}_{end}")
        return run(self, end, arguments)

    monkeypatch.setattr(kind, "launch", launch)
    trained(together, net, data(net, 3, 2))
    assert names == ["lif_max_1x3_normed_forward", "lif_max_1x3_normed_backward"]


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("inner", SHAPES)
@pytest.mark.parametrize("channels", [1, 2, 9, 700])
@pytest.mark.parametrize("lead", [(1, 2), (2, 1), (3, 5), (40, 13)])
def test_sizes(
    launched: Watch, inner: int, channels: int, lead: tuple[int, int], training: bool
) -> None:
    """One step, one sample, one channel, more channels than a block, rows that are left over."""
    if lead == (40, 13) and channels * inner > 700:
        lead = (10, 5)
    net = made(window="", inner=inner, channels=channels).train(training)
    names, x = launched(net), data(net, *lead, inner=inner)
    got, want = (trained(run, net, x) for run in (together, apart))
    assert names == ["if_normed"]
    close(got, want, 1e-11)


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("static", [False, True])
def test_without_weight_and_bias(static: bool, training: bool) -> None:
    net = made(affine=False).train(training)
    lead, how = ((3,), {"time_steps": 6}) if static else ((6, 3), {})
    x = data(net, *lead)
    close(trained(together, net, x, **how), trained(apart, net, x, **how))


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("window", ["", "max_2x2", "avg_2x2"])
def test_float32(window: str, training: bool) -> None:
    net = made(window=window, dtype=torch.float32).train(training)
    x = data(net, 5, 3, dtype=torch.float32)
    close(trained(together, net, x), trained(apart, net, x), 1e-5)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("window", ["", "max_2x2", "avg_2x2"])
def test_sixteen_bits_are_nearer_to_the_truth(
    window: str, training: bool, dtype: torch.dtype
) -> None:
    """What is normalised is not rounded to what is never stored."""
    net = made(window=window, dtype=torch.float32).train(training)
    x = data(net, 6, 40, dtype=dtype)
    truth = trained(apart, deepcopy(net).double(), x.detach().double().requires_grad_())
    errors = []
    for run in (together, apart):
        found = trained(run, net, x)
        assert found[0].dtype == found[1].dtype == dtype
        pairs = [(a.detach().double(), b.detach()) for a, b in zip(found, truth, strict=True)]
        errors.append([float((a - b).norm() / b.norm()) for a, b in pairs[:4]])
        close([a for a, _ in pairs[4:]], [b.double() for _, b in pairs[4:]], 1e-6)
    assert all(one <= two for one, two in zip(*errors, strict=True))
    assert errors[0][0] < 2e-3


def test_statistics_far_from_zero() -> None:
    """As good as a variance in float32 can be, and no worse than PyTorch's."""
    net = made(window="", dtype=torch.float32)
    net.bn.momentum = 1.0
    x = data(net, 8, 16, dtype=torch.float32).detach() + 1000.0
    want = x.double().transpose(1, 2).transpose(0, 1).flatten(1).var(1)
    errors = []
    for run in (together, apart):
        own = deepcopy(net)
        run(own, x)
        errors.append(float((own.bn.running_var.double() / want - 1.0).abs().max()))
    assert errors[0] <= min(errors[1], 1e-6)


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("window", ["", "max_2x2"])
def test_threads_change_no_bit(window: str, training: bool) -> None:
    for channels in (9, 700):
        net = made("channel", window, channels=channels, dtype=torch.float32).train(training)
        x = data(net, 3, 20 if channels == 9 else 2, dtype=torch.float32)
        runs = []
        for count in (1, 2, 3):
            torch.set_num_threads(count)
            runs.append(trained(together, net, x))
        torch.set_num_threads(1)
        close(runs[1], runs[0], 0.0)
        close(runs[2], runs[0], 0.0)


def test_frozen_statistics_in_training(launched: Watch) -> None:
    net = made()
    net.bn.eval()
    names, x = launched(net), data(net, 4, 3)
    close(trained(together, net, x), trained(apart, net, x))
    assert len(names) == 1


UNUSUAL: dict[str, Callable[[Any], Any]] = {
    "cumulative average": lambda net: setattr(net.bn, "momentum", None),
    "no averages": lambda net: setattr(net, "bn", nn.BatchNorm2d(9, track_running_stats=False)),
    "another kind": lambda net: setattr(net, "bn", nn.GroupNorm(3, 9)),
    "synchronised": lambda net: setattr(net, "bn", nn.SyncBatchNorm(9).eval()),
    "nothing": lambda net: setattr(net, "bn", nn.Identity()),
    "another window": lambda net: setattr(net, "pool", nn.MaxPool2d(3)),
    "no pooling": lambda net: setattr(net, "pool", None),
    "a forward of its own": lambda net: net.bn.__dict__.update(forward=torch.sin),
}


@pytest.mark.parametrize("static", [False, True])
@pytest.mark.parametrize("name", UNUSUAL)
def test_what_no_kernel_does_is_done_apart(launched: Watch, name: str, static: bool) -> None:
    net = made()
    UNUSUAL[name](net)
    net.double()
    names = launched(net)
    lead, how = ((3,), {"time_steps": 6}) if static else ((6, 3), {})
    x = data(net, *lead)
    close(trained(together, net, x, **how), trained(apart, net, x, **how))
    assert names == []


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("static", [False, True])
def test_channels_outermost(launched: Watch, static: bool, training: bool) -> None:
    net = made().train(training)
    names = launched(net)
    lead, how = ((3,), {"time_steps": 6}) if static else ((6, 3), {})
    x = data(net, *lead).detach().contiguous().requires_grad_()
    got, want = (trained(run, net, x, **how) for run in (together, apart))
    assert len(names) == 1
    assert static or got[0].stride() == want[0].stride()
    close(got, want)


@pytest.mark.parametrize("last", [False, True])
@pytest.mark.parametrize("static", [False, True])
@pytest.mark.parametrize("window", ["", "max_1x7", "avg_5x1", "max_2x2"])
def test_a_state_is_told(launched: Watch, window: str, static: bool, last: bool) -> None:
    """Of whole windows; where elements are left over, one follows the other. It goes on from it."""
    net = made("start", window).eval()
    lead, how = ((3,), {"time_steps": 4}) if static else ((4, 3), {})
    names, x = launched(net), data(net, *lead)
    x = x if last else x.detach().contiguous().requires_grad_()
    found = []
    for run in (together, apart):
        state: dict[str, Tensor] = {}
        outputs = [run(net, x, state=state, **how), run(net, x * 0.7, state=state, **how)]
        total = sum(((y * y).sum() for y in outputs), state["cell.v"].pow(3).sum())
        wrt = [x, net.bn.weight, net.bn.bias, *net.cell.parameters()]
        found.append([*outputs, *state.values(), *torch.autograd.grad(total, wrt)])
    close(found[0], found[1])
    assert found[0][2].shape == (3, 9, 5, 7)
    assert len(names) == 2 * (window != "max_2x2")


@pytest.mark.parametrize("window", ["", "max_2x2", "avg_3x2", "max_1x3"])
@pytest.mark.parametrize("kind", ["channel", "neuron", "start"])
def test_numbers_with_channels_outermost(launched: Watch, kind: str, window: str) -> None:
    net = made(kind, window)
    names, x = launched(net), data(net, 4, 3).detach().contiguous().requires_grad_()
    close(trained(together, net, x), trained(apart, net, x))
    assert len(names) == 1


@pytest.mark.parametrize(
    ("window", "size"),
    [("", (40, 1)), ("", (1, 1)), ("", (2, 1000)), ("max_2x2", (3, 300)), ("max_1x3", (700, 3))],
)
def test_planes_of_any_size(launched: Watch, window: str, size: tuple[int, int]) -> None:
    """Planes larger than a block, and rows: a block holds at least those of one window."""
    net = made(window=window)
    names = launched(net)
    x = torch.rand(3, 2, 9, *size, dtype=torch.float64).requires_grad_()
    close(trained(together, net, x), trained(apart, net, x), 1e-11)
    assert len(names) == 1


@pytest.mark.parametrize(
    "watch",
    [
        lambda layer: layer.register_full_backward_hook(lambda *_: None),
        lambda layer: layer.register_full_backward_pre_hook(lambda *_: None),
        lambda layer: layer.register_forward_hook(lambda *_: None),
        lambda layer: layer.register_forward_pre_hook(lambda *_: None),
        lambda _: register_module_forward_hook(lambda *_: None),
    ],
)
@pytest.mark.parametrize("who", ["bn", "cell", "pool"])
def test_who_is_watched_is_called(launched: Watch, watch: Callable[[Any], Any], who: str) -> None:
    net = made()
    net.pool = nn.MaxPool2d(2)
    names, x = launched(net), data(net, 3, 2)
    handle = watch(getattr(net, who))
    together(net, x)
    assert names == []
    handle.remove()
    together(net, x)
    assert names == ["if_max_2x2_normed"]


def test_one_value_a_channel_is_refused_as_ever() -> None:
    net = made(window="", inner=1)
    with pytest.raises(ValueError, match="Expected more than 1 value per channel"):
        together(net, data(net, 1, 1, inner=1))


def test_one_sample_for_several_steps() -> None:
    """A variance over the steps alone is 0."""
    net = made(window="", inner=1)
    x = data(net, 1, inner=1)
    how = {"time_steps": 4}
    close(trained(together, net, x, **how), trained(apart, net, x, **how))


def test_types_that_do_not_fit_are_refused_as_ever() -> None:
    net = made(dtype=torch.bfloat16)
    with pytest.raises(RuntimeError, match=r"dtype|type"):
        together(net, data(net, 3, 2))


def test_the_self_check_runs_them(capsys: pytest.CaptureFixture[str]) -> None:
    """And sees a kernel that is wrong."""
    net = made()
    joined, check = net.cell.joined, part(net.cell, "selfcheck").selfcheck
    assert check(joined, []) == 0
    assert capsys.readouterr().out.count("if_max_2x2_normed") == 4
    for text in ("places", "c"):  # channels innermost, and outermost
        right = getattr(joined, text)
        setattr(joined, text, right.replace("+= now;", "-= now;").replace("d += now", "d -= now"))
        assert check(joined, []) == 1
        setattr(joined, text, right)


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("window", ["", "max_2x2", "avg_2x2"])
def test_without_a_compiler(monkeypatch: pytest.MonkeyPatch, window: str, training: bool) -> None:
    net = made("channel", window).train(training)
    x = data(net, 4, 3)
    want = trained(apart, net, x)
    monkeypatch.setenv("SNNC_BACKEND", "torch")
    close(trained(together, net, x), want)


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("window", ["", "max_2x2"])
def test_compiled_is_eager(window: str, training: bool) -> None:
    torch._dynamo.reset()
    net = made("channel", window).train(training)
    x = data(net, 4, 3)
    compiled = torch.compile(together, fullgraph=True, backend="aot_eager")
    close(trained(compiled, net, x), trained(together, net, x))


def test_under_vmap() -> None:
    net = made().eval()
    x = data(net, 3, 4, 2)
    got = torch.func.vmap(lambda x: together(net, x))(x)
    close([got], [torch.stack([together(net, one) for one in x])], 0.0)


def test_there_is_no_second_derivative() -> None:
    net = made()
    x = data(net, 3, 2)
    (g,) = torch.autograd.grad(together(net, x).sum(), x, create_graph=True)
    with pytest.raises(RuntimeError, match="no second derivative"):
        torch.autograd.grad(g.sum(), x)


def test_gradients_of_the_wrong_shape_are_refused() -> None:
    net = made()
    joined, x = net.cell.joined, data(net, 3, 2).detach()
    call = joined.call("if_max_2x2_normed", [x], [], [], 3, False, "auto")
    stats = [net.bn.running_mean, net.bn.running_var]
    with pytest.raises(ValueError, match="if_max_2x2_normed: grad is"):
        joined.backward(call, [], stats, 1e-5, True, torch.zeros_like(x), [])


@pytest.mark.parametrize("eps", [-0.01, float("nan"), float("inf")])
def test_an_eps_that_no_kernel_takes_is_left_to_the_module(eps: float) -> None:
    """PyTorch refuses one below 0, from some version on, and computes with the others."""
    net = made("plain").eval()
    net.bn.eps = eps
    assert not part(net.cell, "joined.taken").taken(net.bn, data(net, 3))
    try:
        net.bn(data(net, 3))
    except ValueError as refused:
        with pytest.raises(ValueError, match=f"^{re.escape(str(refused))}$"):
            together(net, data(net, 2, 3))
    else:
        assert together(net, data(net, 2, 3)).shape[:2] == (2, 3)
    with pytest.raises(ValueError, match=f"eps is {eps}, not a number from 0 on"):
        part(net.cell, "joined.parts").Norm(eps=eps)
