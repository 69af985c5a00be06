"""What a reporter does: draft, file, come back, withdraw."""

import json
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID, uuid4

from django.db import transaction

from cases import access, lifecycle, notices, rules
from cases.actions import identities
from cases.actions.identities import Identity
from cases.actions.tasks import cancel_open
from cases.actions.times import timed
from cases.lifecycle import (
    CLOCKS_OF,
    DRAFTS,
    FIRST_MESSAGE,
    Channel,
    ConcernMove,
    ConcernStatus,
    Kind,
    Mode,
    TellingState,
)
from cases.models import Category, Concern, Entrance, Task, Telling, Wall
from common import days
from common.errors import RuleError
from escalation import actions as escalation
from escalation.models import Calendar
from escalation.notices import seal_address
from ledger import actions as ledger
from ledger.rules import REPORTER, SYSTEM, Actor
from ledger.verbs import Verb
from people.models import Person, Unit
from policies.models import Kind as Promised
from policies.models import PolicyVersion
from questionnaires.models import FormVersion
from safes import access as opening
from safes import actions as safes
from safes.actions import Holder
from safes.models import Safe, State
from safes.rules import Receipt, SafeKey


@dataclass(frozen=True)
class Filing:
    """What is filed: the words, and the coded facts beside them."""

    kind: Kind
    category: Category
    mode: Mode
    narrative: str
    about: str = ""
    excluded: tuple[Person, ...] = ()
    unit: Unit | None = None
    in_danger: bool = False
    identity: Identity | None = None
    notify: str = ""
    answers: dict[str, object] = field(default_factory=dict)
    # the questionnaire whose questions `answers["more"]` answers, by key
    form: FormVersion | None = None
    # the entrance outside by which it came, if by one
    entrance: Entrance | None = None

    @property
    def heard(self) -> access.Heard:
        """Return where it names people."""
        return access.heard(self.about, self.narrative, self.answers, self.form)


@dataclass(frozen=True)
class Taken:
    """Who took something down for a reporter, and on which day it was said; `id` is the page's."""

    id: UUID
    by: Person
    on: date


@transaction.atomic
def add_category(
    *,
    code: str,
    label: str,
    now: datetime,
    hint: str = "",
    is_grave: bool = False,
    position: int = 0,
) -> Category:
    """Add something a concern can be about."""
    category = Category(code=code, label=label, hint=hint, is_grave=is_grave, position=position)
    category.save(force_insert=True)
    ledger.record(Verb.CATEGORY_ADDED, by=SYSTEM, at=now, subject=f"category:{code}")
    return category


# -- drafts ------------------------------------------------------------------------------


@transaction.atomic
def start_draft(
    *, receipt: Receipt, kind: Kind, answers: dict[str, object], now: datetime
) -> Concern:
    """Keep what somebody has begun to write, sealed to their receipt alone."""
    access.present(receipt)
    # a draft is its writer's alone: not even the escrow key opens it
    fresh = safes.make_safe("concern", holders=[Holder(receipt.opener.public)], in_escrow=False)
    concern = Concern(
        id=uuid4(),
        ref=rules.new_reference(),
        kind=kind,
        locator=receipt.locator,
        safe=fresh.safe,
        touched_on=days.day_of(now),
    )
    concern.save(force_insert=True)
    _seal_answers(concern, answers, fresh.key)
    ledger.record(
        Verb.CONCERN_DRAFTED,
        by=REPORTER,
        at=now,
        subject=concern.subject,
        anonymous=True,
        kind=kind,
    )
    return concern


@transaction.atomic
def save_draft(concern: Concern, *, kind: Kind, answers: dict[str, object], now: datetime) -> None:
    """Keep the answers so far."""
    concern = Concern.objects.locked(concern.pk)
    require_draft(concern)
    concern.kind, concern.touched_on = kind, days.day_of(now)
    concern.save(update_fields=["kind", "touched_on"])
    _seal_answers(concern, answers)
    ledger.record(Verb.DRAFT_SAVED, by=REPORTER, at=now, subject=concern.subject, anonymous=True)


