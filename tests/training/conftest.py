"""One package for all tests of this folder."""

from pathlib import Path
from types import ModuleType

import pytest

from tests.training.packages import build, undrawn


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    return build(tmp_path_factory.mktemp("package"), "shared_net")


@pytest.fixture
def script(shared: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    """Its training script; what it writes by default goes to the test's folder."""
    undrawn(shared, monkeypatch)
    monkeypatch.chdir(tmp_path)
    return shared
