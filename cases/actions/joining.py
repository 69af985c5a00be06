"""Triage a concern into a case that is open already: what is one matter is worked on as one."""

from collections.abc import Sequence
from datetime import datetime
from uuid import uuid4

from django.db import transaction

from cases import access, lifecycle
from cases.actions import identities
from cases.actions.assigning import require_free
from cases.actions.places import function_of, pass_on, placed
from cases.actions.removal import holders_of_case, holders_of_concern, take_off
from cases.actions.times import judge, met
from cases.actions.walls import WOULD_WALL_YOU, raise_walls
from cases.duties import note_owner, retime_case
from cases.lifecycle import Area, CaseStatus, ClosingState, ConcernMove, Level, Phase
from cases.models import Case, Concern, Member, Triage
from common import days
from common.errors import RuleError
from ledger import actions as ledger
from ledger.actions import Act
from ledger.verbs import Verb
from people.models import Person
from policies.models import Kind as Promised
from safes import access as opening
from safes import actions as safes
from safes.actions import Holder
from safes.models import Grant, Safe
from safes.rules import Opener


@transaction.atomic
def join(  # noqa: PLR0913 - the record is what it is
    concern: Concern,
    *,
    into: Case,
    by: Person,
    opener: Opener,
    urgency: Level,
    severity: Level,
    in_danger: bool,
    reason: str,
    now: datetime,
) -> Case:
    """Triage a concern into an open case of one's own.

    The team opens it from then on, and answers its reporter. Every wall around either stands around
    both: whoever it takes from the case, or from the concern, has nothing of them afterwards. The
    case becomes as urgent and as severe as the graver of both; its clocks and its phase stay.
    Nothing joins while somebody is asked to close the case: its reporter would be told an outcome
    that was written for others.
    """
    access.require_officer(by)
    case = Case.objects.locked(into.pk)
    access.require(by, case, Area.CONCERNS)
    if case.status != CaseStatus.OPEN:
        msg = "This case is closed. Choose one that is open. Nothing was changed."
        raise RuleError(msg)
    if case.closings.filter(state=ClosingState.ASKED).exists():
        msg = (
            "Somebody asked to close this case, and its outcome was written for those who reported "
            "it so far. Take that back first, under “Closing”, or choose another case. Nothing was "
            "changed; what you entered is kept."
        )
        raise RuleError(msg)
    if not reason.strip():
        msg = "Say why it is the same matter. Nothing was changed; what you entered is kept."
        raise RuleError(msg)
    others = Concern.objects.held_of(case)
    concern = Concern.objects.locked(concern.pk)
    require_free(by, concern)
    status = lifecycle.concern_after(concern.status, ConcernMove.TRIAGE)
    case = _within_all_walls(case, others, concern, by=by, now=now)
    concern = Concern.objects.locked(concern.pk)
    _open_to_team(concern, case, opener=opener, now=now)
    concern.status, concern.case = status, case
    concern.save(update_fields=["status", "case"])
    level = Level.DANGER if in_danger else urgency
    case.urgency, case.severity = max(case.urgency, level), max(case.severity, severity)
    case.save(update_fields=["urgency", "severity"])
    record = Triage(
        id=uuid4(),
        concern=concern,
        case=case,
        by=by,
        at=now,
        category=case.category,
        urgency=urgency,
        severity=severity,
        in_danger=in_danger,
        track=case.track,
        power=case.power,
        is_investigated=case.phase != Phase.NONE,
    )
    record.save(force_insert=True)
    key = opening.key_of(opener, case.safe)
    safes.add(case.safe, row=record.pk, items={"reason": reason.encode()}, key=key)
    met(concern, Promised.TRIAGE, now=now)
    judge(concern, level, by=by.actor, now=now)
    note_owner(concern)
    retime_case(case)
    ledger.record_all(_entries(record, concern, now=now))
    return case


def _within_all_walls(
    case: Case, others: Sequence[Concern], concern: Concern, *, by: Person, now: datetime
) -> Case:
    """Raise the walls of each around the other, and take either from whoever is behind them."""
    around_case, around_concern = list(case.walls.all()), list(concern.walls.all())
    on_case = holders_of_case(case, others)
    behind = access.walled([*on_case, by], around_concern)
    if by.pk in behind:
        raise RuleError(WOULD_WALL_YOU.format(instead="join it"))
    gone = [one for one in on_case if one.pk in behind]
    take_off(case, others, gone, by=by.actor, successor=by, now=now)
    near = holders_of_concern(concern)
    behind = access.walled(near, around_case)
    gone = [one for one in near if one.pk in behind]
    take_off(None, [concern], gone, by=by.actor, successor=None, now=now)
    raise_walls(case, others, around_concern)
    raise_walls(None, [concern], around_case)
    return Case.objects.select_related("safe", "lead", "category").get(pk=case.pk)


def _open_to_team(concern: Concern, case: Case, *, opener: Opener, now: datetime) -> None:
    """Let the case's safe open the concern, and whoever it was handed to join the team."""
    filed = access.safe_of(case, Area.CONCERNS)
    pass_on(concern.safe, opener=opener, holders=[Holder.of_safe(filed)])
    guest = concern.handed_to
    team = Member.objects.standing().filter(case=case)
    if guest is not None and not team.filter(person=guest).exists():
        member = placed(case, guest, function_of(guest, case.lead), now=now)
        member.save(force_insert=True)
        holders, keyless = safes.holders_of([guest])
        for safe in access.safes_for(case, member.areas):
            pass_on(safe, opener=opener, holders=holders)
            safes.miss(safe, keyless, now=now)
    # who may not see what was filed opens nothing of this concern either
    narrow = team.exclude(areas__contains=[Area.CONCERNS.value]).select_related("person")
    if narrowed := [one.person for one in narrow]:
        safes.remove(concern.safe, narrowed)
    identities.keep_apart([concern], _holders(case.safe))


def _holders(safe: Safe) -> list[Person]:
    held = Grant.objects.filter(safe=safe, person__isnull=False).values("person")
    return list(Person.objects.filter(pk__in=held))


def _entries(record: Triage, concern: Concern, *, now: datetime) -> list[Act]:
    by, elapsed = record.by.actor, 0
    if concern.filed_on is not None:
        elapsed = (days.day_of(now) - concern.filed_on).days
    triaged = Act(
        Verb.CONCERN_TRIAGED,
        by=by,
        at=now,
        subject=concern.subject,
        facts={
            "category": record.category_id,
            "urgency": int(record.urgency),
            "severity": int(record.severity),
            "danger": record.in_danger,
            "investigated": record.is_investigated,
            "track": record.track,
            "days": elapsed,
        },
    )
    joined = Act(
        Verb.CONCERN_JOINED,
        by=by,
        at=now,
        subject=f"case:{record.case_id}",
        facts={"concern": str(concern.pk)},
    )
    return [triaged, joined]
