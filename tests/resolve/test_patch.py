"""Layers of a base that are changed by name, in place of writing the whole list again."""

from pathlib import Path

import pytest

import snnc
from snnc.resolve.extends import extend
from snnc.source import source
from snnc.source.diagnostic import Findings

BASE = """\
format = 1
name = "base"
time_steps = 4
[input]
shape = [1, 8, 8]
[blocks.Pair]
layers = [{ kind = "Linear", name = "inner", out_features = 6 }, "LIF"]
[network]
layers = [
  { kind = "Conv2d", name = "stem", out_channels = 4, kernel_size = 3 },
  { kind = "Conv2d", out_channels = 4, kernel_size = 3 },
  "IF",
  "Flatten",
  { kind = "Pair", name = "pair" },
  { kind = "Linear", name = "fc", out_features = 10, bias = false },
  { kind = "LIF", name = "out", from = "fc" },
]
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("base.snn.toml").write_text(BASE)


def over(text: str, base: str = "base", name: str = "net") -> Path:
    path = Path(f"{name}.snn.toml")
    path.write_text(f'extends = "{base}.snn.toml"\nname = "{name}"\n{text}')
    return path


def layers(path: Path) -> list[object]:
    found = extend(source.read(path), source.read).find(("network", "layers"))[0].plain()
    assert isinstance(found, tuple)
    return list(found)


def unpatched() -> list[object]:
    return layers(Path("base.snn.toml"))


def test_keys_are_merged() -> None:
    path = over("[network.patch.fc]\nout_features = 20\n[network.patch.stem]\nkernel_size = 5\n")
    changed = unpatched()
    changed[0] = {"kind": "Conv2d", "name": "stem", "out_channels": 4, "kernel_size": 5}
    changed[5] = {"kind": "Linear", "name": "fc", "out_features": 20, "bias": False}
    assert layers(path) == changed
    assert snnc.link(snnc.load(path))["fc"].shape == (20,)


def test_a_layer_without_a_name_has_that_of_its_kind() -> None:
    changed = unpatched()
    changed[1] = {"kind": "Conv2d", "out_channels": 9, "kernel_size": 3}
    changed[2] = {"kind": "IF", "v_threshold": 0.5}
    text = "[network.patch.conv2]\nout_channels = 9\n[network.patch.if1]\nv_threshold = 0.5\n"
    path = over(text)
    assert layers(path) == changed
    assert snnc.link(snnc.load(path))["conv2"].shape[0] == 9


def test_another_kind_stays_where_it_is() -> None:
    changed = unpatched()
    changed[6] = {"kind": "IF", "name": "out", "from": "fc"}
    assert layers(over('[network.patch.out]\nkind = "IF"\n')) == changed


def test_layers_are_put_in() -> None:
    text = '[network.patch.if1]\nbefore = ["BatchNorm2d"]\nafter = [{ kind = "Dropout" }, "ReLU"]\n'
    before = unpatched()
    added = [*before[:2], "BatchNorm2d", "IF", {"kind": "Dropout"}, "ReLU", *before[3:]]
    assert layers(over(text)) == added


def test_layers_are_removed() -> None:
    before = unpatched()
    assert layers(over("[network.patch.conv2]\nremove = true\n")) == [before[0], *before[2:]]
    text = '[network.patch.conv2]\nremove = true\nafter = ["ReLU"]\n'
    assert layers(over(text)) == [before[0], "ReLU", *before[2:]]
    assert layers(over("[network.patch.conv2]\nremove = false\n")) == before


def test_a_patch_of_a_patch() -> None:
    added = 'after = [{ kind = "Linear", name = "more", out_features = 7 }]'
    over(f"[network.patch.pair]\n{added}\n", name="middle")
    path = over("[network.patch.more]\nout_features = 8\n", base="middle")
    assert {"kind": "Linear", "name": "more", "out_features": 8} in layers(path)


def test_a_list_replaces_patches_below() -> None:
    over("[network.patch.fc]\nout_features = 20\n", name="middle")
    assert layers(over('[network]\nlayers = ["Flatten"]\n', base="middle")) == ["Flatten"]


def test_the_list_of_a_block() -> None:
    path = over("[blocks.Pair.patch.inner]\nout_features = 12\n")
    assert snnc.link(snnc.load(path))["pair.inner"].shape == (12,)


def test_a_setting_patches() -> None:
    document = snnc.load(over(""), ["network.patch.fc.out_features=30"])
    assert snnc.link(document)["fc"].shape == (30,)


def test_a_mistake_in_a_patch_is_told_where_it_stands() -> None:
    path = over("[network.patch.fc]\nout_feature = 20\n")
    (found,) = [found for found in snnc.check(path) if found.severity == "error"]
    assert (found.place.path, found.place.start.line, found.code) == ("net.snn.toml", 4, "SNN201")
    assert found.help == "did you mean `out_features`?"


@pytest.mark.parametrize(
    ("text", "line", "says", "helps"),
    [
        ("[network.patch.fc2]\nx = 1", 3, "no layer `fc2` to patch", "did you mean `fc`?"),
        ("[network.patch.zzzzzz]\nx = 1", 3, "no layer `zzzzzz`", "the layers are `stem`, `conv2`"),
        ("[network]\npatch = 3", 4, "`patch` must be a table", "write [network.patch.NAME]"),
        ("[network.patch]\nfc = 3", 4, "a patch is a table of keys", "out_features = 64"),
        ("[network.patch.fc]\nremove = 1", 4, "`remove` must be true or false", "remove = true"),
        (
            "[network.patch.fc]\nremove = true\nbias = true",
            3,
            "a layer that is removed has no keys",
            "write only `remove = true`",
        ),
        ('[network.patch.fc]\nafter = "LIF"', 4, "`after` must be an array", "after = [ … ]"),
        (
            '[network]\nlayers = ["IF"]\n[network.patch.if1]\nv_threshold = 2.0',
            5,
            "these layers stand in this file",
            "change them there",
        ),
    ],
)
def test_mistakes(text: str, line: int, says: str, helps: str) -> None:
    with pytest.raises(Findings) as caught:
        snnc.load(over(f"{text}\n"))
    (found,) = caught.value.diagnostics
    assert (found.code, found.name) == ("SNN108", "bad-patch")
    assert (found.place.path, found.place.start.line) == ("net.snn.toml", line)
    assert says in found.message
    assert helps in (found.help or "")


def test_nothing_to_patch() -> None:
    path = Path("net.snn.toml")
    path.write_text('format = 1\nname = "net"\ntime_steps = 4\n[network.patch.fc]\nx = 1\n')
    (found,) = [found for found in snnc.check(path) if found.code != "SNN203"]
    assert (found.code, found.message) == ("SNN108", "there is no list of layers to patch")
