"""The two databases: whether they answer, as whom we ask, and what each role may do."""

import re
from collections.abc import Iterator

from django.conf import settings
from django.db import Error, connections

from ethicsdesk import grants
from ethicsdesk.doctor.findings import Finding, bad

MAIN, KEYSTORE = "default", "keystore"
PLACES = {MAIN: "main database", KEYSTORE: "keystore"}
# process -> its database role; the others are told by their name
ROLES = {"owner": "ed_owner", "test": "ed_web"}
WHO = """
SELECT current_user, rolsuper OR rolbypassrls, rolcreatedb OR rolcreaterole,
       (SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = 'public' AND c.relkind = 'r' AND c.relowner = r.oid)
FROM pg_roles r WHERE rolname = current_user
"""
# every table there is, also one that nobody wrote down
UNFORCED = """
SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND relkind IN ('r', 'p') AND relname <> ALL (%s)
AND NOT (relrowsecurity AND relforcerowsecurity) ORDER BY relname
"""
# a privilege on some columns alone is named as `table.column`
GRANTED = """
WITH ours AS (
    SELECT c.oid, c.relname::text AS name, c.relacl FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relkind = 'r'
), granted AS (
    SELECT o.name, a.grantee, a.privilege_type FROM ours o, aclexplode(o.relacl) a
    UNION ALL
    SELECT o.name || '.' || t.attname, a.grantee, a.privilege_type
    FROM ours o JOIN pg_attribute t ON t.attrelid = o.oid, aclexplode(t.attacl) a
)
SELECT name, r.rolname::text, privilege_type FROM granted g JOIN pg_roles r ON r.oid = g.grantee
WHERE r.rolname = ANY (%s)
"""
# SELECT, or SELECT (column, column)
PRIVILEGE = re.compile(r"([A-Z]+)(?: \(([^)]*)\))?")


def database(alias: str) -> Iterator[Finding]:
    """Look at one database: whether it answers, as whom, and whether its walls stand."""
    place = PLACES[alias]
    try:
        with connections[alias].cursor() as cursor:
            cursor.execute(WHO)
            role, passes_walls, makes_roles, owned = cursor.fetchone()
    except Error as error:
        said = str(error).strip().splitlines()[0]
        yield bad(
            f"The {place} does not let us in ({said})",
            "start it, or put its URL and its password right.",
        )
        return
    yield _role(place, role, owned, is_strong=passes_walls or makes_roles)
    yield from _walls(alias)
    yield from _granted(alias)


def _role(place: str, role: str, owned: int, *, is_strong: bool) -> Finding:
    wanted = ROLES.get(settings.PROCESS, f"ed_{settings.PROCESS}")
    if is_strong:
        return bad(
            f"{role} may do more in the {place} than a process should",
            f"as a superuser: ALTER ROLE {role} NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;",
        )
    if role != wanted:
        return bad(
            f"The {settings.PROCESS} process works as {role} in the {place}",
            f"give it a URL with the role {wanted}.",
        )
    if owned and settings.PROCESS != "owner":
        return bad(
            f"{role} owns {owned} tables of the {place}, so that no wall holds it",
            "let ed_owner own them: REASSIGN OWNED BY … TO ed_owner;",
        )
    return Finding(f"The {place} answers to {role}")


def _walls(alias: str) -> Iterator[Finding]:
    """Look whether row security is forced on every table but those that say why not."""
    if alias != MAIN:
        return
    with connections[alias].cursor() as cursor:
        cursor.execute(UNFORCED, [list(grants.OPEN)])
        open_ = [row[0] for row in cursor.fetchall()]
    if open_:
        yield bad(
            f"Row security is off or not forced on {', '.join(open_)}",
            "as ed_owner: ALTER TABLE … ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;",
        )
    else:
        yield Finding(f"Row security stands around {len(grants.MAIN.keys() - grants.OPEN)} tables")


def _granted(alias: str) -> Iterator[Finding]:
    """Compare what each role may do with what ethicsdesk/grants.py says."""
    with connections[alias].cursor() as cursor:
        cursor.execute(grants.COLUMNS)
        columns = cursor.fetchall()
    tables = grants.spelled(grants.MAIN if alias == MAIN else grants.KEYSTORE, columns)
    wanted = {
        (place, role, one)
        for table, given in tables.items()
        for role, privileges in given.items()
        for one, columns in PRIVILEGE.findall(privileges)
        for place in ([f"{table}.{name}" for name in columns.split(", ")] if columns else [table])
    }
    with connections[alias].cursor() as cursor:
        cursor.execute(GRANTED, [list(grants.ROLES)])
        found = set(cursor.fetchall())
        present = set(connections[alias].introspection.table_names(cursor))
    missing = {one for one in wanted - found if one[0].partition(".")[0] in present}
    remedy = "run `./desk manage grant_roles`."
    if extra := found - wanted:
        yield bad(
            f"In the {PLACES[alias]} somebody may more than they should: {_some(extra)}", remedy
        )
    if missing:
        yield bad(
            f"In the {PLACES[alias]} somebody may not do their work: {_some(missing)}", remedy
        )
    if not extra and not missing:
        yield Finding(f"In the {PLACES[alias]} every process may what it should, and no more")


def _some(rows: set[tuple[str, str, str]]) -> str:
    told = [f"{role} {one} on {table}" for table, role, one in sorted(rows)]
    more = f" and {len(told) - 3} more" if len(told) > 3 else ""  # noqa: PLR2004 - a few examples
    return ", ".join(told[:3]) + more
