"""torch.compile, torch.export and torch.func see a neuron as one operator."""

from typing import Any

import pytest
import torch
from torch import Tensor, nn

from tests.fused.neurons import KINDS, both_ways, data, neuron, same

LAST = torch.channels_last
pytestmark = pytest.mark.filterwarnings("ignore:`torch.jit:FutureWarning")  # inductor's own


class Net(nn.Module):
    """A convolution at every step, neurons of every kind of number, and a readout."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.conv, self.head = nn.Conv2d(2, 3, 3, padding=1), nn.Linear(3, 2)
        self.a, self.b = neuron("channel", (3, 4, 5)), neuron("twin", (3, 4, 5))
        self.c = neuron("neuron", (3, 4, 5))

    def forward(self, x: Tensor) -> Tensor:
        y = self.conv(x) * 2
        z = self.b(self.a(y, time_steps=4), y.expand(4, *y.shape))
        return self.head(self.c(z).mean((0, 3, 4)))  # type: ignore[no-any-return]


def trained(net: Any, x: Tensor) -> list[Tensor]:
    """The output and every gradient."""
    y = net(x)
    return [y, *torch.autograd.grad(y.square().sum(), list(net.parameters()))]


@pytest.mark.parametrize("layout", [torch.contiguous_format, LAST])
def test_compiled_is_eager(layout: torch.memory_format) -> None:
    torch._dynamo.reset()
    net = Net()
    compiled = torch.compile(net, fullgraph=True, backend="aot_eager")
    x = torch.rand(3, 2, 4, 5).to(memory_format=layout)
    same(trained(compiled, x), trained(net, x), exact=False)


@pytest.mark.parametrize("frozen", [False, True])
def test_compiled_without_gradients(frozen: bool) -> None:
    torch._dynamo.reset()
    net = Net().requires_grad_(not frozen)
    compiled = torch.compile(net, fullgraph=True, backend="aot_eager")
    x = torch.rand(3, 2, 4, 5)
    with torch.set_grad_enabled(frozen):
        assert torch.equal(compiled(x), net(x))


def test_compiled_by_inductor_is_eager() -> None:
    """Which asserts the strides that the fakes promised."""
    torch._dynamo.reset()
    cell = neuron("neuron")
    inputs = [x.detach().permute(0, 1, 3, 4, 2).contiguous() for x in data(cell, 4, 2)]
    inputs = [x.permute(0, 1, 4, 2, 3).requires_grad_() for x in inputs]
    with torch._inductor.config.patch(compile_threads=1, cpp_cache_precompile_headers=False):
        compiled = torch.compile(cell, fullgraph=True, backend="inductor")
        same(both_ways(compiled, inputs), both_ways(cell, inputs))


def test_the_batch_may_be_dynamic() -> None:
    torch._dynamo.reset()
    net, graphs = Net(), []

    def backend(module: Any, _: Any) -> Any:
        graphs.append(module)
        return module

    compiled = torch.compile(net, fullgraph=True, dynamic=True, backend=backend)
    for batch in (3, 5, 8):
        x = torch.rand(batch, 2, 4, 5)
        same(trained(compiled, x), trained(net, x), exact=False)
    assert len(graphs) == 1


def test_the_steps_may_be_dynamic() -> None:
    torch._dynamo.reset()
    cell = neuron("twin")
    compiled = torch.compile(cell, fullgraph=True, dynamic=True, backend="aot_eager")
    for steps in (3, 5, 8):
        inputs = data(cell, steps, 2)
        same(both_ways(compiled, inputs), both_ways(cell, inputs))


@pytest.mark.parametrize("kind", ["plain", "neuron", "twin"])
def test_a_compiled_step(kind: str) -> None:
    torch._dynamo.reset()
    cell = neuron(kind)
    inputs = data(cell, 2)
    count = len(cell.kernels.specs[cell.kernel].start)
    states = [torch.full((2, 3, 4, 5), 0.1 * i) for i in range(count)]
    step: Any = torch.compile(cell.step, fullgraph=True, backend="aot_eager")
    same(step(inputs, states), cell.step(inputs, states))


def test_an_unknown_backend_is_named_while_compiling(monkeypatch: pytest.MonkeyPatch) -> None:
    torch._dynamo.reset()
    monkeypatch.setenv("SNNC_BACKEND", "nonsense")
    compiled: Any = torch.compile(neuron("plain"), fullgraph=True, backend="eager")
    with pytest.raises(Exception, match="auto, c, cuda or torch, not 'nonsense'"):
        compiled(torch.zeros(2, 1, 3, 4, 5))


def test_exported_is_eager() -> None:
    net, x = Net().eval(), torch.rand(3, 2, 4, 5)
    batch = torch.export.Dim("batch", min=2, max=64)
    program = torch.export.export(net, (x,), dynamic_shapes=({0: batch},))
    again = torch.rand(7, 2, 4, 5)
    same([program.module()(again)], [net(again)])


CHECKS = ("test_schema", "test_faketensor")
SLOW = ("test_aot_dispatch_dynamic",)


@pytest.mark.parametrize(("static", "last"), [(False, True), (True, False)])
@pytest.mark.parametrize("backend", ["c", "torch"])
@pytest.mark.parametrize("kind", KINDS)
def test_operators_are_what_they_declare(kind: str, backend: str, static: bool, last: bool) -> None:
    """They write to no input, return no input, and shapes and layouts are those of the fakes."""
    cell = neuron(kind)
    spec, lead = cell.kernels.specs[cell.kernel], () if static else (4,)
    inputs = [x.detach() for x in data(cell, *lead, 2)]
    if last:
        axes = (0, 2, 3, 1) if static else (0, 1, 3, 4, 2)
        back = [axes.index(i) for i in range(len(axes))]
        inputs = [x.permute(axes).contiguous().permute(back) for x in inputs]
    terms = [t.detach() for t in cell.terms()]
    starts = [torch.full((3, 1, 1), 0.1) for _ in spec.start]
    call = (inputs, terms, starts, 4, static, backend)
    operators = getattr(torch.ops, cell.kernels.namespace)
    forward = getattr(operators, f"{cell.kernel}_forward").default
    backward = getattr(operators, f"{cell.kernel}_backward").default
    output, *ends = forward(*call, True)
    checks = CHECKS + SLOW * (kind == "neuron" and backend == "c")
    for end in (True, False)[: 1 + (kind == "twin")]:
        grads = (torch.rand_like(output), [torch.rand_like(e) for e in ends if end])
        torch.library.opcheck(forward, (*call, end), test_utils=checks)
        torch.library.opcheck(backward, (*call, *grads), test_utils=checks)


def test_meta_tensors_have_shapes() -> None:
    cell = neuron("twin").to("meta")
    x = torch.empty(4, 2, 3, 4, 5, device="meta")
    assert cell(x, x).shape == x.shape
