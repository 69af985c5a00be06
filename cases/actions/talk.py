"""What reporter and team write to each other."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Max

from cases import access, notices, rules
from cases.actions import promises
from cases.actions.notes import end_draft
from cases.actions.times import met, office_wrote, reporter_wrote
from cases.lifecycle import Area, ConcernStatus
from cases.models import Concern, Member, Message
from common import days
from common.errors import RuleError
from ledger import actions as ledger
from ledger.rules import REPORTER
from ledger.verbs import Verb
from people.models import Person
from policies.models import Kind as Promised
from safes import access as opening
from safes import actions as safes
from safes.rules import Opener

UNREAD = (
    "What the reporter told does not open for you now, so nothing was sent. What you wrote is "
    "kept. Unlock it in another tab and send this again, or take it to somebody who can read it."
)


@transaction.atomic
def say(
    concern: Concern,
    *,
    text: str,
    now: datetime,
    message_id: UUID | None = None,
    opener: Opener | None = None,
) -> Message:
    """Send the team a message from the reporter; one of the same id is sent once."""
    concern = Concern.objects.locked_after_its_case(concern.pk)
    sent = concern.messages.filter(pk=message_id).first() if message_id else None
    if sent is not None:
        return sent
    if concern.status in {ConcernStatus.DRAFT, ConcernStatus.WITHDRAWN}:
        msg = "There is nobody to write to: this was not sent, or was taken back."
        raise RuleError(msg)
    message = write(concern, author=None, text=text, now=now, message_id=message_id, opener=opener)
    concern.is_unread = True
    concern.save(update_fields=["is_unread"])
    reporter_wrote(concern, now=now)
    ledger.record(
        Verb.MESSAGE_SENT,
        by=REPORTER,
        at=now,
        subject=concern.subject,
        anonymous=concern.is_anonymous,
        by_reporter=True,
    )
    ledger.post(notices.reporter_wrote(message, told_of(concern, now=now), now=now))
    return message


@transaction.atomic
def answer(
    concern: Concern,
    *,
    by: Person,
    text: str,
    now: datetime,
    draft: datetime | None = None,
    opener: Opener | None = None,
) -> Message:
    """Send the reporter a message; the first one keeps the promise to acknowledge.

    `draft` is when the draft was kept on its case that the message began as; that one ends here.
    """
    concern = Concern.objects.locked_after_its_case(concern.pk)
    access.require_can_answer(by, concern)
    if concern.status == ConcernStatus.WITHDRAWN:
        msg = "The reporter took this back, so no message was sent. Your text is kept."
        raise RuleError(msg)
    message = send(concern, author=by, by=by, text=text, now=now, opener=opener)
    if concern.case is not None:
        end_draft(concern.case, by=by, kept_at=draft)
    return message


def send(
    concern: Concern,
    *,
    author: Person,
    by: Person,
    text: str,
    now: datetime,
    opener: Opener | None = None,
) -> Message:
    """Send a reporter what somebody of the office wrote; used inside the acts that do.

    It keeps what such a message keeps, and the promise that they hear again. Whoever approved it
    (`by`) opens what the reporter told; it goes in the name of its author.
    """
    message = write(concern, author=author, text=text, now=now, opener=opener)
    acknowledge(concern, by=by, now=now)
    office_wrote(concern, now=now)
    promises.keep(concern, by=by, now=now)
    ledger.record(
        Verb.MESSAGE_SENT, by=by.actor, at=now, subject=concern.subject, by_reporter=False
    )
    ledger.post(notices.team_wrote(message, now=now))
    return message


def write(
    concern: Concern,
    *,
    author: Person | None,
    text: str,
    now: datetime,
    message_id: UUID | None = None,
    opener: Opener | None = None,
) -> Message:
    """Seal a message to a concern; used inside the acts that send one.

    Of the office only somebody writes who can open what the reporter told.
    """
    if not text.strip():
        msg = "The message is empty, so nothing was sent. Write what you want to say."
        raise RuleError(msg)
    if len(text) > rules.NARRATIVE_MAX:
        msg = (
            f"The message is longer than {rules.NARRATIVE_MAX} characters, so it was not sent. "
            "Your text is kept."
        )
        raise RuleError(msg)
    key = opening.key_of(opener, concern.safe)
    if author is not None and key is None:
        # whoever gets an answer takes it that somebody read what they told
        raise RuleError(UNREAD)
    untimed = author is None and concern.is_anonymous
    message = Message(
        id=message_id or uuid4(),
        concern=concern,
        n=(concern.messages.aggregate(last=Max("n"))["last"] or 0) + 1,
        author=author,
        on=days.day_of(now),
        at=None if untimed else now,
    )
    message.save(force_insert=True)
    safes.add(concern.safe, row=message.pk, items={"body": text.encode()}, key=key)
    return message


def acknowledge(concern: Concern, *, by: Person, now: datetime) -> None:
    """Keep the promise to acknowledge, if it still stands."""
    if concern.acknowledged_on is not None:
        return
    concern.acknowledged_on = days.day_of(now)
    concern.save(update_fields=["acknowledged_on"])
    clock = met(concern, Promised.ACKNOWLEDGE, now=now)
    ledger.record(
        Verb.CONCERN_ACKNOWLEDGED,
        by=by.actor,
        at=now,
        subject=concern.subject,
        days=_days_since_filing(concern, now),
        on_time=clock is not None and clock.breached_at is None,
    )


def _days_since_filing(concern: Concern, now: datetime) -> int:
    return (days.day_of(now) - concern.filed_on).days if concern.filed_on else 0


@transaction.atomic
def read_by_reporter(concern: Concern, *, now: datetime) -> None:
    """Mark what the team wrote as seen; recorded as the reporter's coming back."""
    concern.messages.filter(author__isnull=False, is_seen=False).update(is_seen=True)
    ledger.record(
        Verb.RECEIPT_USED,
        by=REPORTER,
        at=now,
        subject=concern.subject,
        anonymous=concern.is_anonymous,
    )


def told_of(concern: Concern, *, now: datetime) -> Iterable[Person]:
    """Return who is told of what is new in it: the team, or who has it, or who is on duty.

    For whoever is away it is who stands in, as far as they are of the office; where nobody is
    here, they find it when they are back.
    """
    if concern.case is not None:
        # nobody is told of what they may not see; who was asked onto it is, and declares first
        hears = Member.objects.standing().filter(areas__contains=[Area.CONCERNS.value])
        people = Person.objects.active().filter(memberships__in=hears.filter(case=concern.case))
    else:
        holding = {concern.owner_id, concern.handed_to_id} - {None}
        people = Person.objects.active().filter(pk__in=holding) or Person.objects.on_duty()
    return access.told(people, concern, list(concern.walls.all()), day=days.day_of(now))
