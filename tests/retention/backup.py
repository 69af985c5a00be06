"""Back up and restore a whole cluster inside a test's transaction, as an operator would."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections
from django.db.backends.utils import CursorWrapper


@contextmanager
def _owner(alias: str) -> Iterator[CursorWrapper]:
    with connections[alias].cursor() as cursor:
        cursor.execute("SET ROLE ed_owner")
        yield cursor
        cursor.execute("SET ROLE ed_web")


def _tables(cursor: CursorWrapper) -> list[str]:
    cursor.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        " AND tablename NOT LIKE 'django_migrations' ORDER BY 1"
    )
    return [row[0] for row in cursor.fetchall()]


def back_up(alias: str) -> None:
    """Copy every row of a cluster."""
    with _owner(alias) as cursor:
        for table in _tables(cursor):
            cursor.execute(f'CREATE TEMPORARY TABLE "bak_{table}" AS TABLE "{table}"')


def restore(alias: str) -> None:
    """Put every row back as it was, and take away what came since."""
    with _owner(alias) as cursor:
        tables = _tables(cursor)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in tables:
            cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for table in tables:
            cursor.execute(f'DELETE FROM "{table}"')  # noqa: S608 - our own tables
        for table in tables:
            columns = _columns(cursor, table)
            cursor.execute(
                f'INSERT INTO "{table}" ({columns}) SELECT {columns} FROM "bak_{table}"'  # noqa: S608 - our own tables
            )
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in tables:
            cursor.execute(f'ALTER TABLE "{table}" ENABLE TRIGGER USER')
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def _columns(cursor: CursorWrapper, table: str) -> str:
    cursor.execute(
        "SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute"
        " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped",
        [table],
    )
    return str(cursor.fetchone()[0])


def execute(alias: str, statement: str) -> None:
    """Run a statement as the owner."""
    with _owner(alias) as cursor:
        cursor.execute(statement)
