"""Packages that are not what their specs say: findings at the specs, with what to do about them."""

from snnc.staleness.complaints import complaints
from snnc.staleness.further import Further, further, unmakeable
from snnc.staleness.orphans import orphans
from snnc.staleness.package import BuildState, Package
from snnc.staleness.schemas import digests, stale_schemas

__all__ = [
    "BuildState",
    "Further",
    "Package",
    "complaints",
    "digests",
    "further",
    "orphans",
    "stale_schemas",
    "unmakeable",
]
