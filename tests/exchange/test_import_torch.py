"""``snnc import torch``: the spec and the weights, put together again, are the original."""

import copy
import importlib
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import nn

import snnc
from snnc import names
from snnc.exchange.torch_fx import check, weights
from snnc.exchange.torch_fx.naming import LayerNames
from tests.support.cli import Ran
from tests.support.cli import snnc as run
from tests.support.foreign_nets import mlp

HERE = "tests.support.foreign_nets"
Import = Callable[..., Ran]

CONV = (
    '{{ kind = "Conv2d", name = "conv{}", out_channels = 8, '
    "kernel_size = 3, padding = 1, bias = false }},"
)
NETS = [
    (f"{HERE}:Residual", (1, 8, 8)),
    (f"{HERE}:LeNet", (1, 28, 28)),
    (f"{HERE}:vgg", (3, 32, 32)),
    (f"{HERE}:Inplace", (6,)),
    (f"{HERE}:Shared", (6,)),
    (f"{HERE}:Early", (6,)),
    (f"{HERE}:mlp", (6,)),
    (f"{HERE}:exact", (1, 28, 28)),
    (f"{HERE}:half", (1, 28, 28)),
    ("torchvision.models:resnet18", (3, 64, 64)),
]


@pytest.fixture
def bring(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Import:
    """The command, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: run(capsys, "import", "torch", *arguments)


def trained(path: str) -> nn.Module:
    """An original with weights and running statistics off their start, in evaluation."""
    torch.manual_seed(1)
    module, _, name = path.partition(":")
    found = getattr(importlib.import_module(module), name)
    net: nn.Module = found if isinstance(found, nn.Module) else found()
    for key, buffer in net.named_buffers():
        if key.endswith("running_mean"):
            buffer.normal_(0.0, 0.1)
        if key.endswith("running_var"):
            buffer.uniform_(0.5, 1.5)
    return copy.deepcopy(net).eval()


@pytest.mark.parametrize(("path", "shape"), NETS)
def test_what_is_written_computes_what_the_original_does(
    bring: Import, path: str, shape: tuple[int, ...]
) -> None:
    net = trained(path)
    torch.save(net.state_dict(), "trained.pt")
    sizes = ",".join(map(str, shape))
    ran = bring(path, "--input", sizes, "--weights", "trained.pt", "-o", "brought")
    assert ran.code == 0, ran.err
    made = snnc.compile("brought.snn.toml").eval()
    made.load_state_dict(torch.load("brought.pt", weights_only=True))
    x = torch.randn(2, *shape, generator=torch.Generator().manual_seed(5))
    with torch.no_grad():
        want, got = net.float()(x.clone()), made(x)
    assert want.abs().max() > 1e-3
    torch.testing.assert_close(got, want, rtol=1e-5, atol=1e-5)


def layers(path: str) -> list[dict[str, object]]:
    with Path(path).open("rb") as file:
        found: list[dict[str, object]] = tomllib.load(file)["network"]["layers"]
    return found


def test_a_spec_reads_like_one_written_by_hand(bring: Import) -> None:
    assert bring(f"{HERE}:Residual", "--input", "1,8,8").code == 0
    text = Path("residual.snn.toml").read_text()
    assert 'doc = "Imported from tests.support.foreign_nets:Residual."\ntime_steps = 32\n' in text
    lines = [line.strip() for line in text.splitlines() if line.startswith("  {")]
    assert lines == [
        CONV.format(1),
        '{ kind = "BatchNorm2d", name = "bn1" },',
        '{ kind = "ReLU", name = "relu" },',
        CONV.format(2),
        '{ kind = "BatchNorm2d", name = "bn2", eps = 0.001 },',
        '{ kind = "Add", name = "add", from = ["bn2", "relu"] },',
        '{ kind = "ReLU", name = "relu2" },',
        '{ kind = "AvgPool2d", name = "pool", kernel_size = 2 },',
        '{ kind = "Flatten", name = "flatten" },',
        '{ kind = "Linear", name = "head", out_features = 10 },',
    ]


def test_names_follow_the_modules(bring: Import) -> None:
    assert bring("torchvision.models:resnet18", "--input", "3,32,32").code == 0
    found = [str(layer["name"]) for layer in layers("resnet18.snn.toml")]
    assert {"conv1", "layer2_0_downsample_0", "layer4_1_add", "layer4_1_relu2", "fc"} <= {*found}
    assert len(found) == len({*found})
    assert "  # layer2.0: BasicBlock\n" in Path("resnet18.snn.toml").read_text()


def test_the_same_network_gives_the_same_bytes(bring: Import) -> None:
    first = [bring(f"{HERE}:mlp", "--input", "6").code]
    before = [Path(f"mlp.{end}").read_bytes() for end in ("snn.toml", "pt")]
    # nothing is different, so nothing has to be forced
    assert [*first, bring(f"{HERE}:mlp", "--input", "6").code] == [0, 0]
    assert [Path(f"mlp.{end}").read_bytes() for end in ("snn.toml", "pt")] == before


def test_what_is_there_is_not_replaced(bring: Import) -> None:
    Path("mlp.pt").write_text("my own")
    ran = bring(f"{HERE}:mlp", "--input", "6")
    assert (ran.code, ran.err.splitlines()[-1]) == (
        1,
        "mlp.pt: exists with other content: move it, or add --force to replace it",
    )
    assert Path("mlp.pt").read_text() == "my own"
    assert not Path("mlp.snn.toml").exists()
    assert bring(f"{HERE}:mlp", "--input", "6", "--force").code == 0
    assert torch.load("mlp.pt", weights_only=True).keys() == {
        *("fc_0.weight", "fc_0.bias", "fc_2.weight", "fc_2.bias")
    }


def test_code_in_the_current_folder_is_found(bring: Import) -> None:
    Path("nets_of_mine.py").write_text("from torch import nn\ndef one():\n    return nn.ReLU()\n")
    ran = bring("nets_of_mine:one", "--input", "4", "-o", "made/relu_only.snn.toml")
    assert ran == Ran(
        0,
        "",
        "running nets_of_mine:one: this is your code, with your permissions\n"
        "made/relu_only.snn.toml and made/relu_only.pt: 1 layer, proved equal\n",
    )


def test_the_users_own_network_stays_as_it_is(bring: Import) -> None:
    before = {key: tensor.clone() for key, tensor in mlp.state_dict().items()}
    torch.save({key: tensor + 1 for key, tensor in before.items()}, "w.pt")
    assert bring(f"{HERE}:mlp", "--input", "6", "--weights", "w.pt").code == 0
    assert mlp.training
    torch.testing.assert_close(dict(mlp.state_dict()), before, rtol=0, atol=0)


def test_shared_weights_are_mentioned(bring: Import) -> None:
    ran = bring(f"{HERE}:Shared", "--input", "6")
    assert "note: fc and fc2 share weights: in the spec each has its own\n" in ran.err


def test_an_import_that_is_not_equal_is_never_written(
    bring: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check, "TOLERANCE", -1.0)
    ran = bring(f"{HERE}:mlp", "--input", "6")
    assert ran.code == 2
    assert "internal error, please report it: ArithmeticError: the imported network" in ran.err
    assert [*Path().iterdir()] == []


def test_the_proof_sees_a_wrong_weight(monkeypatch: pytest.MonkeyPatch, bring: Import) -> None:
    right = weights.renamed
    monkeypatch.setattr(weights, "renamed", lambda s: {k: t + 1e-3 for k, t in right(s).items()})
    ran = bring(f"{HERE}:mlp", "--input", "6")
    assert ran.code == 2
    assert "differs from the original" in ran.err


def test_the_proof_sees_a_wrong_weight_of_tiny_answers(
    monkeypatch: pytest.MonkeyPatch, bring: Import
) -> None:
    right = weights.renamed
    monkeypatch.setattr(weights, "renamed", lambda s: {k: t * 1.01 for k, t in right(s).items()})
    ran = bring(f"{HERE}:tiny", "--input", "6")
    assert ran.code == 2
    assert "differs from the original" in ran.err


def test_a_network_that_hears_nothing_proves_little_and_that_is_said(bring: Import) -> None:
    said = "note: all random samples have the same output, which proves little"
    assert said in bring(f"{HERE}:deaf", "--input", "6").err
    assert said not in bring(f"{HERE}:tiny", "--input", "6").err


def test_files_of_training_scripts_are_understood(bring: Import) -> None:
    state = trained(f"{HERE}:LeNet").state_dict()
    torch.save({"epoch": 3, "model": {f"module.{k}": t for k, t in state.items()}}, "run.pt")
    ran = bring(f"{HERE}:LeNet", "--input", "1,28,28", "--weights", "run.pt", "-o", "lenet")
    assert ran.code == 0, ran.err
    assert torch.equal(torch.load("lenet.pt", weights_only=True)["fc1.weight"], state["fc1.weight"])


def test_names_are_allowed_unique_and_not_too_long() -> None:
    new = LayerNames().new
    paths = ["input", "0.1", "step", "block.step", "a" * 40, "a" * 40, "x.y" * 15, "ω", "_a.b", ""]
    found = [new(path, "relu") for path in paths]
    assert len({*found}) == len(paths)
    assert [names.identifier(name) for name in found] == found
    assert found[:4] == ["input2", "relu_0_1", "step_relu", "block_step"]


def test_other_commands_do_not_import_torch(bring: Import) -> None:
    assert bring(f"{HERE}:mlp", "--input", "6").code == 0
    code = (
        "import sys\nfrom snnc.cli import main\n"
        "for words in (['lint', 'mlp.snn.toml'], ['build', 'mlp.snn.toml'], "
        "['import', 'torch', '--help']):\n"
        "    try:\n        main(words)\n    except SystemExit as end:\n"
        "        assert end.code in (0, 1), words\n"
        "assert 'torch' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert Path("mlp", "model.py").exists()


def test_a_network_with_several_outputs(bring: Import) -> None:
    ran = bring(f"{HERE}:several", "--input", "6", "-o", "brought")
    assert ran.code == 0, ran.err
    net = snnc.compile("brought.snn.toml").eval()
    net.load_state_dict(torch.load("brought.pt", weights_only=True))
    x = torch.randn(4, 6)
    got = net(x)
    torch.testing.assert_close(got.half_output, x.relu()[:, :3])
    torch.testing.assert_close(got.all, (x * 2).tanh())


def test_log_probabilities_at_the_end_are_told(bring: Import) -> None:
    """The best-known network of all ends with log_softmax, which a conversion leaves out."""
    Path("mynets.py").write_text(
        "from torch import nn\n\ndef net():\n"
        "    return nn.Sequential(nn.Linear(6, 3), nn.ReLU(), nn.Linear(3, 2), nn.LogSoftmax(1))\n"
    )
    ran = bring("mynets:net", "--input", "6", "-o", "brought")
    assert ran.code == 0, ran.err
    assert "(LogSoftmax) changes no answer: a conversion leaves it out" in ran.err


@pytest.mark.parametrize("form", ["net", "state_dict", "compiled", "lightning", "safetensors"])
def test_weights_as_people_have_them(bring: Import, form: str) -> None:
    from safetensors.torch import save_file

    torch.manual_seed(3)
    state = {key: torch.randn_like(t) for key, t in mlp.state_dict().items()}
    if form == "safetensors":
        save_file(state, "w.safetensors")
    else:
        before = {"compiled": "_orig_mod.", "lightning": "model."}.get(form, "")
        renamed = {f"{before}{key}": tensor for key, tensor in state.items()}
        inside = {"net": "net", "state_dict": "state_dict", "lightning": "state_dict"}.get(form)
        torch.save({inside: renamed, "epoch": 3} if inside else renamed, "w.pt")
    file = "w.safetensors" if form == "safetensors" else "w.pt"
    ran = bring(f"{HERE}:mlp", "--input", "6", "--weights", file, "-o", "brought")
    assert ran.code == 0, ran.err
    brought = torch.load("brought.pt", weights_only=True)
    assert {*map(_sum, brought.values())} == {*map(_sum, state.values())}


def _sum(tensor: torch.Tensor) -> float:
    return float(tensor.double().sum())
