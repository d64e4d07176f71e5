"""What a spec, its file's name and its settings say gets into generated text as text alone."""

import ast
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

import snnc
from snnc.emit.header import Command, read_header, with_header
from snnc.source.diagnostic import Findings
from tests.safety.strange import GROUPS, HIDDEN, QUOTES, called, payload, toml
from tests.support.cli import Ran
from tests.support.cli import snnc as run

SPEC = """\
format = 1
name = "net"
doc = "DOC"
time_steps = 2

[input]
shape = [4]

[neurons.Mine]
doc = "NEURON"
parameters = { tau = 2.0 }
state = { v = 0.0 }
step = \"\"\"
h = v + x / tau
s = spike(h - 1.0)
v = h - s
\"\"\"
output = "s"

[surrogates.Slope]
doc = "SURROGATE"
gradient = "1 / (1 + u * u)"

[blocks.Part]
doc = "BLOCK"
layers = [{ kind = "Linear", out_features = 3 }, { kind = "Mine", surrogate = "Slope" }]

[network]
layers = ["Part", { kind = "Linear", name = "fc", out_features = 3 }, "LIF"]

[train]
dataset = { kind = "npz", path = "PATH" }
loss = "mse"
epochs = 1
batch_size = 2
optimizer = "Adam"
"""
DOC_OF_A_KIND = re.compile(
    r'^doc = ".*"$', re.MULTILINE
)  # convert.py holds user-defined kinds as TOML
DOCS = ["DOC", "NEURON", "SURROGATE", "BLOCK"]
REFUSED = [
    ('name = "net"', "name = {}"),
    ('name = "fc"', "name = {}"),
    ("[neurons.Mine]", "[neurons.{}]"),
    ("[surrogates.Slope]", "[surrogates.{}]"),
    ("[blocks.Part]", "[blocks.{}]"),
    ("{ tau = 2.0 }", "{{ {} = 2.0 }}"),
    ("{ v = 0.0 }", "{{ {} = 0.0 }}"),
    ('output = "s"', "output = {}"),
    ('{ kind = "npz", path = "PATH" }', '{{ kind = "module", loader = {} }}'),
    ('optimizer = "Adam"', "optimizer = {}"),
    ("[input]\nshape = [4]", "[inputs.{}]\nshape = [4]"),
    ("[train]", "[outputs.{}]\n[train]"),
    ("[train]", "[build]\nout = {}\n[train]"),
]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def emitted(text: str, settings: Sequence[str] = ()) -> dict[str, str]:
    Path("net.snn.toml").write_text(text, "utf-8")
    return dict(snnc.emit(snnc.load("net.snn.toml", settings)).package)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What the spec gives as it stands."""
    path = tmp_path_factory.mktemp("plain") / "net.snn.toml"
    path.write_text(SPEC, "utf-8")
    return dict(snnc.emit(snnc.load(path)).package)


def code(text: str) -> str:
    """All of a module but its docstrings, its comments and what the docs of its own kinds say."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and _is_text(body[0]):
            del body[0]
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = re.sub(DOC_OF_A_KIND, 'doc = ""', node.value)
    return ast.dump(tree)


def _is_text(node: ast.AST) -> bool:
    constant = node.value if isinstance(node, ast.Expr) else None
    return isinstance(constant, ast.Constant) and isinstance(constant.value, str)


def modules(files: dict[str, str]) -> Iterator[tuple[str, str]]:
    return ((name, text) for name, text in files.items() if "/" not in name and ".py" in name[-3:])


def lines(files: dict[str, str]) -> None:
    """Every tool sees the same lines, and nothing that is not printed."""
    for _, text in modules(files):
        assert text.splitlines() == text.removesuffix("\n").split("\n") or not text
        assert text.replace("\n", "").isprintable()


@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize("place", DOCS)
def test_a_doc_is_only_a_docstring(place: str, group: str, plain: dict[str, str]) -> None:
    found = emitted(SPEC.replace(f'"{place}"', toml(payload(GROUPS[group]))))
    assert found.keys() == plain.keys()
    lines(found)
    for name, text in modules(found):
        assert code(text) == code(plain[name])


