"""CUDA with a normalisation before a neuron and windows behind it: what one by one gives."""

from dataclasses import replace
from typing import Any

import pytest
import torch

from templates.snn_runtime.fused import cuda
from templates.snn_runtime.fused.cuda import OPTIONS, division
from templates.snn_runtime.fused.joined import on_gpu
from tests.gpu import nvrtc, shim
from tests.gpu.cases import IF, LIFS
from tests.gpu.fake_cupy import install
from tests.gpu.joined import Form, Looped, OnCuda, differences, watched
from tests.gpu.memory import MemoryFault
from tests.gpu.ptx import PtxMachine

PLAIN = replace(IF, steps=5, dtype=torch.float64, shape=(3, 4, 4, 6))
PAIRS = replace(PLAIN, dtype=torch.float32, ends=False, starts=False)
LEARNT = next(c for c in LIFS if {t.axes for t in c.kernel.terms} == {"c", "ce"})
LEARNT = replace(LEARNT, steps=19, dtype=torch.float64, static=False, shape=(2, 3, 4, 6))
LEFT = replace(PLAIN, shape=(2, 4, 5, 7), ends=False)
FORMS = (
    Form(PLAIN, "normed"),
    Form(PLAIN, "normed", last=True),
    Form(replace(PLAIN, steps=21), "max_2x2", last=True),
    Form(PLAIN, "max_2x2_normed"),
    Form(PLAIN, "max_2x2_normed", last=True),
    Form(replace(PLAIN, static=True, starts=False), "avg_2x3_normed", batch=False),
    Form(replace(PLAIN, static=True), "normed", last=True),
    Form(replace(PAIRS, shape=(3, 4, 5, 7)), "normed", last=True, batch=False),
    Form(replace(PAIRS, static=True), "normed", batch=False),
    Form(replace(PAIRS, dtype=torch.bfloat16), "max_1x3_normed", batch=False),
    Form(PAIRS, "avg_2x2"),
    Form(LEARNT, "normed"),
    Form(LEARNT, "max_2x2_normed", last=True),
)
REST = (Form(LEFT, "max_2x2_normed"), Form(LEFT, "avg_2x2", last=True), Form(LEFT, "max_2x2"))


def climbed(
    form: Form, machine: type, patch: pytest.MonkeyPatch, planted: tuple[str, str] = ("", "")
) -> list[str]:
    """What differs when a machine runs the text."""
    want = form.both_ways(form.made(Looped))
    install(patch, machine)
    made = form.made(OnCuda, planted)
    if planted[0]:
        assert planted[0] in on_gpu.NORMS + form.made(OnCuda).cuda
    with watched(patch, planted):
        return differences(form, form.both_ways(made), want)


@pytest.mark.parametrize("form", [*FORMS, *REST], ids=str)
def test_text_equals_loop(form: Form, monkeypatch: pytest.MonkeyPatch) -> None:
    for machine in (shim.ShimMachine, shim.ReversedMachine):
        with monkeypatch.context() as patch:
            assert climbed(form, machine, patch) == []


@pytest.mark.parametrize("form", FORMS, ids=str)
def test_ptx_equals_loop(form: Form, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every access is in bounds, and every result is written once."""
    assert climbed(form, PtxMachine, monkeypatch) == []


@pytest.mark.parametrize("form", FORMS, ids=str)
def test_registers(form: Form) -> None:
    text, name = form.made(OnCuda).cuda, form.case.name
    own = [f"{name}_{end}" for end in ("forward", "backward")]
    names = [*own, *["statistics", "lines", "slopes", "finish"] * ("normed" in form.text)]
    for each in names:
        options = (*OPTIONS, *division(text, each), *form.known(each))
        its = text if each in own else on_gpu.NORMS
        (found,) = nvrtc.usages(its, (80, 90)[form.last], options)
        assert found.kernel == each
        assert found.stack == found.spilled == 0
        assert found.registers <= 240


SIMPLE = Form(PLAIN, "max_2x2_normed", last=True)
WRONG = {
    "another channel": ("const i64 c = ELEMENT / inner % channels;", "const i64 c = 0;"),
    "the last of equals": ("LOAD(fired.a[j]) > pooled ? j", "LOAD(fired.a[j]) >= pooled ? j"),
    "sums forgotten": ("EACH_OWN scaled[j] += norm.scales[j];", ""),
    "not from the mean": ("now * (x - norm.center[OWN])", "now * x"),
    "squares of all": ("+ its[0] * off * off", ""),
    "not normalised": ("(norm.scale[OWN] * (x) + norm.shift[OWN])", "(x)"),
    "no slope of the variance": ("(real)(count ? -scale * steep", "(real)(0 ? -scale * steep"),
}
OUTSIDE = {
    "a window too far": ("j / ACROSS * at.line", "(j / ACROSS + 9) * at.line"),
    "a part of another thread": ("(me.group * span + me.lane) * 2", "me.lane * 2"),
    "no end of threads": ("    if (me.group < chunks) \\\n", "    if (true) \\\n"),
    "marks of all at one place": ("at.own = i * PACK;\n    at.n_out", "at.own = 0;\n    at.n_out"),
}


@pytest.mark.parametrize("planted", WRONG.values(), ids=WRONG)
def test_values_differ(planted: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert climbed(SIMPLE, shim.ShimMachine, monkeypatch, planted)


@pytest.mark.parametrize("planted", OUTSIDE.values(), ids=OUTSIDE)
def test_memory_is_guarded(planted: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    form = Form(replace(PLAIN, steps=21), SIMPLE.text, SIMPLE.last)
    with pytest.raises(MemoryFault):
        climbed(form, PtxMachine, monkeypatch, planted)


def test_unaligned_memory_is_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    """A gradient that begins between two neighbours."""
    form = Form(PAIRS, "normed", batch=False)
    want = form.both_ways(form.made(Looped))

    class Shifted(OnCuda):
        def backward(self, *how: Any) -> list[torch.Tensor]:
            *first, grad, ends = how
            room = torch.empty(grad.numel() + 1, dtype=grad.dtype)[1:]
            handed: Any = (*first, room.view(grad.shape).copy_(grad), ends)
            return super().backward(*handed)

    copies, copied = list[Any](), cuda.copied

    def counted(argument: Any) -> Any:
        copies.append(argument)
        return copied(argument)

    monkeypatch.setattr(cuda, "copied", counted)
    install(monkeypatch, shim.ShimMachine)
    with watched(monkeypatch):
        assert differences(form, form.both_ways(form.made(Shifted)), want) == []
    assert copies
