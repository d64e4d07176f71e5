"""What a command imports: people wait for it at every save and every commit."""

import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import snnc

HEAVY = {"networkx", "numpy", "rich", "torch"}
# What only other commands need; lint and build are what editors and pre-commit wait for.
RUNNING = {
    "snnc.exchange",
    "snnc.commands.import_network",
    "snnc.reference",
    "snnc.commands.verify",
    "snnc.verify",
}
WRITING = {"jinja2", "snnc.commands.build", "snnc.emit.package", "snnc.project"}
REWRITING = {"snnc.backends", "snnc.ann2snn", "snnc.kernel", "snnc.passes", "snnc.program"}


@pytest.mark.parametrize(
    ("command", "unneeded"),
    [
        (["--version"], {"pydantic", "pydantic_core", "snnc.document"} | WRITING | REWRITING),
        (["lint"], (WRITING | REWRITING) - {"snnc.project"}),  # which knows where packages lie
        (["build", "--check"], {"snnc.ann2snn", "snnc.rules"}),
    ],
)
def test_a_command_imports_only_what_it_needs(command: list[str], unneeded: set[str]) -> None:
    code = "from snnc.cli import main\ntry: main()\nfinally: import sys; print(*sys.modules)"
    spec = Path(__file__).parents[2] / "specs" / "conv_fmnist.snn.toml"
    words = command if command == ["--version"] else [*command, str(spec)]
    ran = subprocess.run(
        [sys.executable, "-c", code, *words], capture_output=True, text=True, check=False
    )
    loaded = set(ran.stdout.split())
    assert {"snnc", "snnc.cli", "typer"} <= loaded
    assert loaded & (HEAVY | RUNNING | unneeded) == set()


def test_no_module_takes_the_name_of_a_step_when_it_is_imported_later() -> None:
    """``import snnc.emit`` binds ``snnc.emit``: it has to have happened before the function."""
    code = "import snnc, sys; print(*sys.modules); print(*vars(snnc))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    modules, names = (set(line.split()) for line in ran.stdout.splitlines())
    inside = {found.name for found in pkgutil.iter_modules(snnc.__path__)}
    assert {"compile", "emit"} <= inside & names
    assert {f"snnc.{name}" for name in inside & names} <= modules
    assert all(callable(getattr(snnc, name)) for name in snnc.__all__)


def test_a_generated_package_does_without_the_machinery_of_torch_compile() -> None:
    """It takes seconds to import, at the start of every script."""
    specs = Path(__file__).parents[2] / "specs"
    code = "import sys, ann2snn_mnist.convert; print(*sys.modules)"
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=specs, capture_output=True, text=True, check=True
    )
    loaded = set(ran.stdout.split())
    assert "snn_runtime.fused.kernels" in loaded
    assert loaded & {"torch._dynamo", "torch._inductor", "torchvision", "sympy"} == set()


@pytest.mark.parametrize("command", [["lint"], ["build", "--check"]])
def test_lint_and_build_look_for_no_plugins(command: list[str]) -> None:
    """The metadata of all that is installed is not read, and still there for whoever asks."""
    code = (
        "import sys\nfrom snnc.__main__ import main\ntry: main()\nfinally:\n"
        "    print('email.message' in sys.modules, 'pydantic' in sys.modules)\n"
        "    from importlib.metadata import entry_points, version\n"
        "    import importlib.metadata\n"
        "    print(version('pydantic') == importlib.metadata.version('pydantic'))\n"
        "    print(len(entry_points(group='console_scripts')) > 0)\n"
    )
    spec = Path(__file__).parents[2] / "specs" / "conv_fmnist.snn.toml"
    ran = subprocess.run(
        [sys.executable, "-c", code, *command, "--no-cache", str(spec)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.stdout.splitlines() == ["False True", "True", "True"], ran.stderr
    assert ran.returncode == 0
