"""Runs and weights know which network they are of; whatever is another one is told by its keys."""

import ast
import shutil
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch

import snnc
from snnc.emit.built import built, toml_value, trained
from tests.training.packages import LAYERS, MSE, SGD, build, latest, run, undrawn
from tests.training.test_checkpoints import contents, says

ZOO = sorted((Path(__file__).parents[2] / "specs").glob("*.snn.toml"))
LIF = LAYERS.replace('"IF", name', '"LIF", tau = 3.0, name')


@pytest.fixture
def edited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Another network of the same name, with the same tensors."""
    found = build(tmp_path / "lif", "edited_net", MSE + SGD, layers=LIF)
    undrawn(found, monkeypatch)
    return found


@pytest.fixture
def plain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    found = build(tmp_path / "plain", "plain_net", MSE + SGD)
    undrawn(found, monkeypatch)
    return found


def renamed(script: ModuleType, path: Path, **changes: object) -> None:
    """A checkpoint as if its network had this other name."""
    state = torch.load(path, weights_only=True) | changes
    torch.save(script.training.checkpoints.sealed(state), path)


def full(value: Any) -> Any:
    """Without what is empty."""
    if isinstance(value, dict):
        return {k: full(v) for k, v in value.items() if v not in ({}, [])}
    return [full(each) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize("path", ZOO, ids=lambda path: path.name[:-9])
def test_a_spec_as_built_says_all(path: Path) -> None:
    spec = snnc.load(path).spec
    text = f"{built(spec)}\n{trained(spec)}\n"
    said = spec.model_dump(mode="json", by_alias=True, exclude_none=True, exclude={"build", "doc"})
    assert tomllib.loads(text) == full(said)
    assert ast.literal_eval(f'r"""{text}"""') == text


def test_a_flat_one_can_be_built_again(tmp_path: Path) -> None:
    text = built(snnc.load(ZOO[0].with_name("own_neurons.snn.toml")).spec)
    again = tmp_path / "again.snn.toml"
    again.write_text(text, "utf-8")
    assert built(snnc.load(again).spec) == text


def test_what_a_raw_string_could_not_hold() -> None:
    text = '\'""" \\ \x0c \u2028 \x7f \U000e0001 {}\n"' * 2
    line = f"a = {toml_value(text)}"
    assert tomllib.loads(line)["a"] == text
    assert line.isprintable()
    assert ast.literal_eval(f'r"""{line}\n"""') == f"{line}\n"


