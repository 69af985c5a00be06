"""Walls that go up late: name a subject, take keys from whoever came behind a wall."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from cases import access, notices
from cases.actions import identities
from cases.models import Case, CaseUserObjectPermission, Concern, Member, Wall
from common import days
from common.errors import RuleError
from ledger import actions as ledger
from ledger.rules import SYSTEM, Actor
from ledger.verbs import Verb
from people.models import Person, Recheck
from people.rules import Role
from safes import actions as safes
from safes.models import Grant, MissingGrant, Safe, State

# -- a subject is named ----------------------------------------------------------------


@transaction.atomic
def name_party(case: Case, *, by: Person, person: Person, now: datetime) -> None:
    """Name a subject: a wall goes up, and whoever stands behind it loses every key.

    The line at filing counts, however late somebody is named. A lead who stands behind the wall
    is followed by whoever names.
    """
    case = Case.objects.locked(case.pk)
    access.require_member(by, case)
    concerns = Concern.objects.held_of(case)
    walls = access.walls_around([person], since=_filed(concerns, now))
    involved = _involved(case, concerns)
    behind = access.walled([*involved, by], walls)
    if by.pk in behind:
        msg = (
            "This would wall off you. Step off and let somebody else lead the case first: they "
            "can name them. Nothing was changed."
        )
        raise RuleError(msg)
    gone = [one for one in involved if one.pk in behind]
    take_off(case, concerns, gone, by=by.actor, successor=by, now=now)
    raise_walls(case, concerns, walls)
    ledger.record(
        Verb.PARTY_NAMED,
        by=by.actor,
        at=now,
        subject=f"case:{case.pk}",
        role="subject",
        walled=len(gone),
    )


def _filed(concerns: Iterable[Concern], now: datetime) -> date:
    return min((one.filed_on for one in concerns if one.filed_on), default=days.day_of(now))


def raise_walls(case: Case, concerns: Iterable[Concern], walls: Sequence[Wall]) -> None:
    """Wall off a case and each of its concerns; a wall that stands already stays as it is."""
    places: list[dict[str, Any]] = [{"case": case}, *({"concern": one} for one in concerns)]
    Wall.objects.bulk_create(
        [
            Wall(blind=wall.blind, why=wall.why, since=wall.since, **place)
            for wall in walls
            for place in places
        ],
        ignore_conflicts=True,
    )


# -- somebody came behind a wall that stands -------------------------------------------------


def enforce_walls(*, now: datetime) -> int:
    """Take keys from whoever stands behind a wall since a line, tie or delegation changed.

    Return of how many concerns and cases. The wall itself held from that moment on; what is done
    here takes the grants and begins new epochs, a transaction a case, and is done again if it is
    interrupted.
    """
    asked = list(Recheck.objects.values_list("pk", flat=True))
    if not asked:
        return 0
    cases, concerns = _held_behind_walls()
    for case_id, person_ids in cases.items():
        _enforce_on_case(case_id, person_ids, now=now)
    for concern_id, person_ids in concerns.items():
        _enforce_on_concern(concern_id, person_ids, now=now)
    Recheck.objects.filter(pk__in=asked).delete()
    return len(cases) + len(concerns)


Held = dict[UUID, set[UUID]]


def _held_behind_walls() -> tuple[Held, Held]:
    """Return who holds something of which case, or of which concern without one, and may not."""
    conflicts = Person.objects.conflicts(Person.objects.trusted().values_list("pk", flat=True))
    bearers = defaultdict(list)
    for person_id, one in conflicts.items():
        for blind in one.until:
            bearers[blind].append(person_id)
    behind_case: Held = defaultdict(set)
    behind_concern: Held = defaultdict(set)
    for wall in Wall.objects.filter(blind__in=list(bearers)):
        blind = bytes(wall.blind)
        met = {pk for pk in bearers[blind] if conflicts[pk].meet(blind, wall.since)}
        if wall.case_id is not None:
            behind_case[wall.case_id] |= met
        elif wall.concern_id is not None:
            behind_concern[wall.concern_id] |= met
    of_case = _pairs(_CASE_HOLDERS, behind_case)
    of_concern = _pairs(_CONCERN_HOLDERS, behind_concern)
    alone: Held = {}
    for concern in Concern.objects.filter(pk__in=of_concern).only("pk", "case_id"):
        if concern.case_id is None:
            alone[concern.pk] = of_concern[concern.pk]
        else:
            of_case.setdefault(concern.case_id, set()).update(of_concern[concern.pk])
    return of_case, alone


# where somebody may hold something: the rows, the way to the case or concern, the way to a person
_CASE_HOLDERS = [
    (Grant.objects.all(), "safe__case", "person"),
    (MissingGrant.objects.all(), "safe__case", "person"),
    (Member.objects.current(), "case", "person"),
    (CaseUserObjectPermission.objects.all(), "content_object", "user"),
]
# the last one's share of a name stays, since the name would be lost for ever
_WITH_OTHERS = Grant.objects.filter(
    Exists(
        Grant.objects.filter(safe=OuterRef("safe"), person__isnull=False).exclude(
            person=OuterRef("person")
        )
    )
)
_CONCERN_HOLDERS = [
    (Grant.objects.all(), "safe__concern", "person"),
    (MissingGrant.objects.all(), "safe__concern", "person"),
    (_WITH_OTHERS, "safe__identity_of", "person"),
    (MissingGrant.objects.all(), "safe__identity_of", "person"),
    (Concern.objects.all(), "pk", "owner"),
    (Concern.objects.all(), "pk", "handed_to"),
]


def _pairs(places: Sequence[tuple[Any, str, str]], behind: Held) -> Held:
    """Return of those behind walls who holds something there."""
    held: Held = {}
    persons = set().union(*behind.values())
    for rows, thing, person in places if persons else ():
        near = rows.filter(**{f"{thing}__in": list(behind), f"{person}__in": persons})
        for thing_id, person_id in near.values_list(thing, person).distinct():
            if person_id in behind[thing_id]:
                held.setdefault(thing_id, set()).add(person_id)
    return held


@transaction.atomic
def _enforce_on_case(case_id: UUID, person_ids: Collection[UUID], *, now: datetime) -> None:
    case = Case.objects.locked(case_id)
    gone = list(Person.objects.filter(pk__in=person_ids))
    take_off(case, Concern.objects.held_of(case), gone, by=SYSTEM, successor=None, now=now)
    subject = f"case:{case.pk}"
    ledger.record(Verb.WALL_ENFORCED, by=SYSTEM, at=now, subject=subject, people=len(gone))


@transaction.atomic
def _enforce_on_concern(concern_id: UUID, person_ids: Collection[UUID], *, now: datetime) -> None:
    concern = Concern.objects.locked(concern_id)
    gone = list(Person.objects.filter(pk__in=person_ids))
    take_off(None, [concern], gone, by=SYSTEM, successor=None, now=now)
    subject = concern.subject
    ledger.record(Verb.WALL_ENFORCED, by=SYSTEM, at=now, subject=subject, people=len(gone))


# -- off it ----------------------------------------------------------------------------------


def _involved(case: Case, concerns: Sequence[Concern]) -> list[Person]:
    """Return everybody who holds or is to get anything of a case."""
    ids: set[UUID] = set()
    for places, things in (
        (_CASE_HOLDERS, [case.pk]),
        (_CONCERN_HOLDERS, [concern.pk for concern in concerns]),
    ):
        for rows, thing, person in places:
            near = rows.filter(**{f"{thing}__in": things, f"{person}__isnull": False})
            ids.update(near.values_list(person, flat=True))
    return list(Person.objects.filter(pk__in=ids))


def take_off(
    case: Case | None,
    concerns: Sequence[Concern],
    gone: Sequence[Person],
    *,
    by: Actor,
    successor: Person | None,
    now: datetime,
) -> None:
    """Take everything from these persons, begin new epochs, and see that somebody goes on.

    The case's safe comes first: it holds the next grants on its concerns by its newest key.
    """
    if not gone:
        return
    outer = [case.safe] if case is not None else []
    for safe in [*outer, *(concern.safe for concern in concerns)]:
        safes.remove(safe, gone)
    identities.shut(concerns, gone, by=by, now=now)
    # before the team changes: whoever steps off sees the rows through their place on it
    ids = [concern.pk for concern in concerns]
    Concern.objects.filter(pk__in=ids, owner__in=gone).update(owner=None)
    Concern.objects.filter(pk__in=ids, handed_to__in=gone).update(handed_to=None)
    if case is None:
        for concern in concerns:
            _see_to_concern(concern, now=now)
        return
    lead = case.lead
    if lead in gone:
        lead = successor or _next_lead(case, gone) or lead
        case.lead = lead
        case.save(update_fields=["lead"])
    CaseUserObjectPermission.objects.filter(content_object=case, user__in=gone).delete()
    Member.objects.current().filter(case=case, person__in=gone).update(left_at=now)
    if lead not in gone:
        _let_lead(case, lead, now=now)


def _next_lead(case: Case, gone: Sequence[Person]) -> Person | None:
    """Return who leads after somebody was taken off: who is longest on the team, or next in line.

    Whoever waits with a dormant grant is woken; that takes no key of anybody's. Where nobody is
    left at all, the clocks of the case reach the independent persons.
    """
    team = Member.objects.current().filter(case=case).exclude(person__in=gone)
    walls = list(case.walls.all())
    persons = [member.person for member in team.select_related("person").order_by("since", "pk")]
    free = access.without_walled(persons, walls)
    return free[0] if free else _woken(case.safe, walls)


def _woken(safe: Safe, walls: Sequence[Wall]) -> Person | None:
    """Return the next in line who holds a dormant grant, now active: independent, then head."""
    holding = Q(grant__safe=safe, grant__state=State.DORMANT)
    for role in (Role.INDEPENDENT, Role.HEAD):
        waiting = Person.objects.holding(role).filter(holding).distinct()
        for person in access.without_walled(waiting, walls):
            if safes.activate(safe, person):
                return person
    return None


def _let_lead(case: Case, lead: Person, *, now: datetime) -> None:
    """Make somebody the lead on the team, whether they were on it or not."""
    team = Member.objects.current().filter(case=case)
    if not team.filter(person=lead).update(function=Member.Function.LEAD):
        Member.objects.create(case=case, person=lead, function=Member.Function.LEAD, since=now)


def _see_to_concern(concern: Concern, *, now: datetime) -> None:
    """Wake the next in line where nobody is left who can open a concern."""
    safe = Safe.objects.get(pk=concern.safe_id)
    held = Grant.objects.filter(safe=safe, epoch=safe.epoch, state=State.ACTIVE)
    if held.filter(person__isnull=False).exists():
        return
    person = _woken(safe, list(concern.walls.all()))
    if person is not None:
        Concern.objects.filter(pk=concern.pk).update(handed_to=person)
        ledger.post(notices.concern_filed(concern, [person], now=now))
