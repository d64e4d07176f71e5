"""What convert.py refuses: one clear sentence, and nothing is written."""

from io import BytesIO
from pathlib import Path

import pytest
import torch

from snnc.cli import main as snnc_main
from tests.conversion.packages import DIGITS, Package


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Package:
    """A package; its ANN is not trained."""
    return Package(tmp_path_factory.mktemp("digits"), DIGITS)


@pytest.fixture
def weights(package: Package, tmp_path: Path) -> str:
    """A file that holds some."""
    torch.save(package.ann().state_dict(), tmp_path / "right.pt")
    return str(tmp_path / "right.pt")


def half() -> bytes:
    """The first half of a file of weights."""
    file = BytesIO()
    torch.save({"weight": torch.zeros(1000)}, file)
    return file.getvalue()[: len(file.getvalue()) // 2]


@pytest.mark.parametrize("content", [b"nothing", b"", half()])
def test_a_file_that_holds_no_weights_is_one_sentence(
    package: Package, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes
) -> None:
    path = tmp_path / "ann.pt"
    path.write_bytes(content)
    assert package.convert.main(["--weights", str(path)]) == 1
    assert capsys.readouterr().err.strip() == f"{path} does not hold the weights of this ANN."


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"conv1.weight": None}, "conv1.weight is missing."),
        (
            {"conv1.weight": None, "stem.weight": torch.ones(1)},
            "conv1.weight is missing, but there is stem.weight.",
        ),
        ({"fc1.bias": torch.ones(3)}, "fc1.bias is [3] instead of [10]."),
        ({"fc2.bias": torch.ones(3)}, "fc2.bias is not in the ANN."),
    ],
)
def test_weights_of_another_network_are_told_by_name(
    package: Package,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    changed: dict[str, torch.Tensor | None],
    said: str,
) -> None:
    state = {**package.ann().state_dict(), **changed}
    path = tmp_path / "ann.pt"
    torch.save({key: value for key, value in state.items() if value is not None}, path)
    assert package.convert.main(["--weights", str(path)]) == 1
    problem = f"{path} does not hold the weights of this ANN"
    assert capsys.readouterr().err.strip() == f"{problem}: {said}"


def test_a_file_that_is_not_there_is_one_sentence(
    package: Package, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "ann.pt"
    assert package.convert.main(["--weights", str(path)]) == 1
    assert capsys.readouterr().err.strip() == f"There is no file {path}."
    assert package.convert.main(["--weights", str(tmp_path)]) == 1
    assert capsys.readouterr().err.strip() == f"{tmp_path} cannot be read: Is a directory."


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("conv1.bias", float("nan"), "{path}: conv1.bias holds NaN or infinity."),
        ("fc1.weight", float("inf"), "{path}: fc1.weight holds NaN or infinity."),
        ("bn1.running_var", -1.0, "The ANN answers with NaN or infinity: see its weights."),
    ],
)
def test_weights_that_cannot_be_right_are_refused(
    package: Package,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    name: str,
    value: float,
    said: str,
) -> None:
    state = package.ann().state_dict()
    state[name].view(-1)[0] = value
    path = tmp_path / "ann.pt"
    torch.save(state, path)
    told = ["--weights", str(path), "--out-dir", str(tmp_path / "out"), "--device", "cpu"]
    assert package.convert.main(told) == 1
    assert capsys.readouterr().err.strip() == said.format(path=path)
    assert not (tmp_path / "out").exists()


def test_results_that_cannot_be_written_are_told_before_the_work(
    package: Package, weights: str, capsys: pytest.CaptureFixture[str]
) -> None:
    told = ["--weights", weights, "--out-dir", weights, "--device", "cpu", "--limit", "9"]
    assert package.convert.main(told) == 1
    assert capsys.readouterr().err.strip() == f"{weights}: File exists."


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--compare", "maxx"], "There is no rule maxx: did you mean max?\n"),
        (["--rule", ""], "There is no rule without a name: expected balance, max, mmse, a perc"),
        (["--compare", "99"], "99 must be above 0 and at most 1, or a percentage: 99%?"),
        (["--compare", "101%"], "101% must be above 0 and at most 100.\n"),
        (["--samples", "0"], "must be a whole number from 1 on, not '0'"),
        (["--readout-delay", "8"], "--readout-delay leaves no step to read"),
        (
            ["--calibrate", "bias"],
            'needs a network for it: write calibrate = "bias" in [convert]',
        ),
        (["--calibrate", "biass"], "must be none, bias or potential, not 'biass'"),
        (["--device", "abacus"], "'abacus' is not a device that torch can use here"),
    ],
)
def test_flags_that_are_wrong_are_said(
    package: Package, weights: str, capsys: pytest.CaptureFixture[str], flags: list[str], said: str
) -> None:
    with pytest.raises(SystemExit, match="2"):
        package.convert.main(["--weights", weights, *flags])
    assert said in capsys.readouterr().err


def test_the_command_could_not_be_carried_out(
    package: Package, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = tmp_path / "failing.snn.toml"
    text = (package.folder / f"{package.name}.snn.toml").read_text("utf-8")
    spec.write_text(text.replace(package.name, "failing"), "utf-8")
    with pytest.raises(SystemExit, match="2"):
        snnc_main(["convert", str(spec), "--weights", str(tmp_path / "none.pt")])
    assert capsys.readouterr().err.strip() == f"There is no file {tmp_path / 'none.pt'}."
