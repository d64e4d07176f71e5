"""What holds for every test."""

import os
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session", autouse=True)
def _no_cache() -> Iterator[None]:
    """Runs are not remembered, but by the tests of that: they would leave files in folders."""
    before = os.environ.get("SNNC_NO_CACHE")
    os.environ["SNNC_NO_CACHE"] = "1"
    yield
    if before is None:
        del os.environ["SNNC_NO_CACHE"]
    else:
        os.environ["SNNC_NO_CACHE"] = before
