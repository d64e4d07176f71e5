"""These tests ask for the C kernels by name: a silent fall-back to the loop would pass them."""

import pytest


@pytest.fixture(autouse=True)
def c_kernels(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SNNC_BACKEND", "c")
