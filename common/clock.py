"""Read the time: the database's, so that hosts with wrong clocks agree."""

from datetime import datetime

from django.db import connection


def now() -> datetime:
    """Return the database's time, aware, in UTC."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        moment: datetime = cursor.fetchone()[0]
    return moment
