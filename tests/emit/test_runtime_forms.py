"""The runtime beside packages, inside one, or elsewhere: everything runs in each form."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.house.test_house import ROOT

SPEC = """\
format = 1
name = "tiny"
time_steps = 2
{build}
[input]
shape = [1, 8, 8]
[network]
layers = ["Flatten", {{ kind = "Linear", out_features = 10 }}, {{ kind = "IF", v_threshold = 0.3 }}]
[train]
dataset = "Digits"
loss = "mse"
epochs = 1
batch_size = 50
optimizer = {{ kind = "SGD", lr = 0.1 }}
"""
HERE = {"PYTHONPATH": str(ROOT)}
FAST = ["--limit", "50", "--device", "cpu"]


@dataclass(frozen=True)
class Form:
    """What ``[build]`` says, the folder of the spec below the root, and what is then imported."""

    build: str
    folder: str
    package: str
    runtime: str


FORMS = {
    "beside": Form("", "", "tiny", "snn_runtime"),
    "inside": Form('runtime = "inside"', "", "tiny", "tiny.snn_runtime"),
    "below": Form(
        'package = "lab.models"', "lab/models", "lab.models.tiny", "lab.models.snn_runtime"
    ),
    "inside_below": Form(
        'package = "lab.models"\nruntime = "inside"', "lab/models", "lab.models.tiny",
        "lab.models.tiny.snn_runtime",
    ),
    "dotted": Form(
        'package = "lab.models"\nruntime = "lab.shared.snn"', "lab/models", "lab.models.tiny",
        "lab.shared.snn",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Built:
    """A form, written below ``root``."""

    form: Form
    root: Path

    def run(self, *words: str, cwd: Path | None = None) -> str:
        """What Python prints; the root is importable only if it is the current folder."""
        ran = subprocess.run(
            [sys.executable, *words], cwd=cwd or self.root, capture_output=True, text=True,
            check=False, env={k: v for k, v in os.environ.items() if k != "PYTHONPATH"},
        )  # fmt: skip
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout

    @property
    def folder(self) -> Path:
        return self.root.joinpath(*self.form.package.split("."))


@pytest.fixture(scope="module", params=FORMS)
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Built:
    form, root = FORMS[request.param], tmp_path_factory.mktemp(request.param)
    folder = root / form.folder
    folder.mkdir(parents=True, exist_ok=True)
    for parent in Path(form.folder).parents if form.folder else ():
        (root / parent / "__init__.py").touch() if parent != Path() else None
    build = f"[build]\n{form.build}\n" if form.build else ""
    (folder / "tiny.snn.toml").write_text(SPEC.format(build=build), "utf-8")
    for words in (["build"], ["build", "--check"]):
        command = [sys.executable, "-c", "from snnc.cli import main; main()", *words]
        spec = str(Path(form.folder) / "tiny.snn.toml")
        subprocess.run([*command, spec], cwd=root, check=True, env={**os.environ, **HERE})
    return Built(form, root)


def test_the_runtime_is_where_it_is_said_to_be(built: Built) -> None:
    found = {path.parent for path in built.root.rglob("fused")}
    assert found == {built.root.joinpath(*built.form.runtime.split("."))}


def test_scripts_run_as_modules_and_as_files(built: Built, tmp_path: Path) -> None:
    module, out = f"{built.form.package}.train", str(tmp_path / "run")
    assert "best epoch" in built.run("-m", module, *FAST, "--out-dir", out)
    assert f"python -m {module}" in built.run("-m", module, "--help")
    script, again = str(built.folder / "train.py"), str(tmp_path / "again")
    assert "best epoch" in built.run(script, *FAST, "--out-dir", again, cwd=tmp_path)
    drawn = built.run("-m", f"{built.form.package}.visualize", "--run", out)
    assert "curves.png" in drawn


def test_the_selfcheck_runs(built: Built) -> None:
    assert "all agree" in built.run("-m", f"{built.form.package}.kernels", "--selfcheck")


def test_kernels_are_built_before_they_are_called(built: Built) -> None:
    said = built.run("-m", f"{built.form.package}.kernels", "--build")
    types, libraries = zip(*(line.split() for line in said.splitlines()), strict=True)
    assert {*types} == {"float32", "float64", "bfloat16", "float16"}
    assert all(Path(library).is_file() for library in libraries)


def test_each_module_is_imported_once(built: Built) -> None:
    code = f"""
import sys, {built.form.package} as d
from {built.form.package} import train as t
assert d.Tiny is t.Tiny
print(*[name for name in sys.modules if name.endswith(("tiny.model", ".fused.kernels"))])
"""
    once = {f"{built.form.package}.model", f"{built.form.runtime}.fused.kernels"}
    found = built.run("-c", code).split()
    assert sorted(found) == sorted(once)


def test_it_is_pickled_by_its_name(built: Built, tmp_path: Path) -> None:
    path = tmp_path / "net.pickle"
    save = f"import pickle, {built.form.package} as d; net = d.Tiny().eval()"
    built.run("-c", f"{save}; open({str(path)!r}, 'wb').write(pickle.dumps(net))")
    load = f"import pickle, torch; net = pickle.load(open({str(path)!r}, 'rb'))"
    module = built.run("-c", f"{load}; print(type(net).__module__)")
    assert module == f"{built.form.package}.model\n"


@pytest.mark.parametrize("built", ["below"], indirect=True)
def test_torchrun_starts_it(built: Built, tmp_path: Path) -> None:
    start = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    module = ["-m", f"{built.form.package}.train", *FAST, "--out-dir", str(tmp_path / "run")]
    assert "best epoch" in built.run(*start, *module)


def test_a_runtime_of_another_format_is_refused_in_one_sentence(
    built: Built, tmp_path: Path
) -> None:
    path = built.root.joinpath(*built.form.runtime.split(".")) / "__init__.py"
    text = path.read_text("utf-8")
    path.write_text(text.replace("FORMAT = 2", "FORMAT = 1"), "utf-8")
    try:
        code = f"""
try:
    import {built.form.package}
except ImportError as error:
    print(error)
"""
        said = built.run("-c", code)
    finally:
        path.write_text(text, "utf-8")
    assert f"{built.form.package} needs format 2 of {built.form.runtime}" in said
    assert "has format 1: run `snnc build`" in said
