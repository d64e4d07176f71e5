"""``snnc verify``: fine networks pass, a planted error is told in its row."""

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest
import torch
from torch import Tensor, nn

import snnc
from snnc.emit.types import GeneratedFiles
from snnc.passes import OPTIONAL, hoist
from snnc.step import grad
from snnc.verify import run
from snnc.verify.cases import Case
from snnc.verify.compare import Difference, Limits, What, differences, distance
from snnc.verify.configurations import Configuration, configurations, running
from snnc.verify.observe import Observed
from snnc.verify.run import Options, Verification, compared
from snnc.verify.stream import streamed
from snnc.verify.truth import Place, Truth
from tests.support import cli
from tests.support.cli import Ran
from tests.support.nets import document
from tests.support.written import replaced

NET = """
[input]
shape = [2, 4, 4]
[network]
layers = [
  { kind = "Conv2d", name = "conv", out_channels = 3, kernel_size = 3 },
  "BatchNorm2d", "IF", "Flatten",
  { kind = "Linear", name = "fc", out_features = 3 },
  { kind = "LIF", name = "lif" },
]
"""
TAU_3 = NET.replace('"LIF"', '"LIF", tau = 3.0')
QUICK = Options(quick=True, backends=("torch",))

Run = Callable[..., Ran]


@pytest.fixture
def verify(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """The command, on a small network."""
    document(tmp_path, NET)
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: cli.snnc(capsys, "verify", "net.snn.toml", *arguments)


def rows(out: str) -> list[list[str]]:
    return [line.split() for line in out.splitlines()[3:] if line]


def test_a_fine_network(verify: Run) -> None:
    ran = verify()
    assert (ran.code, ran.err) == (0, "")
    *table, summary = rows(ran.out)
    assert summary[-2:] == ["all", "equal"]
    assert {row[2] for row in table} >= {"torch"}
    ways = {line[:21].rstrip() for line in ran.out.splitlines()[3:-2]}
    variants = ("-", *(f"no {name}" for name in OPTIONAL), "chunks of 3")
    assert ways == {"auto      -", *(f"{s:<8}  {v}" for s in ("fold", "step") for v in variants)}
    modes = {(mode, numbers) for mode in ("train", "eval") for numbers in ("float64", "dyadic")}
    assert {tuple(row[3:5]) for row in table if row[1] == "-" and "same" not in row} == modes
    assert all("same" in row or row[-1] == "ok" for row in table)


def test_every_output_that_is_exact_is_equal_to_the_last_bit(verify: Run) -> None:
    dyadic = [row for row in rows(verify().out) if row[3:5] == ["eval", "dyadic"]]
    assert dyadic
    assert all(row[5] == "0" and row[6] != "-" for row in dyadic)


def test_a_planted_error(verify: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hoist, "movable", lambda *_: True)
    ran = verify("--quick")
    assert (ran.code, ran.err) == (1, "")
    assert "fold      -            torch" in ran.out
    assert "DIFFERS\n    IllegalProgram: if1 runs once but has a state" in ran.out
    assert " differ\n" in ran.out


def test_a_layer_that_differs_is_named(verify: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    emit = snnc.emit
    wrong = {"bn.running_var.lerp_(var": "bn.running_var.lerp_(2 * var"}

    def planted(*arguments: Any, **more: Any) -> GeneratedFiles:
        ((old, new),) = wrong.items()
        return replaced(emit(*arguments, **more), old, new)

    monkeypatch.setattr(snnc, "emit", planted)
    ran = verify("--quick", "--format", "json")
    assert (ran.code, ran.err) == (1, "")
    found = json.loads(ran.out)["rows"]
    train = [row for row in found if (row["mode"], row["numbers"]) == ("train", "float64")]
    assert train
    assert all("T = 4, B = 3: bn1.running_var differs by" in row["finding"] for row in train)
    assert all(row["finding"] == "" for row in found if row["mode"] == "eval")


def test_json_says_what_the_table_says(verify: Run) -> None:
    ran = verify("--quick", "--format", "json")
    assert (ran.code, ran.err) == (0, "")
    first = json.loads(ran.out)["rows"][0]
    assert (first["schedule"], first["without"], first["mode"]) == ("fold", [], "train")
    assert set(first["largest"]) == {"outputs", "values", "gradients", "statistics"}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--format", "xml"], "snnc: --format must be one of full, json, not xml\n"),
        ([], "snnc: verify runs networks and needs torch: pip install 'snnc[torch]'\n"),
    ],
)
def test_what_cannot_be_carried_out(
    verify: Run, monkeypatch: pytest.MonkeyPatch, arguments: list[str], sentence: str
) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    assert verify(*arguments) == Ran(2, "", sentence)


