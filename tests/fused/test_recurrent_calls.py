"""Recurrent neurons in any layout, under torch.compile, export, vmap and autocast; and refusals."""

from typing import Any

import pytest
import torch
from torch import Tensor

from snnc.neurons.if_ import IF
from tests.fused.alone import files
from tests.fused.neurons import same
from tests.fused.recurring import DOUBLE, made, operands, trained

LAYOUTS = {
    "the batch inside": lambda x: x.transpose(1, 2).contiguous().transpose(1, 2),
    "time inside": lambda x: x.permute(1, 2, 0).contiguous().permute(2, 0, 1),
    "every second": lambda x: x.repeat_interleave(2, -1)[..., ::2],
    "one sample for all": lambda x: x[:, :1].expand(x.shape),
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_any_layout_is_right(name: str) -> None:
    c = made("ALIF", 6, torch.float32)
    x, weight, *_ = operands(5, 7, 6, torch.float32)
    strange = LAYOUTS[name](x.detach()).requires_grad_()
    plain = strange.detach().clone(memory_format=torch.contiguous_format).requires_grad_()
    across = weight.detach().t().contiguous().t().requires_grad_()
    got = trained(c, [c.recur(strange, across)], (strange, across))
    same(got, trained(c, [c.recur(plain, weight)], (plain, weight)))


def test_meta_tensors_have_shapes() -> None:
    c = made("IF", 4).to("meta")
    x, weight = torch.empty(5, 2, 4, device="meta"), torch.empty(4, 4, device="meta")
    assert c.recur(x.float(), weight).shape == x.shape


def test_a_second_derivative_is_an_error() -> None:
    c = made("IF", 4)
    x, weight, *_ = operands(3, 2, 4)
    loss = (c.recur(x, weight) * x).sum()
    (grad,) = torch.autograd.grad(loss, x, create_graph=True)
    with pytest.raises(RuntimeError, match="a neuron has no second derivative"):
        torch.autograd.grad(loss + grad.square().sum(), x)


@pytest.mark.parametrize("name", ["PLIF", "channel"])
def test_compiled_is_eager(name: str) -> None:
    torch._dynamo.reset()
    c, graphs = made(name, 6), []

    def backend(module: Any, _: Any) -> Any:
        graphs.append(module)
        return module

    for how in ("aot_eager", backend):
        compiled: Any = torch.compile(c.recur, fullgraph=True, dynamic=True, backend=how)
        for size in ((4, 3, 6), (7, 5, 6)):
            x, weight, *_ = operands(*size)
            got = trained(c, [compiled(x, weight)], (x, weight))
            same(got, trained(c, [c.recur(x, weight)], (x, weight)))
    assert len(graphs) == 1


class Exported(torch.nn.Module):
    """A module whose call is a recurrent neuron's."""

    def __init__(self, c: Any) -> None:
        super().__init__()
        self.c, self.weight = c, torch.nn.Parameter(operands(1, 1, 6)[1].detach())

    def forward(self, x: Tensor) -> Tensor:
        return self.c.recur(x, self.weight)  # type: ignore[no-any-return]


def test_exported_is_eager() -> None:
    net, batch = Exported(made("LIF", 6)), torch.export.Dim("batch", min=2, max=64)
    program = torch.export.export(
        net, (torch.rand(4, 3, 6, dtype=DOUBLE),), dynamic_shapes=({1: batch},)
    )
    x = torch.rand(4, 7, 6, dtype=DOUBLE)
    same([program.module()(x)], [net(x)])


@pytest.mark.parametrize("backend", ["c", "torch"])
@pytest.mark.parametrize("static", [False, True])
def test_operators_are_what_they_declare(static: bool, backend: str) -> None:
    c = made("channel", 5, torch.float32)
    x, weight, last, v = (t.detach() for t in operands(4, 3, 5, torch.float32))
    terms = [t.detach() for t in c.terms()]
    fed = ([x[0] if static else x], terms, [v], 4, static, backend, weight, [last])
    operators = getattr(torch.ops, c.kernels.namespace)
    output, after = operators.cell_recurrent_forward(*fed, True)
    grads = (output, torch.rand_like(output), [torch.rand_like(after)])
    checks = ("test_schema", "test_faketensor", "test_aot_dispatch_dynamic")
    for operator, rest in (
        (operators.cell_recurrent_forward, (True,)),
        (operators.cell_recurrent_backward, grads),
    ):
        torch.library.opcheck(operator.default, (*fed, *rest), test_utils=checks)


def test_vmap_is_call_by_call() -> None:
    c = made("PLIF", 5)
    calls = [[t.detach() for t in operands(4, b, 5)[:2]] for b in (2, 2, 2)]
    calls = [[x * (i + 1), w * (i + 1)] for i, (x, w) in enumerate(calls)]
    stacked = [torch.stack(t) for t in zip(*calls, strict=True)]
    loss = lambda x, w: c.recur(x, w).sin().sum()  # noqa: E731
    got = torch.func.vmap(torch.func.grad(loss, (0, 1)))(*stacked)
    want = [torch.func.grad(loss, (0, 1))(x, w) for x, w in calls]
    same(got, [torch.stack(t) for t in zip(*want, strict=True)])


def test_autocast_changes_nothing() -> None:
    c = made("LIF", 8, torch.float32)
    x, weight, *_ = operands(5, 3, 8, torch.float32)
    want = trained(c, [c.recur(x, weight)], (x, weight))
    for backend in ("c", "torch"):
        with pytest.MonkeyPatch.context() as patch, torch.autocast("cpu", torch.bfloat16):
            patch.setenv("SNNC_BACKEND", backend)
            got = trained(c, [c.recur(x, weight)], (x, weight))
        torch.testing.assert_close(got, want, rtol=1e-5, atol=1e-5)


def test_nothing_is_added_for_a_neuron_that_is_silent() -> None:
    """A weight of infinity spreads from where something fires, and from nowhere else."""
    c = made("IF", 3)
    x = torch.zeros(2, 1, 3, dtype=DOUBLE)
    x[0, 0, 0] = 1.0
    weight = torch.zeros(3, 3, dtype=DOUBLE)
    weight[:, 1] = torch.inf
    assert c.recur(x, weight).flatten().tolist() == [1, 0, 0, 0, 0, 0]
    weight[2, 0] = torch.inf
    assert c.recur(x, weight).flatten().tolist() == [1, 0, 0, 0, 0, 1]


def test_what_does_not_fit_is_said() -> None:
    c, x, weight = made("IF", 4), torch.zeros(2, 3, 4), torch.zeros(4, 4)
    with pytest.raises(ValueError, match=r"a weight \[4, 5\] does not lead from 4 to as many"):
        c.recur(x, torch.zeros(4, 5))
    with pytest.raises(ValueError, match=r"takes \[B, H\] at a step, not \[2, 3, 4\]"):
        c.recur(x[None], weight)
    with pytest.raises(ValueError, match=r"last\[0\] is torch.float32 \[3, 5\] .* over \[3, 4\]"):
        c.run_recurrent(x, weight, [0.0], torch.zeros(3, 5), None, False)
    with pytest.raises(ValueError, match=r"weight is torch\.float32 \[4, 4\] on meta"):
        c.recur(x, weight.to("meta"))
    call = c.kernels.call("cell", [x], [], [], 2, False, "c")
    with pytest.raises(ValueError, match="cell: output is"):
        c.kernels.feed_back(call, weight, [], x[:1], x, [])
    with pytest.raises(ValueError, match="cell: grad is"):
        c.kernels.feed_back(call, weight, [], x, x[:1], [])


def test_only_who_needs_it_has_it() -> None:
    plain, back = files(IF()), files(IF(), recurrent=True)
    assert ".fused.recurrent import" in back["kernels.py"]
    assert "recurrent" not in plain["kernels.py"]
