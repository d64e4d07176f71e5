"""Packages that are not what their specs say: findings at the specs, with what to do about them."""

from snnc.staleness.complaints import complaints
from snnc.staleness.further import further, unmakeable
from snnc.staleness.orphans import orphans
from snnc.staleness.package import Package
from snnc.staleness.schemas import stale_schemas

__all__ = ["Package", "complaints", "further", "orphans", "stale_schemas", "unmakeable"]
