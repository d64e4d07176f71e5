"""The folder of the runtime: the one that was checked, real, and nobody else's."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.cli import SPEC, Ran, snnc

Run = Callable[..., Ran]
SECRET = "SECRET = 'hunter2'\n"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """``snnc build`` in a project, beside which lies somebody else's folder."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/__init__.py").write_text(SECRET)
    (tmp_path / "project").mkdir()
    monkeypatch.chdir(tmp_path / "project")
    return lambda *arguments: snnc(capsys, "build", *arguments)


def spec(path: str, build: str = "") -> str:
    """Writes a spec with that ``[build]``, named after its file."""
    name = Path(path).name
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    text = SPEC.replace('"net"', f'"{name}"') + (f"[build]\n{build}\n" if build else "")
    Path(f"{path}.snn.toml").write_text(text)
    return f"{path}.snn.toml"


def outside() -> list[str]:
    return sorted(path.name for path in Path("../outside").iterdir())


def test_the_folder_that_was_checked_is_written(run: Run) -> None:
    spec("deep/p/xn", 'package = "p"\nruntime = "snn_runtime"')
    Path("a").symlink_to("deep/p")
    Path("snn_runtime").symlink_to("../outside")
    assert "hunter2" not in run("--diff", "a/xn.snn.toml").out
    assert run("a/xn.snn.toml").code == 0
    assert outside() == ["__init__.py"]
    assert Path("deep/snn_runtime/__init__.py").exists()


def test_the_runtime_is_beside_the_real_package(run: Run) -> None:
    Path("q/r/net").mkdir(parents=True)
    Path("net").symlink_to("q/r/net")
    Path("snn_runtime").symlink_to("../outside")
    assert run(spec("xn"), "-o", "net").code == 0
    assert outside() == ["__init__.py"]
    assert Path("q/r/snn_runtime/__init__.py").exists()


@pytest.mark.parametrize("link", ["lib", "lib/rt"])
@pytest.mark.parametrize("target", ["../outside", "docs"])
def test_a_linked_runtime_is_refused(run: Run, link: str, target: str) -> None:
    Path("docs").mkdir()
    Path(link).parent.mkdir(exist_ok=True)
    Path(link).symlink_to(Path(target).resolve())
    ran = run(spec("xn", 'runtime = "lib.rt"'))
    assert (ran.code, "lib/rt, which a symlink leads to" in " ".join(ran.out.split())) == (1, True)
    assert (outside(), list(Path("docs").iterdir())) == (["__init__.py"], [])


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ('runtime = "b"', ""),
        ('runtime = "b.fused"', ""),
        ('out = "snn_runtime"\nruntime = "inside"', ""),
        ("", 'out = "snn_runtime"\nruntime = "inside"'),
        ('runtime = "lib"', 'runtime = "lib.inner"'),
    ],
)
def test_folders_of_one_run_are_apart(run: Run, first: str, second: str) -> None:
    spec("a", first)
    spec("b", second)
    ran = run(".", "--output-format", "concise")
    assert ran.code == 1
    assert "b.snn.toml:" in ran.out
    assert " of a.snn.toml" in ran.out


def test_two_packages_share_a_runtime(run: Run) -> None:
    spec("a")
    spec("b")
    assert run(".").code == 0


def test_no_package_lies_in_another_beside_the_spec(run: Run) -> None:
    run(spec("other"))
    ran = run(spec("sub/a", 'out = "../other/inner"'))
    assert (ran.code, "inside of the package" in ran.out) == (1, True)


def test_out_that_is_the_runtime_is_a_usage_error(run: Run) -> None:
    ran = run(spec("xn"), "-o", "snn_runtime")
    assert (ran.code, ran.out) == (2, "")
    assert "-o snn_runtime: the runtime would be written to " in ran.err


def test_help_of_a_bad_runtime_names_its_key(run: Run) -> None:
    assert "give it another `[build] runtime`" in run(spec("xn", 'runtime = "xn.model"')).out


def test_a_package_never_imports_a_foreign_runtime(run: Run) -> None:
    Path("snn_runtime").mkdir()
    Path("snn_runtime/__init__.py").write_text("mine = 1\n")
    ran = run(spec("xn"))
    assert (ran.code, Path("xn").exists()) == (1, False)
    assert "snn_runtime/__init__.py: not written by snnc" in ran.out
    assert "xn.snn.toml: not written, because its runtime cannot be\n" in ran.err
    assert [path.name for path in Path("snn_runtime").iterdir()] == ["__init__.py"]


def test_a_list_that_was_edited_is_not_trusted(run: Run) -> None:
    run(spec("xn"))
    Path("xn/mine.py").write_text(Path("xn/model.py").read_text())
    text = Path("xn/__init__.py").read_text()
    Path("xn/__init__.py").write_text(text.replace("# Files: ", "# Files: mine.py "))
    assert run("xn.snn.toml", "--force").code == 0
    assert Path("xn/mine.py").exists()