def test_another_network_is_refused(
    plain: ModuleType, edited: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(plain, tmp_path / "run", "--epochs", "1")
    for name in ("latest", "best"):
        renamed(plain, tmp_path / f"run/checkpoint_{name}.pt", network="edited_net")
    before = contents(tmp_path / "run")
    where = str(tmp_path / "run")
    for flags in (["--resume", where], ["--out-dir", where, "--evaluate"]):
        said = says(edited, capsys, *flags)
        assert 'is of another network: hidden.kind is "IF" there and "LIF" here' in said
        assert "hidden.tau is missing there and 3.0 here" in said
    assert edited.visualize.main([f"--run={where}"]) == 1
    assert "hidden.tau is missing there and 3.0 here" in capsys.readouterr().err
    assert contents(tmp_path / "run") == before


@pytest.mark.parametrize(
    ("layers", "train", "key"),
    [
        (LAYERS.replace('"hidden"', '"hidden", v_threshold = 0.5'), MSE, "hidden.v_threshold"),
        (LAYERS.replace('"hidden"', '"hidden", surrogate = "Erf"'), MSE, "hidden.surrogate.kind"),
        (LAYERS.replace("32", "16"), MSE, "fc1.out_features"),
        (LAYERS, 'loss = "cross_entropy"\n', "train.loss.kind"),
        (LAYERS, MSE, None),
    ],
)
def test_every_number_counts(
    plain: ModuleType, tmp_path: Path, layers: str, train: str, key: str | None
) -> None:
    spec = (tmp_path / "plain/plain_net.snn.toml").read_text("utf-8")
    text = spec.replace(LAYERS, layers).replace(MSE, train).replace("epochs = 4", "epochs = 9")
    other = tmp_path / "other.snn.toml"
    other.write_text("# another comment\n" + text, "utf-8")
    made = snnc.load(other).spec
    network = plain.training.network(f"{built(made)}\n{trained(made)}")
    found = plain.training.difference(plain.NETWORK.identity, network.identity)
    assert (found is None) == (key is None)
    assert found is None or key in found
    assert (network.digest == plain.NETWORK.digest) == (key is None)


def test_an_edited_network_has_a_folder_of_its_own(
    plain: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    other = plain.NETWORK._replace(identity={**plain.NETWORK.identity, "hidden.tau": "3.0"})
    for network in (plain.NETWORK, other):
        monkeypatch.setattr(plain, "NETWORK", network)
        for _ in range(2):
            assert plain.main(["--epochs", "1", "--limit", "60", "--resume"]) == 0
    assert len([*(tmp_path / "runs/plain_net").iterdir()]) == 2


def test_a_run_states_what_it_is(
    plain: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".git/refs/heads").mkdir(parents=True)
    (tmp_path / ".git/HEAD").write_text("ref: refs/heads/main\n")
    (tmp_path / ".git/refs/heads/main").write_text("c0ffee\n")
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path / "below")
    state = run(plain, tmp_path / "run", "--epochs", "1")
    found = tomllib.loads((tmp_path / "run/settings.toml").read_text("utf-8"))
    assert found["identity"]["network"] == plain.NETWORK.digest
    assert len(found["identity"]["settings"]) == 64
    assert {"date", "command", "python", "torch", "output_format"} <= found["run"].keys()
    assert found["run"]["commit"] == "c0ffee"
    assert state["identity"] == plain.NETWORK.identity
    spec = tmp_path / "run/spec.toml"
    assert spec.read_text("utf-8") == f"{plain.BUILT_FROM}{plain.TRAINED_BY}".lstrip()
    again = shutil.copy(spec, tmp_path / "again.snn.toml")
    assert snnc.load(again).spec.name == "plain_net"


@pytest.mark.parametrize(
    ("files", "commit"),
    [
        ({".git/HEAD": "abc\n"}, "abc"),
        (
            {".git/HEAD": "ref: refs/heads/a\n", ".git/packed-refs": "# x\nabc refs/heads/a\n"},
            "abc",
        ),
        ({".git/HEAD": "ref: refs/heads/a\n"}, None),
        (
            {
                ".git": "gitdir: main/.git/worktrees/w\n",
                "main/.git/worktrees/w/HEAD": "ref: refs/heads/a\n",
                "main/.git/worktrees/w/commondir": "../..\n",
                "main/.git/refs/heads/a": "abc\n",
            },
            "abc",
        ),
        ({".git": "\0nothing"}, None),
    ],
)
def test_commits(
    shared: ModuleType, tmp_path: Path, files: dict[str, str], commit: str | None
) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assert shared.training.record.commit_of(tmp_path) == commit


def test_begun_with_weights(
    plain: ModuleType, edited: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(plain, tmp_path / "run", "--epochs", "1")
    state = latest(tmp_path / "run")["model"]
    foreign = {f"module.{k}": v for k, v in state.items()} | {"module.more": torch.ones(2)}
    foreign["module.fc2.weight"] = torch.ones(3, 32)
    torch.save(foreign, tmp_path / "other.pt")
    flags = ["--epochs", "1", "--limit", "60", "--lr", "1e-30", "--momentum", "0"]
    before = (tmp_path / "other.pt").read_bytes()
    capsys.readouterr()
    told = [*flags, "--init", str(tmp_path / "other.pt"), "--out-dir", str(tmp_path / "new")]
    assert edited.main(told) == 0
    said = capsys.readouterr().err
    assert "fc2.weight is [3, 32] there and [10, 32] here" in said
    assert "more is [2] there and missing here" in said
    begun = latest(tmp_path / "new")
    torch.testing.assert_close(begun["model"]["fc1.weight"], state["fc1.weight"])
    assert begun["history"][0]["epoch"] == 1
    assert (tmp_path / "other.pt").read_bytes() == before
    torch.save({"foreign": torch.ones(1)}, tmp_path / "none.pt")
    for name, problem in [
        ("none.pt", "has no weights that fit: it begins with foreign"),
        ("nowhere.pt", "cannot be read: No such file or directory"),
    ]:
        said = says(edited, capsys, "--init", str(tmp_path / name), "--out-dir", "a")
        assert f"{tmp_path / name} {problem}" in said


def test_weights_of_every_kind_of_file(
    plain: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import plain_net.model  # type: ignore[import-not-found]

    kind = plain_net.model.PlainNet
    run(plain, tmp_path / "run", "--epochs", "1", "--time-steps", "3")
    state = latest(tmp_path / "run")["model"]
    found = kind.load(tmp_path / "run/checkpoint_latest.pt")
    assert found.time_steps == 3
    files = {
        "bare.pt": state,
        "snn.pt": {"name": "plain_net", "model": state},
        "lightning.pt": {"state_dict": {f"model.{k}": v for k, v in state.items()}},
        "wrapped.pt": {f"module._orig_mod.{k}": v for k, v in state.items()},
    }
    for name, content in files.items():
        torch.save(content, tmp_path / name)
        for key, tensor in kind.load(str(tmp_path / name)).state_dict().items():
            assert torch.equal(tensor, state[key]), name


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ({"a": torch.ones(1)}, "does not fit: fc1.weight is missing there and [32, 64] here."),
        ({"model": {"a": 1}}, "holds something else than weights."),
        ([1], "holds something else than weights."),
        ({}, "holds something else than weights."),
        (None, "is damaged, or no file of weights."),
    ],
)
def test_what_holds_no_weights(
    shared: ModuleType, tmp_path: Path, content: object, problem: str
) -> None:
    import shared_net.model  # type: ignore[import-not-found]

    path = tmp_path / "one.pt"
    torch.save(content, path)
    if content is None:
        path.write_bytes(b"nothing")
    with pytest.raises(ValueError, match=r"one\.pt") as raised:
        shared_net.model.SharedNet.load(path)
    assert str(raised.value) == f"{path} {problem}"


def test_a_damaged_checkpoint_is_not_loaded(script: ModuleType, tmp_path: Path) -> None:
    import shared_net.model

    run(script, tmp_path / "run", "--epochs", "1")
    path = tmp_path / "run/checkpoint_best.pt"
    shutil.copy(path, tmp_path / "kept.pt")
    state = torch.load(path, weights_only=True)
    torch.save(state | {"epoch": 7}, path)
    with pytest.raises(ValueError, match="is damaged: its digest is that of other contents"):
        shared_net.model.SharedNet.load(path)
    shared_net.model.SharedNet.load(tmp_path / "kept.pt")
