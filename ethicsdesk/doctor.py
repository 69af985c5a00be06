"""Look at a house from inside one of its processes, and say what is not well and what to do."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core.cache import cache
from django.db import Error, connections
from django.utils.timesince import timesince
from kombu.exceptions import KombuError
from redis import RedisError

from cases.lifecycle import DRAFTS
from common import clamd, keys, mat2, sandbox
from common.custody import Custody, Folder
from escalation.models import TROUBLED_FOR, Clock, Heartbeat, Problem
from ethicsdesk import grants
from ethicsdesk.celery import app
from ledger.models import Outbox, Pending
from ledger.notices import DROPPED, WITHHELD
from people.models import Person
from people.rules import Role
from safes import access, reports
from safes.models import Erasure

LOOPBACK = {"127.0.0.1", "localhost", "::1"}
MAIN, KEYSTORE = "default", "keystore"
PLACES = {MAIN: "main database", KEYSTORE: "keystore"}
# process -> its database role; the others are told by their name
ROLES = {"owner": "ed_owner", "test": "ed_web"}
PUBLIC = (
    keys.MASTER,
    keys.INDEX,
    keys.SECRET,
    keys.SIGNING_PUBLIC,
    keys.MAILER_PUBLIC,
    keys.CLEANER_PUBLIC,
)
_SIGNS = (keys.SIGNING, keys.MAILER)
# the secrets that a process has beside the keys of all; whatever else it has is too much
SECRETS = {
    "owner": (*_SIGNS, keys.CLEANER),
    "test": (*_SIGNS, keys.CLEANER),
    "worker": _SIGNS,
    "cleaner": (keys.CLEANER,),
}
LATE = timedelta(minutes=10)
READABLE_BY_OTHERS = 0o077


class State(StrEnum):
    """How something is."""

    OK = "ok"
    WARN = "WARN"
    BAD = "BAD"


@dataclass(frozen=True)
class Finding:
    """One line of the report: what was looked at, how it is, and what to do about it."""

    what: str
    state: State = State.OK
    remedy: str = ""

    def __str__(self) -> str:
        """Return `ok|WARN|BAD  what — what to do`."""
        return f"{self.state:4}  {self.what}" + (f" — {self.remedy}" if self.remedy else "")


def bad(what: str, remedy: str) -> Finding:
    """Return what has to be put right."""
    return Finding(what, State.BAD, remedy)


def warn(what: str, remedy: str) -> Finding:
    """Return what should be looked at."""
    return Finding(what, State.WARN, remedy)


Looks = Callable[[datetime], Iterable[Finding]]


def examine(now: Callable[[], datetime]) -> Iterator[Finding]:
    """Yield every finding; what needs a database that does not answer is left out, and said so."""
    yield from configuration()
    yield from key_files()
    yield from cleaning()
    standing = True
    for alias in PLACES:
        findings = list(database(alias))
        standing = standing and all(one.state != State.BAD for one in findings)
        yield from findings
    yield from broker()
    yield from limits()
    if not standing:
        yield warn("The rest was not looked at", "put the databases right first, then ask again.")
        return
    moment = now()
    looks: list[Looks] = [sweep, clocks, outbox, ledger, erasures, people]
    for look in looks:
        try:
            yield from look(moment)
        except Error as error:
            said = str(error).strip().splitlines()[0]
            yield bad(
                f"The database refused to be asked ({said})", "run `./desk manage grant_roles`."
            )


# -- what a site has to give -------------------------------------------------------------


def configuration() -> Iterator[Finding]:
    """Look at the settings that no start refuses and that are wrong all the same."""
    host = urlsplit(settings.ORIGIN).hostname or ""
    if settings.SECURE or host in LOOPBACK:
        yield Finding(f"People come by {settings.ORIGIN}")
    else:
        yield bad(
            f"People come by {settings.ORIGIN}, where everybody on the way reads along",
            "put a TLS proxy before it and set ETHICSDESK_ORIGIN to https://….",
        )
    if host and host not in settings.ALLOWED_HOSTS and "*" not in settings.ALLOWED_HOSTS:
        yield bad(f"{host} is not answered", f"add it: ETHICSDESK_HOSTS=…,{host}")
    if "*" in settings.ALLOWED_HOSTS:
        yield warn("Any host name is answered", "name yours in ETHICSDESK_HOSTS.")
    if settings.DEMO and host not in LOOPBACK:
        yield bad(
            "This is a demonstration, whose passwords and mail anybody may see, and it is not on "
            "this machine alone",
            "unset ETHICSDESK_DEMO and begin with an empty state.",
        )
    yield _mail()


def _mail() -> Finding:
    folder: Path | None = getattr(settings, "EMAIL_FILE_PATH", None)
    if folder is None:
        return Finding(f"Mail leaves by {settings.EMAIL_HOST}:{settings.EMAIL_PORT}")
    if settings.DEMO:
        return Finding("Mail is caught, and shown at /demo/mail/")
    return warn(
        f"Mail is written into {folder} and reaches nobody",
        "set ETHICSDESK_MAIL to smtp://… of your mail server.",
    )


def key_files() -> Iterator[Finding]:
    """Look at the keys that this process has, lacks, or should not have."""
    private = SECRETS.get(settings.PROCESS, ())
    wraps = keys.name_of("master", keys.current())
    custody: Custody = settings.KEYS
    missing = [name for name in {*PUBLIC, wraps, *private} if not _is_key(custody, name)]
    if missing:
        yield bad(
            f"Keys are missing or unreadable for the process {settings.PROCESS}: "
            + ", ".join(sorted(missing)),
            f"put them back into {custody} from your safekeeping. New ones open nothing old.",
        )
        return
    yield Finding(f"The {settings.PROCESS} process has its keys; {wraps} wraps")
    others = [name for name in (*_SIGNS, keys.CLEANER) if name not in private]
    if spare := [name for name in others if custody.text(name)]:
        yield warn(
            f"The {settings.PROCESS} process could sign checkpoints, read addresses or "
            "open uploads",
            f"take {' and '.join(spare)} out of {custody}; it does not need them.",
        )
    if isinstance(custody, Folder) and (loose := _loose(custody.path)):
        yield warn(
            f"Others on this machine can read {', '.join(loose)}", f"chmod 600 in {custody}."
        )
    if keys.SIGNING in private and not _fits():
        yield bad(
            "The signing key and its public half do not belong together",
            f"put the right {keys.SIGNING_PUBLIC} back: by this one every checkpoint is forged.",
        )


def _is_key(custody: Custody, name: str) -> bool:
    try:
        return bool(bytes.fromhex(custody.text(name) or ""))
    except (OSError, ValueError):
        return False


def _loose(folder: Path) -> list[str]:
    """Return the secret keys that others on this machine can read."""
    return sorted(
        path.name for path in folder.glob("*.key") if path.stat().st_mode & READABLE_BY_OTHERS
    )


def _fits() -> bool:
    mine = keys.signing_key().public_key().public_bytes_raw()
    return mine in {public.public_bytes_raw() for public in keys.verifying_keys()}


_PIECE = 2**18


def cleaning() -> Iterator[Finding]:
    """Look at what files are cleaned with, and what waits for it."""
    if mat2.is_here() and settings.MAT2:
        yield Finding("mat2 goes over every clean copy, in bubblewrap")
    elif sandbox.can_close_in():
        yield Finding("Files are looked into in bubblewrap; mat2 is not used")
    else:
        yield Finding("Files are looked into in a child process with limits; no bubblewrap here")
    if not settings.CLAMAV:
        yield Finding("Files are not scanned for malware, and are shown so: no ETHICSDESK_CLAMAV")
    else:
        yield _scanner(settings.CLAMAV)


def _scanner(address: str) -> Finding:
    """Ask the scanner about as many bytes as the largest file that is taken has."""
    most = settings.UPLOAD_MAX_BYTES
    pieces = (bytes(min(_PIECE, most - at)) for at in range(0, most, _PIECE))
    try:
        clamd.is_clean(address, pieces)
    except clamd.TooLongToScanError:
        return bad(
            "The malware scanner takes no file as large as we do; larger ones are kept apart",
            f"set StreamMaxLength in clamd.conf to {most // 2**20}M at least.",
        )
    except clamd.ScannerAwayError:
        return bad(
            "The malware scanner does not answer, so every new file is kept apart",
            f"start clamd, or put ETHICSDESK_CLAMAV ({address}) right.",
        )
    return Finding("The malware scanner answers, and takes files as large as we do")


# -- databases -----------------------------------------------------------------------------

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


# -- what runs ------------------------------------------------------------------------------


def broker() -> Iterator[Finding]:
    """Look whether the broker answers; without it only the watchdog keeps time."""
    try:
        with app.connection_for_write() as line:
            line.ensure_connection(max_retries=1, timeout=5)
    except (KombuError, OSError, ValueError) as error:
        yield bad(
            f"The broker does not answer ({type(error).__name__})",
            "start Redis, or put REDIS_URL right. Filing still works; the watchdog keeps time.",
        )
    else:
        yield Finding("The broker answers")


def limits() -> Iterator[Finding]:
    """Look whether attempts are counted, and those at the reporter's door by network."""
    try:
        cache.get("doctor")
    except (RedisError, OSError) as error:
        yield bad(
            f"Attempts cannot be counted ({type(error).__name__})",
            "start the Redis of LIMITS_URL, or put that right. Signing in is refused meanwhile; "
            "the reporter's door takes whatever comes.",
        )
    else:
        yield Finding("Attempts are counted")
    if settings.ADDRESS_HEADER:
        return
    if settings.SECURE:
        yield warn(
            "No header says from where people come, so that all who come by a proxy count as one",
            "name the header of your proxy in ETHICSDESK_ADDRESS_HEADER.",
        )
    else:
        # not a fault: on one machine everybody is this machine
        yield Finding(
            "At the reporter's door whoever comes from this machine counts for everybody's budget "
            "alone; a network's own is met only from elsewhere, or with ETHICSDESK_ADDRESS_HEADER"
        )