def test_a_wrong_spec(verify: Run) -> None:
    ran = verify("--set", "time_steps=0")
    assert (ran.code, ran.err) == (1, "")
    assert "error[SNN204]" in ran.out


def test_a_neuron_that_cannot_fire_is_a_warning(tmp_path: Path) -> None:
    text = '[input]\nshape = [3]\n[network]\nlayers = [{ kind = "IF", v_threshold = 90.0 }]\n'
    made = Verification(document(tmp_path, text), QUICK)
    assert [row.finding for row in made.rows()] == [""] * 4
    assert [*made.warnings] == ["if1 fires at 0.0% at every scale of its weights"]


def test_what_is_not_defined_is_a_warning(tmp_path: Path) -> None:
    layers = '[{ kind = "BatchNorm1d", stats = "step" }, "IF"]'
    text = f"[input]\nshape = [3]\n[network]\nlayers = {layers}\n"
    made = Verification(document(tmp_path, text), Options(backends=("torch",)))
    assert [row.finding for row in made.rows() if row.finding] == []
    (warning, *_) = made.warnings
    assert warning.startswith("train, T = 4, B = 1 is not defined: Expected more than 1 value")


def test_what_is_rounded_is_left_to_float64(tmp_path: Path) -> None:
    case = Case(training=False, numbers="dyadic", steps=4, batch=3)
    exact, rounded = (
        Truth(snnc.link(document(tmp_path, text)), 0, 3).limits(case).only for text in (NET, TAU_3)
    )
    assert exact is not None
    assert rounded is not None
    assert exact - rounded == {"lif", "output"}


def far(found: Sequence[Difference]) -> tuple[Difference, ...]:
    return tuple(replace(difference, amount=1.0) for difference in found)


