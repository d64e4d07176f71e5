"""Checkpoints whose digest is right and whose values cannot be: one sentence, nothing written."""

import copy
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch

from snnc.kinds import catalog
from tests.runtime.runtime import module
from tests.training.packages import run
from tests.training.test_checkpoints import says

State = dict[str, Any]
NAN, INF = float("nan"), float("inf")
ROW = {"epoch": 1, "loss": 0.5}

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")  # of torch, on odd tensors


@pytest.fixture(scope="module")
def written(shared: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The checkpoint of a run of one epoch."""
    folder = tmp_path_factory.mktemp("runs") / "run"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shared.visualize, "draw", lambda *_: [])
        run(shared, folder, "--epochs", "1")
    return (folder / "checkpoint_latest.pt").read_bytes()


Refuses = Callable[..., str]


@pytest.fixture
def refuses(
    script: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str], written: bytes
) -> Refuses:
    """What --resume and --evaluate say of a checkpoint with other values: the same."""

    def said(change: Callable[[State], State]) -> str:
        path = tmp_path / "one.pt"
        path.write_bytes(written)
        state = torch.load(path, weights_only=True)
        torch.save(script.training.checkpoints.sealed(state | change(state)), path)
        going_on = says(script, capsys, "--resume", "one.pt", "--out-dir", "o", "--epochs", "2")
        assert says(script, capsys, "--resume", "one.pt", "--evaluate") == going_on
        assert [found.name for found in tmp_path.iterdir()] == ["one.pt"]
        assert going_on.endswith("; nothing was changed.\n")
        assert len(going_on) < 1000
        return going_on

    return said


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("batch_size", 0),
        ("accumulate", 0),
        ("epochs", -3),
        ("limit", 0),
        ("early_stop", 0),
        ("dtype", "quux"),
        ("warmup_epochs", INF),
        ("grad_clip", NAN),
        ("label_smoothing", 5.0),
        ("time_steps", -4),
        ("time_steps", 2**65),
        ("seed", 2**70),
        ("seed", -5),
        ("amp", 1),
    ],
)
def test_settings(refuses: Refuses, name: str, value: object) -> None:
    said = refuses(lambda state: {"settings": state["settings"] | {name: value}})
    assert f"is no whole checkpoint: the setting {name} is " in said


@pytest.mark.parametrize(
    ("name", "table", "problem"),
    [
        ("optimizer", {"kind": "Quux"}, "kind is Quux"),
        ("optimizer", {"kind": "Optimizer"}, "kind is Optimizer"),
        ("optimizer", {"kind": "__name__"}, "kind is __name__"),
        ("optimizer", {"kind": 5}, "kind is 5"),
        ("optimizer", {"kind": "SGD", "lr": "x"}, "lr is 'x'"),
        ("optimizer", {"kind": "SGD", "lr": -1}, "lr is -1"),
        ("optimizer", {"kind": "Adam", "betas": [2, 0]}, "betas is [2, 0]"),
        ("optimizer", {"kind": "SGD", "speed": 1}, "SGD has no speed"),
        ("scheduler", {"kind": "Quux"}, "kind is Quux"),
        ("scheduler", {"kind": "partial"}, "kind is partial"),
        ("scheduler", {"kind": "StepLR", "step_size": 0}, "step_size is 0"),
    ],
)
def test_optimizers(refuses: Refuses, name: str, table: State, problem: str) -> None:
    said = refuses(lambda state: {"settings": state["settings"] | {name: table}})
    assert f"is no whole checkpoint: in {name}, {problem};" in said


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("epoch", -1, "epoch is -1"),
        ("epoch", 2**80, f"epoch is {2**80}"),
        ("epoch", 5, "history has 1 epochs of 5"),
        ("batch", -1, "batch is -1"),
        ("best_epoch", -9, "best_epoch is -9"),
        ("best", NAN, "best is nan"),
        ("lr", INF, "lr is inf"),
        ("time_steps", 0, "time_steps is 0"),
        ("score", [NAN] * 4, "history or score holds numbers that cannot be"),
        ("score", [2**2000, 1, 1, 1], "history or score holds numbers that cannot be"),
        ("history", [ROW | {"epoch": NAN}], "history or score holds numbers that cannot be"),
        ("history", [ROW | {"epoch": INF}], "history or score holds numbers that cannot be"),
        ("history", [ROW | {5: 1}], "history has something else than names"),
        ("identity", {1: 2}, "identity holds something else than text"),
        ("data", {1: 2}, "data holds something else than text"),
    ],
)
def test_counters(refuses: Refuses, name: str, value: object, problem: str) -> None:
    said = refuses(lambda _: {name: value})
    assert f"is no whole checkpoint: {problem};" in said


@pytest.mark.parametrize("kind", ["sparse", "meta", "complex"])
def test_tensors_that_are_not_plain(
    script: ModuleType,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    written: bytes,
    kind: str,
) -> None:
    path = tmp_path / "one.pt"
    path.write_bytes(written)
    state = torch.load(path, weights_only=True)
    bias = state["model"]["fc1.bias"]
    odd = {"sparse": bias.to_sparse(), "meta": bias.to("meta"), "complex": bias + 0j}
    state["model"]["fc1.bias"] = odd[kind]
    torch.save(state, path)
    said = says(script, capsys, "--resume", "one.pt", "--out-dir", "o")
    assert "model has 'fc1.bias', which is no plain tensor of numbers;" in said


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda bias: bias * NAN, "holds NaN or infinite numbers"),
        (torch.Tensor.long, "is of torch.int64 there and of torch.float32 here"),
    ],
)
def test_weights(refuses: Refuses, change: Callable[[torch.Tensor], object], problem: str) -> None:
    said = refuses(
        lambda state: {"model": state["model"] | {"fc1.bias": change(state["model"]["fc1.bias"])}}
    )
    assert f"does not fit: fc1.bias {problem};" in said


def deep(state: State, *path: Any, to: object) -> State:
    """A checkpoint's state with another value at a path."""
    *above, last = path
    changed = copy.deepcopy(state)
    place: Any = changed
    for key in above:
        place = place[key]
    place[last] = to
    return changed


@pytest.mark.parametrize(
    ("path", "value", "problem"),
    [
        (("optimizer",), {}, "it is none of an optimizer"),
        (("optimizer", "param_groups"), [], "param_groups has 0 items, not 1"),
        (("optimizer", "state", 0), {}, "momentum_buffer of state 0 is missing"),
        (("optimizer", "state", 0), 5, "state 0 is 5"),
        (("optimizer", "state", 99), {}, "it has states of other parameters"),
        (("optimizer", "state", 0, "momentum_buffer"), torch.zeros(3), "is [3] there and "),
        (("optimizer", "state", 0, "momentum_buffer"), None, "is no plain tensor"),
        (("optimizer", "state", 0, "momentum_buffer"), torch.full((32, 64), NAN), "holds NaN"),
        (("optimizer", "param_groups", 0, "lr"), NAN, "0, lr is nan"),
        (("optimizer", "param_groups", 0, "lr"), -1.0, "lr is -1.0"),
        (("optimizer", "param_groups", 0, "momentum"), "x", "momentum is x"),
        (("optimizer", "param_groups", 0, "params"), [1, 0, 2, 3], "params are others"),
        (("scheduler",), {}, "T_max of scheduler is missing"),
        (("scheduler", "T_max"), 0, "T_max is 0"),
        (("scheduler", "last_epoch"), -5, "last_epoch is -5"),
        (("scheduler", "base_lrs"), [1.0, 2.0], "base_lrs has 2 items, not 1"),
        (("scaler",), {"scale": 0.0}, "scale of scaler is unknown"),
    ],
)
def test_states_of_the_optimizer(
    refuses: Refuses, path: tuple[Any, ...], value: object, problem: str
) -> None:
    said = refuses(lambda state: deep(state, *path, to=value))
    assert "does not fit: its optimizer is another one: " in said
    assert problem in said


def test_a_long_identity_is_cut(refuses: Refuses) -> None:
    said = refuses(lambda state: {"identity": state["identity"] | {"input.shape": "q" * 100_000}})
    assert "q… there and " in said


@pytest.mark.parametrize("folder", ["optimizers", "schedulers"])
def test_every_kind_has_its_values(folder: str) -> None:
    """Those that a spec can state, but for the warm-up, which is a setting of its own."""
    kinds = catalog(f"snnc.{folder}")
    allowed = getattr(module("training.allowed"), folder.upper())
    fields = {n: {*k.model_fields} - {"kind", "warmup_epochs"} for n, k in kinds.items()}
    assert {name: {*table} for name, table in allowed.items()} == fields


def test_every_setting_has_its_values() -> None:
    fields = module("training.settings").Settings.__dataclass_fields__
    assert [*fields] == [*module("training.allowed").SETTINGS]
