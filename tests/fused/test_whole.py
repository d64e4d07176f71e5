"""Chains of layers in one kernel: against the reference, their layers, backends and threads."""

import functools
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize, prune

import snnc
from tests.fused.chains import NETS, chain, data, made
from tests.fused.neurons import same as equal
from tests.fused.test_threads import threads
from tests.support.nets import pair, same


@pytest.fixture(autouse=True)
def by_c(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SNNC_BACKEND", "c")


def table(net: nn.Module) -> Any:
    """The table of chains of a network."""
    return vars(sys.modules[type(net).__module__])["WHOLE"]


@contextmanager
def counted(net: nn.Module, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The chains that run in one kernel meanwhile, by their names."""
    calls, module = list[str](), sys.modules[type(table(net)).__module__]
    run = vars(module)["applied"]

    def applied(rule: Any, kernel: str, *arguments: Any) -> Any:
        calls.append(kernel.rpartition(".")[2])
        return run(rule, kernel, *arguments)

    with monkeypatch.context() as patch:
        patch.setattr(module, "applied", applied)
        yield calls


def trained(net: Any, x: Tensor) -> list[Tensor]:
    """The answer and every gradient."""
    torch.manual_seed(3)
    answer = net(x)
    wrt = [each for each in (x, *net.parameters()) if each.requires_grad]
    weights = torch.linspace(-1, 1, answer.numel(), dtype=answer.dtype).view(answer.shape)
    return [answer, *torch.autograd.grad(answer, wrt, weights)]


@pytest.mark.parametrize("seed", range(12))
def test_it_is_the_reference(tmp_path: Path, seed: int) -> None:
    same(pair(chain(tmp_path, seed), batch=1 + seed % 11))


def test_most_of_those_networks_are_chains(tmp_path: Path) -> None:
    programs = (snnc.lower(snnc.link(chain(tmp_path, seed))) for seed in range(12))
    forms = [[getattr(r, "form", "") for r in program.regions] for program in programs]
    assert sum("whole" in each for each in forms) > 8


@pytest.mark.parametrize("name", NETS)
def test_it_is_its_layers(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    net, x = made(name), data(name, batch=13)
    with counted(net, monkeypatch) as calls:
        got = trained(net, x)
    assert calls == ["cell2"]
    net.fc2.register_forward_hook(lambda *_: None)
    with counted(net, monkeypatch) as calls:
        want = trained(net, x)
    assert calls == []
    assert float(got[0].detach().mean()) > 0
    torch.testing.assert_close(got, want, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", NETS)
def test_the_number_of_threads_changes_no_bit(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    net, x = made(name, torch.float32), data(name, torch.float32, batch=150)
    package = type(table(net)).__module__.rpartition(".")[0]
    launch = sys.modules[f"{package}.launch"]
    monkeypatch.setattr(launch, "count_threads", lambda *_: torch.get_num_threads())
    results = []
    for number in (1, 2, 3):
        with threads(number):
            results.append(trained(net, x))
    if name == "static":  # the first product is PyTorch's, and so are its gradients
        results = [[found[0], *found[4:]] for found in results]
    for other in results[1:]:
        equal(other, results[0])


def hooked(net: Any) -> None:
    net.cell1.register_forward_pre_hook(lambda *_: None)


def parametrised(net: Any) -> None:
    parametrize.register_parametrization(net.fc1, "weight", nn.Identity())


def pruned(net: Any) -> None:
    prune.identity(net.fc2, "weight")  # type: ignore[no-untyped-call]


def replaced(net: Any) -> None:
    net.fc2.__class__ = type("Other", (nn.Linear,), {})


def wrapped(net: Any) -> None:
    net.cell2.forward = functools.partial(net.cell2.forward)


def overridden(net: Any) -> None:
    own = type(net.cell1)
    more = {"forward": functools.partialmethod(own.forward)}
    net.cell1.__class__ = type("Own", (own,), more)


HANDS = (hooked, parametrised, pruned, replaced, wrapped, overridden)


@pytest.mark.parametrize("hand", HANDS)
def test_layers_that_somebody_changed_are_called(
    hand: Callable[[Any], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """No weight is read past a module that is not PyTorch's or ours; all give the same."""
    net, x = made("plain"), data("plain")
    want = trained(net, x)
    hand(net)
    with counted(net, monkeypatch) as calls:
        got = trained(net, x)
    assert calls == []
    assert len(got) == len(want)
    torch.testing.assert_close(got[0], want[0], rtol=1e-12, atol=1e-12)


def test_a_flatten_that_is_hooked_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    net, x = made("drawn"), data("drawn")
    want = trained(net, x)
    shapes = []
    net.flatten1.register_forward_hook(lambda *seen: shapes.append((*seen[2].shape,)))
    with counted(net, monkeypatch) as calls:
        got = trained(net, x)
    assert (calls, shapes) == ([], [(12, 5)])
    torch.testing.assert_close(got, want, rtol=1e-12, atol=1e-12)


def test_a_layer_of_another_width_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    """As transfer learning does, whatever the spec said."""
    net, x = made("plain"), data("plain")
    net.fc2 = nn.Linear(18, 7).double()
    with counted(net, monkeypatch) as calls:
        assert net(x).shape == (3, 7)
    assert calls == []


def test_what_a_kernel_does_not_know_calls_layers(monkeypatch: pytest.MonkeyPatch) -> None:
    net, x = made("plain", torch.float32), data("plain", torch.float32)
    with counted(net, monkeypatch) as calls:
        with torch.autocast("cpu", torch.bfloat16):
            net(x)
        torch.func.grad(lambda each: net(each).sum())(x.detach())
        net(x, state={})
        assert net(x[:, :0]).shape == (0, 3)
        net.to(torch.bfloat16)(x.to(torch.bfloat16))
    assert calls == []


def test_any_layout_is_right() -> None:
    net, x = made("plain"), data("plain", batch=5)
    want = trained(net, x)
    for strange in (
        x.detach().permute(1, 2, 0).contiguous().permute(2, 0, 1),
        x.detach().repeat_interleave(2, -1)[..., ::2],
    ):
        got = trained(net, strange.requires_grad_())
        torch.testing.assert_close(got, want, rtol=1e-12, atol=1e-12)
    one = x.detach()[:1].expand(x.shape)
    equal([net(one)], [net(one.contiguous())])


def test_a_second_derivative_is_an_error() -> None:
    net, x = made("plain"), data("plain")
    (grad,) = torch.autograd.grad(net(x).sum(), x, create_graph=True)
    with pytest.raises(RuntimeError, match="a neuron has no second derivative"):
        torch.autograd.grad(grad.square().sum(), x)


def test_probabilities_are_still_checked() -> None:
    net = made("drawn")
    with pytest.raises(ValueError, match="poisson"):
        net(data("drawn") + 1)


def test_parts_of_time_are_the_whole() -> None:
    """A state calls layers one by one; the spikes are those of the one kernel."""
    net, x = made("drawn"), data("drawn")
    torch.manual_seed(3)
    want, state, parts = net(x), dict[str, Tensor](), list[Tensor]()
    torch.manual_seed(3)
    for _ in range(4):
        parts.append(net(x, time_steps=1, state=state))
    torch.testing.assert_close(torch.stack(parts).mean(0), want)


def test_without_a_compiler_layers_are_called(monkeypatch: pytest.MonkeyPatch) -> None:
    net, x = made("plain"), data("plain")
    want = trained(net, x)
    monkeypatch.setenv("SNNC_BACKEND", "auto")
    module = sys.modules[type(table(net)).__module__]
    monkeypatch.setattr(module, "compiled", lambda *_: "no compiler")
    with counted(net, monkeypatch) as calls:
        got = trained(net, x)
    assert calls == []
    torch.testing.assert_close(got, want, rtol=1e-12, atol=1e-12)
