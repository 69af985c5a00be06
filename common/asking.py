"""What row security is told of who asks: kept for what comes later, and forgotten before a task."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from django.db import connection
from django.db.transaction import TransactionManagementError
from psycopg2.extensions import TRANSACTION_STATUS_INERROR

# as the functions of people.migrations and cases.migrations read them
NAMES = (
    "ed.person",
    "ed.behind",
    "ed.behind_until",
    "ed.receipt",
    "ed.receipt_next",
    "ed.client",
    "ed.gate",
)


def told() -> list[str]:
    """Return what this transaction was told, to tell a later one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(current_setting(name, true), '') FROM unnest(%s) AS name",
            [list(NAMES)],
        )
        return [value for (value,) in cursor.fetchall()]


def tell(what: Sequence[str]) -> None:
    """Tell row security what an earlier transaction was told, until this one ends."""
    put(dict(zip(NAMES, what, strict=True)))


def put(values: Mapping[str, str]) -> None:
    """Set some of the names for row security, until the transaction ends; the others stay."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config(name, value, true) FROM unnest(%s, %s) AS t(name, value)",
            [list(values), list(values.values())],
        )


def forget() -> None:
    """Forget who asked, also where a connection was told for longer than one transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(name, '', false) FROM unnest(%s) AS name", [list(NAMES)])


@contextmanager
def at_the_gate() -> Iterator[None]:
    """See every key, team and wall for a moment, whoever asks; part of a transaction.

    For the few acts that have to reach rows which their author does not see: a new epoch that left
    out a key nobody showed it would lose that key. Who may act was decided before. Outside of a
    transaction the gate would be shut again at once, and the act would silently do half.
    """
    if not connection.in_atomic_block:
        msg = "The gate opens inside a transaction alone."
        raise TransactionManagementError(msg)
    was = _set_gate("open")
    try:
        yield
    finally:
        # what is rolled back gives back the gate as it was
        if connection.connection.info.transaction_status != TRANSACTION_STATUS_INERROR:
            _set_gate(was)


def _set_gate(to: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(was, ''), set_config('ed.gate', %s, true)"
            " FROM (SELECT current_setting('ed.gate', true) AS was OFFSET 0) before",
            [to],
        )
        was: str = cursor.fetchone()[0]
        return was
