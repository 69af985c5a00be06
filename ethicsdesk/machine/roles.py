"""The database roles: one that owns, and one a process that may only what it is granted.

None of them is a superuser, may pass row-level security by, or may make databases or roles. What
each may do with which table is granted by `manage.py grant_roles`; here they are only made.
"""

import secrets
from collections.abc import Iterable
from contextlib import closing
from typing import NamedTuple
from urllib.parse import quote, unquote, urlsplit, urlunsplit

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import connection as Connection  # noqa: N812 - a class with a small name

from ethicsdesk.machine.state import State
from ethicsdesk.machine.trouble import Trouble

DATABASE = "ethicsdesk"
OWNER = "ed_owner"
TEST = "ed_test"
ROLES = (OWNER, "ed_web", "ed_speak", "ed_worker", "ed_cleaner", "ed_watchdog")
# A test begins as the web process and may become any of the others.
TEST_BEGINS_AS = "ed_web"
# How the mark of a database that tests may empty begins.
TEST_MARK = "EthicsDesk tests: may be emptied at any time"
POWERS = ("rolsuper", "rolbypassrls", "rolcreatedb", "rolcreaterole", "rolreplication")


class Address(NamedTuple):
    """Where a database lies and who may make roles there: a postgres:// URL with its user."""

    url: str

    def as_role(self, role: str | None, password: str = "") -> str:
        """Return the URL for another role; for None the URL of nobody, which opens nothing."""
        parts = urlsplit(self.url)
        place = parts.netloc.rpartition("@")[2]
        who = f"{role}:{quote(password, safe='')}" if role else "nobody"
        return urlunsplit((parts.scheme, f"{who}@{place}", parts.path, parts.query, ""))

    @property
    def database(self) -> str:
        """Return the name of the database."""
        return unquote(urlsplit(self.url).path.lstrip("/"))

    @property
    def place(self) -> str:
        """Return the host and the database, for an operator: no user, no password."""
        return f"{unquote(urlsplit(self.url).netloc.rpartition('@')[2])}/{self.database}"


def passwords(state: State, *, testing: bool = False) -> dict[str, str]:
    """Return each role's password, made once and kept in STATE/roles.json."""
    kept: dict[str, str] = state.read("roles") or {}
    wanted = (*ROLES, TEST) if testing else ROLES
    missing = [role for role in wanted if role not in kept]
    if missing:
        kept |= {role: secrets.token_urlsafe(32) for role in missing}
        state.write("roles", kept)
    return kept


def connect(address: Address) -> Connection:
    """Connect with the rights to make roles, or say that nobody answers there."""
    parts = urlsplit(address.url)
    if parts.scheme not in {"postgres", "postgresql"}:
        msg = f"a database's URL begins with postgres://, not {parts.scheme}://."
        raise Trouble(msg)
    # libpq wants the scheme's long form when the host is a quoted folder.
    url = urlunsplit(("postgresql", *parts[1:]))
    try:
        line = psycopg2.connect(url, connect_timeout=10)
    except psycopg2.OperationalError as error:
        said = str(error).strip().splitlines()[-1]
        msg = f"the database {address.place} does not let us in: {said}"
        raise Trouble(msg) from None
    line.autocommit = True
    return line


def make_database(server: Address) -> None:
    """Make our database in a cluster of our own; the address is that of its superuser."""
    with closing(connect(server)) as line, line.cursor() as cursor:
        _make_roles(cursor, {OWNER: None})
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
        if not cursor.fetchone():
            name, owner = sql.Identifier(DATABASE), sql.Identifier(OWNER)
            cursor.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(name, owner))


