"""What a change of a spec means: layers, costs, kernels, checkpoints; of files and of revisions."""

import json
import subprocess
from pathlib import Path

import pytest
import torch

import snnc
from tests.support.cli import SPEC, Ran
from tests.support.cli import snnc as run

NORM = '  { kind = "BatchNorm2d" },\n'
IF = '  { kind = "IF" },\n'


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("old.snn.toml").write_text(SPEC, "utf-8")
    return tmp_path


def diff(capsys: pytest.CaptureFixture[str], text: str, *flags: str) -> Ran:
    Path("new.snn.toml").write_text(text, "utf-8")
    return run(capsys, "diff", "old.snn.toml", "new.snn.toml", *flags)


def test_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    ran = diff(capsys, f"# a comment\n{SPEC}")
    assert (ran.code, ran.out) == (0, "the same network\n")
    assert diff(capsys, SPEC, "--format", "markdown").out == "The network is the same.\n"
    assert json.loads(diff(capsys, SPEC, "--format", "json").out)["same"]


def test_numbers_and_places(capsys: pytest.CaptureFixture[str]) -> None:
    text = SPEC.replace("time_steps = 4", "time_steps = 8").replace(
        "shape = [1, 8, 8]", 'shape = [1, 8, 8]\nencoder = "poisson"'
    )
    ran = diff(capsys, text.replace('{ kind = "LIF" }', '{ kind = "LIF", tau = 4.0 }'))
    assert ran.code == 1
    assert "time steps: 4 → 8\n" in ran.out
    assert "MACs a sample as compiled: 7,056 → 21,888" in ran.out
    moved = "~ conv1: computed before the time loop → in it (not hoisted: input changes over time"
    assert moved in ran.out
    assert "~ lif1: tau 2.0 → 4.0\n" in ran.out
    assert ran.out.endswith("A checkpoint of the old network loads as it is.\n")


def test_an_unnamed_layer_renames_those_behind_it(capsys: pytest.CaptureFixture[str]) -> None:
    conv = '  { kind = "Conv2d", name = "conv2", out_channels = 8, kernel_size = 1 },\n'
    old = SPEC.replace(IF, f"{NORM}{IF}{conv}{NORM}{IF}", 1)
    Path("old.snn.toml").write_text(old, "utf-8")
    ran = diff(
        capsys, old.replace(NORM, NORM * 2, 1).replace("out_features = 10", "out_features = 9")
    )
    assert "+ bn3: BatchNorm2d" in ran.out
    assert "- renamed: bn2 is now bn3; a `name` for each keeps its keys\n" in ran.out
    assert "- other shapes: fc\n- new: bn2\n- loads: conv1, bn1, conv2\n" in ran.out


def test_what_loads_is_what_torch_loads(capsys: pytest.CaptureFixture[str]) -> None:
    """The words beside load_state_dict itself."""
    Path("new.snn.toml").write_text(SPEC.replace(IF, f"{NORM}{IF}", 1), "utf-8")
    told = json.loads(run(capsys, "diff", "old.snn.toml", "new.snn.toml", "--format", "json").out)[
        "weights"
    ]
    old, new = (snnc.network(snnc.load(f"{name}.snn.toml"))() for name in ("old", "new"))
    missing, unknown = new.load_state_dict(old.state_dict(), strict=False)
    assert sorted({key.partition(".")[0] for key in missing}) == told["new"] == ["bn1"]
    assert (unknown, told["gone"], told["loads"]) == ([], [], ["conv1", "fc"])
    assert torch.equal(new.state_dict()["conv1.weight"], old.state_dict()["conv1.weight"])


def test_markdown_is_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    ran = diff(
        capsys, SPEC.replace("out_features = 10", "out_features = 12"), "--format", "markdown"
    )
    assert ran.out.startswith("| layer | what | before | after |\n|---|---|---|---|\n")
    assert "| `fc` | shape | [10] | [12] |\n" in ran.out
    assert "- other shapes: `fc`\n" in ran.out


def git(*arguments: str) -> None:
    me = ["-c", "user.name=me", "-c", "user.email=me@example.org"]
    subprocess.run(["git", *me, *arguments], check=True, capture_output=True)


def test_against_a_revision(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    """With the base as it was, and nothing of it left behind."""
    Path("nets").mkdir()
    Path("nets/base.snn.toml").write_text(SPEC, "utf-8")
    Path("nets/net.snn.toml").write_text('extends = "base.snn.toml"\nname = "n"\n', "utf-8")
    git("init", "-q", ".")
    git("add", "nets")
    git("commit", "-qm", "one")
    assert run(capsys, "diff", "nets/net.snn.toml", "--against", "HEAD").code == 0
    Path("nets/base.snn.toml").write_text(SPEC.replace("= 4", "= 6", 1), "utf-8")
    ran = run(capsys, "diff", "nets/net.snn.toml", "--against", "HEAD")
    assert (ran.code, ran.out.partition("\n")[0]) == (1, "time steps: 4 → 6")
    ran = run(capsys, "diff", "old.snn.toml", "--against", "HEAD")
    assert (ran.code, ran.err) == (2, "snnc: old.snn.toml: there is no such file at HEAD\n")


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        ([], "name two specs, or one and --against REV"),
        (["old.snn.toml", "--against", "HEAD"], "name two specs, or one and --against REV"),
        (["--against", "HEAD"], "--against: git says: fatal: not a git repository"),
        (["nosuch.snn.toml"], "there is no such file"),
        (["old.snn.toml", "--format", "xml"], "--format"),
    ],
)
def test_usage(capsys: pytest.CaptureFixture[str], flags: list[str], said: str) -> None:
    ran = run(capsys, "diff", "old.snn.toml", *flags)
    assert ran.code == 2
    assert said in ran.err


def test_a_revision_is_no_option_of_git(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    git("init", "-q", ".")
    ran = run(capsys, "diff", "old.snn.toml", "--against=--output=stolen")
    assert ran.code == 2
    assert not (folder / "stolen").exists()


def test_a_broken_spec_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    ran = diff(capsys, SPEC.replace("IF", "FI", 1))
    assert ran.code == 1
    assert "new.snn.toml:" in ran.err + ran.out
