"""Tell people at milestones, from scripts: some by one's own signature, outcomes by two."""

from collections.abc import Collection
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID, uuid4

from django.db import transaction

from cases import access, duties, lifecycle, rules
from cases.actions import promises, talk
from cases.actions.deciding import let_decide, require_another, require_on_it
from cases.actions.held import KEPT, seal_in
from cases.actions.slips import require_standing
from cases.actions.tasks import cancel_open, end_task
from cases.lifecycle import (
    BY_HAND,
    CaseStatus,
    ConcernStatus,
    Means,
    TaskKind,
    TellingMove,
    TellingState,
    WhyUntold,
)
from cases.models import Case, Concern, Message, Party, Task, Telling
from cases.models.telling import AUDIENCES, audience_of
from cases.rules import telling as texts
from common import days
from common.errors import RuleError
from ledger import actions as ledger
from ledger.verbs import Verb
from people.models import Person
from policies.models import Script
from policies.rules.scripts import Approval, Milestone, filled, gaps_in, is_other
from safes import access as opening
from safes.models import Safe
from safes.rules import Opener

# the sealed words: what is told, why it was sent back, why somebody is not told
TEXT, WHY_BACK, WHY = "telling", "sent_back", "untold"
# what is added once somebody was told
TOLD = ("state", "means", "told_by", "told_on", "message", "promise")
NOTHING_SENT = "Nothing was sent."
NOT_SENT = "Nothing was sent; what you entered is kept."
UNREAD = (
    "What is to be told does not open for you now, so nothing was decided. Unlock it, or leave it "
    "to somebody who can read it."
)


class ToldHow(NamedTuple):
    """How somebody without a channel here was told, and on which day."""

    means: Means
    on: date


def text_for(script: Script, to: Concern | Party | None, until: date | None) -> str:
    """Return a script with its blanks filled from what somebody is told about.

    With nobody, as several read it: what differs between them is left out.
    """
    reference, filed_on = "", None
    if isinstance(to, Concern):
        reference, filed_on = to.ref, to.filed_on
    elif to is not None:
        reference = to.case.ref
    facts = texts.values(
        reference=reference, filed_on=filed_on, until=until, language=script.language
    )
    return filled(script.text, facts)


@transaction.atomic
def tell(  # noqa: PLR0913 - what is told is told to somebody, by somebody, in some way
    to: Concern | Party,
    *,
    by: Person,
    script: Script,
    text: str,
    now: datetime,
    until: date | None = None,
    told: ToldHow | None = None,
    approver: Person | None = None,
    may_name: Collection[UUID] = (),
    opener: Opener | None = None,
) -> Telling:
    """Tell a reporter or a party something from a script, or ask another person to read it first.

    An outcome, and a text that was changed where its script says so, waits for the approver; the
    rest goes by the signature of whoever tells. A reporter is told by their channel here; of a
    party it is recorded how they were told (`told`), or once it is approved. `until` is the day by
    which the text says that they hear again. A text to a party that names somebody else is held up
    until it comes with the keys of those whom it may name.
    """
    of, concerns = _held(to, by)
    to = _afresh(to)
    _require_script(script, to, of)
    _require_day(until, of, now=now)
    written = _written(text)
    if isinstance(to, Party):
        _require_unnamed(written, to, script, may_name, opener)
    is_changed = is_other(written, text_for(script, to, until))
    row = Telling(
        id=uuid4(),
        concern=to if isinstance(to, Concern) else None,
        case=None if isinstance(to, Concern) else to.case,
        party=None if isinstance(to, Concern) else to,
        milestone=script.milestone,
        script=script,
        is_changed=is_changed,
        needs_approval=script.approval == Approval.ALWAYS
        or (script.approval == Approval.CHANGED and is_changed),
        state=TellingState.TOLD,
        made_by=by,
        made_at=now,
        until=until,
    )
    if row.needs_approval:
        return _ask(row, of, concerns, approver, text=written, opener=opener, now=now)
    if isinstance(to, Concern):
        message = talk.send(to, author=by, by=by, text=written, now=now, opener=opener)
        _mark_told(row, by=by, means=Means.HERE, on=days.day_of(now), message=message, now=now)
        row.save(force_insert=True)
        return row
    means, on = _told(told, to.case, now=now)
    _mark_told(row, by=by, means=means, on=on, now=now)
    row.save(force_insert=True)
    seal_in(to.case.safe, row.pk, {TEXT: written}, opener=opener)
    return row