def _seal_answers(concern: Concern, answers: dict[str, object], key: SafeKey | None = None) -> None:
    items = {"answers": json.dumps(answers).encode()}
    safes.replace(concern.safe, row=concern.pk, items=items, key=key)


@transaction.atomic
def expire_drafts(*, now: datetime) -> int:
    """Delete drafts that nobody came back to; return how many.

    Their keys, and what is sealed in them, go with the erasure that is begun here.
    """
    old = Concern.objects.drafts_untouched_since(days.day_of(now - rules.DRAFT_LIFE))
    # held, so that none is sent between looking and deleting
    held = list(old.select_for_update(skip_locked=True, of=("self",)))
    if not held:
        return 0
    safes.begin_erasure(
        erasure_id=uuid4(),
        ground=DRAFTS,
        subjects=[concern.subject for concern in held],
        safes=[concern.safe_id for concern in held],
        now=now,
    )
    Concern.objects.filter(pk__in=[concern.pk for concern in held]).delete()
    ledger.record(
        Verb.DRAFTS_EXPIRED,
        by=SYSTEM,
        at=now,
        subject=f"drafts:{days.day_of(now)}",
        count=len(held),
    )
    return len(held)


# -- filing ------------------------------------------------------------------------------


@transaction.atomic
def file_concern(  # noqa: PLR0913 - what is filed is what it is
    *,
    receipt: Receipt,
    filing: Filing,
    now: datetime,
    draft: Concern | None = None,
    channel: Channel = Channel.WEB,
    by: Actor = REPORTER,
    taken: Taken | None = None,
    around: Collection[Wall] = (),
) -> Concern:
    """File a concern: seal it to its readers, start its clocks, record it, tell who reads it.

    A receipt that anybody but the reporter was given changes when the reporter comes back.
    A draft that was filed already is returned as it is, so that a double click files once. Beside
    the walls that its words build stand those that are `around` what it belongs to.
    """
    _require_complete(filing)
    access.present(receipt)
    if draft is not None:
        draft = Concern.objects.locked(draft.pk)
        if draft.status != ConcernStatus.DRAFT:
            return draft
    names, words = filing.heard
    subjects = access.subjects_in(names, filing.excluded, words)
    own = access.walls_around(subjects, since=days.day_of(now))
    walls = [*own, *(Wall(blind=one.blind, why=one.why, since=one.since) for one in around)]
    walled = access.walled(Person.objects.trusted(), walls)
    readers = access.readers(walled)
    concern, key = _sealed_concern(receipt, draft, readers, now=now)
    _fill(concern, filing, channel, now=now)
    if taken is not None:
        concern.id, concern.taken_by, concern.said_on = taken.id, taken.by, taken.on
    concern.is_receipt_shared = by != REPORTER
    if filing.mode == Mode.CONFIDENTIAL:
        concern.identity_safe = _vault(filing, readers, walled, now=now)
    concern.handed_to = readers.active[0] if readers.is_stand_in else None
    _start_clocks(concern, now=now)
    if draft is None:
        concern.save(force_insert=True)
    else:
        concern.save()
    _seal_words(concern, filing, key)
    for wall in walls:
        wall.concern = concern
    Wall.objects.bulk_create(walls)
    ledger.record(
        Verb.CONCERN_FILED,
        by=by,
        at=now,
        subject=concern.subject,
        anonymous=concern.is_anonymous,
        kind=concern.kind,
        category=filing.category.code,
        channel=concern.channel,
        mode=concern.mode,
        unit=filing.unit.code if filing.unit else None,
        urgency=int(concern.urgency),
        files=concern.attachments.count(),
        entrance=filing.entrance.code if filing.entrance else None,
    )
    told = access.told(readers.active, concern, walls, day=days.day_of(now))
    ledger.post(notices.concern_filed(concern, told, now=now))
    return concern


