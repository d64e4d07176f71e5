"""extends → --set → vars → defaults: what wins, and where every message points."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snnc.resolve import Resolved, Variables, resolve, substitute_in
from snnc.resolve.assign import assign
from snnc.resolve.collect import attempt, diagnostics
from snnc.resolve.defaults import apply_defaults, defaults_of, sound_defaults
from snnc.resolve.extends import extend, merge
from snnc.resolve.variables import substitute
from snnc.source import source
from snnc.source.diagnostic import Diagnostic, Findings, Place
from snnc.source.tree import Tree

SPIKING = dict.fromkeys(("IF", "LIF", "PLIF"), frozenset({"kind", "tau"}))
KNOWN = {**dict.fromkeys(("BatchNorm2d", "Conv2d", "Linear"), frozenset[str]()), **SPIKING}


def tree(text: str, path: str = "a.snn.toml") -> Tree:
    return source.parse(path, text).tree


def plain(node: Tree | None) -> object:
    assert node is not None
    return node.plain()


def at(node: Tree, *path: str | int) -> Tree:
    found, depth = node.find(path)
    assert depth == len(path)
    return found


def where(place: Place) -> str:
    return f"{place.path}:{place.start.line}:{place.start.column}"


def told(diagnostic: Diagnostic) -> tuple[str, str, str | None, str]:
    where_, quoted = where(diagnostic.place), diagnostic.place.quoted
    return f"{where_} {diagnostic.code}", diagnostic.message, diagnostic.help, quoted


def notes(diagnostic: Diagnostic | Tree) -> list[str]:
    return [f"{where(note.place)} {note.message}" for note in diagnostic.notes]


def findings(action: Callable[[], object]) -> tuple[Diagnostic, ...]:
    with pytest.raises(Findings) as caught:
        action()
    return caught.value.diagnostics


def only(action: Callable[[], object]) -> Diagnostic:
    found = findings(action)
    assert len(found) == 1
    return found[0]


# --- extends -----------------------------------------------------------------------------------


def files(texts: Mapping[str, str]) -> Callable[[Path], source.Source]:
    def read(path: Path) -> source.Source:
        if path.as_posix() not in texts:
            raise FileNotFoundError(path)
        return source.parse(path.as_posix(), texts[path.as_posix()])

    return read


def extended(**texts: str) -> Tree:
    """Files by stem; ``a`` extends the others, and ``sub__b`` lies in a folder."""
    named = {name.replace("__", "/") + ".snn.toml": text for name, text in texts.items()}
    read = files(named)
    return extend(read(Path("a.snn.toml")), read)


def test_tables_merge_and_the_rest_replaces() -> None:
    result = extended(
        a='extends = "b.snn.toml"\nname = "a"\n[train]\nepochs = 2\nsteps = [3]',
        b='name = "b"\ndoc = "d"\n[train]\nepochs = 1\nlr = 0.1\nsteps = [1, 2]',
    )
    train = {"epochs": 2, "lr": 0.1, "steps": (3,)}
    assert result.plain() == {"name": "a", "doc": "d", "train": train}
    assert where(at(result, "train").place) == "a.snn.toml:3:1"
    assert where(at(result, "train", "lr").place) == "b.snn.toml:5:6"
    assert where(at(result, "train", "epochs").key) == "a.snn.toml:4:1"


@pytest.mark.parametrize(
    ("base", "over", "expected"),
    [
        ('{ kind = "SGD", momentum = 0.9 }', '{ kind = "Adam" }', {"kind": "Adam"}),
        ('{ kind = "SGD", momentum = 0.9 }', '{ kind = "SGD" }', {"kind": "SGD"}),
        ('{ kind = "SGD", momentum = 0.9 }', '"SGD"', "SGD"),
        ('{ kind = "SGD", m = 0.9 }', "{ lr = 1 }", {"kind": "SGD", "m": 0.9, "lr": 1}),
        ('"SGD"', "{ lr = 1 }", {"kind": "SGD", "lr": 1}),
        ('"SGD"', '{ kind = "Adam", lr = 1 }', {"kind": "Adam", "lr": 1}),
        ('"99.9%"', "{ lr = 1 }", {"lr": 1}),
        ("{ a = { b = 1 } }", "{ a = { c = 2 } }", {"a": {"b": 1, "c": 2}}),
        ("[1, 2]", "[3]", (3,)),
        ("1", "{ value = 2 }", {"value": 2}),
        ("{ value = 2 }", "1", 1),
    ],
)
def test_merge(base: str, over: str, expected: object) -> None:
    merged = merge(tree(f"x = {base}"), tree(f"x = {over}", "b.snn.toml"))
    assert plain(merged.get("x")) == expected
    assert at(merged, "x").place.path == "b.snn.toml"


def test_a_chain_in_folders() -> None:
    result = extended(
        a='extends = "sub/b.snn.toml"\nx = 1',
        sub__b='extends = "./more/../c.snn.toml"\nx = 2\ny = 2',
        sub__c="x = 3\ny = 3\nz = 3",
    )
    assert result.plain() == {"x": 1, "y": 2, "z": 3}


IN_PROJECT = "write the path from this file's folder to a base in the project, or copy it there"


@pytest.mark.parametrize("name", ["/b.snn.toml", "C:b.snn.toml", "C:/b.snn.toml", "//x/b.snn.toml"])
def test_a_base_is_named_from_the_file(name: str) -> None:
    found = only(lambda: extended(a=f'x = 1\nextends = "{name}"', b="x = 1"))
    message = f'"{name}" is not relative to this file'
    assert told(found) == ("a.snn.toml:2:11 SNN101", message, IN_PROJECT, f'"{name}"')


@pytest.mark.parametrize("name", ["../b.snn.toml", "x/../../b.snn.toml", "../" * 40 + "b.snn.toml"])
def test_without_a_project_a_base_lies_beside_or_below(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    found = only(lambda: extended(a=f'x = 1\nextends = "{name}"', b="x = 1"))
    assert found.message == f'"{name}" lies outside of the project'
    assert found.help
    assert "the folder with .git, snnc.toml or [tool.snnc] in pyproject.toml" in found.help


@pytest.mark.parametrize("mark", [".git/", "snnc.toml", "pyproject.toml"])
def test_a_base_lies_anywhere_in_the_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mark: str
) -> None:
    root, deep = tmp_path / "root", tmp_path / "root/deep/er"
    deep.mkdir(parents=True)
    (root / mark).mkdir() if mark.endswith("/") else (root / mark).write_text("[tool.snnc]\n")
    for folder in (tmp_path, root):
        (folder / "b.snn.toml").write_text("x = 1")
    for name, fine in (("../../b.snn.toml", True), ("../../../b.snn.toml", False)):
        spec = deep / "a.snn.toml"
        spec.write_text(f'extends = "{name}"\ny = 2')
        for here, path in ((tmp_path, spec), (deep, Path("a.snn.toml"))):
            monkeypatch.chdir(here)
            result = attempt(partial(extend, source.read(path), source.read))
            if fine:
                assert isinstance(result, Tree)
                assert result.plain() == {"x": 1, "y": 2}
            else:
                (outside,) = diagnostics(result)
                assert "outside of the project" in outside.message


def test_a_link_leads_nobody_out(tmp_path: Path) -> None:
    root = tmp_path / "root"
    (root / ".git").mkdir(parents=True)
    (tmp_path / "out").mkdir()
    (tmp_path / "out/b.snn.toml").write_text("secret = 1")
    (root / "link").symlink_to(tmp_path / "out")
    (root / "c.snn.toml").symlink_to(tmp_path / "out/b.snn.toml")
    spec = root / "a.snn.toml"
    for name in ("link/b.snn.toml", "c.snn.toml"):
        spec.write_text(f'extends = "{name}"')
        found = only(lambda: extend(source.read(spec), lambda p: source.read(p, root)))
        assert "outside of the project" in found.message
        assert "secret" not in str(found)


def test_backslashes_do_not_escape() -> None:
    found = only(lambda: extended(a="extends = '..\\b.snn.toml'"))
    assert found.message == '"..\\b.snn.toml" has a backslash'


@pytest.mark.parametrize("value", ["3", '"b.toml"', "[3]", "[[]]"])
def test_extends_names_a_spec(value: str) -> None:
    found = only(lambda: extended(a=f"extends = {value}"))
    message = "`extends` must name a *.snn.toml file"
    quoted = value.strip("[]") or "[]"
    at = 11 + value.index(quoted)
    assert told(found) == (f"a.snn.toml:1:{at} SNN101", message, None, quoted)


# --- several bases ---


def test_later_bases_lie_on_top() -> None:
    result = extended(
        a='extends = ["b.snn.toml", "c.snn.toml"]\nx = 1',
        b="x = 2\ny = 2\nz = 2\n[t]\nb = 2",
        c="x = 3\ny = 3\n[t]\nc = 3",
    )
    assert result.plain() == {"x": 1, "y": 3, "z": 2, "t": {"b": 2, "c": 3}}


def test_a_base_of_several_bases_comes_once_and_lowest() -> None:
    result = extended(
        a='extends = ["b.snn.toml", "c.snn.toml"]',
        b='extends = "d.snn.toml"\nx = 2',
        c='extends = "d.snn.toml"\ny = 3',
        d="x = 4\ny = 4\nz = 4",
    )
    assert result.plain() == {"x": 2, "y": 3, "z": 4}


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("[]", "`extends` names no file"),
        ('["b.snn.toml", "b.snn.toml"]', "`extends` names a file twice"),
        ('["b.snn.toml", "nob.snn.toml"]', 'cannot read "nob.snn.toml"'),
        ('["b.snn.toml", "a.snn.toml"]', "files extend each other: a.snn.toml → a.snn.toml"),
    ],
)
def test_mistakes_in_several_bases(value: str, says: str) -> None:
    assert only(lambda: extended(a=f"extends = {value}", b="x = 1")).message == says


def test_abstract_is_each_files_own() -> None:
    result = extended(a='extends = "b.snn.toml"\nx = 1', b="abstract = true\ny = 1")
    assert result.plain() == {"x": 1, "y": 1}


def test_files_that_extend_each_other() -> None:
    found = only(
        lambda: extended(
            a='extends = "b.snn.toml"', b='extends = "c.snn.toml"', c='extends = "b.snn.toml"'
        )
    )
    message = "files extend each other: b.snn.toml → c.snn.toml → b.snn.toml"
    assert told(found) == ("c.snn.toml:1:11 SNN101", message, None, '"b.snn.toml"')
    assert notes(found) == ["b.snn.toml:1:11 extended here"]
    own = only(lambda: extended(a='extends = "a.snn.toml"'))
    assert own.message == "files extend each other: a.snn.toml → a.snn.toml"


def test_a_missing_base(tmp_path: Path) -> None:
    (tmp_path / "conv_fmnist.snn.toml").write_text("x = 1", "utf-8")
    spec = tmp_path / "a.snn.toml"
    spec.write_text('extends = "conv_mnist.snn.toml"', "utf-8")
    found = only(lambda: extend(source.read(spec), source.read))
    assert found.message == 'cannot read "conv_mnist.snn.toml"'
    assert found.help == 'did you mean "conv_fmnist.snn.toml"?'
    assert found.place.quoted == '"conv_mnist.snn.toml"'
    spec.write_text('extends = "conv_fmnist.snn.toml"', "utf-8")
    assert extend(source.read(spec), source.read).plain() == {"x": 1}


def test_a_broken_base_leads_back() -> None:
    found = only(lambda: extended(a='extends = "b.snn.toml"', b="x = 1\nx = 2"))
    assert where(found.place) == "b.snn.toml:2:1"
    assert notes(found)[-1] == "a.snn.toml:1:11 extended here"


def test_a_chain_has_an_end() -> None:
    texts = {f"f{i}.snn.toml": f'extends = "f{i + 1}.snn.toml"\nx{i} = {i}' for i in range(20)}
    read = files({**texts, "f20.snn.toml": "end = true"})
    assert len(extend(read(Path("f1.snn.toml")), read).table) == 20
    (found,) = diagnostics(attempt(lambda: extend(read(Path("f0.snn.toml")), read)))
    assert found.message == "more than 20 files extend each other in a chain"
    assert where(found.place) == "f19.snn.toml:1:11"


# --- --set -------------------------------------------------------------------------------------

DOCUMENT = """\
name = "net"
optimizer = "Adam"
empty = []
[train]
epochs = 1
optimizer = { kind = "SGD", momentum = 0.9 }
[network]
layers = [{ kind = "IF" }, { kind = "Linear", out_features = 2 }]
"""


@pytest.mark.parametrize(
    ("setting", "path", "expected"),
    [
        ("train.epochs=2", ("train", "epochs"), 2),
        (" train . epochs = 2", None, None),
        ("train.epochs = 2 ", ("train", "epochs"), 2),
        ("name=other", ("name",), "other"),
        ("name='true'", ("name",), "true"),
        ("name=a=b", ("name",), "a=b"),
        ("name=1, 2", ("name",), "1, 2"),
        ("name=1\nepochs = 3", ("name",), "1\nepochs = 3"),
        ("amp=true", ("amp",), True),
        ("vars.range=[1.0, inf]", ("vars", "range"), (1.0, float("inf"))),
        ('defaults.neuron.surrogate="Sigmoid"', ("defaults", "neuron", "surrogate"), "Sigmoid"),
        ("network.layers.0.kind=LIF", ("network", "layers", 0, "kind"), "LIF"),
        ("network.layers.1={out_features=3}", ("network", "layers", 1, "kind"), "Linear"),
        ("network.layers.1={out_features=3}", ("network", "layers", 1, "out_features"), 3),
        ("train.optimizer.lr=1e-2", ("train", "optimizer", "momentum"), 0.9),
        ("train.optimizer.kind=Adam", ("train", "optimizer", "momentum"), 0.9),
        ('train.optimizer={kind="Adam"}', ("train", "optimizer"), {"kind": "Adam"}),
        ("train.optimizer=Adam", ("train", "optimizer"), "Adam"),
        ("optimizer={lr=1}", ("optimizer",), {"kind": "Adam", "lr": 1}),
    ],
)
def test_set(setting: str, path: tuple[str | int, ...] | None, expected: object) -> None:
    if path is None:
        assert only(lambda: assign(tree(DOCUMENT), [setting])).code == "SNN102"
        return
    assert at(assign(tree(DOCUMENT), [setting]), *path).plain() == expected


def test_what_was_set_quotes_the_setting() -> None:
    result = assign(tree(DOCUMENT), ["train.epochs=2", 'x.y = { z = ["é", 3] } # c'])
    epochs, z = at(result, "train", "epochs"), at(result, "x", "y", "z")
    assert (where(epochs.place), epochs.place.text) == ("--set:1:14", "train.epochs=2")
    assert (where(epochs.key), epochs.key.quoted) == ("--set:1:7", "epochs")
    assert (where(z.key), z.key.quoted, z.place.quoted) == ("--set:1:9", "z", '["é", 3]')
    assert at(z, 1).place.quoted == "3"
    assert where(at(result, "x").place) == "--set:1:1"


def test_later_settings_win() -> None:
    assert plain(assign(tree(""), ["a.b=1", "a.c=2", "a.b=3"])) == {"a": {"b": 3, "c": 2}}


@pytest.mark.parametrize(
    ("setting", "told_", "noted"),
    [
        ("epochs", ("1:1", "`epochs` is not KEY=VALUE", "for example train.epochs=2"), []),
        ("a..b=1", ("1:1", "`a..b=1` is not KEY=VALUE", "for example train.epochs=2"), []),
        ("name=", ("1:1", "`name=` is not KEY=VALUE", "for example train.epochs=2"), []),
        (
            "extends=x",
            ("1:1", "`extends` cannot be set", "--set applies after `extends`"),
            [],
        ),
        ("a" + ".a" * 16 + "=1", ("1:1", "a key has at most 16 parts", None), []),
        (
            "train.epochs.x=1",
            ("1:14", "`train.epochs` is not a table, so `train.epochs.x` cannot be set", None),
            ["a.snn.toml:5:10 `train.epochs` is defined here"],
        ),
        (
            "optimizer.lr=0.1",
            (
                "1:11",
                "`optimizer` is not a table, so `optimizer.lr` cannot be set",
                "set the whole table: --set 'optimizer={ kind = \"Adam\", … }'",
            ),
            ["a.snn.toml:2:13 `optimizer` is defined here"],
        ),
        (
            "network.layers.2.kind=IF",
            (
                "1:16",
                "`network.layers` is an array: `2` is not one of its items",
                "its items are numbered 0 to 1",
            ),
            ["a.snn.toml:8:10 `network.layers` is defined here"],
        ),
        (
            "empty.x=1",
            ("1:7", "`empty` is an array: `x` is not one of its items", "it is empty"),
            ["a.snn.toml:3:9 `empty` is defined here"],
        ),
    ],
)
def test_bad_set(setting: str, told_: tuple[str, str, str | None], noted: list[str]) -> None:
    found = only(lambda: assign(tree(DOCUMENT), [setting]))
    assert told(found)[:3] == (f"--set:{told_[0]} SNN102", *told_[1:])
    assert notes(found) == noted


def test_all_malformed_settings_are_reported() -> None:
    assert len(findings(lambda: assign(tree(DOCUMENT), ["a", "name=x", "b"]))) == 2


@given(st.text() | st.from_regex(r"[a-c.0-9]{1,6}=[\s\S]{0,9}", fullmatch=True))
def test_any_setting(setting: str) -> None:
    found = diagnostics(attempt(lambda: assign(tree(DOCUMENT), [setting])))
    assert {d.code for d in found} <= {"SNN102"}


# --- vars --------------------------------------------------------------------------------------

VARS = """\
[vars]
channels = 64
dt = 0.5
twice = "${channels * 2}"
again = "$twice"
fast = { uniform = [2.0, "$dt"], per = "channel" }
"""


def substituted(text: str, variables: str = VARS) -> Tree:
    return substitute(tree(f"{variables}[x]\n{text}\n"))[0]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ('"$channels"', 64),
        ('"${channels}"', 64),
        ('"${ (channels) }"', 64),
        ('"${20 / dt}"', 40.0),
        ('"$again"', 128),
        ('"${again == 2 * channels}"', True),
        ('"$fast"', {"uniform": (2.0, 0.5), "per": "channel"}),
        ('["$dt", { a = "${-dt}" }]', (0.5, {"a": -0.5})),
        ('"$$channels"', "$channels"),
        ('"5$$"', "5$"),
        ('"$${dt}"', "${dt}"),
        ('"no reference"', "no reference"),
    ],
)
def test_substitute(written: str, expected: object) -> None:
    assert plain(at(substituted(f"y = {written}"), "x", "y")) == expected


def test_the_table_is_consumed_and_used_names_are_known() -> None:
    result, names = substitute(tree(VARS + '[x]\na = "$again"\n'))
    assert "vars" not in result.table
    assert names == {"again", "twice", "channels"}


def test_texts_are_left_alone() -> None:
    text = 'doc = "5 $ or $dt"\nstep = """\na = $x\n"""\ngradient = "a$b"\n'
    assert plain(substituted(text).get("x")) == {
        "doc": "5 $ or $dt",
        "step": "a = $x\n",
        "gradient": "a$b",
    }
    assert plain(substituted('step = "$channels"').get("x")) == {"step": 64}


def test_places_stay_at_the_use() -> None:
    result = substituted('y = "$again"\nz = "${dt * channels}"\nt = "$fast"')
    y, z, t = (at(result, "x", name) for name in "yzt")
    assert (where(y.place), where(y.key)) == ("a.snn.toml:8:5", "a.snn.toml:8:1")
    assert notes(y) == [
        "a.snn.toml:5:1 `again` is defined here",
        "a.snn.toml:4:1 `twice` is defined here",
        "a.snn.toml:2:1 `channels` is defined here",
    ]
    assert notes(z) == [
        "a.snn.toml:3:1 `dt` is defined here",
        "a.snn.toml:2:1 `channels` is defined here",
    ]
    assert where(t.place) == "a.snn.toml:10:5"
    assert notes(t) == ["a.snn.toml:6:1 `fast` is defined here"]
    per = at(t, "per")
    assert (where(per.place), notes(per)) == ("a.snn.toml:6:40", ["a.snn.toml:10:5 used here"])


PARTS = (
    "texts are not put together: write it out, or let `repeat` number layers (`conv.0`); "
    "`$$` is a plain `$`"
)
PLAIN = "write `$$` for a plain `$`"


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ("conv$x", PARTS),
        ("a${dt}b", PARTS),
        ("${dt}${dt}", PARTS),
        ("$dt.x", PARTS),
        ("$", PLAIN),
        ("$1", PLAIN),
        ("${dt", "the `}` is missing"),
        ("$vars.dt", 'write "$dt"'),
        ("$(dt)", 'write "$dt"'),
        ("$dt * 2", 'write "${dt * 2}"'),
        ("2 * ${dt}", 'write "${2 * dt}"'),
    ],
)
def test_a_reference_is_the_whole_string(written: str, hint: str) -> None:
    found = only(lambda: substituted(f'y = "{written}"'))
    message = 'a reference must be the whole string: "$name" or "${expression}"'
    assert told(found) == ("a.snn.toml:8:5 SNN104", message, hint, f'"{written}"')


def test_all_unknown_variables_are_reported_at_once() -> None:
    text = 'y = "$chanels"\nz = ["${dtt * chanels}", "$again"]\nw = "$q"'
    found = findings(lambda: substituted(text, VARS + 'bad = "$dtt"\n'))
    assert [told(d) for d in found] == [
        (
            "a.snn.toml:7:8 SNN103",
            "`dtt` is not defined",
            "did you mean `dt`?",
            "$dtt",
        ),
        (
            "a.snn.toml:9:6 SNN103",
            "`chanels` is not defined",
            "did you mean `channels`?",
            "$chanels",
        ),
        ("a.snn.toml:10:9 SNN103", "`dtt` is not defined", "did you mean `dt`?", "dtt"),
        (
            "a.snn.toml:10:15 SNN103",
            "`chanels` is not defined",
            "did you mean `channels`?",
            "chanels",
        ),
        ("a.snn.toml:11:6 SNN103", "`q` is not defined", "add `q` to [vars]", "$q"),
    ]


def test_an_expression_error_leads_to_its_variables() -> None:
    found = only(lambda: substituted('y = "${1 / (dt - dt) + channels}"'))
    message = "`1 / (dt - dt)` divides by zero"
    assert told(found) == ("a.snn.toml:8:8 SNN104", message, None, "1 / (dt - dt)")
    assert notes(found) == [
        "a.snn.toml:3:1 `dt` is defined here",
        "a.snn.toml:2:1 `channels` is defined here",
    ]


def test_who_uses_a_broken_variable_is_not_blamed() -> None:
    found = findings(
        lambda: substituted(
            'y = "${b * 2}"\nz = "$c"', '[vars]\na = "${1/0}"\nb = "$a"\nc = "$c"\n'
        )
    )
    assert [told(d)[:2] for d in found] == [
        ("a.snn.toml:2:8 SNN104", "`1/0` divides by zero"),
        ("a.snn.toml:4:5 SNN106", "a variable cannot use itself: `c` → `c`"),
    ]


def test_a_cycle_is_told_with_its_chain() -> None:
    text = '[vars]\nd = "$a"\na = "${b + 1}"\nb = ["$c"]\nc = { x = "$a" }\n'
    found = only(lambda: substituted("", text))
    message = "a variable cannot use itself: `a` → `b` → `c` → `a`"
    assert told(found) == ("a.snn.toml:3:5 SNN106", message, None, '"${b + 1}"')
    assert notes(found) == [
        "a.snn.toml:4:1 `b` is defined here",
        "a.snn.toml:5:1 `c` is defined here",
    ]


@pytest.mark.parametrize("name", ["my-var", "lambda", "true", "1x"])
def test_a_variable_has_an_identifier(name: str) -> None:
    found = only(lambda: substituted('y = "$z"', f"[vars]\n{name} = 1\nz = 1\n"))
    message = f"`{name}` cannot name a variable"
    assert told(found) == ("a.snn.toml:2:1 SNN106", message, "use letters, digits and `_`", name)


def test_vars_is_a_table() -> None:
    found = only(lambda: substitute(tree("vars = 3")))
    assert told(found) == ("a.snn.toml:1:8 SNN106", "`vars` must be a table", None, "3")


@pytest.mark.parametrize(
    "lines",
    [
        ["v0 = 1"]
        + [f'v{i + 1} = ["$v{i}"{", " + chr(34) + f"$v{i}" + chr(34)}]' for i in range(60)],
        ["v0 = 1"] + [f'v{i + 1} = ["$v{i}"]' for i in range(3000)],
        ["v0 = 1"] + [f'v{i + 1} = {{ a = "${{(v{i})}}" }}' for i in range(100)],
    ],
)
def test_variables_cannot_explode(lines: Sequence[str]) -> None:
    found = only(lambda: substituted('y = "$v60"', "\n".join(["[vars]", *lines, ""])))
    message = "the variables would add more than 100000 values, or nest more than 64 deep"
    assert told(found)[:2] == ("a.snn.toml:1:1 SNN106", message)


def test_many_variables_need_no_stack() -> None:
    lines = [f'v{i} = "$v{i + 1}"' for i in range(2000)]
    result = substituted('y = "$v0"', "\n".join(["[vars]", *lines, "v2000 = 7", ""]))
    assert plain(at(result, "x", "y")) == 7


def test_deep_documents_fit_the_stack() -> None:
    nested = "[" * 60 + '"$dt"' + "]" * 60
    assert "0.5" in str(plain(substituted(f"y = {nested}")))


# --- blocks ------------------------------------------------------------------------------------

BLOCK = """\
[vars]
dim = 8
depth = 2
[blocks.B]
required = ["heads"]
parameters = { dim = "$dim", ratio = "${dim * depth}" }
layers = [{ kind = "Linear", out_features = "${dim * ratio}", n = "$heads", d = "$depth" }]
"""


def test_blocks_wait_for_their_parameters() -> None:
    document = tree(BLOCK)
    result, names = substitute(document)
    assert at(result, "blocks").plain() == at(document, "blocks").plain()
    assert names == {"dim", "depth"}


def test_parameters_hide_variables_where_a_block_is_used() -> None:
    resolved = resolved_text(BLOCK)
    given_ = at(tree("dim = 3\nratio = 5\nheads = 7", "use"), *())
    layers = at(resolved.tree, "blocks", "B", "layers")
    layer = at(substitute_in(layers, resolved.scope.inside(given_.table)), 0)
    assert layer.plain() == {"kind": "Linear", "out_features": 15, "n": 7, "d": 2}
    assert notes(at(layer, "n")) == ["use:3:1 `heads` is defined here"]
    assert notes(at(layer, "d")) == ["a.snn.toml:3:1 `depth` is defined here"]


def test_errors_in_blocks_are_found_before_any_use() -> None:
    found = findings(lambda: substitute(tree(BLOCK + 'x = ["$head", "a$b", "${depth / 0}"]')))
    assert [told(d)[:3] for d in found] == [
        ("a.snn.toml:8:7 SNN103", "`head` is not defined", "did you mean `heads`?"),
        (
            "a.snn.toml:8:15 SNN104",
            'a reference must be the whole string: "$name" or "${expression}"',
            PARTS,
        ),
        ("a.snn.toml:8:25 SNN104", "`depth / 0` divides by zero", None),
    ]


def test_a_scope_leaves_later_names() -> None:
    scope = Variables(at(tree("a = 1"), *()).table).awaiting(["b"])
    node = tree('x = "$a"\ny = "$b"\nz = "${a + b}"')
    assert substitute_in(node, scope).plain() == {"x": 1, "y": "$b", "z": "${a + b}"}


# --- defaults ----------------------------------------------------------------------------------


def filled(defaults: str, *layers: str) -> tuple[Tree, frozenset[str]]:
    text = f"[defaults]\n{defaults}\n[network]\nlayers = [\n" + ",\n".join(layers) + "\n]"
    full, idle = apply_defaults(left := sound(text), defaults_of(left, SPIKING))
    return full, frozenset(node.key.quoted for node in idle)


def sound(text: str) -> Tree:
    """The text as a tree, without defaults that are wrong; these are raised."""
    left, wrong, _ = sound_defaults(tree(text), KNOWN)
    if wrong:
        raise Findings(*wrong)
    return left


@pytest.mark.parametrize(
    ("defaults", "layer", "expected"),
    [
        ("Conv2d = { bias = false }", '"Conv2d"', {"kind": "Conv2d", "bias": False}),
        ("Conv2d = { bias = false }", '"IF"', {"kind": "IF"}),
        ("Conv2d = { a = 1, b = 1 }", '{ kind = "Conv2d", b = 2 }', {"a": 1, "b": 2}),
        ("neuron = { a = 1 }\nLIF = { a = 2 }", '"LIF"', {"a": 2}),
        ("LIF = { a = 2 }\nneuron = { a = 1, b = 1 }", '{ kind = "LIF", b = 3 }', {"a": 2, "b": 3}),
        ("neuron = { a = 1 }", '"Linear"', {"kind": "Linear"}),
        (
            'neuron = { s = { kind = "ATan", alpha = 2 } }',
            '{ kind = "IF", s = { kind = "Sigmoid" } }',
            {"s": {"kind": "Sigmoid"}},
        ),
        (
            'neuron = { s = { kind = "ATan", alpha = 2 } }',
            '{ kind = "IF", s = "Sigmoid" }',
            {"s": "Sigmoid"},
        ),
        (
            'neuron = { s = "ATan" }\nIF = { s = { alpha = 1, b = 1 } }',
            '{ kind = "IF", s = { alpha = 2 } }',
            {"s": {"kind": "ATan", "alpha": 2, "b": 1}},
        ),
        (
            "LIF = { tau = { value = 2.0, learnable = true } }",
            '{ kind = "LIF", tau = { per = "channel" } }',
            {"tau": {"value": 2.0, "learnable": True, "per": "channel"}},
        ),
    ],
)
def test_defaults(defaults: str, layer: str, expected: Mapping[str, object]) -> None:
    result, _ = filled(defaults, layer)
    actual = plain(at(result, "network", "layers", 0))
    assert isinstance(actual, dict)
    assert {key: actual.get(key) for key in expected} == expected
    assert next(iter(actual)) == "kind"
    assert "defaults" not in result.table


def test_defaults_keep_their_places() -> None:
    result, _ = filled('IF = { s = { alpha = 1 } }\nneuron = { r = "hard" }', '"Linear"', '"IF"')
    layer = at(result, "network", "layers", 1)
    assert where(layer.place) == "a.snn.toml:7:1"
    assert where(at(layer, "s", "alpha").place) == "a.snn.toml:2:22"
    assert where(at(layer, "r").key) == "a.snn.toml:3:12"
    for node in (at(layer, "r"), at(layer, "s"), at(layer, "s", "alpha")):
        assert notes(node) == ["a.snn.toml:7:1 used by this layer"]
    assert notes(at(layer, "kind")) == []


def test_unused_defaults() -> None:
    text = "Conv2d = {}\nLinear = {}\nIF = {}\nneuron = {}"
    assert filled(text, '"Linear"')[1] == {"Conv2d", "IF", "neuron"}
    assert filled(text, '"Conv2d"', '"LIF"')[1] == {"Linear", "IF"}


def test_unused_keys_of_defaults() -> None:
    text = "LIF = { tau = 2.0, a = 1 }\nneuron = { tau = 3.0 }"
    assert filled(text, '{ kind = "LIF", tau = 4.0 }')[1] == {"tau"}
    assert filled(text, '{ kind = "LIF", tau = 4.0 }', '"LIF"', '"IF"')[1] == frozenset()
    assert filled("LIF = { a = { b = 1 } }", '{ kind = "LIF", a = { c = 2 } }')[1] == frozenset()


def test_what_a_wrong_default_had_is_told() -> None:
    left, wrong, keys = sound_defaults(tree("[defaults]\nConv = { bias = false }\nIF = {}"), KNOWN)
    assert [d.code for d in wrong] == ["SNN105"]
    assert left.plain() == {"defaults": {"IF": {}}}
    assert keys == {"bias"}


def test_bad_defaults_are_reported_together() -> None:
    text = 'Conv2D = {}\nneurons = {}\nIF = 3\nLIF = { kind = "IF" }\nqqq = {}'
    assert [told(d) for d in findings(lambda: filled(text, '"IF"'))] == [
        (
            "a.snn.toml:2:1 SNN105",
            "no kind is named `Conv2D`",
            "did you mean `Conv2d`?",
            "Conv2D",
        ),
        (
            "a.snn.toml:3:1 SNN105",
            "no kind is named `neurons`",
            "did you mean `neuron`?",
            "neurons",
        ),
        ("a.snn.toml:4:6 SNN107", "the defaults of `IF` must be a table", None, "3"),
        ("a.snn.toml:5:9 SNN107", "a default cannot change a layer's kind", None, "kind"),
        (
            "a.snn.toml:6:1 SNN105",
            "no kind is named `qqq`",
            "write a table for each kind, or `neuron = { … }` for all that spike",
            "qqq",
        ),
    ]
    found = only(lambda: sound("defaults = 1"))
    assert told(found) == ("a.snn.toml:1:12 SNN107", "`defaults` must be a table", None, "1")


def test_what_is_no_layer_is_left_to_validation() -> None:
    text = '[defaults]\nIF = { a = 1 }\n[network]\nlayers = [3, { name = "x" }, [], "$p"]'
    result, _ = apply_defaults(tree(text), defaults_of(tree(text), SPIKING))
    assert plain(at(result, "network", "layers")) == (3, {"name": "x"}, (), "$p")
    for odd in ("network = 3", "[network]\nlayers = 3", "blocks = 3", "[blocks]\nB = 3"):
        left = tree(odd)
        assert apply_defaults(left, defaults_of(left, SPIKING))[0].plain() == left.plain()


# --- all of it ---------------------------------------------------------------------------------


def resolved_text(text: str, *settings: str, **others: str) -> Resolved:
    named = {f"{name}.snn.toml": other for name, other in others.items()}
    made = resolve(source.parse("a.snn.toml", text), settings, SPIKING, KNOWN, files(named))
    if made.findings:
        raise Findings(*made.findings)
    return made


OWN = """\
extends = "b.snn.toml"
[vars]
unused = 1
[defaults]
Twin = { tau = 3.0 }
Up = { scale = 2 }
Merge = {}
Conv2d = {}
[neurons.Twin]
step = \"\"\"
# spike(x) is not here
s = spike(x)
\"\"\"
[neurons.Merge]
step = "y = a  # no spike(x)"
[blocks.Up]
layers = ["Merge"]
[network]
layers = ["Twin", "Merge", "Up", { kind = "Linear", out_features = "$width" }]
"""


def test_the_order_of_resolution() -> None:
    base = '[vars]\nwidth = 3\n[defaults]\nneuron = { s = "$surrogate" }\nLinear = { bias = 1 }'
    settings = ("vars.surrogate=ATan", "defaults.Linear.bias=$width", "vars.width=5")
    resolved = resolved_text(OWN, *settings, b=base)
    assert plain(at(resolved.tree, "network", "layers")) == (
        {"kind": "Twin", "s": "ATan", "tau": 3.0},
        {"kind": "Merge"},
        {"kind": "Up", "scale": 2},
        {"kind": "Linear", "bias": 5, "out_features": 5},
    )
    assert set(resolved.tree.table) == {"neurons", "blocks", "network"}
    assert [where(node.key) for node in resolved.unused_vars] == ["a.snn.toml:3:1"]
    assert [node.key.quoted for node in resolved.unused_defaults] == ["Conv2d"]
    bias = at(resolved.tree, "network", "layers", 3, "bias")
    assert (where(bias.place), bias.place.quoted) == ("--set:1:22", "$width")
    assert notes(bias) == [
        "--set:1:6 `width` is defined here",
        "a.snn.toml:19:34 used by this layer",
    ]


def test_blocks_fill_in_their_layers_where_they_are_used() -> None:
    resolved = resolved_text('[defaults]\nneuron = { s = 1 }\n[blocks.B]\nlayers = ["IF"]')
    layer = at(resolved.tree, "blocks", "B", "layers", 0)
    once = resolved.defaults.apply(layer)
    assert once.plain() == {"kind": "IF", "s": 1}
    assert resolved.defaults.apply(once).plain() == once.plain()
    assert resolved.unused_defaults == ()


def test_a_neuron_takes_of_the_defaults_what_it_has() -> None:
    text = """\