@pytest.mark.parametrize("group", GROUPS)
def test_a_setting_is_only_a_comment(group: str, plain: dict[str, str]) -> None:
    text = payload(GROUPS[group]).strip()
    found = emitted(SPEC, [f"doc={text}"])
    lines(found)
    for name, written in modules(found):
        assert code(written) == code(plain[name])
        header = read_header(written)
        assert header is not None
        assert header.intact
        assert header.source == "net.snn.toml"


def test_a_setting_that_no_text_can_hold() -> None:
    with pytest.raises(Findings, match="not UTF-8"):
        emitted(SPEC, ["doc=\udcff"])


@pytest.mark.parametrize("char", [*HIDDEN, *QUOTES], ids=called)
def test_a_path_of_data_is_refused_or_a_literal(char: str, plain: dict[str, str]) -> None:
    path = f"a{char}boom(){char}"
    Path("net.snn.toml").write_text(SPEC.replace('"PATH"', toml(path)), "utf-8")
    if found := snnc.check("net.snn.toml"):
        assert [one.code for one in found] == ["SNN206"]
        return
    files = dict(snnc.emit(snnc.load("net.snn.toml")).package)
    lines(files)
    old, new = (f"Constant(value={text!r})" for text in ("PATH", path))
    assert code(files["data.py"]) == code(plain["data.py"]).replace(old, new)


@pytest.mark.parametrize(("old", "new"), REFUSED)
def test_names_hold_nothing_strange(old: str, new: str) -> None:
    assert old in SPEC
    for char in [*HIDDEN, *QUOTES]:
        text = SPEC.replace(old, new.format(toml(f"a{char}boom(){char}")))
        Path("net.snn.toml").write_text(text, "utf-8")
        accepted = not snnc.check("net.snn.toml")
        assert not accepted or ("out = " in new and char.isprintable()), char


@pytest.mark.parametrize("char", [c for c in HIDDEN if c != "\0"], ids=called)
def test_names_of_files_are_refused(char: str, capsys: pytest.CaptureFixture[str]) -> None:
    name = f"net{char}import os{char}#.snn.toml"
    Path(name).write_text(SPEC, "utf-8")
    for command in (["lint"], ["build"], ["build", "--check"], ["build", "--diff"], ["show"]):
        ran = run(capsys, *command, name)
        assert ran.code == 1
        assert "error[SNN005] bad-file: the name of the file has a character that is not" in ran.out
        assert char in "\n\u00a0\u3000\ufeff\u200b\u00ad" or char not in ran.out + ran.err
    assert [path.name for path in Path().iterdir()] == [name]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (b"\xff\xfe", "is not UTF-8"),
        (b"x" * 220, "more than 200 bytes"),
        ("ä".encode() * 110, "200"),
    ],
)
def test_other_names_of_files(name: bytes, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    path = name.decode(errors="surrogateescape") + ".snn.toml"
    Path(path).write_text(SPEC, "utf-8")
    for command in (["lint"], ["build"], ["lint", "--output-format", "json"]):
        ran = run(capsys, *command, path)
        assert (ran.code, said in ran.out) == (1, True)


@pytest.mark.parametrize("name", ["a b", "it's", "$(boom)", "`boom`", "-n", "é", "a;b", "#"])
def test_printable_names_are_fine(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    path = f"./{name}.snn.toml"
    Path(path).write_text(SPEC, "utf-8")
    assert run(capsys, "build", path).code == 0
    assert run(capsys, "build", "--check", path) == Ran(0, "", "1 package up to date\n")
    header = read_header(Path("net/model.py").read_text("utf-8"))
    assert header is not None
    assert (header.source, header.intact) == (f"{name}.snn.toml", True)


@pytest.mark.parametrize("source", ["net.snn.toml", None])
def test_a_header_reads_back(source: str | None) -> None:
    files = [f"some/where/file_{number}.py" for number in range(40)]
    text = with_header("x = 1\n", Command(source, ["a=1"]) if source else None, files)
    header = read_header(text)
    assert header is not None
    assert (header.source, header.files, header.intact) == (source, tuple(sorted(files)), True)
    assert max(map(len, text.splitlines())) <= 88
    for number, line in enumerate(text.splitlines()):
        changed = read_header(text.replace(line, f"{line} ", 1))
        assert changed is None or not changed.intact, number