@transaction.atomic
def approve_telling(
    telling: Telling, *, by: Person, now: datetime, opener: Opener | None = None
) -> Telling:
    """Approve what another person wrote: a reporter is told at once, a party by whoever tells them.

    It goes in the name of whoever wrote it, while they work on it.
    """
    telling, of = _decidable(telling, by)
    require_another(telling.made_by, by, did="wrote it", kept=NOTHING_SENT)
    if isinstance(of, Concern):
        _require_reporter(of)
    require_on_it(of, telling.made_by, did="wrote it", again="writes it", kept=NOTHING_SENT)
    if telling.until is not None and telling.until <= days.day_of(now):
        msg = (
            "The day by which it promises to tell them more is over. Send it back, so that it "
            "names another. Nothing was sent."
        )
        raise RuleError(msg)
    text = opening.open_texts(opener, [(telling.pk, TEXT)]).get((telling.pk, TEXT))
    if text is None:
        raise RuleError(UNREAD)
    _end_task(telling, by=by, now=now)
    telling.decided_by, telling.decided_at = by, now
    _record(Verb.TELLING_APPROVED, telling, by=by, now=now)
    if telling.concern is None:
        telling.state = lifecycle.telling_after(telling.state, TellingMove.APPROVE)
        telling.save(update_fields=["state", "decided_by", "decided_at"])
        return telling
    telling.state = lifecycle.telling_after(telling.state, TellingMove.TELL)
    author = telling.made_by
    message = talk.send(telling.concern, author=author, by=by, text=text, now=now, opener=opener)
    on = days.day_of(now)
    _mark_told(telling, by=by, means=Means.HERE, on=on, message=message, now=now)
    telling.save(update_fields=[*TOLD, "decided_by", "decided_at"])
    return telling


@transaction.atomic
def refuse_telling(
    telling: Telling, *, by: Person, reason: str, now: datetime, opener: Opener | None = None
) -> Telling:
    """Send back what another person wrote, with what is to be changed."""
    telling, of = _decidable(telling, by)
    require_another(telling.made_by, by, did="wrote it", kept=KEPT)
    if not reason.strip():
        msg = f"Say what is to be changed. {KEPT}"
        raise RuleError(msg)
    _end_task(telling, by=by, now=now)
    telling.state = lifecycle.telling_after(telling.state, TellingMove.REFUSE)
    telling.decided_by, telling.decided_at = by, now
    telling.save(update_fields=["state", "decided_by", "decided_at"])
    seal_in(_safe(of), telling.pk, {WHY_BACK: reason}, opener=opener)
    _record(Verb.TELLING_REFUSED, telling, by=by, now=now)
    return telling


@transaction.atomic
def take_back_telling(telling: Telling, *, by: Person, now: datetime) -> Telling:
    """Take back what was written, before anybody was told."""
    telling, of = _decidable(telling, by)
    access.require_telling(by, of)
    telling.state = lifecycle.telling_after(telling.state, TellingMove.WITHDRAW)
    telling.save(update_fields=["state"])
    if telling.task is not None and telling.task.is_open:
        cancel_open([telling.task.pk], now=now)
        duties.retime_of(telling.task)
    _record(Verb.TELLING_WITHDRAWN, telling, by=by, now=now)
    return telling


@transaction.atomic
def record_told(telling: Telling, *, by: Person, told: ToldHow | None, now: datetime) -> Telling:
    """Record that a party was told what another person approved, how, and on which day."""
    telling, of = _decidable(telling, by)
    access.require_telling(by, of)
    if telling.case is None or telling.decided_at is None or telling.state != TellingState.APPROVED:
        msg = f"This is {telling.get_state_display().lower()}, so nobody was told it. {KEPT}"
        raise RuleError(msg)
    means, on = _told(told, telling.case, now=now, since=days.day_of(telling.decided_at))
    telling.state = lifecycle.telling_after(telling.state, TellingMove.TELL)
    _mark_told(telling, by=by, means=means, on=on, now=now)
    telling.save(update_fields=TOLD)
    return telling


