"""Whose turn it is to look after a concern, and to lead what becomes of it, as somebody may know.

A load that counted what a viewer may not see would tell them that it is there: so what stands
behind their own walls is counted for nobody.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Exists, Max, OuterRef

from cases.access.persons import here, may_lead
from cases.lifecycle import ConcernStatus
from cases.models import Concern, Member, Wall
from common import days
from common.asking import at_the_gate
from escalation.rules import rotation
from people.models import Person
from people.rules import Role


class Proposal(NamedTuple):
    """Whose turn it is, why in words that follow their name, and who else could, by turn."""

    person: Person | None
    why: str
    others: list[Person]


def proposed(
    concern: Concern,
    viewer: Person,
    now: datetime,
    *,
    among: Sequence[Person] | None = None,
) -> Proposal:
    """Return who is next for a concern: the officer who may lead it, is here, and has the least.

    Independent persons come in where no officer is left. `among`: those who may and are here,
    where they were read already. Whoever stands behind its walls is simply not there; nothing
    tells why.
    """
    able = list(here(may_lead(concern), days.day_of(now)) if among is None else among)
    loads = _loads(able, viewer, but=concern) if len(able) > 1 else {}
    by_id = {one.pk: one for one in able}
    officers = [one.pk for one in able if one.holds(Role.OFFICER)]
    turns = rotation.by_turn(officers, loads)
    others = rotation.by_turn([pk for pk in by_id if pk not in officers], loads)
    why = rotation.why_first(turns or others, loads)
    ranked = [by_id[pk] for pk in (*turns, *others)]
    return Proposal(next(iter(ranked), None), why, ranked[1:])


def _loads(
    persons: Collection[Person], viewer: Person, *, but: Concern
) -> dict[UUID, rotation.Works]:
    """Return what each has open as a viewer may know it, but for this concern: two queries."""
    waiting = Concern.objects.visible_to(viewer).filter(
        owner__in=persons, status=ConcernStatus.RECEIVED
    )
    walled = Wall.objects.before(viewer.conflicts).filter(case=OuterRef("case"))
    led = Member.objects.current().filter(
        ~Exists(walled), person__in=persons, function=Member.Function.LEAD, is_open=True
    )
    # whoever leads a case is no secret within the office; what it is about stays shut
    with transaction.atomic(savepoint=False), at_the_gate():
        loads = {
            pk: (number, latest)
            for pk, number, latest in led.values_list("person").annotate(Count("pk"), Max("since"))
        }
    owned = waiting.exclude(pk=but.pk).order_by().values_list("owner").annotate(Count("pk"))
    for pk, number in owned:
        before, latest = loads.get(pk, rotation.NONE)
        loads[pk] = (before + number, latest)
    return loads
