"""The bundle of a case: its records, its archive, its print."""

from cases.reports.archive import Made, write
from cases.reports.records import Asked, Material, gather
from cases.reports.tables import NOT_IN, TABLES

__all__ = ["NOT_IN", "TABLES", "Asked", "Made", "Material", "gather", "write"]