def _require_complete(filing: Filing) -> None:
    if not filing.narrative.strip():
        msg = "Say in your own words what it is about. Nothing was sent yet; the rest is kept."
        raise RuleError(msg)
    if len(filing.narrative) > rules.NARRATIVE_MAX:
        over = len(filing.narrative) - rules.NARRATIVE_MAX
        msg = (
            f"This is {over} characters longer than we can take ({rules.NARRATIVE_MAX}). "
            "Shorten it, or add the rest as a file or message. Nothing was sent yet; all is kept."
        )
        raise RuleError(msg)
    if filing.mode == Mode.ANONYMOUS and (filing.identity or filing.notify):
        msg = "You chose to be anonymous, so we take neither name nor address. Nothing was sent."
        raise RuleError(msg)
    if filing.mode != Mode.ANONYMOUS and not (filing.identity and filing.identity.name.strip()):
        msg = "Say who you are, or choose to be anonymous. Nothing was sent yet; the rest is kept."
        raise RuleError(msg)


def _sealed_concern(
    receipt: Receipt, draft: Concern | None, readers: access.Readers, *, now: datetime
) -> tuple[Concern, SafeKey | None]:
    """Return the concern, its safe sealed to its readers and to the reporter, and its key."""
    active, keyless = safes.holders_of(readers.active)
    dormant, _ = safes.holders_of(readers.dormant, State.DORMANT)
    if draft is not None:
        readable = [*active, *dormant, *safes.escrow_holders()]
        safes.share(draft.safe, opener=receipt.opener, holders=readable)
        concern, key = draft, opening.key_of(receipt.opener, draft.safe)
    else:
        reporter = Holder(receipt.opener.public)
        fresh = safes.make_safe("concern", holders=[reporter, *active, *dormant])
        concern = Concern(
            id=uuid4(),
            ref=rules.new_reference(),
            locator=receipt.locator,
            safe=fresh.safe,
            touched_on=days.day_of(now),
        )
        key = fresh.key
    safes.miss(concern.safe, keyless, now=now)
    return concern, key


def _fill(concern: Concern, filing: Filing, channel: Channel, *, now: datetime) -> None:
    day = days.day_of(now)
    concern.status = lifecycle.concern_after(ConcernStatus.DRAFT, ConcernMove.FILE)
    concern.kind, concern.mode, concern.channel = filing.kind, filing.mode, channel
    concern.category, concern.unit = filing.category, filing.unit
    concern.form, concern.entrance = filing.form, filing.entrance
    concern.urgency = rules.urgency(in_danger=filing.in_danger, is_grave=filing.category.is_grave)
    concern.is_told_at_once = filing.in_danger
    concern.policy_version = PolicyVersion.objects.handling(day)
    concern.touched_on = concern.filed_on = day
    concern.filed_at = None if filing.mode == Mode.ANONYMOUS else now
    concern.notify = seal_address(filing.notify) if filing.notify else ""


def _vault(
    filing: Filing, readers: access.Readers, walled: Collection[UUID], *, now: datetime
) -> Safe:
    """Return the safe of the custodians' share."""
    barred = [*readers.active, *readers.dormant]
    vault, keyless = identities.make_vault(barred, identity=filing.identity, walled=walled)
    safes.miss(vault, keyless, now=now)
    return vault


def _start_clocks(concern: Concern, *, now: datetime) -> None:
    """Start what the policy promises and the office has set; for the anonymous from midnight.

    What was taken down later than it was said counts from the day on which it was said.
    """
    if concern.policy_version is None:
        raise AssertionError
    said_on = concern.said_on or days.day_of(now)
    is_dated = concern.is_anonymous or said_on < days.day_of(now)
    start = days.midnight(said_on) if is_dated else now
    calendar = Calendar.objects.of(concern.unit)
    clocks = escalation.start(
        subject_kind=CLOCKS_OF,
        subject_id=concern.pk,
        start=start,
        promises=timed(concern, FIRST_MESSAGE),
        calendar=calendar,
        owner=concern.handed_to,
        unit=concern.unit,
    )
    # what the reporter is told is what is promised to everybody: a shorter time that the office
    # has set for itself would tell who holds the receipt how urgent it was taken to be
    promises = {one.kind: one.limit for one in concern.policy_version.promises.all()}
    due = {kind: days.day_of(limit.end(start, calendar.hours)) for kind, limit in promises.items()}
    concern.acknowledge_by = due[Promised.ACKNOWLEDGE]
    concern.feedback_by = due[Promised.FEEDBACK]
    concern.next_due_at = min(clock.due_at for clock in clocks)


