"""What needs a GPU is not collected where there is none; the ladder shares what it compiles."""

import sys
from collections.abc import Iterator

import pytest
import torch

# NVIDIA's compiler, the linker's static sanitizer and memory that is not there until it is touched
collect_ignore_glob = [] if sys.platform == "linux" else ["test_*.py"]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselects tests marked ``gpu``, so that nothing is reported as skipped."""
    if torch.cuda.is_available():
        return
    away = [item for item in items if item.get_closest_marker("gpu")]
    items[:] = [item for item in items if item not in away]
    if away:
        config.hook.pytest_deselected(items=away)


@pytest.fixture(scope="session", autouse=True)
def _cache(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[None]:
    """Libraries live as long as the session, in one folder for all its processes."""
    base = tmp_path_factory.getbasetemp()
    folder = base if worker_id == "master" else base.parent
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SNNC_GPU_CACHE", str(folder))
        yield
