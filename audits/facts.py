"""What we count: sealed entries of the ledger read as facts, with the dimensions of their filing.

Only workers may read the coded facts of an entry, so only they can run this.
"""

from collections.abc import Iterable
from typing import Any

from audits.models import Fact
from ledger.models import Detail, Leaf
from ledger.verbs import Verb

COUNTED = frozenset(
    {
        Verb.CONCERN_FILED,
        Verb.CONCERN_WITHDRAWN,
        Verb.CONCERN_TRIAGED,
        Verb.CONCERN_ACKNOWLEDGED,
        Verb.CASE_CLOSED,
        Verb.CASE_REOPENED,
        Verb.CLOCK_BREACHED,
        Verb.STEP_TAKEN,
        Verb.STEP_FOUND_NOBODY,
    }
)
DIMENSIONS = ("kind", "category", "channel", "mode", "unit", "urgency")
MEASURES = ("days", "on_time", "finding", "clock", "step", "action")

Coded = dict[str, Any]


def sealed_after(position: int, limit: int) -> tuple[list[Fact], int]:
    """Return the facts among the next `limit` leaves, and the position up to which we read."""
    rows = list(
        Leaf.objects.filter(position__gt=position)
        .order_by("position")
        .values_list(
            "position", "entry__verb", "entry__on", "entry__subject", "entry__detail__facts"
        )[:limit]
    )
    counted = [row for row in rows if row[1] in COUNTED]
    filings = _filings({row[3] for row in counted if row[1] != Verb.CONCERN_FILED})
    closings = _closings({row[3] for row in counted if row[1] == Verb.CASE_REOPENED})
    facts = []
    for place, verb, on, subject, detail in counted:
        coded: Coded = detail or {}
        filing = coded if verb == Verb.CONCERN_FILED else filings.get(subject, {})
        told = _told(filing, DIMENSIONS) | _told(coded, MEASURES)
        if verb == Verb.CASE_REOPENED:
            before = [one for one in closings.get(subject, []) if one < place]
            told["undoes"] = max(before, default=None)
        facts.append(Fact(position=place, what=verb, on=on, subject=subject, **told))
    return facts, rows[-1][0] if rows else position


def _told(coded: Coded, names: Iterable[str]) -> Coded:
    """Return the named facts that an entry tells."""
    return {name: coded[name] for name in names if coded.get(name) is not None}


def _filings(subjects: set[str]) -> dict[str, Coded]:
    """Return what was filed, by concern and by case.

    It is read from the entries themselves, sealed or not: an anonymous filing waits for midnight
    and may lie behind what was done about it on the same day.
    """
    cases = _details(Verb.CASE_OPENED, {one for one in subjects if one.startswith("case:")})
    concern_of = {case: f"concern:{coded.get('concern')}" for case, coded in cases.items()}
    filed = _details(Verb.CONCERN_FILED, subjects - cases.keys() | set(concern_of.values()))
    return filed | {
        # where a filing cannot be found, the opening knows category and unit
        case: filed.get(concern_of[case], coded)
        for case, coded in cases.items()
    }


def _closings(subjects: set[str]) -> dict[str, list[int]]:
    """Return where in the ledger cases were closed."""
    found: dict[str, list[int]] = {}
    if subjects:
        leaves = Leaf.objects.filter(entry__verb=Verb.CASE_CLOSED, entry__subject__in=subjects)
        for subject, position in leaves.values_list("entry__subject", "position"):
            found.setdefault(subject, []).append(position)
    return found


def _details(verb: Verb, subjects: set[str]) -> dict[str, Coded]:
    """Return the coded facts of the entries of a verb, by their subject."""
    if not subjects:
        return {}
    found = Detail.objects.filter(entry__verb=verb, entry__subject__in=subjects)
    return dict(found.values_list("entry__subject", "facts"))