[defaults]
neuron = { tau = 2.0, beta = 1.0, typo = 3, feedback = "add" }
[neurons.Own]
parameters = { beta = 2.0 }
step = "s = spike(x)"
[network]
layers = ["IF", "Own"]
"""
    resolved = resolved_text(text)
    assert plain(at(resolved.tree, "network", "layers")) == (
        {"kind": "IF", "tau": 2.0, "typo": 3, "feedback": "add"},
        {"kind": "Own", "beta": 1.0, "typo": 3, "feedback": "add"},
    )


def test_a_kind_that_is_a_parameter_may_use_any_default() -> None:
    text = '[defaults]\nIF = { s = 1 }\n[blocks.B]\nrequired = ["k"]\nlayers = [{ kind = "$k" }]'
    assert resolved_text(text).unused_defaults == ()


def test_several_mistakes_in_one_run() -> None:
    text = '[defaults]\nConv = {}\n[network]\nlayers = [{ kind = "IF", a = "$x" }, "b$"]'
    found = findings(lambda: resolved_text(text))
    assert [told(d)[0] for d in found] == [
        "a.snn.toml:2:1 SNN105",
        "a.snn.toml:4:31 SNN103",
        "a.snn.toml:4:38 SNN104",
    ]


strings = st.text("$ab{}+ 1\"'", max_size=8) | st.sampled_from(["$a", "$b", "${a + b}", "IF"])
documents = st.recursive(
    strings | st.integers(0, 3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["a", "b", "kind", "layers"]), inner, max_size=3)
    ),
    max_leaves=8,
)


def planted(value: object, place: Place) -> Tree:
    if isinstance(value, dict):
        return Tree({key: planted(child, place) for key, child in value.items()}, place, place)
    if isinstance(value, list):
        return Tree([planted(child, place) for child in value], place, place)
    assert isinstance(value, str | int)
    return Tree(value, place, place)


@given(
    st.dictionaries(
        st.sampled_from(["vars", "defaults", "network", "blocks", "neurons", "x"]), documents
    )
)
def test_any_document(value: dict[str, object]) -> None:
    empty = source.parse("a.snn.toml", "")
    document = source.Source("a.snn.toml", "", planted(value, empty.tree.place), ())
    found = diagnostics(attempt(lambda: resolve(document, [], SPIKING, KNOWN, files({}))))
    assert all(d.code.startswith("SNN10") for d in found)
