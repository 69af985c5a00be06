"""Columns that some processes may not read: their queries do not ask for them, and see None.

What the database refuses (ethicsdesk/grants.py) must not be asked for, and Django asks for every
column of a row, also of the rows that come along with another.
"""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.sql.compiler import SQLCompiler

# who verifies passwords and unlocks keys, or makes both
READERS = frozenset({"web", "owner", "test"})
Asked = tuple[str, Any]


def _asked(sql: str, params: Any) -> Asked:
    """Return what a query asks for in the place of a column."""
    return (sql, params) if settings.PROCESS in READERS else ("NULL", [])


class WithheldChar(models.CharField[str, str]):
    """A short text that some processes may not read."""

    def select_format(self, compiler: SQLCompiler, sql: str, params: Any) -> Asked:  # noqa: ARG002 - the signature is Django's
        """Return what a query asks for."""
        return _asked(sql, params)


class WithheldBinary(models.BinaryField[bytes, bytes]):
    """Bytes that some processes may not read."""

    def select_format(self, compiler: SQLCompiler, sql: str, params: Any) -> Asked:  # noqa: ARG002 - the signature is Django's
        """Return what a query asks for."""
        return _asked(sql, params)


class WithheldBytes(models.BinaryField[bytes | None, bytes | None]):
    """Bytes that some processes may not read, and that may be missing."""

    def select_format(self, compiler: SQLCompiler, sql: str, params: Any) -> Asked:  # noqa: ARG002 - the signature is Django's
        """Return what a query asks for."""
        return _asked(sql, params)
