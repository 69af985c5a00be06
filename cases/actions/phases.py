"""The phases of an investigation: take it on, take it back; and the clocks of a case."""

from collections.abc import Sequence
from datetime import datetime
from uuid import uuid4

from django.db import transaction

from cases import access, lifecycle, parts
from cases.actions.pausing import rest_with_the_whole
from cases.duties import retime_case
from cases.lifecycle import (
    CLOCKS_OF_CASES,
    INVESTIGATED,
    INVESTIGATION,
    CaseStatus,
    Deed,
    Phase,
    PhaseMove,
    WhyBack,
)
from cases.lifecycle.tracks import Track, WhyTrack
from cases.models import Case, PhaseChange, TrackChange
from cases.rules import NARRATIVE_MAX, gravity
from common.errors import RuleError
from escalation import actions as escalation
from escalation.models import Calendar, Standard
from ledger import actions as ledger
from ledger.verbs import Verb
from people.models import Person
from safes import access as opening
from safes import actions as safes
from safes.rules import Opener

# the sealed words of a change
WHY = "reason"
# an investigation that is given up, as a change of how the case is worked
_WHY = {WhyBack.NOT_NEEDED: WhyTrack.NOT_NEEDED, WhyBack.MISTAKE: WhyTrack.MISTAKE}


@transaction.atomic
def go_on(case: Case, *, by: Person, at: Phase, now: datetime) -> Case:
    """Begin the next phase of an investigation; `at` is the one that `by` saw.

    From its findings it goes on once something was found of each allegation, and whom it is about
    was heard, or it is said why not.
    """
    case = _held(case, by, at)
    missing = [*parts.unfound(case), *parts.unheard(case)] if at == Phase.FINDINGS else []
    if missing:
        raise RuleError(" ".join([*missing, "Nothing was changed."]))
    before, phase = case.phase, lifecycle.phase_after(case.phase, PhaseMove.GO_ON)
    met = escalation.meet(subject_kind=CLOCKS_OF_CASES, subject_id=case.pk, kind=before, now=now)
    track = Track(case.track)
    _begin(case, phase, now=now)
    _change(case, by=by, now=now)
    if case.track != track:
        note_track(case, before=track, why=WhyTrack.NEEDED, by=by, now=now)
    ledger.record(
        Verb.PHASE_BEGUN,
        by=by.actor,
        at=now,
        subject=f"case:{case.pk}",
        phase=phase,
        how=PhaseMove.GO_ON,
        on_time=None if met is None else met.breached_at is None,
    )
    return case


@transaction.atomic
def go_back(
    case: Case,
    *,
    by: Person,
    at: Phase,
    why: WhyBack,
    words: str,
    now: datetime,
    opener: Opener | None = None,
) -> Case:
    """Begin the phase before anew, for a listed reason and with words that are sealed.

    From its planning an investigation goes back to none: the case is worked on without.
    """
    case = _held(case, by, at)
    phase = lifecycle.phase_after(case.phase, PhaseMove.GO_BACK)
    if why not in lifecycle.why_back(case.phase):
        msg = "Choose a reason from the list. Nothing was changed."
        raise RuleError(msg)
    if not words.strip():
        msg = "Say what is missing or new, for whoever reads it later. Nothing was changed."
        raise RuleError(msg)
    if len(words) > NARRATIVE_MAX:
        msg = f"This is longer than {NARRATIVE_MAX} characters. Nothing was changed."
        raise RuleError(msg)
    # not met: what it was to bring is not there
    escalation.cancel(subject_kind=CLOCKS_OF_CASES, subject_id=case.pk, kinds=[case.phase], now=now)
    track = Track(case.track)
    _begin(case, phase, now=now)
    change = _change(case, by=by, why=why, now=now)
    if case.track != track:
        note_track(case, before=track, why=_WHY[why], by=by, now=now)
    key = opening.key_of(opener, case.safe)
    safes.add(case.safe, row=change.pk, items={WHY: words.encode()}, key=key)
    ledger.record(
        Verb.PHASE_BEGUN,
        by=by.actor,
        at=now,
        subject=f"case:{case.pk}",
        phase=phase,
        how=PhaseMove.GO_BACK,
        why=why,
    )
    return case


