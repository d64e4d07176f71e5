"""The house rules: what no linter checks for us."""

import ast
import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import grimp
import networkx
import pytest

import snnc

ROOT = Path(__file__).parents[2]
HEAVY = ("cupy", "matplotlib", "numpy", "sklearn", "torch", "torchvision")
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef)
HEADLESS = re.compile(r"(What|Of|Its|Such|Whose|Those|Who|In|With|Without|By|From|How|Where) ")
# The character classes keep these patterns from matching themselves.
WORKPLACE = re.compile(
    r"/wor[k]/|/roo[t]/|/far[m]/|/hom[e]/\w|\.\./share[d]\b|/\.librar[y]\b|h-see[d]-"
)


def run(*command: str) -> subprocess.CompletedProcess[str]:
    """Run a command at the repository's root, with what it printed as text."""
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )


def sources() -> list[Path]:
    """Every module of the compiler."""
    return sorted((ROOT / "snnc").rglob("*.py"))


def test_no_module_is_where_everything_meets() -> None:
    lengths = {str(p.relative_to(ROOT)): len(p.read_text("utf-8").splitlines()) for p in sources()}
    assert lengths
    assert {path: n for path, n in lengths.items() if n > 300} == {}


def test_docstrings_begin_with_their_subject() -> None:
    headless = {
        f"{path.relative_to(ROOT)}: {doc.splitlines()[0]}"
        for path in sources()
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, DOCUMENTED) and HEADLESS.match(doc := ast.get_docstring(node) or "")
    }
    assert headless == set()


def test_the_command_line_loads_without_torch() -> None:
    loaded = run(sys.executable, "-c", "import snnc.cli, sys; print(*sys.modules)")
    assert loaded.returncode == 0, loaded.stderr
    assert set(HEAVY) & set(loaded.stdout.split()) == set()


def test_bare_make_prints_every_target() -> None:
    printed = run("make", "--no-print-directory")
    assert printed.returncode == 0, printed.stderr
    targets = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert targets
    assert [line.split()[1] for line in printed.stdout.splitlines()] == targets[1].split()


@pytest.fixture(scope="module")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, bytes]]:
    """The files of the wheel and of the sdist, built with what is installed: no network."""
    folder = tmp_path_factory.mktemp("dist")
    built = run(sys.executable, "-m", "hatchling", "build", "-d", str(folder))
    assert built.returncode == 0, built.stderr
    (wheel,), (sdist,) = folder.glob("*.whl"), folder.glob("*.tar.gz")
    with zipfile.ZipFile(wheel) as archive:
        in_wheel = {name: archive.read(name) for name in archive.namelist()}
    with tarfile.open(sdist) as tar:
        members = {m.name.partition("/")[2]: tar.extractfile(m) for m in tar.getmembers()}
        in_sdist = {name: file.read() for name, file in members.items() if file}
    return {"wheel": in_wheel, "sdist": in_sdist}


def test_wheel_ships_templates_and_specs(distributions: dict[str, dict[str, bytes]]) -> None:
    wheel = distributions["wheel"].keys()
    specs = {f"snnc/zoo/{path.name}" for path in (ROOT / "specs").glob("*.snn.toml")}
    templates = {
        f"snnc/{path.relative_to(ROOT).as_posix()}"
        for path in (ROOT / "templates").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert specs
    assert templates
    assert {name for name in wheel if name.startswith("snnc/zoo/")} == specs
    assert {name for name in wheel if name.startswith("snnc/templates/")} == templates
    assert {"snnc/__init__.py", "snnc/py.typed"} <= wheel
    assert {name.partition("/")[0] for name in wheel} == {
        "snnc",
        f"snnc-{snnc.__version__}.dist-info",
    }


def test_sdist_can_test_itself(distributions: dict[str, dict[str, bytes]]) -> None:
    sdist = distributions["sdist"].keys()
    assert {
        "Makefile",
        "LICENSE",
        "NOTICE",
        "LICENSES/0BSD.txt",
        "tests/house/test_house.py",
    } <= sdist
    assert {path.relative_to(ROOT).as_posix() for path in (ROOT / "specs").glob("*.toml")} <= sdist


@pytest.mark.parametrize("kind", ["wheel", "sdist"])
def test_nothing_shipped_speaks_of_our_machines(
    distributions: dict[str, dict[str, bytes]], kind: str
) -> None:
    found = {
        name: match.group()
        for name, content in distributions[kind].items()
        if (match := WORKPLACE.search(content.decode("utf-8", errors="ignore")))
    }
    assert found == {}


def test_no_two_public_classes_share_a_name() -> None:
    """Grep finds one thing for one name."""
    found: dict[str, list[str]] = {}
    for path in sorted((ROOT / "snnc").rglob("*.py")):
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                found.setdefault(node.name, []).append(str(path.relative_to(ROOT)))
    assert len(found) > 300
    assert {name: paths for name, paths in found.items() if len(paths) > 1} == {}


def test_no_module_is_imported_in_a_circle() -> None:
    """Not in a function and not for types either."""
    graph = grimp.build_graph("snnc")
    edges = networkx.DiGraph(
        (name, other)
        for name in graph.modules
        for other in graph.find_modules_directly_imported_by(name)
    )
    assert edges.number_of_edges() > 1000
    assert [c for c in networkx.strongly_connected_components(edges) if len(c) > 1] == []


def test_no_printer_searches_what_is_printed() -> None:
    """Printers say what their code refers to; only a formatter and a reader of headers look."""
    readers = {"python_format.py", "header.py", "runtime.py", "variables.py"}
    texts = {path.name: path.read_text("utf-8") for path in (ROOT / "snnc/emit").glob("*.py")}
    assert readers <= {*texts}
    assert {name for name, text in texts.items() if "import re\n" in text} <= readers