@transaction.atomic
def leave_untold(
    party: Party,
    *,
    by: Person,
    why: WhyUntold,
    words: str,
    now: datetime,
    opener: Opener | None = None,
) -> Telling:
    """Say why a party is not told what came of it; they can be told later all the same."""
    of, _ = _held(party, by)
    party = Party.objects.select_related("case__safe").get(pk=party.pk)
    _require_told_of(party)
    if not words.strip():
        msg = f"Say why, in your words. {KEPT}"
        raise RuleError(msg)
    row = Telling(
        id=uuid4(),
        case=party.case,
        party=party,
        milestone=Milestone.OUTCOME,
        state=TellingState.WAIVED,
        why=why,
        made_by=by,
        made_at=now,
    )
    row.save(force_insert=True)
    seal_in(_safe(of), row.pk, {WHY: words}, opener=opener)
    ledger.record(
        Verb.LEFT_UNTOLD,
        by=by.actor,
        at=now,
        subject=row.subject,
        audience=row.audience.value,
        why=why.value,
    )
    return row


# -- what the acts ask for -------------------------------------------------------------------


def _held(to: Concern | Party, by: Person) -> tuple[Case | Concern, list[Concern]]:
    """Return of what somebody is told and its concerns, held until the commit, or refuse."""
    if isinstance(to, Party):
        case = Case.objects.locked(to.case_id)
        access.require_telling(by, case)
        return case, Concern.objects.held_of(case)
    concern = Concern.objects.locked_after_its_case(to.pk)
    access.require_telling(by, concern)
    _require_reporter(concern)
    if concern.case is None:
        return concern, [concern]
    return concern, Concern.objects.held_of(concern.case)


def _require_reporter(concern: Concern) -> None:
    """Refuse to tell a reporter anything who took back what they told."""
    if concern.status in {ConcernStatus.DRAFT, ConcernStatus.WITHDRAWN}:
        msg = f"The reporter took this back, so they are told nothing more. {NOT_SENT}"
        raise RuleError(msg)


def _afresh(to: Concern | Party) -> Concern | Party:
    if isinstance(to, Concern):
        return Concern.objects.select_related("safe", "case__safe", "case__lead").get(pk=to.pk)
    return Party.objects.select_related("case__safe", "case__lead").get(pk=to.pk)


def _require_script(script: Script, to: Concern | Party, of: Case | Concern) -> None:
    if isinstance(to, Party):
        _require_told_of(to)
    if not Script.objects.offered().filter(pk=script.pk).exists():
        msg = f"There is another version of this script by now. Begin again with it. {NOT_SENT}"
        raise RuleError(msg)
    if script.audience != audience_of(to if isinstance(to, Party) else None):
        msg = f"This script is written for somebody else. Choose another. {NOT_SENT}"
        raise RuleError(msg)
    is_early = isinstance(of, Concern) and of.case_id is None
    if is_early and script.milestone not in texts.BEFORE_A_CASE:
        msg = f"There is no case yet of which this could be told. Choose another. {NOT_SENT}"
        raise RuleError(msg)


def _require_told_of(party: Party) -> None:
    if party.role not in AUDIENCES:
        msg = f"Only who is affected, and whom it is about, is told of it. {NOT_SENT}"
        raise RuleError(msg)
    require_standing(party)


def _require_day(until: date | None, of: Case | Concern, *, now: datetime) -> None:
    if until is None:
        return
    today = days.day_of(now)
    if not today < until <= today + texts.LONGEST_WAIT:
        msg = f"Promise a day after today, and within half a year. {NOT_SENT}"
        raise RuleError(msg)
    case = of if isinstance(of, Case) else of.case
    if case is not None and case.status == CaseStatus.CLOSED:
        msg = f"This case is closed, so nothing more is promised. {NOT_SENT}"
        raise RuleError(msg)


def _written(text: str) -> str:
    written = "\n".join(text.splitlines()).strip()
    if not written:
        msg = f"Write what they are told. {NOT_SENT}"
        raise RuleError(msg)
    if len(written) > rules.NARRATIVE_MAX:
        msg = f"This is longer than {rules.NARRATIVE_MAX} characters. {NOT_SENT}"
        raise RuleError(msg)
    if gaps := gaps_in(written):
        msg = f"Something is still to be written: {' '.join(gaps)} {NOT_SENT}"
        raise RuleError(msg)
    return written