def sweep(now: datetime) -> Iterator[Finding]:
    """Look when clocks were swept last."""
    last = Heartbeat.objects.filter(name="sweep").first()
    remedy = "start beat and a worker; meanwhile the watchdog has to run."
    if last is None:
        yield bad("Clocks were never swept", remedy)
    elif now - last.at > settings.HEARTBEAT_MAX_AGE:
        yield bad(f"Clocks were swept {_ago(last.at, now)}, and no more since", remedy)
    else:
        yield Finding("Clocks are swept")


def clocks(now: datetime) -> Iterator[Finding]:
    """Look whether steps wait that should have been taken."""
    behind = Clock.objects.due(now - settings.HEARTBEAT_MAX_AGE).count()
    if behind:
        yield bad(f"{behind} clocks are behind", "run `./desk manage sweep` and read what it says.")
    else:
        yield Finding("No clock is behind")
    troubled = Clock.objects.troubled(now - TROUBLED_FOR)
    if found := Counter(troubled.values_list("problem", flat=True)):
        said = "; ".join(f"{Problem(one).label.lower()}: {n}" for one, n in sorted(found.items()))
        yield bad(
            f"{found.total()} time limits are without anybody ({said})",
            "give the parts to people who are here; what failed is tried again, and the log of "
            "the sweep says why.",
        )
    else:
        yield Finding("Every step found somebody")


