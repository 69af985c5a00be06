"""Walls that go up late: name a subject, take keys from whoever came behind a wall."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from cases import access, notices
from cases.access import Readers
from cases.actions import identities
from cases.duties import note_doer, note_owner
from cases.lifecycle import ConcernStatus
from cases.models import Case, CaseUserObjectPermission, Concern, Member, Task, Wall
from common import days
from common.asking import at_the_gate
from common.errors import RuleError
from ledger import actions as ledger
from ledger.rules import REPORTER, SYSTEM, Actor
from ledger.verbs import Verb
from people import actions as people
from people.models import Person, Recheck
from people.rules import Role
from safes import access as opening
from safes import actions as safes
from safes.models import Grant, MissingGrant, Safe, State
from safes.rules import Opener

WOULD_WALL_YOU = (
    "This would wall off you. Step off and let somebody else {instead} first: they can name them. "
    "Nothing was changed."
)

UNREAD = (
    "Its words are not open to you, so you cannot say whom it is about. Unlock what is sealed to "
    "you, or let somebody who reads it name them. Nobody was named."
)

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
        raise RuleError(WOULD_WALL_YOU.format(instead="lead the case"))
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


@transaction.atomic
def name_party_of_concern(
    concern: Concern, *, by: Person, opener: Opener | None, person: Person, now: datetime
) -> None:
    """Name a subject before triage: a wall goes up, and whoever stands behind it loses every key.

    Whoever names can open the words, and so knows of whom they speak. Where nobody is left who
    can, the next in line is woken.
    """
    access.require_officer(by)
    access.require_visible(by, concern)
    concern = Concern.objects.locked(concern.pk)
    if concern.status != ConcernStatus.RECEIVED:
        msg = "This is triaged already. Name them on the page of its case. Nothing was changed."
        raise RuleError(msg)
    if opening.key_of(opener, concern.safe) is None:
        raise RuleError(UNREAD)
    walls = access.walls_around([person], since=_filed([concern], now))
    involved = _holders({concern.pk: _CONCERN_HOLDERS})
    behind = access.walled([*involved, by], walls)
    if by.pk in behind:
        raise RuleError(WOULD_WALL_YOU.format(instead="look after it"))
    gone = [one for one in involved if one.pk in behind]
    take_off(None, [concern], gone, by=by.actor, successor=None, now=now)
    raise_walls(None, [concern], walls)
    ledger.record(
        Verb.PARTY_NAMED,
        by=by.actor,
        at=now,
        subject=concern.subject,
        role="subject",
        walled=len(gone),
    )


@transaction.atomic
def exclude_readers(concern: Concern, *, persons: Collection[Person], now: datetime) -> Readers:
    """Keep somebody away at the reporter's wish, and return who reads it from now on.

    The wall stands, the keys are taken and new epochs begin at once, so that what is written next
    opens for nobody behind it. What else they have (the lead, a place on the team) a worker takes
    within seconds: the door may not. Asked for twice, it is done once.
    """
    concern = Concern.objects.locked(concern.pk)
    if concern.status == ConcernStatus.DRAFT:
        msg = "This was not sent yet. Say on its page of people who must not read it."
        raise RuleError(msg)
    if not persons:
        msg = "Choose who should not read it. Nothing was changed."
        raise RuleError(msg)
    walls = access.walls_around(persons, since=_filed([concern], now))
    readers = access.readers_of(concern, walls)
    standing = {bytes(wall.blind) for wall in concern.walls.all()}
    if standing.issuperset(bytes(wall.blind) for wall in walls):
        return readers
    raise_walls(concern.case, [concern], walls)
    _take_keys(concern, walls, now=now)
    # of the anonymous no time is kept
    people.recheck(now=days.midnight(days.day_of(now)) if concern.is_anonymous else now)
    ledger.record(
        Verb.READERS_EXCLUDED,
        by=REPORTER,
        at=now,
        subject=concern.subject,
        anonymous=concern.is_anonymous,
        people=len(persons),
    )
    return readers


def _take_keys(concern: Concern, walls: Collection[Wall], *, now: datetime) -> None:
    """Take the keys to a concern from whoever stands behind walls, and see that somebody goes on.

    A case's safe comes first: it holds the next grants on its concerns by its newest key.
    """
    places = access.safes_of(concern)
    # whoever gives a key meanwhile comes before, and is found here, or after, and finds the wall
    with at_the_gate():
        safes.hold([safe.pk for safe in places])
    held = Grant.objects.filter(safe__in=places, person__isnull=False).select_related("person")
    waits = MissingGrant.objects.filter(safe__in=places).select_related("person")
    holding = {one.person for one in held if one.person} | {one.person for one in waits}
    behind = access.walled(holding, walls)
    gone = [one for one in holding if one.pk in behind]
    if not gone:
        return
    for safe in places:
        safes.remove(safe, gone)
    if concern.status == ConcernStatus.RECEIVED:
        see_to_concern(concern, now=now)


def _filed(concerns: Iterable[Concern], now: datetime) -> date:
    return min((one.filed_on for one in concerns if one.filed_on), default=days.day_of(now))


def raise_walls(case: Case | None, concerns: Iterable[Concern], walls: Sequence[Wall]) -> None:
    """Wall off a case and each of its concerns; a wall that stands already stays as it is."""
    places: list[dict[str, Any]] = [{"concern": one} for one in concerns]
    if case is not None:
        places.insert(0, {"case": case})
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
    own = {concern.pk: _CONCERN_HOLDERS for concern in concerns}
    return _holders({case.pk: _CASE_HOLDERS, **own})


def _holders(places: Mapping[UUID, Sequence[tuple[Any, str, str]]]) -> list[Person]:
    """Return everybody who stands in any of these rows of these things."""
    ids: set[UUID] = set()
    for thing_id, found in places.items():
        for rows, thing, person in found:
            near = rows.filter(**{thing: thing_id, f"{person}__isnull": False})
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
    for task in Task.objects.open().of(case, ids).filter(assignee__in=gone):
        task.assignee = None
        task.save(update_fields=["assignee"])
        note_doer(task)
    Concern.objects.filter(pk__in=ids, owner__in=gone).update(owner=None)
    Concern.objects.filter(pk__in=ids, handed_to__in=gone).update(handed_to=None)
    if case is None:
        for concern in concerns:
            see_to_concern(concern, now=now)
        _note_owners(ids)
        return
    lead = case.lead
    if lead in gone:
        lead = successor or _next_lead(case, gone) or lead
        case.lead = lead
        case.save(update_fields=["lead"])
    _note_owners(ids)
    CaseUserObjectPermission.objects.filter(content_object=case, user__in=gone).delete()
    with at_the_gate():
        # whoever takes themselves off does not see the team any more
        Member.objects.current().filter(case=case, person__in=gone).update(left_at=now)
        if lead not in gone:
            let_lead(case, lead, now=now)


def _note_owners(concern_ids: Iterable[UUID]) -> None:
    """Write down on the clocks of concerns who answers for them now."""
    for concern in Concern.objects.filter(pk__in=list(concern_ids)).select_related("case"):
        note_owner(concern)


def _next_lead(case: Case, gone: Sequence[Person]) -> Person | None:
    """Return who leads after somebody was taken off: who is longest on the team, or next in line.

    Whoever waits with a dormant grant is woken; that takes no key of anybody's. Where nobody is
    left at all, the clocks of the case reach the independent persons.
    """
    team = Member.objects.current().filter(case=case).exclude(person__in=gone)
    walls = list(case.walls.all())
    persons = [member.person for member in team.select_related("person").order_by("since", "pk")]
    free = access.without_walled(persons, walls)
    return free[0] if free else woken(case.safe, walls)


def woken(safe: Safe, walls: Sequence[Wall]) -> Person | None:
    """Return the next in line who holds a dormant grant, now active: independent, then head."""
    holding = Q(grant__safe=safe, grant__state=State.DORMANT)
    for role in (Role.INDEPENDENT, Role.HEAD):
        waiting = Person.objects.holding(role).filter(holding).distinct()
        for person in access.without_walled(waiting, walls):
            if safes.activate(safe, person):
                return person
    return None


def let_lead(case: Case, lead: Person, *, now: datetime) -> None:
    """Make somebody the lead on the team, whether they were on it or not."""
    team = Member.objects.current().filter(case=case)
    if not team.filter(person=lead).update(function=Member.Function.LEAD):
        Member.objects.create(case=case, person=lead, function=Member.Function.LEAD, since=now)


def see_to_concern(concern: Concern, *, now: datetime) -> None:
    """Wake the next in line where nobody is left who can open a concern."""
    safe = Safe.objects.get(pk=concern.safe_id)
    held = Grant.objects.filter(safe=safe, epoch=safe.epoch, state=State.ACTIVE)
    if held.filter(person__isnull=False).exists():
        return
    person = woken(safe, list(concern.walls.all()))
    if person is not None:
        Concern.objects.filter(pk=concern.pk).update(handed_to=person)
        _note_owners([concern.pk])
        ledger.post(notices.concern_filed(concern, [person], now=now))
