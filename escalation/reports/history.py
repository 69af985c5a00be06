"""What the history of clocks tells about a path: how many run on it, and how those of a year went.

Who reads it is an administrator, who sees clocks less their own walls, and no concern. So nothing
is told of one clock: counts are shown in fives, and none below five.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count

from escalation.lifecycle import COUNTING, State
from escalation.models import Calendar, Clock, Path
from escalation.rules import Limit
from escalation.rules.trials import Past
from people.models import Person

YEAR = timedelta(days=365)
# enough to tell, and few enough to be tried while somebody waits
CLOCKS_MAX = 5000
# the clock that is met when the reporter is answered
ANSWERS = "acknowledge"


def running_on(paths: Iterable[Path]) -> dict[tuple[int, int], int]:
    """Return how many clocks count now, by path id and number of the version."""
    rows = (
        Clock.objects.filter(state__in=COUNTING, path__path__in=[path.pk for path in paths])
        .values_list("path__path", "path__n")
        .annotate(clocks=Count("pk"))
        .order_by()
    )
    return {(path, n): clocks for path, n, clocks in rows}


def has_run(path: Path, *, now: datetime) -> bool:
    """Return whether any clock began on a path within a year."""
    return Clock.objects.filter(path__path=path, started_at__gt=now - YEAR).exists()


def past_clocks(path: Path, *, now: datetime, with_answers: bool) -> list[Past]:
    """Return the clocks that began on a path within a year, the newest `CLOCKS_MAX` of them.

    Those that were cancelled are left out, since what was asked no more tells nothing of a path,
    and so is what cannot be counted.
    """
    rows = list(
        Clock.objects.filter(path__path=path, started_at__gt=now - YEAR, calendar__isnull=False)
        .exclude(state=State.CANCELLED)
        .exclude(limit="")
        .order_by("-started_at")
        .values_list("subject_id", "started_at", "limit", "calendar", "met_at", "breached_at")[
            :CLOCKS_MAX
        ]
    )
    used = {row[3] for row in rows}
    calendars = Calendar.objects.filter(pk__in=used).prefetch_related("days")
    hours = {calendar.pk: calendar.hours for calendar in calendars}
    limits = _read({row[2] for row in rows})
    answers = _answers({row[0] for row in rows}) if with_answers else {}
    return [
        Past(
            start,
            limits[limit],
            hours[calendar],
            met,
            breached is not None,
            answers.get(subject),
            subject in answers,
        )
        for subject, start, limit, calendar, met, breached in rows
        if limit in limits
    ]


def _read(codes: Iterable[str]) -> dict[str, Limit]:
    """Return the limits by their codes, without what is none: that is an alarm elsewhere."""
    found = {}
    for code in codes:
        with suppress(ValueError):
            found[code] = Limit.read(code)
    return found


def _answers(subjects: set[UUID]) -> Mapping[UUID, datetime | None]:
    """Return when the reporters of these were answered, for those who were to be."""
    clocks = Clock.objects.filter(kind=ANSWERS, subject_id__in=subjects)
    return dict(clocks.exclude(state=State.CANCELLED).values_list("subject_id", "met_at"))


def people_by_role() -> Counter[str]:
    """Return how many active persons hold each role."""
    held = Person.objects.trusted().values_list("roles", flat=True)
    return Counter(role for roles in held for role in roles)
