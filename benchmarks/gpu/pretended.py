"""Tensors that say they are on a GPU and hold no numbers: code runs as it would there.

PyTorch's fake tensors carry shapes, types and layouts alone, and refuse whoever reads a number
of them, as ``.item()``, ``float(x)`` and ``if x:`` do. Modes on top make them say that they are on
a GPU, so that code takes the ways it has for one, and see every operation that PyTorch is asked
for. Launches of this project's kernels are seen with what they are handed.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from importlib import import_module
from types import ModuleType, SimpleNamespace
from typing import Any
from unittest.mock import patch

import torch
from torch import nn
from torch._subclasses.fake_tensor import FakeTensor, FakeTensorMode
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode

GPU = torch.device("cuda", 0)
Seen = Callable[[str, Any, Sequence[Any], Any], None]
_IS_CUDA, _IS_CPU = (vars(torch._C.TensorBase)[name].__get__ for name in ("is_cuda", "is_cpu"))
RUNTIME = "snn_runtime"


class OnGpu(TorchFunctionMode):
    """Tensors say that they are on a GPU; what is asked for there is made where they are."""

    def __torch_function__(
        self,
        call: Any,
        types: Any,
        args: Sequence[Any] = (),
        given: Mapping[str, Any] | None = None,
    ) -> Any:
        if call in (_IS_CUDA, _IS_CPU):
            return call == _IS_CUDA
        named = {k: here(v) for k, v in (given or {}).items() if k != "pin_memory"}
        return call(*map(here, args), **named)


def here(value: Any) -> Any:
    """A device of which tensors only say that they are on it, as what they are on."""
    on = isinstance(value, torch.device) and value.type == "cuda"
    return torch.device("cpu") if on else value


class Watching(TorchDispatchMode):  # type: ignore[no-untyped-call, unused-ignore]
    """Tells of every operation; operators of this project are opened."""

    def __init__(self, seen: Seen, own: Mapping[str, Callable[..., Any]]) -> None:
        super().__init__()  # type: ignore[no-untyped-call, unused-ignore]
        self.seen, self.own = seen, own

    def __torch_dispatch__(
        self, op: Any, types: Any, args: Sequence[Any] = (), given: Any = None
    ) -> Any:
        if op.name() in self.own:
            with self, OnGpu():
                return self.own[op.name()](*args, **(given or {}))
        result = op(*args, **(given or {}))
        self.seen(op.name(), op, (*args, *(given or {}).values()), result)
        return result


def operators(package: ModuleType) -> Mapping[str, Callable[..., Any]]:
    """The operators that a package has on a GPU, by their names."""
    tables = [getattr(package, name, None) for name in ("KERNELS", "JOINED")]
    found = {
        f"{kernels.namespace}::{name}_{end}": kernels.on_call(name, getattr(kernels, end))
        for kernels in tables
        if kernels is not None
        for name in kernels.specs
        for end in ("forward", "backward")
    }
    draws = import_module(f"{RUNTIME}.fused.draws")
    both = {"uniform": draws.draw, "bernoulli": draws.spikes}
    return found | {f"{draws.NAMESPACE}::{name}": run for name, run in both.items()}


@contextmanager
def pretended(package: ModuleType, seen: Seen) -> Iterator[None]:
    """Within it a package's code is on a GPU; every operation and launch there is told of.

    `package` is the module of its kernels.
    """

    def launcher(text: str, call: Any) -> Any:
        def launch(name: str, arguments: Sequence[Any]) -> None:
            seen(name, call, arguments, None)

        marks = max(0, -(-call.steps // call.spec.segment) - 1)
        return launch, marks * len(call.spec.start) * call.size

    def drawn(*_: Any) -> Any:
        return lambda name, arguments: seen(name, None, arguments, None)

    def on_device(_: Any) -> AbstractContextManager[None]:
        return nullcontext()

    autocast, fused = torch.autocast, import_module(f"{RUNTIME}.fused.kernels")
    parts = ("fused.draws", "training.later", "fused.joined.on_gpu", "watching")
    draws, later, joined, watching = (import_module(f"{RUNTIME}.{n}") for n in parts)
    with ExitStack() as held:
        for where, name, other in (
            (fused, "cuda_launcher", launcher),
            (draws, "cuda_launch", drawn),
            (joined, "cuda_launch", drawn),
            (watching, "Tensor", FakeTensor),  # a parameter here is one, and an ordinary one
            (later.Later, "take", lambda _: None),
            (torch, "autocast", lambda _, *a, **k: autocast("cpu", *a, **k)),
            (torch.cuda, "Event", lambda: SimpleNamespace(record=lambda: None)),
            (torch.cuda, "is_bf16_supported", lambda **_: True),
            (torch.cuda, "device", on_device),
        ):
            held.enter_context(patch.object(where, name, other))
        for mode in (
            FakeTensorMode(allow_non_fake_inputs=True),
            Watching(seen, operators(package)),
            OnGpu(),
        ):
            held.enter_context(mode)
        yield


def emptied(net: nn.Module) -> nn.Module:
    """The network without its numbers; to be called within :func:`pretended`."""
    for module in net.modules():
        module.__dict__["to"] = lambda *_, own=module, **__: own
        for held in (module._parameters, module._buffers):
            for name, value in held.items():
                if value is not None:
                    held[name] = emptied_tensor(value)
    return net


def emptied_tensor(x: Any) -> Any:
    """The same shape, layout and type."""
    room = torch.empty_strided(x.shape, x.stride(), dtype=x.dtype)
    return nn.Parameter(room, x.requires_grad) if isinstance(x, nn.Parameter) else room
