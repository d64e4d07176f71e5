"""Killed at any of its events, or on a full disk, a run goes on to the same bits.

``python -m tests.faults.kills`` tries every event; this is a handful of them.
"""

import pytest

from tests.faults import kills


@pytest.mark.parametrize("kind", kills.KINDS)
def test_a_handful_of_events(kind: str) -> None:
    assert kills.run(short=True, kinds=(kind,)) == []
