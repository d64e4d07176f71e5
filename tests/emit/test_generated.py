"""Generated code as a reviewer sees it: clean under ruff and mypy, stable, at home anywhere."""

import ast
import os
import platform
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import cache
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import snnc
from snnc.document import Document
from tests.house.test_house import ROOT
from tests.support.nets import document, pair
from tests.support.odd_specs import BAD_NAMES, GOOD_NAMES, HEAD, READ_TWICE, SPECS
from tests.support.written import write

SCHEDULES = ("fold", "step")
CACHE = ROOT / ".mypy_cache" / "generated"
# Run in another process: the text of every package, hashed.
DIGEST = """
import sys
from hashlib import sha256
from pathlib import Path
import snnc
for path in sorted(Path(sys.argv[1]).iterdir()):
    for schedule in ("fold", "step"):
        made = snnc.emit(snnc.load(path, [f"build.schedule={schedule}"]))
        texts = repr((made.package, made.shared)).encode()
        print(path.name, schedule, sha256(texts).hexdigest())
"""


def load(folder: Path, name: str, schedule: str) -> Document:
    """The document of one of the specs."""
    path = folder / f"{name}.snn.toml"
    steps = 6 if name in ("columns", "rows") else 4
    path.write_text(HEAD.format(name=name, steps=steps) + SPECS[name], "utf-8")
    return snnc.load(path, [f"build.schedule={schedule}"])


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every spec, and beside them its package under each schedule."""
    folder = tmp_path_factory.mktemp("written")
    (folder / "specs").mkdir()
    for name, schedule in product(SPECS, SCHEDULES):
        package = folder / "clean" / f"{name}_{schedule}"
        output = snnc.emit(load(folder / "specs", name, schedule))
        write(package.parent, output, package.name)
    return folder


def texts(folder: Path) -> Iterator[tuple[str, str]]:
    """Every module below, by its path."""
    for path in sorted(folder.rglob("*.py")):
        yield str(path.relative_to(folder)), path.read_text("utf-8")


def run(*command: str | Path, **environment: str) -> tuple[int, str]:
    """The exit code of a module or script, and what it printed."""
    done = subprocess.run(
        [sys.executable, *command], capture_output=True, text=True, check=False, cwd=ROOT,
        env={**os.environ, **environment},
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def style(folder: Path) -> str:
    """What ruff says about a folder: nothing, if it is clean and formatted."""
    options = ("--isolated", "--no-cache", "--quiet", folder)
    check = run("-m", "ruff", "check", *options)
    form = run("-m", "ruff", "format", "--check", *options)
    return "".join(text for code, text in (check, form) if code)


def types(folder: Path, *names: str) -> str:
    """What mypy says about packages in a folder: nothing, if they are typed."""
    packages = [word for name in names for word in ("-p", name)]
    options = ("--strict", "--config-file=", "--no-error-summary", "--cache-dir", CACHE)
    code, text = run("-m", "mypy", *options, *packages, MYPYPATH=str(folder))
    return text if code else ""


def test_every_module_compiles_without_a_warning(written: Path) -> None:
    assert all(compile(text, path, "exec") for path, text in texts(written / "clean"))


def test_every_module_is_clean_and_formatted(written: Path) -> None:
    assert style(written / "clean") == ""


def test_every_module_is_typed(written: Path) -> None:
    names = [package.name for package in sorted((written / "clean").iterdir())]
    assert len(names) >= 50
    names = [name for name in names if not name.startswith("doc_")]  # a doc has no types
    assert types(written / "clean", *names) == ""


def test_text_depends_on_no_hash_seed(written: Path) -> None:
    digests = {run("-c", DIGEST, written / "specs", PYTHONHASHSEED=seed) for seed in "01"}
    ((code, text),) = digests
    assert code == 0
    assert len(text.splitlines()) == 2 * len(SPECS)


def imported(tree: ast.Module) -> set[str]:
    """The packages that a module imports; "" for its own."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            found.add("" if node.level else str(node.module).partition(".")[0])
    return found


def test_the_network_needs_torch_and_the_standard_library(written: Path) -> None:
    ours = ("model.py", "kernels.py")
    trees = [ast.parse(text) for path, text in texts(written / "clean") if path.endswith(ours)]
    found = {name for tree in trees for name in imported(tree)}
    assert {"", "torch"} <= found <= {"", "torch", "snn_runtime", *sys.stdlib_module_names}


def test_no_word_of_this_machine(written: Path) -> None:
    words = {str(written), *written.parts[-3:], str(ROOT), str(Path.home()), sys.prefix}
    words |= {"/tmp/", platform.node(), platform.python_version(), torch.__version__}
    for path, text in texts(written):
        assert [word for word in words if len(word) > 3 and word in text] == [], path


@cache
def plain(schedule: str) -> Document:
    with TemporaryDirectory() as folder:
        return load(Path(folder), "conv", schedule)


def statements(files: Mapping[str, str]) -> dict[str, str]:
    """The syntax of every module without its docstrings."""
    return {name: ast.dump(bare(ast.parse(text))) for name, text in files.items()}


def bare(tree: ast.Module) -> ast.Module:
    for node in ast.walk(tree):
        match node:
            case ast.Module() | ast.ClassDef() | ast.FunctionDef() if ast.get_docstring(node):
                node.body[0] = ast.Pass()
    return tree


ODD = st.sampled_from(['"', '""', "'", "\\", "\n", "\n\n", "\r", "#", "{{", "%}", " ", "-", "x"])
PROSE = st.lists(ODD | st.text(st.characters(exclude_categories=["Cs"])), max_size=60).map("".join)


@settings(max_examples=30, deadline=None, derandomize=True, database=None)
@given(doc=PROSE, schedule=st.sampled_from(SCHEDULES))
def test_a_doc_changes_docstrings_and_nothing_else(doc: str, schedule: str) -> None:
    silent = plain(schedule)
    said = replace(silent, spec=silent.spec.model_copy(update={"doc": doc}))
    assert statements(snnc.emit(said).package) == statements(snnc.emit(silent).package)


def same_values(folder: Path, name: str) -> bool:
    """Whether the network whose layer has that name computes what the reference computes."""
    for schedule in SCHEDULES:
        doc = document(folder, READ_TWICE.replace("NAME", name), 4, f"build.schedule={schedule}")
        got, values = pair(doc).call()
        if not torch.allclose(got, values["output"]):
            return False
    return True


@pytest.mark.parametrize("name", GOOD_NAMES)
def test_a_layer_may_be_called_what_python_calls_something(tmp_path: Path, name: str) -> None:
    assert same_values(tmp_path, name)


@pytest.mark.parametrize("name", BAD_NAMES)
def test_a_name_is_refused_or_harmless(tmp_path: Path, name: str) -> None:
    with suppress(snnc.Findings):
        assert same_values(tmp_path, name)
