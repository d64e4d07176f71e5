"""Sink, drop and the taking apart of loops: what moves, what must not, and what it says."""

from pathlib import Path

import pytest

import snnc
from snnc.commands.show import as_text
from snnc.program.placement import placement
from snnc.program.text import text
from snnc.program.types import Program, Scan
from snnc.source.diagnostic import Findings
from tests.support.nets import document

HEAD = '[input]\nshape = [6]\nencoder = "none"\n[network]\nlayers = [\n{layers}\n]\n'
LINEAR = '{ kind = "Linear", name = "%s", out_features = 6%s }'


def program(folder: Path, layers: str, rest: str = "", **how: str) -> Program:
    spec = HEAD.replace("{layers}", layers) + rest
    return snnc.lower(snnc.link(document(folder, spec)), **how)


def readout(kind: str) -> str:
    return f'[output]\nreadout = "{kind}"\n'


def regions(p: Program) -> dict[str, str]:
    return {row.name: row.region for row in placement(p)}


def loops(p: Program) -> list[tuple[str, ...]]:
    scans = (r for r in p.regions if isinstance(r, Scan) and r.form == "loop")
    return [tuple(op.node for op in scan.ops) for scan in scans]


BEHIND = {
    "mean": {"linear", "affine", "flatten", "add", "concat"},
    "sum": {"linear", "flatten", "add", "concat"},
    "max": {"flatten", "relu", "concat"},
    "last": {"linear", "affine", "flatten", "add", "concat", "relu", "silent dropout"},
    "sequence": set(),
}
LAST = {
    "linear": LINEAR % ("end", ", bias = false"),
    "affine": LINEAR % ("end", ""),
    "flatten": '{ kind = "Flatten", name = "end" }',
    "add": '{ kind = "Add", name = "end", from = ["a", "b"] }',
    "concat": '{ kind = "Concat", name = "end", from = ["a", "b"] }',
    "relu": '{ kind = "ReLU", name = "end" }',
    "silent dropout": '{ kind = "Dropout", name = "end" }',
    "new dropout": '{ kind = "Dropout", name = "end", mask = "step" }',
    "normalisation": '{ kind = "BatchNorm1d", name = "end" }',
    "neuron": '{ kind = "LIF", name = "end" }',
    "past": '{ kind = "Add", name = "end", from = ["b", "end@-1"] }',
}


@pytest.mark.parametrize("kind", BEHIND)
@pytest.mark.parametrize("last", LAST)
def test_what_commutes_with_a_readout_sinks_behind_it(tmp_path: Path, kind: str, last: str) -> None:
    layers = f'{{ kind = "IF", name = "a" }}, {{ kind = "LIF", name = "b" }}, {LAST[last]}'
    made = program(tmp_path, layers, readout(kind))
    assert regions(made)["end"] == ("after" if last in BEHIND[kind] else "time")


READ_TWICE = """
{ kind = "IF", name = "a" },
{ kind = "Linear", name = "b", out_features = 6 },
{ kind = "IF", name = "c" },
{ kind = "Add", name = "end", from = ["b", "c"] },
"""


def test_what_something_else_reads_stays(tmp_path: Path) -> None:
    found = regions(program(tmp_path, READ_TWICE, readout("mean")))
    assert (found["end"], found["b"], found["c"]) == ("after", "time", "time")
    outputs = '[outputs.one]\nfrom = "b"\n[outputs.two]\nfrom = "b"\nreadout = "sum"\n'
    assert regions(program(tmp_path, READ_TWICE, outputs))["b"] == "time"


def test_what_a_delay_still_reads_stays(tmp_path: Path) -> None:
    layers = f"""
{LINEAR % ("a", "")},
{{ kind = "Add", name = "b", from = ["a", "b@-1"] }},
{{ kind = "Flatten", name = "c" }},
"""
    found = regions(program(tmp_path, layers, readout("mean")))
    assert (found["a"], found["b"], found["c"]) == ("time", "time", "after")


def test_a_static_operand_may_stay_under_the_mean_and_not_under_the_sum(tmp_path: Path) -> None:
    spec = """
[input]
shape = [6]
[network]
layers = [
  { kind = "Linear", name = "a", out_features = 6 },
  "IF",
  { kind = "Add", name = "end", from = ["a", "if1"] },
]
"""
    for kind, where in (("mean", "after"), ("sum", "time"), ("last", "after")):
        graph = snnc.link(document(tmp_path, spec + readout(kind)))
        assert regions(snnc.lower(graph))["end"] == where


def test_a_tail_runs_once_a_sample_and_says_so(tmp_path: Path) -> None:
    layers = f'"IF", {LINEAR % ("fc", "")}'
    shown = as_text(program(tmp_path, layers, readout("mean")))
    assert "sunk: commutes with the mean over time, so once is enough" in shown
    assert "sunk after the time loop: fc\n" in shown
    assert "144 MACs a sample as written, 36 as compiled (75.0% saved)" in shown


