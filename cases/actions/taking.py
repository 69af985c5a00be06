"""Take down what somebody says by telephone, in person or otherwise, and let them agree to it."""

from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from cases import access
from cases.actions import identities
from cases.actions.intake import Filing, Taken, file_concern
from cases.duties import note_owner
from cases.lifecycle import TAKEN_DOWN, Channel
from cases.models import Concern
from cases.rules import HEARD_WITHIN
from common import days
from common.asking import at_the_gate
from common.errors import RuleError
from ledger import actions as ledger
from ledger.rules import REPORTER
from ledger.verbs import Verb
from people.models import Person
from people.rules import Role
from safes import actions as safes
from safes.rules import Receipt

# what is violated where the same page is sent once more: its clocks are started first
SAME_PAGE = ("escalation_clock_one_running", "cases_concern_pkey")
SENT_BEFORE = (
    "This page was sent before, and its receipt was changed or has ended since. Nothing was filed "
    "again. Take the next one down on a new page."
)


def take_down(
    *,
    concern_id: UUID,
    receipt: Receipt,
    filing: Filing,
    channel: Channel,
    said_on: date,
    by: Person,
    now: datetime,
) -> Concern:
    """File for a reporter what they said to an officer on a day, as it was said.

    Promises run from that day (Directive (EU) 2019/1937, art. 9(1)(b): from the receipt of the
    report). Whoever takes it down looks after it, and can open it whether they are on duty or not,
    unless what they were told is about somebody close to them. The same page sent twice is filed
    once.
    """
    access.require_officer(by)
    _require_heard(channel, said_on, now)
    taken = Taken(concern_id, by, said_on)
    try:
        return _taken_down(receipt, filing, channel, taken, now=now)
    except IntegrityError as error:
        if not any(name in str(error) for name in SAME_PAGE):
            raise
    with transaction.atomic():
        same = access.concern_of(receipt)
    if same is None:
        raise RuleError(SENT_BEFORE)
    return same


def _require_heard(channel: Channel, said_on: date, now: datetime) -> None:
    if channel not in TAKEN_DOWN:
        msg = "Say how it came in. Nothing was filed yet; what you entered is kept."
        raise RuleError(msg)
    if said_on > days.day_of(now):
        msg = "The day on which it was said has not come yet. What you entered is kept."
        raise RuleError(msg)
    if days.day_of(now) - said_on > HEARD_WITHIN:
        msg = "The day on which it was said is more than a year ago. What you entered is kept."
        raise RuleError(msg)


@transaction.atomic
def _taken_down(
    receipt: Receipt, filing: Filing, channel: Channel, taken: Taken, *, now: datetime
) -> Concern:
    by = taken.by
    concern = file_concern(
        receipt=receipt, filing=filing, now=now, channel=channel, by=by.actor, taken=taken
    )
    # whoever stands behind a wall does not see that it is there
    with at_the_gate():
        walls = list(concern.walls.all())
    if access.is_walled(by, walls):
        return concern
    _let_open(concern, receipt, by, now=now)
    if by.holds(Role.OFFICER, Role.INDEPENDENT):
        concern.owner = by
        concern.save(update_fields=["owner"])
        note_owner(concern)
    return concern


def _let_open(concern: Concern, receipt: Receipt, person: Person, *, now: datetime) -> None:
    """Give whoever took it down a key, by the receipt that they are about to read out."""
    if safes.activate(concern.safe, person):
        return
    holders, keyless = safes.holders_of([person])
    safes.share(concern.safe, opener=receipt.opener, holders=holders)
    safes.miss(concern.safe, keyless, now=now)
    identities.keep_apart([concern], [person])


@transaction.atomic
def agree_minutes(concern: Concern, *, now: datetime) -> None:
    """Note that the reporter agrees with what was taken down; asked for twice, it is done once.

    Directive (EU) 2019/1937, art. 18(3) and (4): whoever reports may check, rectify and agree the
    minutes. Of the anonymous the day alone is kept, of everybody else no more than the day.
    """
    concern = Concern.objects.locked(concern.pk)
    if concern.said_on is None:
        msg = "You wrote this yourself, so there is nothing to agree to. Nothing was changed."
        raise RuleError(msg)
    if concern.minutes_agreed_on is not None:
        return
    access.require_own_receipt(concern)
    concern.minutes_agreed_on = days.day_of(now)
    concern.save(update_fields=["minutes_agreed_on"])
    ledger.record(
        Verb.MINUTES_AGREED,
        by=REPORTER,
        at=now,
        subject=concern.subject,
        anonymous=concern.is_anonymous,
    )