def outbox(now: datetime) -> Iterator[Finding]:
    """Look at the notices that wait, and at those given up."""
    waiting = Outbox.objects.due(now).order_by("next_try_at")
    oldest = waiting.first()
    if oldest is not None and now - oldest.next_try_at > LATE:
        yield bad(
            f"{waiting.count()} notices wait, the oldest since {_ago(oldest.next_try_at, now)}",
            "start a worker; the oldest says why it failed: " + (oldest.problem or "not tried yet"),
        )
    else:
        yield Finding(f"{waiting.count()} notices wait to be sent")
    given_up = Outbox.objects.filter(dead_at__isnull=False).exclude(problem__in=(WITHHELD, DROPPED))
    if dead := given_up.count():
        problems = sorted(set(given_up.values_list("problem", flat=True)))[:3]
        yield warn(
            f"{dead} notices were given up ({'; '.join(problems)})",
            "put the addresses of your people or the mail server right, then /setup/letters/.",
        )


def ledger(now: datetime) -> Iterator[Finding]:
    """Look whether entries are sealed as they come; the anonymous wait for midnight."""
    late = Pending.objects.filter(not_before=None, entry__at__lt=now - LATE)
    late_nights = Pending.objects.filter(not_before__lt=now - LATE)
    if waiting := late.count() + late_nights.count():
        yield bad(
            f"{waiting} ledger entries wait to be sealed for more than ten minutes",
            "start a worker, then run `./desk manage verify_ledger`.",
        )
    else:
        yield Finding("The ledger is sealed as entries come")


def erasures(now: datetime) -> Iterator[Finding]:
    """Look whether a restore brought back what was erased, and whether keys belong to nothing."""
    if undone := len(reports.overdue()):
        yield bad(
            f"{undone} erasures were undone, as by a restore of an older backup",
            "run `./desk manage replay_erasures`; where both clusters were restored, with --from.",
        )
    else:
        done = Erasure.objects.exclude(ground=DRAFTS).count()
        yield Finding(f"What was erased is gone: {done}")
    orphans = reports.orphans(now=now)
    if orphans.is_suspicious:
        yield warn(
            f"{len(orphans.keys)} of {orphans.total} outer keys belong to no safe, and none of "
            "them is destroyed",
            "restore the main cluster that belongs to this keystore.",
        )


def people(now: datetime) -> Iterator[Finding]:  # noqa: ARG001 - looked at like the others
    """Look whether somebody is there for whatever may be filed."""
    if on_duty := Person.objects.on_duty().count():
        yield Finding(f"Officers on duty: {on_duty}")
    else:
        yield bad("No officer is on duty", "put one on duty: else nobody triages what is filed.")
    needed = {
        Role.HEAD: "else a late promise is told to nobody.",
        Role.INDEPENDENT: "else nobody takes over what the office does not do.",
        Role.CUSTODIAN: "else nobody can report confidentially.",
    }
    for role, why in needed.items():
        if not Person.objects.holding(role).exists():
            yield bad(f"Nobody is {role.label.lower()}", f"give somebody that role: {why}")
    trusted = Person.objects.trusted()
    if not access.attested_keys(trusted.holding(Role.OFFICER, Role.HEAD)):
        yield bad(
            "No officer's key is approved, so that nothing can be sealed to anybody",
            "let them sign in, then run `./desk manage keys found USERNAME …`.",
        )
    if waiting := len(access.pending_keys()):
        yield Finding(f"People's keys that wait for two colleagues at /setup/keys/: {waiting}")
    if keyless := trusted.filter(keys=None, roles__overlap=[Role.OFFICER, Role.HEAD]).count():
        yield warn(
            f"{keyless} officers have no key yet, so that nothing is sealed to them",
            "let them sign in once.",
        )


def _ago(moment: datetime, now: datetime) -> str:
    return f"{timesince(moment, now, depth=1)} ago"
