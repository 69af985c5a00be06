"""Decide how a case is worked, and keep what coaching and mediation are: sessions, agreements."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import uuid4

from django.db import transaction

from cases import access, duties
from cases.actions import phases
from cases.actions.held import KEPT, held_open, seal
from cases.actions.parties import NAME
from cases.actions.tasks import TODO, cancel_open, until
from cases.lifecycle import Deed, PartyRole, Phase, TaskKind, WhyBack
from cases.lifecycle.tracks import IN_SESSIONS, SIDES, Power, Present, Track, WhyTrack
from cases.models import Agreement, Case, Meeting, Party, TrackChange
from common import days
from common.errors import RuleError
from ledger import actions as ledger
from ledger.verbs import Verb
from people.models import Person
from safes import access as opening
from safes.rules import Opener

# the sealed words of a change, of a session, of an agreement
WORDS = "words"
TO_SEE = "See whether what was agreed is kept: it stands under “Early”."
OF_UNEQUALS = (
    "Nobody mediates where one depends on the other: whoever is weaker cannot refuse. Choose "
    f"coaching, which works with one side, or an investigation. {KEPT}"
)


def require_equals(track: Track, power: Power) -> None:
    """Refuse to mediate unless somebody looked whether one depends on the other, and none does."""
    if track != Track.MEDIATION or power == Power.EQUAL:
        return
    if power == Power.UNEQUAL:
        raise RuleError(OF_UNEQUALS)
    msg = (
        "Before you choose mediation, say whether one depends on the other: their line, care, "
        f"money or papers. {KEPT}"
    )
    raise RuleError(msg)


@transaction.atomic
def change_track(  # noqa: PLR0913 - a change is what it is
    case: Case,
    *,
    by: Person,
    track: Track,
    power: Power,
    why: WhyTrack,
    words: str,
    now: datetime,
    opener: Opener | None = None,
) -> TrackChange:
    """Work a case otherwise from now on, with the reason; its words are sealed.

    To an investigation its planning begins; from one that is planned already it goes back first.
    """
    case = held_open(case, by)
    access.require_deed(by, case, Deed.STEER)
    before = Track(case.track)
    if track == before:
        msg = f"It is worked so already: {track.label.lower()}. {KEPT}"
        raise RuleError(msg)
    if case.phase not in {Phase.NONE, Phase.PLANNING}:
        msg = (
            "This investigation is past its planning. Take it back to that first, on its timeline, "
            f"with why. {KEPT}"
        )
        raise RuleError(msg)
    if not words.strip():
        msg = f"Say why, for whoever reads it later. {KEPT}"
        raise RuleError(msg)
    if track == Track.MEDIATION:
        require_equals(track, power)
        _require_nobody_above(case, opener)
    case.track, case.power = track, power
    if track == Track.INVESTIGATION:
        phases.begin(case, by=by, now=now)
    elif before == Track.INVESTIGATION:
        is_mistake = why == WhyTrack.MISTAKE
        back = WhyBack.MISTAKE if is_mistake else WhyBack.NOT_NEEDED
        phases.give_up(case, by=by, why=back, now=now)
    else:
        case.save(update_fields=["track", "power"])
    change = phases.note_track(case, before=before, why=why, by=by, now=now)
    seal(case, change.pk, {WORDS: words}, opener=opener)
    ledger.record(
        Verb.TRACK_CHANGED, by=by.actor, at=now, subject=f"case:{case.pk}", track=track, why=why
    )
    return change


@transaction.atomic
def hold_meeting(
    case: Case,
    *,
    by: Person,
    held_on: date,
    present: Iterable[Present],
    words: str,
    now: datetime,
    opener: Opener | None = None,
) -> Meeting:
    """Write down a session of coaching or mediation: when, who was there, and what was said."""
    case = _in_sessions(case, by, opener)
    if held_on > days.day_of(now) or held_on < days.day_of(case.opened_at):
        msg = f"A session was held today or before, since the case was opened. {KEPT}"
        raise RuleError(msg)
    there = _each_once(present, f"Say who was there. {KEPT}")
    if not words.strip():
        msg = f"Write what was worked on. {KEPT}"
        raise RuleError(msg)
    meeting = Meeting(
        id=uuid4(), case=case, kind=case.track, held_on=held_on, present=there, by=by, at=now
    )
    meeting.save(force_insert=True)
    seal(case, meeting.pk, {WORDS: words}, opener=opener)
    ledger.record(
        Verb.MEETING_HELD, by=by.actor, at=now, subject=f"case:{case.pk}", kind=case.track
    )
    return meeting


@transaction.atomic
def sign_agreement(  # noqa: PLR0913 - an agreement is what it is
    case: Case,
    *,
    by: Person,
    agreed: Iterable[Present],
    words: str,
    assignee: Person,
    now: datetime,
    follow_up_on: date | None = None,
    opener: Opener | None = None,
) -> Agreement:
    """Sign what was agreed, in place of the version before; somebody looks later if it is kept.

    Without a day that is after as long as the office's standard for follow-ups says, also where
    the case is closed by then. The follow-up of the version before ends, if it was not done.
    """
    case = _in_sessions(case, by, opener)
    who = _each_once(agreed, f"Say who agreed. {KEPT}")
    if case.track == Track.MEDIATION and len(SIDES.intersection(who)) < 2:  # noqa: PLR2004 - two sides
        msg = f"What is agreed in a mediation both sides agree to. Say who both are. {KEPT}"
        raise RuleError(msg)
    if not words.strip():
        msg = f"Write what was agreed. {KEPT}"
        raise RuleError(msg)
    if assignee not in access.may_do(case):
        msg = f"This person cannot follow it up. Choose somebody of the team. {KEPT}"
        raise RuleError(msg)
    last = (
        Agreement.objects.filter(case=case).select_related("follow_up").order_by("-version").first()
    )
    if last is not None and last.follow_up.is_open:
        cancel_open([last.follow_up_id], now=now)
    task = duties.open_task(
        case,
        kind=TaskKind.FOLLOW_UP,
        assignee=assignee,
        by=by,
        limit=until(follow_up_on, now),
        now=now,
    )
    agreement = Agreement(
        id=uuid4(),
        case=case,
        version=last.version + 1 if last else 1,
        kind=case.track,
        agreed=who,
        follow_up=task,
        by=by,
        at=now,
    )
    agreement.save(force_insert=True)
    seal(case, agreement.pk, {WORDS: words}, opener=opener)
    seal(case, task.pk, {TODO: TO_SEE}, opener=opener)
    ledger.record(
        Verb.AGREEMENT_SIGNED,
        by=by.actor,
        at=now,
        subject=f"case:{case.pk}",
        kind=case.track,
        version=agreement.version,
    )
    return agreement


def _in_sessions(case: Case, by: Person, opener: Opener | None) -> Case:
    """Return an open case that is coached or mediated, held until the commit, or refuse."""
    case = held_open(case, by)
    if case.track not in IN_SESSIONS:
        now = Track(case.track).label.lower()
        msg = f"This case is worked as {now}. Choose coaching or mediation first. {KEPT}"
        raise RuleError(msg)
    if case.track == Track.MEDIATION:
        _require_nobody_above(case, opener)
    return case


def _require_nobody_above(case: Case, opener: Opener | None) -> None:
    """Refuse to mediate between somebody it is about and who reports to them today."""
    affected = Party.objects.standing().filter(case=case, role=PartyRole.AFFECTED, is_staff=True)
    places = [(pk, NAME) for pk in affected.values_list("pk", flat=True)]
    if places and opener is None:
        msg = "Open your keys first: their names tell whether one stands above the other. "
        raise RuleError(msg + KEPT)
    names = opening.open_texts(opener, places)
    persons = [one for name in names.values() for one in access.subjects_in(name, [])]
    if access.is_below_a_subject(case, persons):
        above = "Somebody it is about stands above somebody affected, in today's line. "
        raise RuleError(above + OF_UNEQUALS)


def _each_once(chosen: Iterable[Present], refusal: str) -> list[str]:
    found: list[str] = list(dict.fromkeys(chosen))
    if not found:
        raise RuleError(refusal)
    return found
