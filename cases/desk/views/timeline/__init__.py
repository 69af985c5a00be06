"""The one timeline of a concern or case: what was filed, decided and written, and what time did."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q

from cases.desk.views.timeline import items
from cases.desk.views.timeline.acts import (
    Reading,
    before_a_wall,
    of_subjects,
    readings,
    with_outcomes,
)
from cases.desk.views.timeline.items import (
    KINDS,
    PAGE,
    End,
    Item,
    Part,
    kinds_for,
    page_of,
    places,
)
from cases.desk.views.timeline.notes import (
    happened_of,
    in_words,
    notes,
    parts_of,
    told_in,
    with_told,
)
from cases.desk.views.timeline.ticks import times
from cases.desk.views.timeline.written import filed, moved, talk, triaged
from cases.lifecycle import Area
from cases.models import Attachment, Case, Concern, PhaseChange, Triage
from escalation.models import Clock
from people.models import Person
from safes.access import Where

__all__ = [
    "KINDS",
    "PAGE",
    "End",
    "Item",
    "Part",
    "Reading",
    "Told",
    "before_a_wall",
    "happened_of",
    "in_words",
    "kinds_for",
    "of_case",
    "of_concern",
    "opened",
    "parts_of",
    "places",
    "readings",
    "told_in",
]


def of_concern(concern: Concern, clocks: Sequence[Clock], viewer: Person) -> list[Item]:
    """Return what happened to a concern since it was filed."""
    return [*talk(concern, viewer), *times(clocks, viewer), *of_subjects([concern.subject], viewer)]


class Told(NamedTuple):
    """What a case's timeline is made from, as far as the viewer may see it."""

    case: Case
    triages: Sequence[Triage]
    concerns: Sequence[Concern]
    clocks: Sequence[Clock]
    files: Sequence[Attachment]
    # whether the viewer can still write on it
    may_act: bool
    # which areas of it the viewer sees
    areas: Collection[Area]
    # the cases that were merged into it
    merged: Sequence[UUID] = ()


def of_case(told: Told, viewer: Person, part: Part) -> tuple[list[Item], End | None]:
    """Return a page of what happened to a case and to those of its concerns that the viewer sees.

    Of notes and of what the ledger tells, which grow with the work, no more is read than that page
    needs. The second is where it ends, if more follow.
    """
    case = told.case
    found = list(notes(case, part, viewer, told.areas, may_act=told.may_act))
    if part.wants("decision"):
        found += [triaged(record, viewer) for record in told.triages]
        found += _moved(case, viewer)
    if part.wants("filed", "message", "reply"):
        came_with = Counter(file.concern_id for file in told.files)
        for concern in told.concerns:
            # of several, each entry says whose it is
            names = [concern.ref] if len(told.concerns) > 1 else []
            found.append(filed(concern, came_with[concern.pk], names=names))
            found += talk(concern, viewer, names=names)
    if part.marks is None:
        found += times(told.clocks, viewer)
    filed_here = told.triages if Area.CONCERNS in told.areas else ()
    subjects = [
        f"case:{case.pk}",
        *(f"case:{one}" for one in told.merged),
        *(f"concern:{one.concern_id}" for one in filed_here),
    ]
    found += with_outcomes(of_subjects(subjects, viewer, part, told.areas), case)
    return page_of(found, part)


def _moved(case: Case, viewer: Person) -> Iterator[Item]:
    """Yield how it was investigated, and how what was merged into it was, by its reference."""
    of = Q(case=case) | Q(case__part_of=case)
    for change in PhaseChange.objects.filter(of).select_related("by", "case"):
        item = moved(change, viewer)
        is_own = change.case_id == case.pk
        yield item if is_own else replace(item, did=f"{item.did}, in {change.case.ref}")


def opened(some: Iterable[Item], texts: Mapping[Where, str]) -> list[Item]:
    """Return the items with what could be opened of their words, the newest first."""
    return [with_told(item) for item in items.opened(some, texts)]