def test_what_nothing_reads_is_dropped_unless_it_updates_something(tmp_path: Path) -> None:
    layers = f"""
{LINEAR % ("a", "")},
{{ kind = "IF", name = "b" }},
{{ kind = "LIF", name = "dead" }},
{{ kind = "ReLU", name = "dead2" }},
{{ kind = "BatchNorm1d", name = "updates", from = "b" }},
{{ kind = "IF", name = "c", from = "b" }},
"""
    made = program(tmp_path, layers)
    found = regions(made)
    assert (found["dead"], found["dead2"]) == ("dropped", "dropped")
    assert found["updates"] == "time"
    assert "dropped dead: no output depends on it\n" in text(made)
    assert "dropped: not computed" in as_text(made)


CYCLE = """
{ kind = "Linear", name = "fc1", out_features = 5 },
{ kind = "Concat", name = "both", from = ["fc1", "hidden@-1"] },
{ kind = "Linear", name = "mix", out_features = 5 },
{ kind = "IF", name = "hidden" },
{ kind = "Linear", name = "fc2", out_features = 3 },
{ kind = "IF", name = "end" },
"""


def test_only_the_cycle_is_looped(tmp_path: Path) -> None:
    made = program(tmp_path, CYCLE, after="fold")
    assert loops(made) == [("hidden@-1", "both", "mix", "hidden")]
    reasons = {row.name: row.reason for row in placement(made)}
    assert reasons["mix"] == "in a cycle with both, hidden: step by step"
    assert reasons["fc1"] == "not hoisted: input changes over time; all steps at once"


def test_the_schedule_step_loops_over_everything(tmp_path: Path) -> None:
    (inside,) = loops(program(tmp_path, CYCLE, schedule="step"))
    assert {"fc1", "hidden@-1", "fc2", "end"} <= {*inside}


def test_two_cycles_are_two_loops(tmp_path: Path) -> None:
    layers = """
{ kind = "Add", name = "a", from = ["input", "b@-1"] },
{ kind = "Linear", name = "w", out_features = 6 },
{ kind = "LIF", name = "b" },
{ kind = "Add", name = "c", from = ["b", "d@-2"] },
{ kind = "Linear", name = "u", out_features = 6 },
{ kind = "LIF", name = "d" },
"""
    made = program(tmp_path, layers, after="fold")
    assert loops(made) == [("b@-1", "a", "w", "b"), ("d@-2", "c", "u", "d")]


def test_a_delay_that_closes_no_cycle_is_a_shift(tmp_path: Path) -> None:
    made = program(tmp_path, '"IF", { kind = "Add", from = ["if1", "if1@-2"] }, "LIF"')
    assert not loops(made)
    assert "  if1@-2 = delay(if1)" in text(made)


def shape_of(folder: Path, layers: str, name: str, shape: str = "[6]") -> tuple[int, ...]:
    spec = HEAD.replace("{layers}", layers).replace("[6]", shape)
    return snnc.link(document(folder, spec))[name].shape


def test_shapes_settle_through_delayed_edges(tmp_path: Path) -> None:
    assert shape_of(tmp_path, CYCLE, "both") == (10,)
    back = """
{ kind = "Linear", name = "a", out_features = 9, from = "c@-1" },
{ kind = "Linear", name = "b", out_features = 9, from = "input" },
{ kind = "Add", from = ["a", "b"] },
{ kind = "Linear", name = "w", out_features = 4 },
{ kind = "LIF", name = "c" },
"""
    assert shape_of(tmp_path, back, "c") == (4,)
    pooled = """
{ kind = "Conv2d", name = "a", out_channels = 2, kernel_size = 3, padding = 1 },
{ kind = "Concat", name = "b", from = ["a", "d@-1"] },
{ kind = "Conv2d", name = "c", out_channels = 5, kernel_size = 3, padding = 1 },
{ kind = "LIF", name = "d" },
"""
    assert shape_of(tmp_path, pooled, "b", "[1, 8, 8]") == (7, 8, 8)


def test_a_shape_that_grows_with_every_step_is_refused(tmp_path: Path) -> None:
    layers = '{ kind = "Concat", name = "a", from = ["input", "a@-1"] }, "LIF"'
    with pytest.raises(Findings) as caught:
        shape_of(tmp_path, layers, "a")
    (found,) = caught.value.diagnostics
    assert "its shape depends on itself and never settles" in found.message


BAD = {
    "bn": (
        CYCLE.replace(
            '{ kind = "IF", name = "hidden" }', '"BatchNorm1d", { kind = "IF", name = "hidden" }'
        ),
        "`bn1` needs all time steps at once, but is in a cycle with both → mix → hidden",
    ),
    "undriven": (
        '{ kind = "IF", name = "a", from = "a@-1" },',
        "no edge from outside enters the cycle of a",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_cycle_that_cannot_be_computed_is_refused(tmp_path: Path, name: str) -> None:
    layers, message = BAD[name]
    with pytest.raises(Findings) as caught:
        program(tmp_path, layers)
    assert [d.message for d in caught.value.diagnostics] == [message]