# -- part of triage and closing --------------------------------------------------------------


def start_clocks(case: Case, *, now: datetime, since: datetime | None = None) -> None:
    """Start the clock of a case that is opened, and that of its phase, if it is investigated.

    That of the case runs from an earlier moment (`since`) where it was promised then.
    """
    _start(case, [INVESTIGATION], now=since or now)
    _start(case, _timed(case), now=now)


def begin(case: Case, *, by: Person, now: datetime) -> None:
    """Begin the investigation of a case that is held, with its planning."""
    _begin(case, Phase.PLANNING, now=now)
    _change(case, by=by, now=now)
    ledger.record(
        Verb.PHASE_BEGUN,
        by=by.actor,
        at=now,
        subject=f"case:{case.pk}",
        phase=case.phase,
        how=PhaseMove.GO_ON,
        on_time=None,
    )


def give_up(case: Case, *, by: Person, why: WhyBack, now: datetime) -> None:
    """Give up an investigation that is planned; its case is held, and goes on as it says now."""
    escalation.cancel(subject_kind=CLOCKS_OF_CASES, subject_id=case.pk, kinds=[case.phase], now=now)
    _begin(case, Phase.NONE, now=now)
    _change(case, by=by, why=why, now=now)
    ledger.record(
        Verb.PHASE_BEGUN,
        by=by.actor,
        at=now,
        subject=f"case:{case.pk}",
        phase=case.phase,
        how=PhaseMove.GO_BACK,
        why=why,
    )


def note_track(
    case: Case, *, before: Track, why: WhyTrack, by: Person, now: datetime
) -> TrackChange:
    """Sign that a case is worked otherwise from now on; how, stands on it already."""
    change = TrackChange(
        id=uuid4(),
        case=case,
        before=before,
        track=case.track,
        power=case.power,
        why=why,
        by=by,
        at=now,
    )
    change.save(force_insert=True)
    return change


def meet_clocks(case: Case, *, now: datetime) -> None:
    """Meet the clocks of a case that is closed; its phase stays as it was."""
    kinds = [INVESTIGATION, *INVESTIGATED]
    escalation.meet_all(subject_kind=CLOCKS_OF_CASES, subject_id=case.pk, kinds=kinds, now=now)


def _timed(case: Case) -> list[str]:
    return [case.phase] if case.phase in INVESTIGATED else []


def _held(case: Case, by: Person, at: Phase) -> Case:
    """Return an open case, held until the commit, or refuse."""
    case = Case.objects.locked(case.pk)
    access.require_deed(by, case, Deed.STEER)
    if case.status == CaseStatus.CLOSED:
        msg = "This case is closed, so its investigation stays as it is. Nothing was changed."
        raise RuleError(msg)
    if case.phase != at:
        now = Phase(case.phase).label
        msg = f"Somebody moved it meanwhile: it is at “{now}” now. Nothing was changed; look again."
        raise RuleError(msg)
    return case


def _begin(case: Case, phase: Phase, *, now: datetime) -> None:
    case.phase = phase
    case.phase_since = now if phase in INVESTIGATED else None
    if phase in INVESTIGATED:
        case.track = Track.INVESTIGATION
    elif case.track == Track.INVESTIGATION:
        case.track = Track.ADVICE
    case.save(update_fields=["phase", "phase_since", "track", "power"])
    _start(case, _timed(case), now=now)
    rest_with_the_whole(case.pk, now=now)
    retime_case(case)


def _change(case: Case, *, by: Person, now: datetime, why: WhyBack | str = "") -> PhaseChange:
    change = PhaseChange(id=uuid4(), case=case, phase=case.phase, why=why, by=by, at=now)
    change.save(force_insert=True)
    return change


def _start(case: Case, kinds: Sequence[str], *, now: datetime) -> None:
    if not kinds:
        return
    escalation.start(
        subject_kind=CLOCKS_OF_CASES,
        subject_id=case.pk,
        start=now,
        promises=Standard.objects.timed(
            *kinds, level=gravity(urgency=case.urgency, severity=case.severity)
        ),
        calendar=Calendar.objects.of(case.unit),
        owner=case.lead,
        unit=case.unit,
    )
