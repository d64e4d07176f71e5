"""Good calls of every operator that kernels register, as networks make them."""

import inspect
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode

from tests.fused import chains, neurons, recurring, test_normed, test_pooled
from tests.fused.neurons import run_pooled

Call = tuple[Any, tuple[Any, ...]]  # an operator and what it is called with


class Recorder(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Keeps every call of an operator of ours, and the classes of the kernels that were run."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.calls: list[Call] = []

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Any = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        if func.namespace.startswith("snnc_"):
            assert not kwargs
            self.calls.append((func, tuple(kept(a) for a in args)))
        return func(*args, **(kwargs or {}))


def kept(argument: Any) -> Any:
    """An argument as it was, whatever is written to it later; layouts too."""
    if isinstance(argument, Tensor):
        return argument.detach().clone(memory_format=torch.preserve_format)
    return [kept(a) for a in argument] if isinstance(argument, list) else argument


def recorded(short: bool) -> dict[str, list[Call]]:
    """Calls by the name of their operator, such that none is left without."""
    recorder = Recorder()
    torch.manual_seed(0)
    for use in uses(short):
        with recorder:
            use()
    found: dict[str, list[Call]] = {}
    for call in recorder.calls:
        found.setdefault(call[0].name().removesuffix(".default"), []).append(call)
    missing = registered() - set(found)
    assert not missing, f"no call of {sorted(missing)}"
    return found


def registered() -> set[str]:
    """Every operator of ours in this process, whoever registered it."""
    names = torch._C._dispatch_get_all_op_names()
    return {name for name in names if name.startswith("snnc_")}


def forms() -> set[str]:
    """The classes of kernels that templates/fused has; each brings operators of its own."""
    import templates.snn_runtime.fused  # which registers operators too
    from templates.snn_runtime.fused.kernels import Kernels

    modules = pkgutil.walk_packages(
        templates.snn_runtime.fused.__path__, "templates.snn_runtime.fused."
    )
    classes = (c for m in modules for c in vars(import_module(m.name)).values())
    return {c.__name__ for c in classes if inspect.isclass(c) and issubclass(c, Kernels)}


def uses(short: bool) -> Iterator[Callable[[], object]]:
    """Networks at work, in every form, over time and static, with states and without."""
    dtypes = (torch.float32,) if short else (torch.float32, torch.float64, torch.bfloat16)
    for dtype in dtypes:
        for kind in ("leaky", "twin") if short else neurons.KINDS:
            yield lambda kind=kind, dtype=dtype: plain(kind, dtype)  # type: ignore[misc]
        for kind in ("channel",) if short else ("plain", "channel", "neuron", "twin"):
            for window in ("max_2x2",) if short else ("max_2x2", "avg_3x2"):
                yield lambda k=kind, w=window, d=dtype: pooled(k, w, d)  # type: ignore[misc]
        for kind in ("channel",) if short else ("plain", "channel", "neuron", "start"):
            for window in ("max_2x2",) if short else ("", "max_2x2", "avg_3x2"):
                yield lambda k=kind, w=window, d=dtype: normed(k, w, d)  # type: ignore[misc]
        for kind in ("channel",) if short else ("LIF", "ALIF", "channel"):
            yield lambda kind=kind, dtype=dtype: recurrent(kind, dtype)  # type: ignore[misc]
        if dtype != torch.bfloat16:
            for name in ("fed",) if short else chains.NETS:
                yield lambda name=name, dtype=dtype: whole(name, dtype)  # type: ignore[misc]
        yield lambda dtype=dtype: drawn(dtype)  # type: ignore[misc]


def plain(kind: str, dtype: torch.dtype) -> None:
    """A neuron alone, over time and static, with states and without."""
    cell = neurons.neuron(kind, dtype=real(dtype))
    for lead, how in (((3, 2), {}), ((2,), {"time_steps": 3})):
        back(cell(*neurons.data(cell, *lead, dtype=dtype), **how))
    state: dict[str, Tensor] = {}
    for _ in range(2):
        state = {name: v.detach() for name, v in state.items()}
        back(cell(*neurons.data(cell, 3, 2, dtype=dtype), state=state), *state.values())


def pooled(kind: str, window: str, dtype: torch.dtype) -> None:
    """A neuron with the pooling behind it, in one kernel and as two steps, and alone."""
    cell, pool = test_pooled.made(kind, window).to(real(dtype)), test_pooled.POOLS[window]
    xs = test_pooled.inputs(cell, 3, 2, dtype=dtype)
    back(run_pooled(cell, pool, *xs))
    back(run_pooled(cell, pool, *test_pooled.inputs(cell, 2, dtype=dtype), time_steps=3))
    back(run_pooled(cell, pool, *(x.detach().contiguous().requires_grad_() for x in xs)))
    back(cell(*xs))


def normed(kind: str, window: str, dtype: torch.dtype) -> None:
    """A normalisation, a neuron and perhaps pooling, training and not, and each alone."""
    net = test_normed.made(kind, window, dtype=real(dtype))
    net.bn.to(real(dtype))
    x, one = test_normed.data(net, 3, 2, dtype=dtype), test_normed.data(net, 2, dtype=dtype)
    for training in (True, False):
        net.train(training)
        back(test_normed.together(net, x))
        back(test_normed.together(net, one, time_steps=3))
    back(net.cell(x))
    if isinstance(net.pool, nn.Module):
        back(run_pooled(net.cell, net.pool, x))


def recurrent(kind: str, dtype: torch.dtype) -> None:
    """A neuron that its own output comes back to, and the same alone; sums are exact."""
    cell = recurring.made(kind, 7, real(dtype))
    x, weight, last, *states = recurring.operands(3, 2, 7, dtype, recurring.count(cell))
    weight = (weight.detach() * 16).round().div(16).requires_grad_()
    back(*cell.run_recurrent(x, weight, states, last, None, True))  # the first has all there is
    back(cell.recur(x, weight))
    back(cell.recur(x[0].detach().requires_grad_(), weight, time_steps=3))
    back(cell(x))


def whole(name: str, dtype: torch.dtype) -> None:
    """A chain of layers in one kernel, and its layers one after the other; sums are exact."""
    net, x = chains.made(name, dtype), chains.data(name, dtype)
    for parameter in net.parameters():
        parameter.data = (parameter.data * 16).round() / 16
    back(net(x))
    handle = net.fc1.register_forward_hook(lambda *_: None)
    back(net(x))
    handle.remove()
    for path, width in (("cell1", 18), ("cell2", 3)):
        back(net.get_submodule(path)(torch.rand(3, 2, width, dtype=dtype).requires_grad_()))


def drawn(dtype: torch.dtype) -> None:
    """Random numbers, by both operators."""
    draws = neurons.part(neurons.neuron("leaky"), "draws")
    seed = torch.tensor(0x0123456789ABCDE)
    draws.uniform(seed, 7, (3, 5), 2, 6)
    draws.bernoulli(torch.rand(3, 5).to(dtype), seed, 7, 1, 5)


def real(dtype: torch.dtype) -> torch.dtype:
    """What is computed in where that type is stored."""
    return torch.promote_types(dtype, torch.float32)


def back(*outputs: Tensor) -> None:
    """Every gradient."""
    wanted = [y for y in outputs if y.requires_grad]
    torch.autograd.backward(wanted, [torch.rand_like(y) for y in wanted])