def _seal_words(concern: Concern, filing: Filing, key: SafeKey | None) -> None:
    items = {
        "narrative": filing.narrative.encode(),
        "summary": rules.summary_of(filing.narrative).encode(),
        "answers": json.dumps(filing.answers).encode(),
        "about": filing.about.encode(),
    }
    if filing.form is not None:
        # what was written beside the story, so that a search for words finds it
        items["beside"] = filing.heard.words.removeprefix(filing.narrative).strip().encode()
    safes.replace(concern.safe, row=concern.pk, items=items, key=key)
    if filing.identity is not None:
        identities.seal_identity(concern, filing.identity, key=key)


# -- coming back ---------------------------------------------------------------------------


@transaction.atomic
def withdraw(concern: Concern, *, now: datetime) -> None:
    """Take a concern back before it is triaged: nothing is owed any more."""
    concern = Concern.objects.locked(concern.pk)
    access.require_own_receipt(concern)
    concern.status = lifecycle.concern_after(concern.status, ConcernMove.WITHDRAW)
    concern.next_due_at, concern.withdrawn_on = None, days.day_of(now)
    concern.save(update_fields=["status", "next_due_at", "withdrawn_on"])
    ended = days.midnight(days.day_of(now)) if concern.is_anonymous else now
    escalation.cancel(subject_kind=CLOCKS_OF, subject_id=concern.pk, now=ended)
    open_tasks = Task.objects.open().filter(concern=concern)
    cancel_open(open_tasks.values_list("pk", flat=True), now=ended)
    # what was written for its reporter and waits is not sent any more
    waiting = Telling.objects.open().filter(concern=concern)
    waiting.update(state=TellingState.WITHDRAWN)
    ledger.record(
        Verb.CONCERN_WITHDRAWN,
        by=REPORTER,
        at=now,
        subject=concern.subject,
        anonymous=concern.is_anonymous,
    )


@transaction.atomic
def change_receipt(concern: Concern, *, old: Receipt, new: Receipt, now: datetime) -> None:
    """Put a receipt in the place of one that somebody else may have kept; the old opens nothing.

    Asked for twice, it is done once.
    """
    concern = Concern.objects.locked(concern.pk)
    if bytes(concern.locator) == new.locator:
        return
    if not concern.is_receipt_shared:
        msg = "This receipt is yours alone already, so it was not changed. Keep using it."
        raise RuleError(msg)
    for n, of_sign in enumerate(access.signs_told(old), 1):
        # what they told of later opens by what follows from their receipt, the new one from now on
        access.present(old.of_sign(n))
        _put_in_place(of_sign, old.of_sign(n), new.of_sign(n), now=now)
    access.present(old)
    _put_in_place(concern, old, new, now=now)


def _put_in_place(concern: Concern, old: Receipt, new: Receipt, *, now: datetime) -> None:
    access.present_next(new)
    safes.hand_on(concern.safe, opener=old.opener, to=new.opener.public)
    concern.locator, concern.is_receipt_shared = new.locator, False
    concern.save(update_fields=["locator", "is_receipt_shared"])
    access.present(new)
    ledger.record(
        Verb.RECEIPT_CHANGED,
        by=REPORTER,
        at=now,
        subject=concern.subject,
        anonymous=concern.is_anonymous,
    )


def require_draft(concern: Concern) -> None:
    """Refuse what can be done to a draft alone."""
    if concern.status != ConcernStatus.DRAFT:
        msg = "This was sent already. Come back with your receipt to add to it."
        raise RuleError(msg)
