"""``snnc new``: a project that lints, builds and proves itself from the first minute."""

import importlib
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from snnc import schema, zoo
from tests.support.cli import Ran, snnc
from tests.training.packages import undrawn

Run = Callable[..., Ran]
AROUND = [".gitattributes", ".github/workflows/snnc.yml", ".gitignore", ".pre-commit-config.yaml"]
FILES = [*AROUND, "README.md", "mine.snn.toml", "pyproject.toml"]
NO_NAME = "is not a name: it starts with a letter; letters, digits and _ follow"
CLASH = "conv_fmnist_lif extends conv_fmnist.snn.toml, which has the same name"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """A command in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: snnc(capsys, *arguments)


def written(folder: Path) -> list[str]:
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


def test_the_files_of_a_project(run: Run) -> None:
    ran = run("new", "mine")
    said = "mine: a new project; next: cd mine && snnc build mine.snn.toml\n"
    assert ran == Ran(0, "", said)
    assert written(Path("mine")) == FILES
    excluded = tomllib.loads(Path("mine/pyproject.toml").read_text())["tool"]["ruff"]
    assert excluded["extend-exclude"] == ["mine", "snn_runtime"]
    workflow = Path("mine/.github/workflows/snnc.yml").read_text()
    assert "- run: snnc build --check --output-format github\n" in workflow
    assert workflow.count("snn.toml") == 0  # every spec, also those to come
    ours, theirs = (
        path.read_text("utf-8").splitlines()
        for path in (Path("mine/mine.snn.toml"), zoo.folder() / "digits_conv.snn.toml")
    )
    changed = [pair for pair in zip(ours, theirs, strict=True) if pair[0] != pair[1]]
    assert changed == [
        (f"#:schema {schema.ADDRESS}", "#:schema snnc.schema.json"),
        ('name = "mine"', 'name = "digits_conv"'),
    ]
    assert "mine/** linguist-generated" in Path("mine/.gitattributes").read_text("utf-8")


@pytest.mark.parametrize("task", zoo.names(zoo.tasks()))
def test_every_template_lints_builds_and_trains(
    run: Run, task: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"mine_{task}"
    assert run("new", name, "--template", task).code == 0
    monkeypatch.chdir(name)
    samples = "samples:load" in Path(f"{name}.snn.toml").read_text("utf-8")
    assert Path("samples.py").is_file() == samples
    assert f"the template `{task}`" in Path("README.md").read_text("utf-8")
    assert run("lint", ".") == Ran(0, "", "all fine in 1 spec\n")
    assert run("build", f"{name}.snn.toml").code == 0
    monkeypatch.syspath_prepend(Path.cwd())
    script = importlib.import_module(f"{name}.train")
    undrawn(script, monkeypatch)
    flags = ["--epochs", "1", "--limit", "40", "--device", "cpu", "--loggers", "csv"]
    assert script.main(flags) == 0
    sys.modules.pop("samples", None)


def test_help_and_list_name_every_template(run: Run) -> None:
    names = zoo.names(zoo.tasks())
    assert len(names) == 7
    told = " ".join(run("new", "--help").out.replace("│", " ").split())
    assert f"{', '.join(names[:-1])} or {names[-1]}." in told
    listed = run("new", "--list").out
    assert all(f"  {name} " in listed for name in (*names, *zoo.names()))


@pytest.mark.parametrize("base", zoo.names())
def test_every_project_lints_and_builds(
    run: Run, base: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("new", "mine", "--from", base).code == 0
    monkeypatch.chdir("mine")
    assert run("lint", ".").code == 0
    assert run("build", "mine.snn.toml").code == 0
    assert run("build", "--check", "mine.snn.toml") == Ran(0, "", "1 package up to date\n")
    assert "import torch" in Path("mine/model.py").read_text("utf-8")


def test_what_a_spec_extends_comes_along(run: Run) -> None:
    assert run("new", "mine", "--from", "conv_fmnist_lif").code == 0
    theirs = (zoo.folder() / "conv_fmnist.snn.toml").read_text("utf-8")
    directed = theirs.replace("#:schema snnc.schema.json", f"#:schema {schema.ADDRESS}")
    assert Path("mine/conv_fmnist.snn.toml").read_text("utf-8") == directed


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "the name is missing: snnc new NAME"),
        (
            ("my-net",),
            f"`my-net` {NO_NAME}; did you mean `my_net`?",
        ),
        (("2nd",), f"`2nd` {NO_NAME}"),
        (("lambda",), "`lambda` is a Python keyword"),
        (
            ("mine", "--from", "conv_fmist"),
            "there is no spec `conv_fmist` in the zoo: did you mean `conv_fmnist`?",
        ),
        (
            ("mine", "--template", "clasification"),
            "there is no template `clasification`: did you mean `classification`?",
        ),
        (
            ("mine", "--template", "events", "--from", "conv_fmnist"),
            "--from and --template exclude each other",
        ),
        (
            ("conv_fmnist", "--from", "conv_fmnist_lif"),
            f"conv_fmnist: {CLASH}: choose another name",
        ),
    ],
)
def test_refusals(run: Run, tmp_path: Path, arguments: tuple[str, ...], says: str) -> None:
    assert run("new", *arguments) == Ran(2, "", f"snnc: {says}\n")
    assert written(tmp_path) == []


def test_a_name_far_from_all_is_answered_with_the_whole_list(run: Run) -> None:
    ran = run("new", "mine", "--from", "zzzz")
    assert ran.code == 2
    assert all(f"`{name}`" in ran.err for name in zoo.names())


@pytest.mark.parametrize("there", ["mine.snn.toml", ".github/workflows/snnc.yml"])
def test_nothing_is_replaced_and_then_nothing_is_written(run: Run, there: str) -> None:
    path = Path("mine") / there
    path.parent.mkdir(parents=True)
    path.write_text("precious")
    said = f"snnc: {path}: exists already, and `snnc new` replaces nothing\n"
    assert run("new", "mine") == Ran(2, "", said)
    assert written(Path("mine")) == [there]
    assert path.read_text() == "precious"


def test_a_project_is_small(run: Run) -> None:
    """Editors find the schema by its address: no file of it is committed and grows old."""
    assert run("new", "mine", "--from", "conv_fmnist_lif").code == 0
    sizes = [path.stat().st_size for path in Path("mine").rglob("*") if path.is_file()]
    assert sum(sizes) < 20_000


def test_a_folder_with_other_files_is_no_hindrance(run: Run) -> None:
    Path("mine").mkdir()
    Path("mine/notes.txt").write_text("precious")
    assert run("new", "mine").code == 0
    assert Path("mine/notes.txt").read_text() == "precious"


def test_list_tells_every_template_and_spec(run: Run) -> None:
    ran = run("new", "--list")
    assert (ran.code, ran.err) == (0, "")
    told = tuple(line.split()[0] for line in ran.out.splitlines())
    assert told == ("--template", *zoo.names(zoo.tasks()), "--from", *zoo.names())
    assert "T = 8, FashionMNIST: Convolutional SNN" in ran.out  # most of it from what it extends


def test_a_spec_without_the_editors_line_gets_it(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (zoo.folder() / "digits_conv.snn.toml").read_text("utf-8").split("\n", 2)[2]
    shipped = tmp_path / "zoo"
    shipped.mkdir()
    (shipped / "plain.snn.toml").write_text(text, "utf-8")
    monkeypatch.setattr(zoo, "folder", lambda: shipped)
    assert run("new", "mine", "--from", "plain").code == 0
    lines = Path("mine/mine.snn.toml").read_text("utf-8").splitlines()
    assert lines[:3] == [f"#:schema {schema.ADDRESS}", "", "format = 1"]


def test_it_needs_no_torch() -> None:
    code = "from snnc.cli import main\ntry: main()\nfinally: import sys; print(*sys.modules)"
    command = [sys.executable, "-c", code, "new", "--list"]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    assert {"jinja2", "networkx", "numpy", "torch"} & set(ran.stdout.split()) == set()
