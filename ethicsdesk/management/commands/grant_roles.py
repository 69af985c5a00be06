"""Grant every process what it needs in both databases, and take the rest away; run as the owner."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connections
from psycopg2 import sql

from ethicsdesk import grants


class Command(BaseCommand):
    """Applies `ethicsdesk.grants`."""

    help = __doc__ or ""

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Apply the grants, refusing where a table stands in no list."""
        for alias, wanted in (("default", grants.MAIN), ("keystore", grants.KEYSTORE)):
            apply(alias, wanted)


def apply(alias: str, wanted: dict[str, grants.Table]) -> None:
    """Make a database's privileges what the table says."""
    connection = connections[alias]
    tables = set(connection.introspection.table_names())
    if unknown := tables - wanted.keys():
        msg = f"No process has a grant on {sorted(unknown)}: add them to ethicsdesk/grants.py."
        raise CommandError(msg)
    roles = sql.SQL(", ").join(map(sql.Identifier, grants.ROLES))
    statements = [
        sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(roles),
        sql.SQL("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {}").format(roles),
        sql.SQL("REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {}").format(roles),
    ]
    with connection.cursor() as cursor:
        cursor.execute(grants.COLUMNS)
        wanted = grants.spelled(wanted, cursor.fetchall())
        cursor.execute("SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'")
        sequences = {row[0] for row in cursor.fetchall()}
    statements += [
        sql.SQL("GRANT USAGE ON {} TO {}").format(sql.Identifier(name), sql.Identifier(role))
        for name in sorted(sequences & grants.SEQUENCES.keys())
        for role in grants.SEQUENCES[name]
    ]
    statements += [
        sql.SQL("GRANT {} ON {} TO {}").format(
            sql.SQL(privileges), sql.Identifier(table), sql.Identifier(role)
        )
        for table in sorted(tables)
        for role, privileges in wanted[table].items()
    ]
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
