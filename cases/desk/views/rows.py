"""The lists of the queue: a page of rows, read in a number of queries that does not grow."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Coalesce
from django.urls import reverse

from cases.lifecycle import Channel, Finding, Kind, Mode, Phase
from cases.models import Case, Concern, ConcernQuerySet, Place, Task
from cases.rules import Excerpt
from common import days
from common.templatetags.parts import span
from escalation.models import Clock
from people.models import Person
from safes.access import Where

# nothing is counted beyond this, so that a full desk opens as fast as an empty one
COUNTED = 100
WAITING, OPEN, CLOSED = "waiting", "open", "closed"
TITLES = {WAITING: "Waiting for triage", OPEN: "Open cases", CLOSED: "Closed cases"}


class Tally(NamedTuple):
    """How much there is, counted up to a limit."""

    total: int
    unread: int
    by_level: Mapping[int, int]

    def of(self, level: int) -> str:
        """Return how much there is of one urgency; the least urgent that was counted is cut."""
        if level not in self.by_level:
            return ""
        is_cut = self.total > COUNTED and level == min(self.by_level)
        return f"{self.by_level[level]}{'+' if is_cut else ''}"

    def __str__(self) -> str:
        return f"{COUNTED}+" if self.total > COUNTED else str(self.total)


@dataclass(frozen=True)
class Row:
    """One line of work, as the page shows it; `title` is None where it cannot be opened."""

    ref: str
    url: str
    level: int
    title: str | None
    facts: Sequence[str]
    owner: Person | None
    clock: Clock | None = None
    is_new: bool = False
    finding: str = ""
    triage_url: str = ""
    excerpt: Excerpt | None = None


class Group(NamedTuple):
    """The rows of one urgency, and how many there are on all pages."""

    level: int
    number: str
    rows: list[Row]


@dataclass(frozen=True)
class Listing:
    """One list of the page: its rows, how much there is, and where it goes on."""

    kind: str
    rows: list[Row]
    tally: Tally
    onward: str

    @property
    def title(self) -> str:
        """Return what the list is called."""
        return TITLES[self.kind]

    @property
    def groups(self) -> list[Group]:
        """Return the rows by urgency; what is closed stands in one group of no urgency."""
        if self.kind == CLOSED:
            return [Group(0, "", self.rows)] if self.rows else []
        return [
            Group(level, self.tally.of(level), list(rows))
            for level, rows in groupby(self.rows, key=lambda row: row.level)
        ]


# -- pages without counting or skipping ------------------------------------------------------


def encode(place: Place) -> str:
    """Return a place as it stands in an address."""
    return f"{place.urgency}~{place.at.isoformat() if place.at else ''}~{place.ref}"


def decode(text: str) -> Place | None:
    """Return the place in an address, or None where there is none: that is the first page."""
    try:
        urgency, at, ref = text.split("~")
        return Place(int(urgency), datetime.fromisoformat(at) if at else None, ref)
    except ValueError:
        return None


class Waiting:
    """A page of the concerns that wait for triage."""

    kind, cursor = WAITING, "after"

    def __init__(self, concerns: ConcernQuerySet, after: Place | None, size: int) -> None:
        page = concerns.after(after) if after else concerns
        found = list(page.select_related("category", "owner")[: size + 1])
        self.found, self.has_more = found[:size], len(found) > size
        counted = list(concerns.values_list("urgency", "is_unread", "ref")[: COUNTED + 1])
        self.tally = Tally(
            len(counted),
            sum(is_unread for _, is_unread, _ in counted),
            Counter(urgency for urgency, _, _ in counted),
        )
        # by which the open page learns what is new; see arrived.py
        self.known = [ref for _, _, ref in counted][:COUNTED]

    @property
    def timed_ids(self) -> list[UUID]:
        """Return whose clocks the page shows."""
        return [concern.pk for concern in self.found]

    @property
    def last(self) -> Place:
        """Return where the page ends."""
        last = self.found[-1]
        return Place(last.urgency, last.next_due_at, last.ref)

    def rows(
        self, *, texts: Mapping[Where, str], clocks: Mapping[UUID, Clock], now: datetime
    ) -> list[Row]:
        """Return the rows."""
        return [_concern_row(one, texts, clocks.get(one.pk), now) for one in self.found]


class Worked:
    """A page of cases, open or closed, in the order in which they come."""

    cursor = "after_case"

    def __init__(
        self, found: Sequence[Case], size: int, levels: Sequence[int], *, is_closed: bool
    ) -> None:
        self.kind = CLOSED if is_closed else OPEN
        self.found, self.has_more = found[:size], len(found) > size
        self._concerns: dict[UUID, list[Concern]] = {case.pk: [] for case in self.found}
        for concern in Concern.objects.filter(case__in=self.found).order_by("ref"):
            if concern.case_id is not None:
                self._concerns[concern.case_id].append(concern)
        self.tally = Tally(len(levels), 0, Counter(levels))

    @property
    def timed_ids(self) -> list[UUID]:
        """Return whose clocks the page shows."""
        concerns = [concern.pk for some in self._concerns.values() for concern in some]
        return [*concerns, *self._concerns]

    @property
    def last(self) -> Place:
        """Return where the page ends."""
        last = self.found[-1]
        return Place(last.urgency, last.closed_at or last.next_due_at, last.ref)

    def rows(
        self, *, texts: Mapping[Where, str], clocks: Mapping[UUID, Clock], now: datetime
    ) -> list[Row]:
        """Return the rows."""
        return [_case_row(one, self._concerns[one.pk], texts, clocks, now) for one in self.found]


def found(
    concerns: Iterable[Concern],
    cases: Iterable[Case],
    *,
    texts: Mapping[Where, str],
    excerpts: Mapping[UUID, Excerpt],
    now: datetime,
) -> list[Row]:
    """Return what a search found as rows, each with the place where its words stand, if any do."""
    listed = list(cases)
    worked = Worked(listed, len(listed), [], is_closed=False)
    waiting = list(concerns)
    clocks = nearest_clocks([*worked.timed_ids, *(one.pk for one in waiting)])
    keys = [*(one.pk for one in waiting), *(one.pk for one in worked.found)]
    made = [_concern_row(one, texts, clocks.get(one.pk), now) for one in waiting]
    made += worked.rows(texts=texts, clocks=clocks, now=now)
    return [
        replace(row, excerpt=excerpts.get(key), triage_url="")
        for row, key in zip(made, keys, strict=True)
    ]


# -- rows -----------------------------------------------------------------------------------


def nearest_clocks(ids: Iterable[UUID]) -> dict[UUID, Clock]:
    """Return the nearest ticking clock of each of these concerns and cases, or of its tasks."""
    things = list(ids)
    tasks = Task.objects.open().filter(Q(case__in=things) | Q(concern__in=things))
    of_task = dict(tasks.values_list("pk", Coalesce("case", "concern"))) if things else {}
    ticking = Clock.objects.filter(subject_id__in=[*things, *of_task]).ticking()
    return {
        of_task.get(clock.subject_id, clock.subject_id): clock
        for clock in ticking.order_by("-due_at")
    }


def _concern_row(
    concern: Concern, texts: Mapping[Where, str], clock: Clock | None, now: datetime
) -> Row:
    told = [Channel(concern.channel).label]
    if concern.mode != Mode.NAMED:
        told.append(Mode(concern.mode).label.lower())
    told.append(ago(concern.filed_at or concern.filed_on, now))
    url = reverse("desk:concern", args=[concern.ref])
    return Row(
        ref=concern.ref,
        url=url,
        level=concern.urgency,
        title=texts.get((concern.pk, "summary")),
        facts=[Kind(concern.kind).label, str(concern.category), ", ".join(told)],
        clock=clock,
        owner=concern.owner,
        is_new=concern.is_unread,
        triage_url=f"{url}triage/",
    )


def _case_row(
    case: Case,
    concerns: Sequence[Concern],
    texts: Mapping[Where, str],
    clocks: Mapping[UUID, Clock],
    now: datetime,
) -> Row:
    """Return a case as a row, with its nearest clock or that of its concerns and tasks."""
    things = [case.pk, *(concern.pk for concern in concerns)]
    ticking = [clocks[pk] for pk in things if pk in clocks]
    facts = [Kind(concern.kind).label for concern in concerns[:1]]
    facts += [str(case.category), *([case.unit.name] if case.unit else [])]
    if case.phase != Phase.NONE and not case.closed_at:
        facts.append(Phase(case.phase).label)
    word, moment = ("Closed", case.closed_at) if case.closed_at else ("Opened", case.opened_at)
    return Row(
        ref=case.ref,
        url=reverse("desk:case", args=[case.ref]),
        level=case.urgency,
        title=texts.get((case.pk, "summary")),
        facts=[*facts, f"{word} {ago(moment, now)}"],
        clock=min(ticking, key=lambda clock: clock.due_at, default=None),
        owner=case.lead,
        is_new=any(concern.is_unread for concern in concerns),
        finding=Finding(case.finding).label if case.finding else "",
    )


def ago(moment: date | None, now: datetime) -> str:
    """Return how long ago something was: `3 h ago`, or by the day where no time is kept."""
    if moment is None:
        return ""
    if isinstance(moment, datetime):
        return f"{span(now - moment)} ago"
    gone = (days.day_of(now) - moment).days
    return {0: "today", 1: "yesterday"}.get(gone, f"{gone} d ago")
