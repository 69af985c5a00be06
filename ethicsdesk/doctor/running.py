"""What runs, and what waits too long: broker, limits, sweep, clocks, outbox, ledger."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.core.cache import cache
from django.utils.timesince import timesince
from kombu.exceptions import KombuError
from redis import RedisError

from cases.lifecycle import DRAFTS
from escalation.models import TROUBLED_FOR, Clock, Heartbeat, Problem
from ethicsdesk.celery import app
from ethicsdesk.doctor.findings import Finding, bad, warn
from ledger.models import Outbox, Pending
from ledger.notices import DROPPED, WITHHELD
from people.models import Person
from people.rules import Role
from safes import access, reports
from safes.models import Erasure

LATE = timedelta(minutes=10)


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
