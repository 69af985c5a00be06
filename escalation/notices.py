"""Mail that says that something waits, and never what: the mail channel of the outbox."""

import hashlib
import hmac
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from smtplib import SMTPRecipientsRefused
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend as SmtpServer
from django.template.loader import render_to_string
from django.utils.text import slugify

from common import days, keys, sealing
from escalation.models import Calendar, CalendarChange, Clock
from ledger.actions import Notice
from ledger.models import Outbox
from ledger.notices import NOBODY, WITHHELD, UndeliverableError
from people.models import Person, Unit
from people.notices import letter

MAIL = "mail"
# a server that hangs up says so (RFC 5321, 4.2.3)
SERVICE_ENDS = 421
# the line to the mail server that this process keeps while it delivers
_LINE: ContextVar[BaseEmailBackend | None] = ContextVar("mail_line", default=None)
# Bound to its use, so that an address sealed for the mailer opens nowhere else.
ADDRESS_BINDING = b"notification-address|v1"


# Asked before each delivery, since a wall may have gone up since the notice was posted: whether a
# person may be told of what a notice refers to. Registered in apps.py by whoever knows.
MAY_BE_TOLD: list[Callable[[Person, str], bool]] = []


def alarm(persons: Iterable[Person], *, now: datetime) -> list[Notice]:
    """Tell that a time limit found nobody or failed: once a day, and not of what."""
    return [
        letter(
            person,
            "clock_alarm",
            identity=f"clock_alarm:{days.day_of(now)}:{person.pk}",
            now=now,
        )
        for person in persons
    ]


def calendar_changed(
    change: CalendarChange, persons: Iterable[Person], *, now: datetime
) -> list[Notice]:
    """Tell what was changed about a calendar and about how many clocks it moves, not which."""
    return [
        letter(
            person,
            "calendar_changed",
            identity=f"calendar:{change.calendar.code}:{change.n}:{person.pk}",
            now=now,
            calendar=change.calendar.name,
            who=change.by.name if change.by else "",
            what=change.says,
            moved=f"About {change.moved}" if change.moved else "",
            path=f"/setup/calendars/{change.calendar.code}/",
        )
        for person in persons
    ]


def calendar_given(
    unit: Unit, calendar: Calendar, persons: Iterable[Person], *, by: Person, now: datetime
) -> list[Notice]:
    """Tell by which calendar a unit works from now on."""
    return [
        letter(
            person,
            "calendar_given",
            identity=f"calendar_given:{unit.pk}:{now.isoformat()}:{person.pk}",
            now=now,
            unit=unit.name,
            calendar=calendar.name,
            who=by.name,
            path=f"/setup/calendars/{calendar.code}/",
        )
        for person in persons
    ]


def deliver_mail(row: Outbox) -> None:
    """Send one row; the message id is the row's identity, so that a second copy is known as one."""
    address = _address(row.to, row.context.get("reference", ""))
    context = {**row.context, "origin": settings.ORIGIN}
    if "lines" in context:
        context["lines"] = _named(_standing(row))
    [context] = _named([context])
    subject, _, body = render_to_string(f"mail/{row.template}.txt", context).partition("\n\n")
    _send(
        EmailMessage(
            subject=subject.strip(),
            body=body.strip() + "\n",
            to=[address],
            headers={"Message-ID": message_id(row.identity)},
        )
    )


@contextmanager
def one_line() -> Iterator[None]:
    """Send all letters in here over one line to the mail server: each costs a handshake or more.

    It opens at the first letter. A folder that takes the place of a server has no line to keep.
    """
    line = get_connection()
    token = _LINE.set(line if isinstance(line, SmtpServer) else None)
    try:
        yield
    finally:
        _LINE.reset(token)
        line.close()


def _send(letter: EmailMessage) -> None:
    line = letter.connection = _LINE.get()
    try:
        if line is not None:
            line.open()
        letter.send()
    except Exception as error:
        # refused is the letter; whatever else it is, the next letter begins with a new line
        if line is not None and not _is_refused(error):
            line.close()
        raise


def _is_refused(error: Exception) -> bool:
    """Return whether a server refused the letter's addressee, and listens on."""
    if not isinstance(error, SMTPRecipientsRefused):
        return False
    return all(code != SERVICE_ENDS for code, _ in error.recipients.values())


def _standing(row: Outbox) -> list[dict[str, str]]:
    """Return the lines of a day's mail that still hold; where none does, it is not sent.

    What was done meanwhile is left out, and so is what its reader may not be told of any more.
    """
    person = Person.objects.get(pk=UUID(row.to.partition(":")[2]))
    lines: list[dict[str, str]] = row.context["lines"]
    owed = Clock.objects.ticking().filter(pk__in=[line["clock_id"] for line in lines])
    open_ones = {str(pk) for pk in owed.values_list("pk", flat=True)}
    standing = [
        line
        for line in lines
        if line["clock_id"] in open_ones
        and all(may(person, line["reference"]) for may in MAY_BE_TOLD)
    ]
    if not standing:
        raise UndeliverableError(WITHHELD)
    return standing


def _named(said: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return what is said with the name of whom somebody is told instead of, where there is one."""
    absent = {UUID(one["instead_of"]) for one in said if one.get("instead_of")}
    names = dict(Person.objects.filter(pk__in=absent).values_list("pk", "name")) if absent else {}
    return [
        {**one, "instead_of": names.get(UUID(one["instead_of"]), "")}
        if one.get("instead_of")
        else dict(one)
        for one in said
    ]


def message_id(identity: str) -> str:
    """Return the name under which every copy of a letter goes, so that a second is known as one."""
    office = slugify(settings.OFFICE_NAME) or "office"
    digest = hmac.digest(keys.derived("message-id"), identity.encode(), hashlib.sha256).hex()
    return f"<{digest[:40]}@{office}.ethicsdesk>"


def _address(to: str, reference: str) -> str:
    """Return the address of `person:<id>` or `sealed:<hex>`; whoever has none cannot be told."""
    kind, _, ref = to.partition(":")
    if kind == "sealed":
        return _unsealed(bytes.fromhex(ref))
    person = Person.objects.active().filter(pk=UUID(ref)).exclude(email="").first()
    if person is None:
        raise UndeliverableError(NOBODY)
    if not all(may(person, reference) for may in MAY_BE_TOLD):
        raise UndeliverableError(WITHHELD)
    return person.email


def _unsealed(address: bytes) -> str:
    """Return an address that was sealed to the mailer's key, to the newest or to an older one."""
    for secret in keys.mailer_secrets():
        try:
            return sealing.unseal(secret, address, ADDRESS_BINDING).decode()
        except sealing.SealBrokenError:
            continue
    msg = "no key of the mailer opens the address"
    raise sealing.SealBrokenError(msg)


def seal_address(address: str) -> str:
    """Return an address as only the mailer can read it."""
    return f"sealed:{sealing.seal(keys.mailer_public(), address.encode(), ADDRESS_BINDING).hex()}"