@pytest.fixture
def edge(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Everything differs under the first seed, as it does by noise; the seeds that were used."""
    seeds: list[int] = []

    def once(truth: Truth, *more: Any) -> tuple[Difference, ...]:
        seeds.append(truth.seed)
        found = compared(truth, *more)
        return found if truth.seed else far(found)

    def shaken(truth: Truth, case: Case) -> frozenset[Place]:
        found = truth.seen(case)
        return frozenset((what, name) for what in get_args(What) for name in getattr(found, what))

    monkeypatch.setattr(run, "compared", once)
    monkeypatch.setattr(Truth, "_shaken", shaken)
    return seeds


def test_what_noise_moves_is_drawn_again(tmp_path: Path, edge: list[int]) -> None:
    made = Verification(document(tmp_path, NET), QUICK)
    found = {(row.mode, row.numbers): row.finding for row in made.rows()}
    assert found["train", "float64"] == found["eval", "float64"] == ""
    assert found["train", "dyadic"] != ""  # there is no rounding to blame
    assert {*edge} == {0, 1000}


def test_what_noise_moves_in_every_draw_is_not_decided(
    tmp_path: Path, edge: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "compared", lambda *them: far(compared(*them)))
    made = Verification(document(tmp_path, NET), QUICK)
    rows = {(row.mode, row.numbers): row for row in made.rows()}
    undecided = rows["train", "float64"]
    assert (undecided.finding, undecided.largest) == ("", {})
    assert "train, T = 4, B = 3 is undecided: rounding alone changes " in next(iter(made.warnings))


def test_a_difference_that_noise_does_not_make_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "compared", lambda *them: far(compared(*them)))
    rows = [*Verification(document(tmp_path, NET), QUICK).rows()]
    assert all("differs by 1.0e+00" in row.finding for row in rows)


def test_noise_moves_a_neuron_at_its_threshold(tmp_path: Path) -> None:
    """Weights that bring the first sample there but for rounding."""
    layers = '{ kind = "Linear", out_features = 8 }, "IF"'
    text = f"[input]\nshape = [1]\n[network]\nlayers = [{layers}]\n"
    case = Case(training=True, numbers="float64", steps=4, batch=3)
    truth = Truth(snnc.link(document(tmp_path, text)), 0, 3)
    assert truth.shaken(case) == frozenset()
    x = truth.data(case)["input"]
    with torch.no_grad():
        weight, bias = truth.start[0].parameters()
        weight.fill_(1.0)
        bias.fill_(1.0 - float(x[0, 0]))
    truth.seen.cache_clear()
    truth.shaken.cache_clear()
    assert ("values", "if1") in truth.shaken(case)
    assert ("values", "fc1") not in truth.shaken(case)


def test_configurations(tmp_path: Path) -> None:
    doc = document(tmp_path, NET, 4, "build.schedule=step")
    assert [*configurations(doc, ["torch"], quick=True)] == [Configuration("step", (), "torch")]
    assert len({*configurations(doc, ["torch"])}) == 2 * (2 + len(OPTIONAL)) + 1
    assert str(Configuration("fold", ("hoist",), "c")) == "fold, no hoist on c"


def test_seeds_are_the_cpus_wherever_it_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SNNC_BACKEND", "auto")
    torch.manual_seed(1)
    want = int(torch.randint(2**62, ()))
    torch.manual_seed(1)
    with running(Configuration("fold", (), "cuda")):
        drawn = torch.randint(2**62, (), device="cpu")
    assert int(drawn) == want
    assert torch.randint.__module__ != run.__name__


class Doubler(nn.Module):
    """Twice the sum so far, as a network that streams."""

    def step(self, x: Tensor, state: Tensor | None = None) -> tuple[Tensor, Tensor]:
        total = x if state is None else state + x
        return 2 * total, total


def test_streaming_is_read_out_as_the_whole_is(tmp_path: Path) -> None:
    text = '[input]\nshape = [2]\nencoder = "none"\n[network]\nlayers = ["IF"]\n'
    graph = snnc.link(document(tmp_path, text, 3))
    x = torch.tensor([[[1.0, 2.0]], [[3.0, 4.0]], [[5.0, 6.0]]])
    (got,) = streamed(Doubler(), graph, {"input": x}, 3).values()
    assert got.tolist() == [pytest.approx([(2 + 8 + 18) / 3, (4 + 12 + 24) / 3])]


def one(y: Tensor, gradient: float = 1.0) -> Observed:
    return Observed({"y": y}, {"w": torch.tensor([gradient])}, {"mean": torch.zeros(1)}, {"a": y})


@pytest.mark.parametrize(
    ("got", "sentence"),
    [
        (one(torch.tensor([1.0, 3.0])), "a differs by 5.0e-01"),
        (one(torch.tensor([1.0, float("nan")])), "a differs by inf"),
        (one(torch.tensor([1.0])), "a is float32 [1], not float32 [2]"),
        (one(torch.tensor([1.0, 2.0]).double()), "a is float64 [2], not float32 [2]"),
        (one(torch.tensor([1.0, 2.0]), 1.1), "gradient of w differs by 1.0e-01"),
        (Observed({}, {}, {}, {}), "a is missing"),
    ],
)
def test_differences_are_told(got: Observed, sentence: str) -> None:
    want = one(torch.tensor([1.0, 2.0]))
    assert all(d.equal for d in differences(want, want, Limits()))
    found = [str(d) for d in differences(got, want, Limits(floor=0.0)) if not d.equal]
    assert found[0] == sentence


def test_what_is_not_finite_has_to_agree() -> None:
    values = torch.tensor([1.0, float("nan"), float("inf")])
    assert distance(values, values, 0.0) == 0.0
    assert distance(values, values.nan_to_num(), 0.0) == float("inf")
    assert distance(torch.tensor([-0.0]), torch.tensor([0.0]), 0.0) == 0.0


CHOOSES = """
[input]
shape = [4]
encoder = "none"
[network]
layers = [{ kind = "Linear", out_features = 4 }, { kind = "Log", name = "log" }]
[neurons.Log]
state = { v = 0.0 }
step = '''
v = 0.5 * v + where(x > 0, log(x), 0)
y = v
'''
output = "y"
"""


def test_a_neuron_that_chooses_is_compared_alone_at_its_edges(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = [*Verification(document(tmp_path, CHOOSES), QUICK).rows()]
    assert [row.finding for row in found if row.numbers == "edges"] == [""]
    assert found[-1].largest["gradients"] < 1e-9
    # the gradient of the branch not taken as a product with 0, which PyTorch would have
    monkeypatch.setattr(grad, "chosen", lambda _: frozenset())
    found = [*Verification(document(tmp_path, CHOOSES), QUICK).rows()]
    assert [row.numbers for row in found if row.finding] == ["edges"]
    assert found[-1].finding == "log alone: gradient of in0 differs by inf"
