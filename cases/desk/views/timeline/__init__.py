"""The one timeline of a concern or case: what was filed, decided and written, and what time did."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from cases.desk.views.timeline.acts import (
    Reading,
    before_a_wall,
    of_subjects,
    readings,
    with_outcome,
)
from cases.desk.views.timeline.items import KINDS, Item, only, opened, places
from cases.desk.views.timeline.ticks import times
from cases.desk.views.timeline.written import filed, moved, noted, talk, triaged
from cases.models import Attachment, Case, Concern, Triage
from escalation.models import Clock
from people.models import Person

__all__ = [
    "KINDS",
    "Item",
    "Reading",
    "Told",
    "before_a_wall",
    "of_case",
    "of_concern",
    "only",
    "opened",
    "places",
    "readings",
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


def of_case(told: Told, viewer: Person) -> list[Item]:
    """Return what happened to a case and to those of its concerns that the viewer may see."""
    case = told.case
    subjects = [f"case:{case.pk}", *(f"concern:{one.concern_id}" for one in told.triages)]
    items = [triaged(record, viewer) for record in told.triages]
    items += [noted(note, viewer) for note in case.notes.select_related("author")]
    items += [moved(change, viewer) for change in case.phase_changes.select_related("by")]
    came_with = Counter(file.concern_id for file in told.files)
    for concern in told.concerns:
        items += [filed(concern, came_with[concern.pk]), *talk(concern, viewer)]
    items += times(told.clocks, viewer)
    items += [with_outcome(item, case) for item in of_subjects(subjects, viewer)]
    return items