def _require_unnamed(
    text: str, party: Party, script: Script, may_name: Collection[UUID], opener: Opener | None
) -> None:
    """Hold up a text that names somebody whom it was not said that it may name."""
    found = access.named_beside(text, party, script.text, opener)
    if named := [one for one in found if one.key not in may_name]:
        raise access.NamesOthersError(named)


def _told(
    told: ToldHow | None, case: Case, *, now: datetime, since: date | None = None
) -> tuple[Means, date]:
    """Return how a party was told and when, or refuse."""
    if told is None or told.means not in BY_HAND:
        msg = f"Say how they were told, and on which day. {NOT_SENT}"
        raise RuleError(msg)
    first = since or days.day_of(case.opened_at)
    if not first <= told.on <= days.day_of(now):
        what = "it was approved" if since else "the case was opened"
        msg = f"They were told today or before, since {what}. {NOT_SENT}"
        raise RuleError(msg)
    return told.means, told.on


def _ask(
    row: Telling,
    of: Case | Concern,
    concerns: list[Concern],
    approver: Person | None,
    *,
    text: str,
    opener: Opener | None,
    now: datetime,
) -> Telling:
    """Let another person read what is to be told before it goes."""
    if approver is None or approver not in access.may_read_before(of, row.made_by):
        msg = f"Another person reads this before it goes. Choose who. {NOT_SENT}"
        raise RuleError(msg)
    open_ones = Telling.objects.open().filter(milestone=row.milestone)
    if open_ones.filter(concern=row.concern, party=row.party).exists():
        msg = (
            "Something of this milestone waits for them already, under “Telling”. Let it be "
            f"decided or take it back first. {NOT_SENT}"
        )
        raise RuleError(msg)
    case = of if isinstance(of, Case) else of.case
    if case is not None:
        let_decide(case, concerns, approver, by=row.made_by, now=now)
    row.task = duties.open_task(
        of, kind=TaskKind.APPROVE_TELLING, assignee=approver, by=row.made_by, now=now
    )
    row.state = TellingState.WAITING
    row.save(force_insert=True)
    seal_in(_safe(of), row.pk, {TEXT: text}, opener=opener)
    _record(Verb.TELLING_ASKED, row, by=row.made_by, now=now)
    return row


def _mark_told(
    row: Telling,
    *,
    by: Person,
    means: Means,
    on: date,
    now: datetime,
    message: Message | None = None,
) -> None:
    """Note that somebody was told: it keeps what was promised before, and promises anew."""
    to = row.concern if row.concern is not None else row.party
    if to is None:
        raise AssertionError
    if isinstance(to, Party):
        # a message keeps what a reporter was promised
        promises.keep(to, by=by, now=now, on=on)
    row.told_by, row.told_on, row.means, row.message = by, on, means, message
    row.promise = promises.make(to, row.until, by=row.made_by, now=now)
    ledger.record(
        Verb.TOLD,
        by=by.actor,
        at=now,
        subject=row.subject,
        audience=row.audience.value,
        milestone=row.milestone,
        how=means.value,
        changed=row.is_changed,
        promised=row.until is not None,
    )


def _decidable(telling: Telling, by: Person) -> tuple[Telling, Case | Concern]:
    """Return what is to be told, held after its case and concerns, or refuse."""
    of: Case | Concern
    if telling.case_id is not None:
        of = Case.objects.locked(telling.case_id)
        Concern.objects.held_of(of)
    elif telling.concern_id is not None:
        of = Concern.objects.locked_after_its_case(telling.concern_id)
    else:
        raise AssertionError
    access.require_reading_before(by, of)
    held = Telling.objects.locked(telling.pk)
    if held.task_id is not None:
        held.task = Task.objects.locked(held.task_id)
    return held, of


def _end_task(telling: Telling, *, by: Person, now: datetime) -> None:
    # of what its reporter took back, the task was cancelled with it
    if telling.task is not None and telling.task.is_open:
        end_task(telling.task, by=by, now=now)


def _safe(of: Case | Concern) -> Safe:
    """Return where the office keeps what is not told yet: on the case, or before it the concern."""
    if isinstance(of, Concern) and of.case is not None:
        return of.case.safe
    return of.safe


def _record(verb: Verb, row: Telling, *, by: Person, now: datetime) -> None:
    ledger.record(
        verb,
        by=by.actor,
        at=now,
        subject=row.subject,
        audience=row.audience.value,
        milestone=row.milestone,
    )
