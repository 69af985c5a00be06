"""Take keys from whoever came behind a wall that stands already."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from cases import notices
from cases.actions.removal import CASE_HOLDERS, CONCERN_HOLDERS, take_off
from cases.actions.talk import told_of
from cases.models import Case, Concern, Wall
from ledger import actions as ledger
from ledger.rules import SYSTEM
from ledger.verbs import Verb
from people.models import Person, Recheck


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
    of_case = _pairs(CASE_HOLDERS, behind_case)
    of_concern = _pairs(CONCERN_HOLDERS, behind_concern)
    alone: Held = {}
    for concern in Concern.objects.filter(pk__in=of_concern).only("pk", "case_id"):
        if concern.case_id is None:
            alone[concern.pk] = of_concern[concern.pk]
        else:
            of_case.setdefault(concern.case_id, set()).update(of_concern[concern.pk])
    return of_case, alone


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
    was_theirs = concern.owner in gone
    take_off(None, [concern], gone, by=SYSTEM, successor=None, now=now)
    if was_theirs:
        concern.refresh_from_db(fields=["owner", "handed_to"])
        ledger.post(notices.nobodys(concern, told_of(concern, now=now), now=now))
    subject = concern.subject
    ledger.record(Verb.WALL_ENFORCED, by=SYSTEM, at=now, subject=subject, people=len(gone))
