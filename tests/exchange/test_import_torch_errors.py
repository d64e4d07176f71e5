"""What ``snnc import torch`` cannot do: one clear sentence, and nothing is written."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import nn

from tests.support.cli import snnc as run

HERE = "tests.support.foreign_nets"
Import = Callable[..., tuple[int, str]]


@pytest.fixture
def bring(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Import:
    """The command in an empty folder: its exit code, and all that it says after "running …"."""
    monkeypatch.chdir(tmp_path)

    def brought(*arguments: str) -> tuple[int, str]:
        ran = run(capsys, "import", "torch", *arguments, "-o", "brought")
        assert ran.out == ""
        assert "Traceback" not in ran.err
        assert not [*Path().glob("brought*")]
        lines = ran.err.splitlines(keepends=True)
        return ran.code, "".join(line for line in lines if not line.startswith("running "))

    return brought


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("lenet", "lenet: expected package.module:factory, such as mynets.lenet:LeNet"),
        ("nets/le.py:Le", "nets/le.py:Le: name the module as in an import: nets.le:Le"),
        (
            "torchvision.modls:resnet18",
            (
                "there is no module torchvision.modls, here or installed: "
                "did you mean torchvision.models?"
            ),
        ),
        ("nowhere_at_all:net", "there is no module nowhere_at_all, here or installed"),
        (f"{HERE}:LeNt", f"{HERE} has no LeNt: did you mean LeNet?"),
        (f"{HERE}:number", f"{HERE}:number is a int, expected a function or a class"),
        (f"{HERE}:text", f"{HERE}:text makes a str, expected a torch.nn.Module"),
        (f"{HERE}:needs", f"{HERE}:needs needs arguments (size): name a function that needs none"),
        (f"{HERE}:leaves", f"{HERE}:leaves failed: SystemExit: 3, at "),
        (f"{HERE}:fails", f"{HERE}:fails failed: ValueError: no data, at "),
    ],
)
def test_factories_that_are_none(bring: Import, path: str, said: str) -> None:
    code, told = bring(path, "--input", "6")
    assert code == 2
    assert told.startswith(f"snnc: {said}")
    assert told.count("\n") == 1


def test_the_line_that_failed_is_named(bring: Import) -> None:
    _, told = bring(f"{HERE}:fails", "--input", "6")
    assert "foreign_nets.py line " in told
    assert told.endswith('(`raise ValueError("no data\\nin this folder")`)\n')


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "import not_there_x\n",
            "ModuleNotFoundError: No module named 'not_there_x', at {} line 1",
        ),
        ("def net(:\n", "SyntaxError: invalid syntax"),
        ("1 / 0\n", "ZeroDivisionError: division by zero, at {} line 1 (`1 / 0`)"),
    ],
)
def test_modules_that_cannot_be_imported(bring: Import, text: str, said: str) -> None:
    name = f"broken_{abs(hash(text))}"
    Path(f"{name}.py").write_text(text)
    code, told = bring(f"{name}:net", "--input", "6")
    assert code == 2
    assert told.startswith(f"snnc: {name} cannot be imported: {said.format(f'{name}.py')}")
    assert f"{name}.py line 1" in told


@pytest.mark.parametrize("shape", ["1x28x28", "", "28,", "0,3", "-1", "1.5", "B,28"])
def test_sizes_that_are_none(bring: Import, shape: str) -> None:
    assert bring(f"{HERE}:LeNet", f"--input={shape}") == (
        2,
        (
            "snnc: --input must be the shape of one sample without the batch, such as 1,28,28, "
            f"not {shape}\n"
        ),
    )


def test_samples_of_another_shape(bring: Import) -> None:
    code, told = bring(f"{HERE}:LeNet", "--input", "3,28,28")
    assert code == 2
    assert told.startswith(
        "snnc: the network does not take samples of [3, 28, 28] (`--input` is the shape of one, "
        "without the batch): RuntimeError: Given groups=1"
    )
    assert "foreign_nets.py line " in told


def test_names_that_a_network_cannot_have(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = run(capsys, "import", "torch", f"{HERE}:mlp", "--input", "6", "-o", "torch")
    assert (ran.code, ran.err) == (
        2,
        (
            "snnc: a network cannot be named torch, it is taken: generated code uses it: "
            "give a name with -o\n"
        ),
    )


def test_a_package_that_would_hide_their_code(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("le_net.py").write_text("number = 3\n")
    ran = run(capsys, "import", "torch", f"{HERE}:LeNet", "--input", "1,28,28")
    assert (ran.code, ran.err) == (
        2,
        (
            "snnc: the package le_net that `snnc build` makes would hide le_net.py: "
            "give another name with -o\n"
        ),
    )


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("TwoInputs", "TwoInputs.forward takes x, y, where one input is supported"),
        ("pair", "the network returns its input"),
        ("echo", "the network returns its input"),
        ("mixes", "of 3 samples it makes [18]: a spec keeps them apart"),
        ("hooked", "0 (nn.Linear)"),
        ("hooked", "it has hooks, which a spec cannot express: remove them before importing"),
        ("always_drops", "it also drops in eval mode: pass `training=self.training`"),
        ("own_statistics", "it uses batch statistics in eval mode too"),
        ("too_much", "0 (nn.Dropout)"),
        ("too_much", "a spec's Dropout cannot have `p = 1.0`"),
        ("Decides", "(`if x.sum() > 0:`): torch.fx cannot trace values that are known only at"),
    ],
)
def test_networks_that_a_spec_cannot_say(bring: Import, path: str, said: str) -> None:
    code, told = bring(f"{HERE}:{path}", "--input", "6")
    assert code == 1
    assert told.startswith(f"{HERE}:{path}: ")
    assert said in told
    assert told.count("\n") == 1


def test_every_unknown_layer_is_told_at_once(bring: Import) -> None:
    code, told = bring(f"{HERE}:Unknown", "--input", "6")
    *lines, supported = told.splitlines()
    assert code == 1
    found = [line.removeprefix(f"{HERE}:Unknown: ").partition(", ") for line in lines]
    assert [call for call, _, _ in found] == [
        *("act (nn.CELU)", "torch.cumsum", "torch.einsum", "torch.logsumexp"),
    ]
    assert all("foreign_nets.py line " in rest for _, _, rest in found)
    assert lines[0].endswith("a spec has no such layer, the nearest is ELU")
    assert all("a spec has no such layer" in line for line in lines)
    assert supported.startswith("supported are AdaptiveAvgPool1d, ")


def test_a_call_by_pytorch_itself_has_no_line(bring: Import) -> None:
    _, told = bring(f"{HERE}:nobodys_line", "--input", "6")
    reason = "0 (nn.CELU): a spec has no such layer, the nearest is ELU"
    assert told.startswith(f"{HERE}:nobodys_line: {reason}\nsupported are ")


@pytest.mark.parametrize(
    ("kept", "said"),
    [
        ({"fc1.weight"}, "conv1.weight and 6 more are missing"),
        (set(), "weights of another network: it has no tensors"),
    ],
)
def test_weights_that_lack_something(bring: Import, kept: set[str], said: str) -> None:
    from tests.support.foreign_nets import LeNet

    state = {key: tensor for key, tensor in LeNet().state_dict().items() if key in kept}
    torch.save(state, "w.pt")
    assert bring(f"{HERE}:LeNet", "--input", "1,28,28", "--weights", "w.pt") == (
        2,
        f"snnc: w.pt: {said}\n",
    )


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ({"a": torch.zeros(1)}, "w.pt: weights of another network: it has a"),
        ([1, 2], "w.pt holds no weights: expected a state_dict, tensors by name"),
        ({"a": "text"}, "w.pt holds no weights: expected a state_dict, tensors by name"),
        (
            nn.Linear(2, 2),
            "w.pt holds more than tensors: save net.state_dict(), not the network itself",
        ),
    ],
)
def test_weights_that_are_none(bring: Import, file: object, said: str) -> None:
    torch.save(file, "w.pt")
    told = bring(f"{HERE}:mlp", "--input", "6", "--weights", "w.pt")
    assert told == (2, f"snnc: {said}\n")


def test_weights_of_other_sizes_and_names(bring: Import) -> None:
    from tests.support.foreign_nets import mlp

    state = mlp.state_dict()
    torch.save({**state, "2.bias": torch.zeros(5)}, "w.pt")
    told = bring(f"{HERE}:mlp", "--input", "6", "--weights", "w.pt")
    assert told == (2, "snnc: w.pt: 2.bias is [5], but the network's is [2]\n")
    torch.save({**state, "2.bias": torch.tensor([0.0, torch.nan])}, "w.pt")
    told = bring(f"{HERE}:mlp", "--input", "6", "--weights", "w.pt")
    assert told == (2, "snnc: w.pt: 2.bias holds NaN or infinity\n")
    torch.save({**state, "4.bias": torch.zeros(5)}, "w.pt")
    told = bring(f"{HERE}:mlp", "--input", "6", "--weights", "w.pt")
    assert told == (2, "snnc: w.pt: the network has no 4.bias\n")


def test_files_that_are_torn(bring: Import) -> None:
    from tests.support.foreign_nets import mlp

    torch.save(mlp.state_dict(), "w.pt")
    whole = Path("w.pt").read_bytes()
    said = (
        "snnc: w.pt is not a complete file of weights: "
        "expected one of torch.save, or .safetensors\n"
    )
    for content in (whole[:-200], whole[:40], b"", b"hello"):
        Path("w.pt").write_bytes(content)
        told = bring(f"{HERE}:mlp", "--input", "6", "--weights", "w.pt")
        assert told == (2, said), content
    told = bring(f"{HERE}:mlp", "--input", "6", "--weights", "none.pt")
    assert told == (2, "snnc: none.pt: no such file or directory\n")


def test_a_torn_file_of_safetensors(bring: Import) -> None:
    from safetensors.torch import save

    from tests.support.foreign_nets import mlp

    whole = save(mlp.state_dict())
    for content in (whole[:-20], whole[:5], b""):
        Path("w.safetensors").write_bytes(content)
        code, told = bring(f"{HERE}:mlp", "--input", "6", "--weights", "w.safetensors")
        assert code == 2
        assert told.startswith("snnc: w.safetensors is not a complete file of safetensors: ")


def test_no_name_that_explain_knows_is_said_to_be_none() -> None:
    """A call without a translation of its own names the layer that there is."""
    from snnc.exchange.torch_fx.calls import _unknown
    from snnc.kinds import catalog

    for kind in (*catalog("snnc.layers"), *catalog("snnc.neurons")):
        assert "has no such layer" not in _unknown(f"nn.{kind}"), kind


def test_a_network_that_answers_with_nan_is_refused(bring: Import) -> None:
    said = "the network returns NaN or infinity for random samples: check its weights"
    assert bring(f"{HERE}:broken", "--input", "6") == (2, f"snnc: {said}\n")


def test_a_folder_is_not_a_name_of_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("nets").mkdir()
    ran = run(capsys, "import", "torch", f"{HERE}:mlp", "--input", "6", "-o", "nets/")
    said = "snnc: nets is a folder: name the files, such as -o nets/net\n"
    assert (ran.code, ran.err) == (2, said)
    assert [*tmp_path.rglob("*")] == [tmp_path / "nets"]
