"""A reporter says at the door how they are: that nothing has happened since, or what has."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from cases import access
from cases.actions.identities import Identity
from cases.actions.intake import Filing, file_concern
from cases.actions.links import tie
from cases.actions.retaliation import category_of_signs
from cases.actions.talk import say
from cases.lifecycle import ConcernStatus, Kind, Mode
from cases.lifecycle.links import LinkKind
from cases.lifecycle.protection import Answer
from cases.models import CheckIn, Concern
from common import days
from common.errors import RuleError
from ledger import actions as ledger
from ledger.rules import REPORTER
from ledger.verbs import Verb
from people.models import Person
from safes import access as opening
from safes.rules import Receipt

WHY = "Its reporter says that this has happened to them since they told it."
# what the team of the first reads, in the reporter's name: what happened stands in the other
TOLD = "Something has happened to me since I told you. I told it as a report of its own: {}."


@transaction.atomic
def say_unharmed(concern: Concern, *, now: datetime) -> None:
    """Answer the check-in that is at hand: nothing has happened. Asked twice, it is said once."""
    concern = Concern.objects.locked_after_its_case(concern.pk)
    _answer(concern, Answer.NO, now=now)


@transaction.atomic
def tell_sign(
    concern: Concern, *, receipt: Receipt, n: int, text: str, in_danger: bool, now: datetime
) -> Concern:
    """File what has happened to a reporter since as a report of its own, linked to the first.

    It waits for triage as anything that is filed, with its own clocks; the walls around the first
    stand around it. Their one receipt opens it as its `n`th: the same page sends it once. The team
    of the first is told that there is one, unless somebody on it is named.
    """
    concern = Concern.objects.locked_after_its_case(concern.pk)
    if concern.status in {ConcernStatus.DRAFT, ConcernStatus.WITHDRAWN} or concern.category is None:
        msg = "This was taken back, so begin anew: tell it as a new concern. Nothing was sent."
        raise RuleError(msg)
    # whoever read it out would read what it opens
    access.require_own_receipt(concern)
    own = receipt.of_sign(n)
    sent = access.concern_of(own)
    access.present(receipt)
    if sent is not None:
        return sent
    if n != len(access.signs_told(receipt)) + 1:
        msg = "Begin on the page of your report once more. Nothing was sent."
        raise RuleError(msg)
    readers = _readers(concern)
    around = list(concern.walls.all())
    identity = _identity(concern, receipt)
    filing = Filing(
        kind=Kind.REPORT,
        category=category_of_signs(concern.category),
        mode=Mode.NAMED if identity is not None else Mode.ANONYMOUS,
        narrative=text,
        unit=concern.unit,
        in_danger=in_danger,
        identity=identity,
        entrance=concern.entrance,
    )
    fresh = file_concern(receipt=own, filing=filing, around=around, now=now)
    # of the anonymous nobody keeps a time
    at = days.midnight(days.day_of(now)) if fresh.is_anonymous else now
    tie(
        fresh, concern.case or concern, kind=LinkKind.RETALIATION, by=None, reason=WHY,
        opener=own.opener, now=at,
    )  # fmt: skip
    is_named = bool(access.walled(readers, list(fresh.walls.all())))
    access.present(receipt)
    if not is_named:
        _answer(concern, Answer.YES, now=now)
        say(concern, text=TOLD.format(fresh.ref), now=now, opener=receipt.opener)
    return fresh


def _answer(concern: Concern, answer: Answer, *, now: datetime) -> None:
    """Note what they answered with the check-in that is at hand, if there is one."""
    row = access.asked_at_door(concern, days.day_of(now))
    if row is None or row.answer:
        return
    CheckIn.objects.filter(pk=row.pk).update(answer=answer, answered_on=days.day_of(now))
    ledger.record(
        Verb.CHECK_IN_ANSWERED,
        by=REPORTER,
        at=now,
        subject=concern.subject,
        anonymous=concern.is_anonymous,
        answer=answer.value,
    )


def _readers(concern: Concern) -> list[Person]:
    try:
        found = access.readers_of(concern)
    except RuleError:
        return []
    return [*found.active, *found.dormant]


def _identity(concern: Concern, receipt: Receipt) -> Identity | None:
    """Return who they said they are, where the team knows it; what is shared stays in its vault."""
    if concern.mode != Mode.NAMED:
        return None
    where: tuple[UUID, str] = (concern.pk, "reporter")
    packed = opening.open_items(receipt.opener, [where]).get(where)
    return Identity.unpacked(packed) if packed else None
