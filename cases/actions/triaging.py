"""Decide what a concern is, and open the case in which it is worked."""

from collections.abc import Iterable
from datetime import datetime
from uuid import uuid4

from django.db import connection, transaction

from cases import access, lifecycle, rules
from cases.actions import identities, phases
from cases.actions.assigning import require_free, require_here
from cases.actions.team import function_of, pass_on
from cases.actions.times import judge, met
from cases.actions.walls import name_party_of_concern
from cases.duties import note_owner
from cases.lifecycle import ConcernMove, Kind, Level, Phase
from cases.models import Case, Category, Concern, Member, Triage, Wall, place_of
from common import days
from common.errors import RuleError
from ledger import actions as ledger
from ledger.verbs import Verb
from people.models import Person
from people.rules import Role
from policies.models import Kind as Promised
from safes import access as opening
from safes import actions as safes
from safes.actions import Holder
from safes.models import State
from safes.rules import Opener


@transaction.atomic
def triage(  # noqa: PLR0913 - the record is what it is
    concern: Concern,
    *,
    by: Person,
    opener: Opener,
    category: Category,
    urgency: Level,
    severity: Level,
    in_danger: bool,
    reason: str,
    lead: Person,
    now: datetime,
    is_investigated: bool | None = None,
    parties: Iterable[Person] = (),
) -> Case:
    """Decide what a concern is, and open the case in which it is worked.

    Where nothing else is decided a report is investigated, and whoever asks gets advice. Whoever it
    is about by then is walled off first, so that they never come near the case.
    """
    access.require_officer(by)
    concern = Concern.objects.locked(concern.pk)
    if not reason.strip():
        msg = "Say why you decided so. Nothing was changed; what you entered is kept."
        raise RuleError(msg)
    require_free(by, concern)
    require_free(lead, concern)
    require_here(lead, by=by, now=now)
    concern = _about(concern, parties, lead=lead, by=by, opener=opener, now=now)
    concern.status = lifecycle.concern_after(concern.status, ConcernMove.TRIAGE)
    if is_investigated is None:
        is_investigated = concern.kind == Kind.REPORT
    level = Level.DANGER if in_danger else urgency
    facts = Case(category=category, urgency=level, severity=severity)
    if is_investigated:
        facts.phase, facts.phase_since = Phase.PLANNING, now
    case = _open_case(concern, by=by, opener=opener, lead=lead, facts=facts, now=now)
    concern.case = case
    concern.save(update_fields=["status", "case"])
    record = Triage(
        id=uuid4(),
        concern=concern,
        case=case,
        by=by,
        at=now,
        category=category,
        urgency=urgency,
        severity=severity,
        in_danger=in_danger,
        is_investigated=is_investigated,
    )
    record.save(force_insert=True)
    key = opening.key_of(opener, case.safe)
    safes.add(case.safe, row=record.pk, items={"reason": reason.encode()}, key=key)
    phases.start_clocks(case, now=now)
    met(concern, Promised.TRIAGE, now=now)
    judge(concern, level, by=by.actor, now=now)
    note_owner(concern)
    _record_triage(record, concern, now=now)
    return case


def _about(
    concern: Concern,
    parties: Iterable[Person],
    *,
    lead: Person,
    by: Person,
    opener: Opener,
    now: datetime,
) -> Concern:
    """Name whom a concern is about; return it as it is after walls took keys from it."""
    named = list(parties)
    for person in named:
        name_party_of_concern(concern, by=by, opener=opener, person=person, now=now)
    if not named:
        return concern
    concern = Concern.objects.locked(concern.pk)
    if access.is_walled(lead, list(concern.walls.all())):
        msg = (
            "Whoever you chose to lead it stands too close to somebody you ticked. Choose another "
            "lead. Nobody was named, and what you entered is kept."
        )
        raise RuleError(msg)
    return concern


def _record_triage(record: Triage, concern: Concern, *, now: datetime) -> None:
    unit = concern.unit.code if concern.unit else None
    elapsed = (days.day_of(now) - concern.filed_on).days if concern.filed_on else 0
    ledger.record(
        Verb.CONCERN_TRIAGED,
        by=record.by.actor,
        at=now,
        subject=concern.subject,
        category=record.category_id,
        urgency=int(record.urgency),
        severity=int(record.severity),
        danger=record.in_danger,
        investigated=record.is_investigated,
        days=elapsed,
    )
    ledger.record(
        Verb.CASE_OPENED,
        by=record.by.actor,
        at=now,
        subject=f"case:{record.case_id}",
        concern=str(concern.pk),
        category=record.category_id,
        unit=unit,
    )


def _open_case(
    concern: Concern, *, by: Person, opener: Opener, lead: Person, facts: Case, now: datetime
) -> Case:
    """Open a case: a safe for its team, walls as around the concern, and the way into it."""
    walls = list(concern.walls.all())
    team = list(dict.fromkeys([lead, by]))
    if concern.handed_to is not None and concern.handed_to not in team:
        team.append(concern.handed_to)
    waiting = [
        person
        for person in access.without_walled(
            Person.objects.holding(Role.HEAD, Role.INDEPENDENT), walls
        )
        if person not in team
    ]
    active, keyless = safes.holders_of(team)
    dormant, _ = safes.holders_of(waiting, State.DORMANT)
    fresh = safes.make_safe("case", holders=[*active, *dormant])
    pass_on(concern.safe, opener=opener, holders=[Holder.of_safe(fresh.safe)])
    facts.id, facts.ref, facts.safe = uuid4(), _next_reference(now), fresh.safe
    facts.unit, facts.lead, facts.opened_at = concern.unit, lead, now
    facts.save(force_insert=True)
    Member.objects.bulk_create(
        Member(
            case=facts,
            person=person,
            function=function_of(person, lead),
            since=now,
            **place_of(facts),
        )
        for person in team
    )
    Wall.objects.bulk_create(
        Wall(case=facts, blind=wall.blind, why=wall.why, since=wall.since) for wall in walls
    )
    safes.miss(fresh.safe, keyless, now=now)
    identities.keep_apart([concern], [*team, *waiting])
    where = (concern.pk, "summary")
    summary = opening.open_items(opener, [where]).get(where, b"")
    safes.add(fresh.safe, row=facts.pk, items={"summary": summary}, key=fresh.key)
    return facts


def _next_reference(now: datetime) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('cases_case_number')")
        number = cursor.fetchone()[0]
    return rules.case_reference(days.day_of(now).year, number)