def provision(address: Address, secret: dict[str, str]) -> None:
    """Make the roles with their passwords and let them into the database, and nobody else.

    Raises Trouble with the words to grant when the address's role may not do that.
    """
    try:
        with closing(connect(address)) as line, line.cursor() as cursor:
            _make_roles(cursor, dict(secret))
            _refuse_powers(cursor, secret)
            _admit(cursor, address.database, secret)
            if TEST in secret:
                _make_tester(cursor)
    except psycopg2.errors.InsufficientPrivilege as error:
        said = str(error).splitlines()[0]
        user = unquote(urlsplit(address.url).username or "")
        msg = (
            f"{user} may not prepare {address.place} ({said}). It has to make roles and to own the "
            f'database: as a superuser of that server run ALTER ROLE "{user}" CREATEROLE; '
            f'ALTER DATABASE "{address.database}" OWNER TO "{user}"; and, where our roles are '
            f'there already, GRANT {", ".join(secret)} TO "{user}" WITH ADMIN OPTION;'
        )
        raise Trouble(msg) from None


def _make_roles(cursor: "psycopg2.extensions.cursor", secret: dict[str, str | None]) -> None:
    cursor.execute("SELECT rolname FROM pg_roles WHERE rolname = ANY(%s)", [list(secret)])
    present = {row[0] for row in cursor.fetchall()}
    for role, password in secret.items():
        verb = sql.SQL("ALTER" if role in present else "CREATE")
        statement = sql.SQL("{} ROLE {} LOGIN").format(verb, sql.Identifier(role))
        if password is not None:
            statement += sql.SQL(" PASSWORD {}").format(sql.Literal(password))
        cursor.execute(statement)


def _refuse_powers(cursor: "psycopg2.extensions.cursor", roles: Iterable[str]) -> None:
    """Stop where somebody gave one of our roles a power that would open the walls."""
    powers = sql.SQL(" OR ").join(sql.Identifier(power) for power in POWERS)
    query = sql.SQL("SELECT rolname FROM pg_roles WHERE rolname = ANY(%s) AND ({})").format(powers)
    cursor.execute(query, [list(roles)])
    strong = [row[0] for row in cursor.fetchall()]
    if strong:
        msg = (
            f"on this server {', '.join(strong)} may do more than a process of EthicsDesk should. "
            "As a superuser run, for each of them: "
            "ALTER ROLE … NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION;"
        )
        raise Trouble(msg)


def _admit(cursor: "psycopg2.extensions.cursor", database: str, roles: Iterable[str]) -> None:
    name, owner = sql.Identifier(database), sql.Identifier(OWNER)
    everyone = sql.SQL(", ").join(sql.Identifier(role) for role in roles)
    for statement in (
        "REVOKE ALL ON DATABASE {database} FROM PUBLIC",
        "REVOKE ALL ON SCHEMA public FROM PUBLIC",
        "GRANT CONNECT ON DATABASE {database} TO {everyone}",
        "GRANT CREATE, TEMPORARY ON DATABASE {database} TO {owner}",
        "GRANT USAGE ON SCHEMA public TO {everyone}",
        "GRANT CREATE ON SCHEMA public TO {owner}",
    ):
        cursor.execute(sql.SQL(statement).format(database=name, owner=owner, everyone=everyone))


def _make_tester(cursor: "psycopg2.extensions.cursor") -> None:
    tester = sql.Identifier(TEST)
    others = sql.SQL(", ").join(sql.Identifier(role) for role in ROLES)
    cursor.execute(sql.SQL("GRANT {} TO {}").format(others, tester))
    begins = sql.Identifier(TEST_BEGINS_AS)
    cursor.execute(sql.SQL("ALTER ROLE {} SET role = {}").format(tester, begins))


def empty_for_tests(address: Address) -> None:
    """Empty a database that is marked as the tests' own, and mark one that holds nothing yet."""
    with closing(connect(address)) as line, line.cursor() as cursor:
        cursor.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database"
            " WHERE datname = current_database()"
        )
        mark = (cursor.fetchone() or [None])[0]
        cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
        tables = (cursor.fetchone() or [0])[0]
        if tables and mark != TEST_MARK:
            msg = (
                f"{address.place} holds {tables} tables and was not made by the tests, which would "
                "empty it. Give the tests a database of their own."
            )
            raise Trouble(msg)
        name = sql.Identifier(address.database)
        if tables:
            cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        cursor.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(name, sql.Literal(TEST_MARK)))
